package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of both sides of a replay over columns. The plain fold tells them, so the events of all leads are read from the store as it was at
 * the columns' position, page by page: between two pages neither a turn nor a connection is held.
 */
final class StoredMetrics {

    static final int LEADS_AT_ONCE = 2_000;

    /** The store at one position. */
    interface Store {

        /** The next ids behind one, {@link #LEADS_AT_ONCE} as long as there are so many. */
        List<String> idsBehind(String leadId);

        List<StoredLead> leads(List<String> leadIds);
    }

    private final Store store;
    private final @Nullable Instant asKnownAt;
    private final Turns turns;

    /**
     * Reads what was replayed.
     *
     * @param asKnownAt as the replay was asked for
     * @param turns one is taken for each page
     */
    StoredMetrics(Store store, @Nullable Instant asKnownAt, Turns turns) {
        this.store = store;
        this.asKnownAt = asKnownAt;
        this.turns = turns;
    }

    /**
     * Adds all leads.
     *
     * @param added to which they are added
     * @param progress hears how many more leads were read, and may throw to stop it
     * @throws ReplayRun.Failed when an event cannot be read
     */
    void addAll(MetricsSideBySide added, MetricsSideBySide.Sides sides, LongConsumer progress) {
        String last = "";
        int read;
        do {
            turns.take();
            try {
                List<String> ids = store.idsBehind(last);
                read = ids.size();
                if (read > 0) {
                    added.add(ReplayRun.readable(store.leads(ids), asKnownAt), sides, () -> {});
                    last = ids.get(read - 1);
                }
            } finally {
                turns.giveBack();
            }
            progress.accept(read);
        } while (read == LEADS_AT_ONCE);
    }
}

package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The workload of a replay over columns. These hold no amounts and no outcomes of contacts, so the events of dropped leads, and of no others,
 * are read from the store, page by page.
 */
final class StoredWorkload {

    private static final int LEADS_AT_ONCE = 1_000;

    private final Function<List<String>, List<StoredLead>> store;
    private final @Nullable Instant asKnownAt;
    private final Turns turns;

    /**
     * Reads what was replayed.
     *
     * @param store by ids, the leads as the columns have them
     * @param asKnownAt as the replay was asked for
     * @param turns one is taken for each page
     */
    StoredWorkload(Function<List<String>, List<StoredLead>> store, @Nullable Instant asKnownAt, Turns turns) {
        this.store = store;
        this.asKnownAt = asKnownAt;
        this.turns = turns;
    }

    /** The results whose leads have to be read from the store. */
    static List<LeadResult> unread(List<LeadResult> results) {
        return results.stream().filter(Workload::readsHistory).toList();
    }

    /**
     * Of all leads that flipped; others may be among the results, and add nothing.
     *
     * @param progress hears how many more leads were read, and may throw to stop it
     * @throws ReplayRun.Failed when an event cannot be read
     */
    Workload of(List<LeadResult> results, LongConsumer progress) {
        Workload workload = Workload.of(
                results.stream()
                        .filter(result -> !Workload.readsHistory(result))
                        .toList(),
                Map.of());
        List<LeadResult> dropped = unread(results);
        for (int from = 0; from < dropped.size(); from += LEADS_AT_ONCE) {
            List<LeadResult> page = dropped.subList(from, Math.min(dropped.size(), from + LEADS_AT_ONCE));
            turns.take();
            try {
                workload.merge(of(page));
            } finally {
                turns.giveBack();
            }
            progress.accept(page.size());
        }
        return workload;
    }

    private Workload of(List<LeadResult> page) {
        List<StoredLead> leads =
                store.apply(page.stream().map(LeadResult::leadId).toList());
        return of(page, ReplayRun.readable(leads, asKnownAt));
    }

    /** The same of leads whose histories are at hand. */
    static Workload of(List<LeadResult> results, List<LeadHistory> histories) {
        return Workload.of(
                results, histories.stream().collect(Collectors.toMap(LeadHistory::leadId, Function.identity())));
    }
}

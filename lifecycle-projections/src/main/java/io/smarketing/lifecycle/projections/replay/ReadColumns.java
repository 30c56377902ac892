package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** What the last replays read: what else is asked about them is answered from the very same facts. Thread-safe. */
@Component
class ReadColumns implements ApplicationListener<ContextClosedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(ReadColumns.class);
    /** Columns that were merged since take room as long as a replay over them is held. */
    private static final int MOST_HELD = 4;

    private final StoreColumns columns;
    private final Map<UUID, HistoryColumns> held = new LinkedHashMap<>(MOST_HELD, 1, true);
    private volatile boolean stopping;

    ReadColumns(StoreColumns columns) {
        this.columns = columns;
    }

    /** Whoever waits for an answer is told to ask again, and the engine's stop waits for none. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** A replay has read it. Those that nobody asked about for longest are not held any more. */
    synchronized void hold(UUID replay, HistoryColumns read) {
        held.put(replay, read);
        if (held.size() > MOST_HELD) {
            held.remove(held.keySet().iterator().next());
        }
    }

    private synchronized @Nullable HistoryColumns held(UUID replay) {
        return held.get(replay);
    }

    /**
     * An answer about a replay, over what it read; over what is stored now, and from then on over this, where that is not at hand any more.
     *
     * @throws RefusedReplay 503, where there are no columns, and while the engine stops
     */
    <T> T answer(UUID replay, Function<HistoryColumns, T> answer) {
        try {
            HistoryColumns read = held(replay);
            if (read == null) {
                read = columns.upToNow(this::isStopping);
                hold(replay, read);
            }
            return answer.apply(read);
        } catch (IOException e) {
            LOG.warn("there are no columns to answer from: {}", e.getMessage());
            throw RefusedReplay.later(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "no-columns",
                    "the history columns cannot be made: %s".formatted(e.getMessage()),
                    60);
        } catch (CancellationException e) {
            throw RefusedReplay.later(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "the engine is stopping", 5);
        }
    }
}

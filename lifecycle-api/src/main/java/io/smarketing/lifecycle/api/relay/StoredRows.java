package io.smarketing.lifecycle.api.relay;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the store in the order of its numbers, and never passes by a number that somebody may still fill.
 *
 * <p>Numbers are drawn from a sequence one by one ({@code CACHE 1}, as the table declares it) and become visible when their transaction
 * commits, so a reader can see a number while a smaller one is still under way. It then waits for the writers that could fill the gap, and
 * nobody waits for it: it only looks at {@code pg_locks}. What the waiting rests on:
 *
 * <ol>
 *   <li>An {@code INSERT} or {@code COPY} takes {@code RowExclusiveLock} on the table before it draws its numbers, in whatever other modes
 *       its transaction holds the table already.
 *   <li>The lock is kept until the transaction has ended, prepared transactions included, and it is let go only after what the transaction
 *       did can be seen by others. A rollback to a savepoint may let it go sooner, and burns the numbers drawn since.
 *   <li>A read that sees a number comes after that number was drawn, hence after all smaller ones were.
 *   <li>{@code pg_locks} shows every lock that is held for as long as it is looked at: locks of the fast path are read before the shared
 *       table, and locks move from there to here only.
 * </ol>
 *
 * <p>So of the numbers up to the greatest that a read has seen, each is visible, or burnt, or drawn by a transaction that is in a list of
 * lock holders <em>taken after that read</em>, or has ended before the list was taken. When all on the list have ended, further
 * reads see all there will ever be up to that number. Transactions that begin meanwhile draw greater ones and need not be waited for.
 *
 * <p>Holders are known by their virtual transaction, which no other transaction has while the server runs (a prepared one keeps it,
 * since PostgreSQL 14). After a restart it could: therefore reads and lists go through one connection, which does not survive one.
 */
final class StoredRows {

    static final int AT_ONCE = 4_000;

    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final JdbcClient jdbc;
    private final Gaps gaps;
    private final BooleanSupplier running;

    /** Up to here it is certain which numbers there are. */
    private long decided;

    /**
     * A reader.
     *
     * @param jdbc through one connection, each statement committed by itself
     * @param running a wait is given up when it says no
     */
    StoredRows(JdbcClient jdbc, Gaps gaps, BooleanSupplier running) {
        this.jdbc = jdbc;
        this.gaps = gaps;
        this.running = running;
    }

    /**
     * The next rows.
     *
     * @param more whether there probably are more behind them
     */
    record Page(List<StoredRow> rows, boolean more) {

        long end() {
            return rows.get(rows.size() - 1).position();
        }
    }

    /** Rows behind a position, none of which can get another row before it any more. Waits where that is not known yet. */
    Page behind(long position) {
        List<StoredRow> rows = read(position);
        int certain = certain(rows, position);
        if (certain == 0 && !rows.isEmpty()) {
            if (!awaitNumbers(position + 1)) {
                return new Page(List.of(), false);
            }
            rows = read(position);
            certain = certain(rows, position);
        }
        return new Page(rows.subList(0, certain), rows.size() == AT_ONCE || certain < rows.size());
    }

    private int certain(List<StoredRow> rows, long position) {
        int certain = 0;
        long next = position + 1;
        while (certain < rows.size()) {
            long found = rows.get(certain).position();
            if (found != next && found > decided) {
                break;
            }
            next = found + 1;
            certain++;
        }
        return certain;
    }

    /**
     * Returns when a number that is missing is there, or can no longer come.
     *
     * @return false when the wait was given up
     */
    private boolean awaitNumbers(long missing) {
        gaps.begin();
        try {
            long seen = jdbc.sql("SELECT max(global_index) FROM lifecycle.lead_event")
                    .query(Long.class)
                    .single();
            Set<String> suspects = writers();
            for (long pause = FIRST_PAUSE_MILLIS; !suspects.isEmpty(); pause = longer(pause)) {
                if (!goesOn(pause)) {
                    return false;
                }
                if (isThere(missing)) {
                    return true;
                }
                suspects.retainAll(writers());
            }
            decided = seen;
            return true;
        } finally {
            gaps.end();
        }
    }

    private boolean isThere(long number) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM lifecycle.lead_event WHERE global_index = ?)")
                .param(number)
                .query(Boolean.class)
                .single();
    }

    private static long longer(long pause) {
        return Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }

    private boolean goesOn(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return running.getAsBoolean();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The transactions that may have drawn a number and have not ended. */
    private Set<String> writers() {
        return new HashSet<>(jdbc.sql("""
                        SELECT virtualtransaction FROM pg_locks
                        WHERE locktype = 'relation' AND relation = 'lifecycle.lead_event'::regclass
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                          AND mode = 'RowExclusiveLock' AND granted""").query(String.class).list());
    }

    private List<StoredRow> read(long position) {
        return jdbc.sql("SELECT global_index, lead_id, sequence, payload FROM lifecycle.lead_event"
                        + " WHERE global_index > ? ORDER BY global_index LIMIT ?")
                .params(position, AT_ONCE)
                // The driver gives a text's bytes as they come, in UTF-8.
                .query((row, number) ->
                        new StoredRow(row.getLong(1), row.getString(2), row.getLong(3), row.getBytes(4)))
                .list();
    }
}

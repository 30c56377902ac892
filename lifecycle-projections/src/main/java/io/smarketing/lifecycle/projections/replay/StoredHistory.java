package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.event.RecordedCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.stereotype.Component;

/** The event store of the write side, read only: all of it up to a position, lead by lead. */
@Component
public class StoredHistory {

    /** Rows decoded at a time; a lead is never divided. */
    private static final int PORTION = 20_000;

    private static final int FETCHED = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration IN_PASSING = Duration.ofMillis(200);
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String LAST = "SELECT coalesce(max(global_index), 0) FROM lifecycle.lead_event";
    private static final String WRITERS = """
            SELECT virtualtransaction FROM pg_locks
            WHERE locktype = 'relation' AND relation = 'lifecycle.lead_event'::regclass
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND mode = 'RowExclusiveLock' AND granted""";

    private static final String SELECT =
            "SELECT lead_id, sequence, source, event_id, payload FROM lifecycle.lead_event";

    private final DataSource dataSource;
    private final RecordedCodec codec = new RecordedCodec();

    StoredHistory(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Where the history ended, and how many leads it had then. */
    public record Extent(long position, long leads) {}

    /** The end of the store as it is now, with the number of its leads. */
    public Extent extent() {
        long position = position();
        long leads = number(
                "count the leads",
                "SELECT count(*) FROM lifecycle.lead_event WHERE sequence = 0 AND global_index <= " + position);
        return new Extent(position, leads);
    }

    /**
     * The end of the store as it is now. Positions are drawn before a transaction commits: waiting for the writers that are
     * at it makes sure that nothing up to the position is still to come. Nobody waits for it.
     */
    public long position() {
        return position(PATIENCE)
                .orElseThrow(() -> translated(
                        "fix the log position",
                        new SQLException(
                                "a transaction that writes events has been open for %d s"
                                        .formatted(PATIENCE.toSeconds()),
                                LOCK_NOT_AVAILABLE)));
    }

    /** The same for whoever may as well come back later; empty when writers take longer. */
    OptionalLong positionInPassing() {
        return position(IN_PASSING);
    }

    /** As the relay does it: whoever may have drawn a smaller position holds a lock now, and until what was written can be seen. */
    private OptionalLong position(Duration patience) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            long position = number(statement, LAST);
            long begun = System.nanoTime();
            Set<String> writers = writers(statement);
            for (long pause = 1; !writers.isEmpty(); pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
                if (System.nanoTime() - begun > patience.toNanos()) {
                    return OptionalLong.empty();
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                writers.retainAll(writers(statement));
            }
            return OptionalLong.of(position);
        } catch (SQLException e) {
            throw translated("fix the log position", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the engine is stopping");
        }
    }

    /** The transactions that may have drawn a position and have not ended, each under a name that is its own while the server runs. */
    private static Set<String> writers(Statement statement) throws SQLException {
        Set<String> writers = new HashSet<>();
        try (ResultSet rows = statement.executeQuery(WRITERS)) {
            while (rows.next()) {
                writers.add(rows.getString(1));
            }
        }
        return writers;
    }

    /** The greatest position that can be seen; smaller ones may still be to come. */
    long lastSeen() {
        return number("look where the store ends", LAST);
    }

    /** Events behind a position up to another. */
    long eventsBetween(long after, long upTo) {
        return number(
                "count the events",
                "SELECT count(*) FROM lifecycle.lead_event WHERE global_index > %d AND global_index <= %d"
                        .formatted(after, upTo));
    }

    /** Tells the event at a position from any other that another store, or a restored one, has there. */
    String identity(long position) {
        if (position == 0) {
            return "";
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT encode(sha256(convert_to(concat_ws(E'\\n', lead_id, sequence, source, event_id), 'UTF8')), 'hex')"
                                + " FROM lifecycle.lead_event WHERE global_index = ?")) {
            statement.setLong(1, position);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "none";
            }
        } catch (SQLException e) {
            throw translated("read the event at a position", e);
        }
    }

    private long number(String task, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            return number(statement, sql);
        } catch (SQLException e) {
            throw translated(task, e);
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static DataAccessException translated(String task, SQLException e) {
        DataAccessException translated = new SQLExceptionSubclassTranslator().translate(task, null, e);
        return translated == null ? new org.springframework.jdbc.UncategorizedSQLException(task, null, e) : translated;
    }

    /** All leads of that position, in the order of the bytes of their ids. */
    public Portions upTo(long position) {
        return new Portions(
                () -> true,
                SELECT + " WHERE global_index <= ? ORDER BY lead_id COLLATE \"C\", sequence",
                statement -> statement.setLong(1, position));
    }

    /**
     * Some leads as they were at that position, in no order that means anything.
     *
     * @param leadIds a few thousand at the most
     * @param haste whether all cores may be taken
     */
    List<StoredLead> leads(Collection<String> leadIds, long position, BooleanSupplier haste) {
        List<StoredLead> leads = new ArrayList<>(leadIds.size());
        try (Portions portions = new Portions(
                haste,
                SELECT + " WHERE lead_id = ANY (?) AND global_index <= ? ORDER BY lead_id, sequence",
                statement -> {
                    statement.setArray(1, statement.getConnection().createArrayOf("text", leadIds.toArray()));
                    statement.setLong(2, position);
                })) {
            portions.forEachRemaining(leads::addAll);
        }
        return leads;
    }

    /** The next ids of leads behind one, in the order of the database; empty behind the last. */
    List<String> leadIds(String behind, long position, int most) {
        return texts(
                "SELECT lead_id FROM lifecycle.lead_event WHERE lead_id > ? AND sequence = 0 AND global_index <= ?"
                        + " ORDER BY lead_id LIMIT " + most,
                statement -> {
                    statement.setString(1, behind);
                    statement.setLong(2, position);
                });
    }

    /** What it was at a position, page by page, on all cores. */
    StoredMetrics.Store store(long position) {
        return new StoredMetrics.Store() {
            @Override
            public List<String> idsBehind(String leadId) {
                return leadIds(leadId, position, StoredMetrics.LEADS_AT_ONCE);
            }

            @Override
            public List<StoredLead> leads(List<String> leadIds) {
                return StoredHistory.this.leads(leadIds, position, () -> true);
            }
        };
    }

    /** The ids of leads that have an event behind a position up to another. */
    List<String> changedLeads(long after, long position) {
        return texts(
                "SELECT DISTINCT lead_id FROM lifecycle.lead_event WHERE global_index > ? AND global_index <= ?",
                statement -> {
                    statement.setLong(1, after);
                    statement.setLong(2, position);
                });
    }

    private List<String> texts(String sql, Binding binding) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(statement);
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        } catch (SQLException e) {
            throw translated("read the ids of leads", e);
        }
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Leads in portions that fit in memory. To be closed; not thread-safe. */
    public final class Portions implements Iterator<List<StoredLead>>, AutoCloseable {

        private final BooleanSupplier haste;
        private final Connection connection;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private StoredLead.@Nullable Row ahead;

        private Portions(BooleanSupplier haste, String sql, Binding binding) {
            this.haste = haste;
            Connection opened = null;
            try {
                opened = dataSource.getConnection();
                opened.setAutoCommit(false);
                opened.setReadOnly(true);
                connection = opened;
                statement = connection.prepareStatement(sql);
                statement.setFetchSize(FETCHED);
                binding.bind(statement);
                rows = statement.executeQuery();
                ahead = row();
            } catch (SQLException e) {
                giveBack(opened);
                throw translated("read the event store", e);
            }
        }

        private StoredLead.@Nullable Row row() throws SQLException {
            return rows.next()
                    ? new StoredLead.Row(
                            rows.getString(1), rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5))
                    : null;
        }

        @Override
        public boolean hasNext() {
            return ahead != null;
        }

        @Override
        public List<StoredLead> next() {
            if (ahead == null) {
                throw new NoSuchElementException();
            }
            List<List<StoredLead.Row>> leads = new ArrayList<>();
            try {
                for (int read = 0; ahead != null && read < PORTION; ) {
                    List<StoredLead.Row> lead = lead(ahead);
                    leads.add(lead);
                    read += lead.size();
                }
            } catch (SQLException e) {
                throw translated("read the event store", e);
            }
            return (haste.getAsBoolean() ? leads.parallelStream() : leads.stream())
                    .map(lead -> StoredLead.read(codec, lead))
                    .toList();
        }

        private List<StoredLead.Row> lead(StoredLead.Row first) throws SQLException {
            List<StoredLead.Row> lead = new ArrayList<>();
            StoredLead.@Nullable Row row = first;
            while (row != null && row.leadId().equals(first.leadId())) {
                lead.add(row);
                row = row();
            }
            ahead = row;
            return lead;
        }

        @Override
        public void close() {
            giveBack(connection);
        }
    }

    private static void giveBack(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            // Nothing was written: a connection that is gone already has done what was wanted.
        }
    }
}

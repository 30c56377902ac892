package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.event.RecordedCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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
    private static final int ATTEMPTS = 12;

    private final DataSource dataSource;
    private final RecordedCodec codec = new RecordedCodec();

    StoredHistory(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Where the history ended, and how many leads it had then. */
    public record Extent(long position, long leads) {}

    /**
     * The end of the store as it is now. Positions are drawn before a transaction commits: waiting for the writers that are
     * at it makes sure that nothing up to the position is still to come.
     */
    public Extent extent() {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    // New writers queue behind the lock while it waits: better to give up and come back.
                    statement.execute("SET LOCAL lock_timeout = '5s'");
                    statement.execute("LOCK TABLE lifecycle.lead_event IN SHARE MODE");
                    long position =
                            number(statement, "SELECT coalesce(max(global_index), 0) FROM lifecycle.lead_event");
                    connection.commit();
                    // The lock is gone; what is written from here on has a greater position.
                    long leads = number(
                            statement,
                            "SELECT count(*) FROM lifecycle.lead_event WHERE sequence = 0 AND global_index <= "
                                    + position);
                    connection.commit();
                    return new Extent(position, leads);
                } catch (SQLException e) {
                    connection.rollback();
                    if (attempt == ATTEMPTS || !"55P03".equals(e.getSQLState())) {
                        throw e;
                    }
                }
            } catch (SQLException e) {
                throw translated("fix the log position", e);
            }
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
        return new Portions(position);
    }

    /** Leads in portions that fit in memory, decoded on all cores. To be closed; not thread-safe. */
    public final class Portions implements Iterator<List<StoredLead>>, AutoCloseable {

        private final Connection connection;
        private final PreparedStatement statement;
        private final ResultSet rows;
        private StoredLead.@Nullable Row ahead;

        private Portions(long position) {
            Connection opened = null;
            try {
                opened = dataSource.getConnection();
                opened.setAutoCommit(false);
                opened.setReadOnly(true);
                connection = opened;
                statement = connection.prepareStatement("SELECT lead_id, sequence, source, event_id, payload"
                        + " FROM lifecycle.lead_event WHERE global_index <= ?"
                        + " ORDER BY lead_id COLLATE \"C\", sequence");
                statement.setFetchSize(FETCHED);
                statement.setLong(1, position);
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
            return leads.parallelStream()
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

package io.smarketing.lifecycle.standalone.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * The limit of the write path: rows that are there already, written again into a table of the same form, with the same keys, by plain
 * JDBC in batches, a transaction each.
 */
final class RawRows implements AutoCloseable {

    private static final int BATCH = 500;
    private static final int COLUMNS = 12;
    private static final String NAMES = "lead_id, sequence, source, event_id, fingerprint, payload_type,"
            + " payload_revision, payload, meta_data, aggregate_type, event_identifier, time_stamp";

    private final DataSource dataSource;
    private final ExecutorService threads;
    private final int threadCount;

    RawRows(DataSource dataSource, int threadCount) throws SQLException {
        this.dataSource = dataSource;
        this.threadCount = threadCount;
        this.threads = Executors.newFixedThreadPool(threadCount, task -> new Thread(task, "raw-rows"));
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS bench");
            statement.execute("CREATE TABLE bench.raw_event (LIKE lifecycle.lead_event INCLUDING ALL)");
        }
    }

    /** The rows of the store behind a position, in their order. */
    List<Object[]> behind(long position) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT " + NAMES
                        + " FROM lifecycle.lead_event WHERE global_index > ? ORDER BY global_index")) {
            statement.setLong(1, position);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    Object[] row = new Object[COLUMNS];
                    for (int i = 0; i < COLUMNS; i++) {
                        row[i] = result.getObject(i + 1);
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    /** Returns when all are committed. */
    void write(List<Object[]> rows) throws InterruptedException, ExecutionException {
        List<List<Object[]>> lanes = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            lanes.add(new ArrayList<>());
        }
        for (Object[] row : rows) {
            lanes.get(Math.floorMod(row[0].hashCode(), threadCount)).add(row);
        }
        List<Future<?>> done = new ArrayList<>();
        for (List<Object[]> lane : lanes) {
            done.add(threads.submit(() -> {
                writeLane(lane);
                return null;
            }));
        }
        for (Future<?> lane : done) {
            lane.get();
        }
    }

    private void writeLane(List<Object[]> rows) throws SQLException {
        String insert = "INSERT INTO bench.raw_event (" + NAMES + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(insert)) {
                for (int from = 0; from < rows.size(); from += BATCH) {
                    for (Object[] row : rows.subList(from, Math.min(from + BATCH, rows.size()))) {
                        for (int i = 0; i < COLUMNS; i++) {
                            statement.setObject(i + 1, row[i]);
                        }
                        statement.addBatch();
                    }
                    statement.executeBatch();
                    connection.commit();
                }
            }
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}

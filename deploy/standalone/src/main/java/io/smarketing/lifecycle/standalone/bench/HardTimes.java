package io.smarketing.lifecycle.standalone.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Writes to the store as unfortunately as can be: transactions that overlap, every eighth rolled back, numbers burnt in between, and one
 * transaction that drew its numbers first and stays open while {@value #LATER_ROWS} rows are written behind it.
 */
final class HardTimes {

    static final int LATER_ROWS = 20_000;

    private static final int THREADS = 2;
    private static final int LEADS = 50;
    private static final int ROLLED_BACK = 8;
    private static final int BURNT = 10;

    private static final String INSERT = """
            INSERT INTO lifecycle.lead_event (lead_id, sequence, source, event_id, fingerprint, payload_type, payload_revision,
                payload, meta_data, aggregate_type, event_identifier, time_stamp)
            VALUES (?, ?, 'urn:bench:hard-times', ?, gen_random_uuid(), 'io.smarketing.lead.captured.v1', '1', ?, '{}', 'Lead', ?, ?)""";
    private static final String PAYLOAD = """
            {"specversion":"1.0","id":"%1$s","source":"urn:bench:hard-times","type":"io.smarketing.lead.captured.v1","subject":"%2$s","time":"2026-06-01T00:00:00Z","recordedtime":"2026-06-01T00:00:00Z","data":{"leadId":"%2$s","source":"bench"}}""";

    private final DataSource dataSource;

    HardTimes(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Returns the longest time in milliseconds that a transaction took while the slow one was open. */
    long befall() throws SQLException, InterruptedException {
        ExecutorService writers = Executors.newFixedThreadPool(THREADS);
        try (Connection slow = transaction()) {
            insert(slow, "slow", 0, LEADS);
            List<Future<Long>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                running.add(writers.submit(() -> write(number)));
            }
            long longest = 0;
            for (Future<Long> writer : running) {
                longest = Math.max(longest, writer.get());
            }
            insert(slow, "slow", LEADS, LEADS);
            slow.commit();
            return longest;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            writers.shutdownNow();
        }
    }

    private Connection transaction() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private long write(int thread) throws SQLException {
        Random random = new Random(thread);
        long longest = 0;
        int[] next = new int[LEADS];
        try (Connection connection = transaction()) {
            for (int rows = 0; rows < LATER_ROWS / THREADS; ) {
                long begun = System.nanoTime();
                int lead = random.nextInt(LEADS);
                int events = 1 + random.nextInt(40);
                insert(connection, "hard-%d-%d".formatted(thread, lead), next[lead], events);
                if (random.nextInt(ROLLED_BACK) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    next[lead] += events;
                    rows += events;
                }
                if (random.nextInt(ROLLED_BACK) == 0) {
                    burn(connection, random.nextInt(BURNT));
                }
                longest = Math.max(longest, (System.nanoTime() - begun) / 1_000_000);
            }
        }
        return longest;
    }

    private static void insert(Connection connection, String leadId, int sequence, int events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (int i = sequence; i < sequence + events; i++) {
                String id = leadId + "/" + i;
                statement.setString(1, leadId);
                statement.setLong(2, i);
                statement.setString(3, id);
                statement.setString(4, PAYLOAD.formatted(id, leadId));
                statement.setString(5, id);
                // Axon gives up on gaps before events of long ago.
                statement.setString(6, Instant.now().toString());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void burn(Connection connection, int numbers) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT count(nextval(pg_get_serial_sequence('lifecycle.lead_event', 'global_index')))"
                        + " FROM generate_series(1, ?)")) {
            statement.setInt(1, numbers);
            statement.executeQuery().close();
            connection.commit();
        }
    }
}

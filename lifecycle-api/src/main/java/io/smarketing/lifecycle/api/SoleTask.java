package io.smarketing.lifecycle.api;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A background task that one process at a time does for all that share a database; the others stand by. Whose turn it is, an advisory
 * lock of PostgreSQL's tells, held by one connection for as long as the task is done: when the process or its connection dies, the
 * lock is free and the next takes it. The lock only keeps order. What makes a mistake of it harmless is Kafka: the next one's
 * {@code transactional.id} fences the one before, which then stands by in its turn. Two cannot fence each other in turn, for a fenced one
 * does not begin before it has the lock.
 */
public abstract class SoleTask extends BackgroundTask {

    private static final Logger LOG = LoggerFactory.getLogger(SoleTask.class);
    private static final long STAND_BY_MILLIS = 500;

    /** A server that hears nothing of a machine for two hours would keep the lock for a dead process. */
    private static final String NOTICE_DEATH =
            "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false)";

    private final String name;
    private final DataSource dataSource;
    private volatile boolean itsTurn;
    private boolean standsBy;

    /**
     * A task that is not begun yet.
     *
     * @param name of the lock, the thread, and in the log
     */
    protected SoleTask(String name, DataSource dataSource) {
        super(name);
        this.name = name;
        this.dataSource = dataSource;
    }

    /**
     * Returns once {@link #isRunning} is false, or to begin again.
     *
     * @param jdbc speaks through the connection that holds the lock, each statement committed by itself; when the connection is lost, so
     *     is the turn
     */
    protected abstract void work(JdbcClient jdbc);

    /** Whether it is this process that does the task. */
    protected final boolean isItsTurn() {
        return itsTurn;
    }

    @Override
    protected final void work() {
        try (Connection connection = dataSource.getConnection()) {
            JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            if (!takeTurn(jdbc)) {
                standBy();
                return;
            }
            try {
                itsTurn = true;
                work(jdbc);
            } finally {
                itsTurn = false;
                giveBack(connection, jdbc);
            }
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("no connection to the database", e);
        } catch (RuntimeException e) {
            if (!isFenced(e)) {
                throw e;
            }
            LOG.warn("{} is done by another process, or a transaction took too long; this process stands by", name);
            pause(STAND_BY_MILLIS);
        }
    }

    private boolean takeTurn(JdbcClient jdbc) {
        boolean taken = jdbc.sql("SELECT pg_try_advisory_lock(hashtextextended('lifecycle.' || ?, 0))")
                .param(name)
                .query(Boolean.class)
                .single();
        if (taken) {
            jdbc.sql(NOTICE_DEATH).query().singleRow();
            standsBy = false;
        }
        return taken;
    }

    private void standBy() {
        if (!standsBy) {
            LOG.info("{} is done by another process; this one stands by", name);
            standsBy = true;
        }
        pause(STAND_BY_MILLIS);
    }

    /** A connection that goes back to the pool must not hold the lock: where it cannot be told so, it is broken off. */
    private static void giveBack(Connection connection, JdbcClient jdbc) throws SQLException {
        try {
            jdbc.sql("SELECT pg_advisory_unlock_all()").query().listOfRows();
        } catch (RuntimeException e) {
            connection.abort(Runnable::run);
        }
    }

    private static boolean isFenced(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }
}

package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.BackgroundTask;
import io.smarketing.lifecycle.api.intake.Rescoring;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Jobs that have all open leads evaluated again by the policy in force, a slice after the other in the order of their ids. What
 * is done is written down after each slice: after a crash the job goes on there, and a lead that was done already is recognised.
 */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class Rescores extends BackgroundTask {

    private static final Logger LOG = LoggerFactory.getLogger(Rescores.class);
    private static final int MOST_IN_SLICE = 500;
    private static final int SLICES_A_SECOND = 5;
    private static final long IDLE_PAUSE_MILLIS = 250;
    private static final long TROUBLE_PAUSE_MILLIS = 1_000;

    private final JdbcClient jdbc;
    private final Policies policies;
    private final Rescoring rescoring;

    Rescores(JdbcClient jdbc, Policies policies, Rescoring rescoring) {
        super("rescore");
        this.jdbc = jdbc;
        this.policies = policies;
        this.rescoring = rescoring;
    }

    /**
     * A job as it stands.
     *
     * @param state {@code running}, {@code done}, {@code cancelled}, or {@code superseded}: another policy became active meanwhile
     * @param perSecond leads at most
     * @param leads that were there when it began
     * @param reached the id of the last lead that is done; empty at first
     * @param passedOver leads that are not open
     * @param failed leads that could not be evaluated; the log tells why
     */
    record Job(
            long id,
            PolicyRef policy,
            String state,
            Instant startedAt,
            @Nullable String startedBy,
            @Nullable String reason,
            @Nullable Instant endedAt,
            int perSecond,
            long leads,
            String reached,
            long rescored,
            long passedOver,
            long failed) {

        long done() {
            return rescored + passedOver + failed;
        }
    }

    /** Another job runs. */
    static final class Busy extends Exception {

        private static final long serialVersionUID = 1L;

        Busy(DuplicateKeyException cause) {
            super("a rescore runs already", cause);
        }
    }

    /** Begins a job. */
    Job begin(PolicyRef policy, int perSecond, @Nullable String by, @Nullable String reason) throws Busy {
        try {
            return jdbc.sql("""
                            INSERT INTO lifecycle.rescore (name, version, state, started_at, started_by, reason, per_second,
                                                           leads, reached, rescored, passed_over, failed)
                            VALUES (?, ?, 'running', ?, ?, ?, ?,
                                    (SELECT count(*) FROM lifecycle.lead_event WHERE sequence = 0), '', 0, 0, 0)
                            RETURNING *""")
                    .params(Arrays.asList(
                            policy.name(), policy.version(), Timestamp.from(Instant.now()), by, reason, perSecond))
                    .query((row, number) -> job(row))
                    .single();
        } catch (DuplicateKeyException e) {
            throw new Busy(e);
        }
    }

    /** All jobs, the latest first. */
    List<Job> jobs() {
        return jdbc.sql("SELECT * FROM lifecycle.rescore ORDER BY id DESC")
                .query((row, number) -> job(row))
                .list();
    }

    Optional<Job> job(long id) {
        return jdbc.sql("SELECT * FROM lifecycle.rescore WHERE id = ?")
                .param(id)
                .query((row, number) -> job(row))
                .optional();
    }

    /** What is done stays done; a job that has ended stays as it ended. */
    void cancel(long id) {
        end(id, "cancelled");
    }

    private static Job job(ResultSet row) throws SQLException {
        Timestamp ended = row.getTimestamp("ended_at");
        return new Job(
                row.getLong("id"),
                new PolicyRef(row.getString("name"), row.getString("version")),
                row.getString("state"),
                row.getTimestamp("started_at").toInstant(),
                row.getString("started_by"),
                row.getString("reason"),
                ended == null ? null : ended.toInstant(),
                row.getInt("per_second"),
                row.getLong("leads"),
                row.getString("reached"),
                row.getLong("rescored"),
                row.getLong("passed_over"),
                row.getLong("failed"));
    }

    @Override
    protected void work() {
        while (isRunning()) {
            try {
                Optional<Job> running = jdbc.sql("SELECT * FROM lifecycle.rescore WHERE state = 'running'")
                        .query((row, number) -> job(row))
                        .optional();
                if (running.isEmpty()) {
                    pause(IDLE_PAUSE_MILLIS);
                } else {
                    slice(running.get());
                }
            } catch (DataAccessException | Rescoring.TryAgain e) {
                LOG.warn("a rescore waits for the database: {}", e.toString());
                pause(TROUBLE_PAUSE_MILLIS);
            }
        }
    }

    private void slice(Job job) throws Rescoring.TryAgain {
        if (!policies.active().equals(Optional.of(job.policy()))) {
            end(job.id(), "superseded");
            return;
        }
        long begun = System.nanoTime();
        int most = Math.max(1, Math.min(MOST_IN_SLICE, job.perSecond() / SLICES_A_SECOND));
        List<String> leads = jdbc.sql("SELECT lead_id FROM lifecycle.lead_event WHERE sequence = 0 AND lead_id > ?"
                        + " ORDER BY lead_id LIMIT ?")
                .params(job.reached(), most)
                .query(String.class)
                .list();
        if (leads.isEmpty()) {
            end(job.id(), "done");
            return;
        }
        Rescoring.Done done = rescoring.rescore(job.id(), leads);
        // Only where nobody else has gone on meanwhile: the leads are then counted once.
        int rows = jdbc.sql(
                        "UPDATE lifecycle.rescore SET reached = ?, rescored = rescored + ?, passed_over = passed_over + ?, failed = failed + ?"
                                + " WHERE id = ? AND reached = ? AND state = 'running'")
                .params(
                        leads.get(leads.size() - 1),
                        done.rescored(),
                        done.passedOver(),
                        done.failed(),
                        job.id(),
                        job.reached())
                .update();
        LOG.debug("rescored {}, written down: {}", leads.size(), rows);
        long due = TimeUnit.SECONDS.toMillis(leads.size()) / job.perSecond();
        long rest = due - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        if (rest > 0) {
            pause(rest);
        }
    }

    private void end(long id, String state) {
        int rows = jdbc.sql("UPDATE lifecycle.rescore SET state = ?, ended_at = ? WHERE id = ? AND state = 'running'")
                .params(state, Timestamp.from(Instant.now()), id)
                .update();
        if (rows == 1) {
            LOG.info("the rescore {} is {}", id, state);
        }
    }
}

package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.OutcomeTally;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Replays as they were asked for and what became of them, kept for ever; single leads of the latest. A replay that has ended changes in one
 * thing only: its leads are dropped some day, and then it counts as unpublished again.
 */
@Component
@DependsOn(ProjectionsConfiguration.SCHEMA)
class ReplayArchive {

    /** Replays whose leads are kept. */
    private static final int LISTED_REPLAYS = 20;

    private static final int BATCH = 1_000;

    private static final String UNPUBLISHED =
            "status IN ('done', 'failed', 'cancelled') AND published_to IS DISTINCT FROM :topic";

    private final JdbcTemplate jdbcTemplate;
    private final JdbcClient jdbc;

    ReplayArchive(JdbcTemplate jdbcTemplate) {
        this.jdbcTemplate = jdbcTemplate;
        this.jdbc = JdbcClient.create(jdbcTemplate);
    }

    enum Status {
        QUEUED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /** Which leads can be asked for one by one. */
    enum Listed {
        ALL,
        /** Those that the candidate decides otherwise. */
        FLIPPED,
        NONE
    }

    /**
     * A replay.
     *
     * @param analyst who asked; null for replays from before that was recorded
     * @param request JSON
     * @param result JSON, of a replay that is done
     * @param workload JSON, of a replay that is done and was asked for it
     * @param statistics JSON, of one that was made over columns
     */
    record Kept(
            UUID id,
            Status status,
            @Nullable String analyst,
            String request,
            @Nullable Long logPosition,
            @Nullable Long leads,
            @Nullable String result,
            @Nullable String workload,
            @Nullable String statistics,
            @Nullable String failure,
            Listed listed,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}

    /** @param instance the process that will make it */
    void queued(UUID id, String instance, String analyst, String request, Instant at) {
        jdbc.sql("INSERT INTO projections.replay (id, status, instance, analyst, request, created_at)"
                        + " VALUES (?, 'queued', ?, ?, ?, ?)")
                .params(id, instance, analyst, request, Timestamp.from(at))
                .update();
    }

    /** False when it was cancelled. */
    boolean started(UUID id, Instant at) {
        return jdbc.sql("UPDATE projections.replay SET status = 'running', started_at = ?"
                                + " WHERE id = ? AND status IN ('queued', 'running')")
                        .params(Timestamp.from(at), id)
                        .update()
                == 1;
    }

    void reads(UUID id, StoredHistory.Extent extent) {
        jdbc.sql("UPDATE projections.replay SET log_position = ?, leads = ? WHERE id = ? AND status = 'running'")
                .params(extent.position(), extent.leads(), id)
                .update();
    }

    void leads(UUID id, List<LeadResult> leads) {
        jdbcTemplate.batchUpdate(
                "INSERT INTO projections.replay_lead (replay_id, lead_id, mark_set, outcome, result)"
                        + " VALUES (?, ?, ?, ?, ?)",
                leads,
                BATCH,
                (statement, lead) -> {
                    statement.setObject(1, id);
                    statement.setString(2, lead.leadId());
                    statement.setString(3, lead.set().word());
                    statement.setString(4, OutcomeTally.word(lead.outcome()));
                    statement.setString(5, lead.toJson().toString());
                });
    }

    /**
     * What a replay or an audit found; each of them JSON.
     *
     * @param workload null where it was not asked for
     * @param metrics null where none were asked for
     * @param statistics null where it was not made over columns
     */
    record Found(
            String result,
            @Nullable String workload,
            @Nullable String metrics,
            @Nullable String statistics) {}

    /** Nothing happens when it was cancelled. */
    void done(UUID id, Found found, Listed listed, Instant at) {
        jdbc.sql(
                        "UPDATE projections.replay SET status = 'done', result = :result, workload = :workload, metrics = :metrics,"
                                + " listed = :listed, statistics = :statistics, finished_at = :at WHERE id = :id AND status = 'running'")
                .param("result", found.result())
                .param("workload", found.workload())
                .param("metrics", found.metrics())
                .param("listed", word(listed))
                .param("statistics", found.statistics())
                .param("at", Timestamp.from(at))
                .param("id", id)
                .update();
        jdbc.sql(
                        "UPDATE projections.replay SET listed = 'none', published_to = NULL WHERE listed <> 'none' AND id NOT IN"
                                + " (SELECT id FROM projections.replay WHERE listed <> 'none'"
                                + " ORDER BY finished_at DESC, id LIMIT ?)")
                .params(LISTED_REPLAYS)
                .update();
        dropUnlisted();
    }

    void failed(UUID id, String failure, Instant at) {
        jdbc.sql("UPDATE projections.replay SET status = 'failed', failure = ?, finished_at = ?"
                        + " WHERE id = ? AND status IN ('queued', 'running')")
                .params(failure, Timestamp.from(at), id)
                .update();
    }

    /** False when it was finished before. */
    boolean cancelled(UUID id, Instant at) {
        return jdbc.sql("UPDATE projections.replay SET status = 'cancelled', finished_at = ?"
                                + " WHERE id = ? AND status IN ('queued', 'running')")
                        .params(Timestamp.from(at), id)
                        .update()
                == 1;
    }

    /** The process that has these under way is still there. */
    void beat(Collection<UUID> ids) {
        if (!ids.isEmpty()) {
            jdbc.sql(
                            "UPDATE projections.replay SET beat = beat + 1 WHERE id IN (:ids) AND status IN ('queued', 'running')")
                    .param("ids", ids)
                    .update();
        }
    }

    /** By replay that another process has under way, how often it said that it is there. */
    Map<UUID, Long> beatsOfOthers(String instance) {
        Map<UUID, Long> beats = new HashMap<>();
        jdbc.sql("SELECT id, beat FROM projections.replay WHERE instance <> ? AND status IN ('queued', 'running')")
                .params(instance)
                .query(row -> {
                    beats.put(row.getObject("id", UUID.class), row.getLong("beat"));
                });
        return beats;
    }

    /** Which of some replays were cancelled, or have failed by another process's word. */
    List<UUID> endedOf(Collection<UUID> ids) {
        return ids.isEmpty()
                ? List.of()
                : jdbc.sql("SELECT id FROM projections.replay WHERE id IN (:ids) AND status IN ('cancelled', 'failed')")
                        .param("ids", ids)
                        .query(UUID.class)
                        .list();
    }

    /** What waited or ran when the process ended did so in memory. */
    void interrupted(String instance, Instant at) {
        jdbc.sql("UPDATE projections.replay SET status = 'failed', finished_at = ?,"
                        + " failure = 'interrupted by a restart; ask again'"
                        + " WHERE status IN ('queued', 'running') AND (instance = ? OR instance IS NULL)")
                .params(Timestamp.from(at), instance)
                .update();
        dropUnlisted();
    }

    /** Leads of replays that came to nothing, or that are too old. */
    void dropUnlisted() {
        jdbc.sql("DELETE FROM projections.replay_lead WHERE replay_id IN"
                        + " (SELECT id FROM projections.replay WHERE listed = 'none' AND status <> 'running')")
                .update();
    }

    Optional<Kept> find(UUID id) {
        return jdbc.sql("SELECT id, status, analyst, request, log_position, leads, result, workload, statistics,"
                        + " failure, listed, created_at, started_at, finished_at FROM projections.replay WHERE id = ?")
                .params(id)
                .query((row, number) -> kept(row))
                .optional();
    }

    /** The metrics of both sides, JSON, of a replay that is done and was asked for them. They can be large, and few who look ask for them. */
    Optional<String> metrics(UUID id) {
        return jdbc.sql("SELECT metrics FROM projections.replay WHERE id = ? AND metrics IS NOT NULL")
                .params(id)
                .query(String.class)
                .optional();
    }

    /**
     * The latest first.
     *
     * @param analyst null for those of all
     */
    List<Kept> latest(@Nullable String analyst, int limit) {
        return jdbc.sql("SELECT id, status, analyst, request, log_position, leads, NULL AS result, NULL AS workload,"
                        + " statistics, failure, listed, created_at, started_at, finished_at FROM projections.replay"
                        + (analyst == null ? "" : " WHERE analyst = :analyst")
                        + " ORDER BY created_at DESC, id LIMIT :limit")
                .param("analyst", analyst)
                .param("limit", limit)
                .query((row, number) -> kept(row))
                .list();
    }

    /**
     * Of the replays that have ended and are not on a topic as they stand, the one that ended first; it stays as it is until the transaction
     * ends. What another transaction holds so is passed over.
     *
     * @param topicId Kafka's
     * @param mostBytes a larger result is left out
     */
    Optional<Kept> unpublished(String topicId, int mostBytes) {
        return jdbc.sql("SELECT id, status, analyst, request, log_position, leads,"
                        + " CASE WHEN octet_length(result) <= :most THEN result END AS result, workload, statistics, failure, listed,"
                        + " created_at, started_at, finished_at FROM projections.replay WHERE " + UNPUBLISHED
                        + " ORDER BY finished_at, id LIMIT 1 FOR UPDATE SKIP LOCKED")
                .param("most", mostBytes)
                .param("topic", topicId)
                .query((row, number) -> kept(row))
                .optional();
    }

    /** How many replays have ended and are not on that topic as they stand. */
    long countUnpublished(String topicId) {
        return jdbc.sql("SELECT count(*) FROM projections.replay WHERE " + UNPUBLISHED)
                .param("topic", topicId)
                .query(Long.class)
                .single();
    }

    void published(UUID id, String topicId) {
        jdbc.sql("UPDATE projections.replay SET published_to = ? WHERE id = ?")
                .params(topicId, id)
                .update();
    }

    /**
     * Single leads in the order of the bytes of their ids, as JSON.
     *
     * @param after only leads behind that one; empty for the beginning
     */
    List<String> leads(UUID id, @Nullable String set, @Nullable String outcome, String after, int limit) {
        return jdbc.sql("SELECT result FROM projections.replay_lead WHERE replay_id = :id AND lead_id > :after"
                        + (set == null ? "" : " AND mark_set = :set")
                        + (outcome == null ? "" : " AND outcome = :outcome")
                        + " ORDER BY lead_id LIMIT :limit")
                .param("id", id)
                .param("after", after)
                .param("set", set)
                .param("outcome", outcome)
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                row.getObject("id", UUID.class),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("analyst"),
                row.getString("request"),
                row.getObject("log_position", Long.class),
                row.getObject("leads", Long.class),
                row.getString("result"),
                row.getString("workload"),
                row.getString("statistics"),
                row.getString("failure"),
                Listed.valueOf(row.getString("listed").toUpperCase(Locale.ROOT)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** As JSON and the tables name it. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

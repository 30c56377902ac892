package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.event.Topic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** {@code funnel.stages}. Rows of all time are numbered by their changes; nobody follows the others one by one. */
final class StageMirror implements MirroredTable {

    private static final Upsert PUT = new Upsert(
            """
            INSERT INTO projections.funnel_stage
                (key_digest, key, policy, grain, bucket, dimension, value, stage, revision, figures, changed)""",
            "c1, c2, c3, c4, c5, c6, c7, c8, c9, c10::jsonb,"
                    + " CASE c4 WHEN 'all' THEN nextval('projections.change_number') ELSE 0 END",
            """
            ON CONFLICT (key_digest) DO UPDATE
            SET revision = excluded.revision, figures = excluded.figures, changed = excluded.changed
            """,
            List.of("bytea", "text", "text", "text", "text", "text", "text", "text", "int8", "text"));

    private final JdbcTemplate jdbc;

    StageMirror(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String topic() {
        return Topic.FUNNEL_STAGES.topicName();
    }

    @Override
    public void clear() {
        jdbc.update("DELETE FROM projections.funnel_stage");
        numberRemoval();
    }

    private void numberRemoval() {
        jdbc.update("UPDATE projections.funnel_stage_removal SET changed = nextval('projections.change_number')");
    }

    @Override
    public void put(Map<String, ConsumerRecord<byte[], byte[]>> latest) {
        Rows rows = Rows.of(latest, StageMirror::columns);
        if (!rows.removed().isEmpty()) {
            int[] counts =
                    jdbc.batchUpdate("DELETE FROM projections.funnel_stage WHERE key_digest = ?", rows.removed());
            if (Arrays.stream(counts).anyMatch(count -> count != 0)) {
                numberRemoval();
            }
        }
        PUT.write(jdbc, rows.written());
    }

    private static @Nullable Object[] columns(byte[] digest, String key, byte[] value) throws UnreadableRow {
        StageRow row = StageRow.read(key, value);
        return new @Nullable Object[] {
            digest,
            key,
            FlatJson.storable(row.key().policy()),
            row.key().grain(),
            row.key().bucket(),
            FlatJson.storable(row.key().dimension()),
            FlatJson.storableOrNull(row.key().value()),
            row.key().stage().name(),
            row.revision(),
            FlatJson.storable(row.figures(), value)
        };
    }
}

package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.event.Topic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** {@code funnel.shared}: the figures as they are, the tallies of days beside them. */
final class SharedMirror implements MirroredTable {

    private static final Upsert PUT = new Upsert(
            """
            INSERT INTO projections.funnel_shared
                (key_digest, key, policy, grain, bucket, dimension, value, revision, definition, as_of, log_position,
                 figures, tally)""",
            "c1, c2, c3, c4, c5, c6, c7, c8, c9, c10::timestamptz, c11, c12::jsonb, c13",
            """
            ON CONFLICT (key_digest) DO UPDATE
            SET revision = excluded.revision, definition = excluded.definition, as_of = excluded.as_of,
                log_position = excluded.log_position, figures = excluded.figures, tally = excluded.tally
            """,
            List.of(
                    "bytea", "text", "text", "text", "text", "text", "text", "int8", "text", "text", "int8", "text",
                    "bytea"));

    private final JdbcTemplate jdbc;

    SharedMirror(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String topic() {
        return Topic.FUNNEL_SHARED.topicName();
    }

    @Override
    public void clear() {
        jdbc.update("DELETE FROM projections.funnel_shared");
    }

    @Override
    public void put(Map<String, ConsumerRecord<byte[], byte[]>> latest) {
        Rows rows = Rows.of(latest, SharedMirror::columns);
        if (!rows.removed().isEmpty()) {
            jdbc.batchUpdate("DELETE FROM projections.funnel_shared WHERE key_digest = ?", rows.removed());
        }
        PUT.write(jdbc, rows.written());
    }

    private static @Nullable Object[] columns(byte[] digest, String key, byte[] value) throws UnreadableRow {
        SharedRow row = SharedRow.read(key, value);
        return new @Nullable Object[] {
            digest,
            key,
            FlatJson.storable(row.key().policy()),
            row.key().grain(),
            row.key().bucket(),
            FlatJson.storable(row.key().dimension()),
            FlatJson.storableOrNull(row.key().value()),
            row.revision(),
            FlatJson.storable(row.definition()),
            Upsert.written(row.asOf()),
            row.logPosition(),
            FlatJson.storable(row.figures()).toString(),
            row.tally()
        };
    }
}

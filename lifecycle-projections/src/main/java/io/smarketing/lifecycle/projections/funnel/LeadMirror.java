package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.lead.Stage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** {@code lead.state}. */
final class LeadMirror implements MirroredTable {

    private static final Upsert PUT = new Upsert(
            """
            INSERT INTO projections.lead_state
                (lead_digest, lead_id, stage, score, disqualified, source, campaign, persona, owner, captured_at,
                 entered_at, mql_at, accepted_at, contacted_at, won_at, rejected_at, lost_at, state)""",
            """
            c1, c2, c3, c4, c5, c6, c7, c8, c9, c10::timestamptz, c11::timestamptz, c12::timestamptz, c13::timestamptz,
            c14::timestamptz, c15::timestamptz, c16::timestamptz, c17::timestamptz, c18::jsonb""",
            """
            ON CONFLICT (lead_digest) DO UPDATE
            SET stage = excluded.stage, score = excluded.score, disqualified = excluded.disqualified,
                source = excluded.source, campaign = excluded.campaign, persona = excluded.persona,
                owner = excluded.owner, captured_at = excluded.captured_at, entered_at = excluded.entered_at,
                mql_at = excluded.mql_at, accepted_at = excluded.accepted_at, contacted_at = excluded.contacted_at,
                won_at = excluded.won_at, rejected_at = excluded.rejected_at, lost_at = excluded.lost_at,
                state = excluded.state
            """,
            List.of(
                    "bytea", "text", "text", "int8", "bool", "text", "text", "text", "text", "text", "text", "text",
                    "text", "text", "text", "text", "text", "text"));

    private final JdbcTemplate jdbc;

    LeadMirror(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String topic() {
        return Topic.LEAD_STATE.topicName();
    }

    @Override
    public void clear() {
        jdbc.update("DELETE FROM projections.lead_state");
    }

    @Override
    public void put(Map<String, ConsumerRecord<byte[], byte[]>> latest) {
        Rows rows = Rows.of(latest, LeadMirror::columns);
        if (!rows.removed().isEmpty()) {
            jdbc.batchUpdate("DELETE FROM projections.lead_state WHERE lead_digest = ?", rows.removed());
        }
        PUT.write(jdbc, rows.written());
    }

    private static @Nullable Object[] columns(byte[] digest, String leadId, byte[] value) throws UnreadableRow {
        LeadRow row = LeadRow.read(leadId, value);
        return new @Nullable Object[] {
            digest,
            FlatJson.storable(leadId),
            FlatJson.storable(row.stage()),
            row.score(),
            row.disqualified(),
            FlatJson.storableOrNull(row.source()),
            FlatJson.storableOrNull(row.campaign()),
            FlatJson.storableOrNull(row.persona()),
            FlatJson.storableOrNull(row.owner()),
            Upsert.written(row.capturedAt()),
            Upsert.written(row.enteredAt()),
            Upsert.written(row.first().get(Stage.MQL)),
            Upsert.written(row.first().get(Stage.ACCEPTED)),
            Upsert.written(row.first().get(Stage.CONTACTED)),
            Upsert.written(row.first().get(Stage.WON)),
            Upsert.written(row.first().get(Stage.REJECTED)),
            Upsert.written(row.first().get(Stage.LOST)),
            FlatJson.storable(row.state(), value)
        };
    }
}

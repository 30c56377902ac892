package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the rows of {@code funnel.stages} and {@code lead.state} to their tables, with the positions they reach, in one
 * transaction. Any number of instances may write the same: a record at or before the position in the table is passed over.
 */
@Component
@DependsOn(ProjectionsConfiguration.SCHEMA)
class ReadTables {

    private static final Logger LOG = LoggerFactory.getLogger(ReadTables.class);

    /** One writer at a time: so that change numbers ascend in the order of commits. Any number that is ours. */
    private static final long WRITERS = 0x66756e6e656cL;

    private static final String PUT_STAGE = """
            INSERT INTO projections.funnel_stage
                (key_digest, key, policy, grain, bucket, dimension, value, stage, revision, figures, changed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, nextval('projections.change_number'))
            ON CONFLICT (key_digest) DO UPDATE
            SET revision = excluded.revision, figures = excluded.figures, changed = excluded.changed
            """;

    private static final String PUT_LEAD = """
            INSERT INTO projections.lead_state
                (lead_digest, lead_id, stage, score, disqualified, source, campaign, persona, owner, captured_at,
                 entered_at, mql_at, accepted_at, contacted_at, won_at, rejected_at, lost_at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)
            ON CONFLICT (lead_digest) DO UPDATE
            SET stage = excluded.stage, score = excluded.score, disqualified = excluded.disqualified,
                source = excluded.source, campaign = excluded.campaign, persona = excluded.persona,
                owner = excluded.owner, captured_at = excluded.captured_at, entered_at = excluded.entered_at,
                mql_at = excluded.mql_at, accepted_at = excluded.accepted_at, contacted_at = excluded.contacted_at,
                won_at = excluded.won_at, rejected_at = excluded.rejected_at, lost_at = excluded.lost_at,
                state = excluded.state
            """;

    /** The tables do not stand where the reader thinks they do: it has to ask anew where to begin. */
    static final class Elsewhere extends Exception {

        private static final long serialVersionUID = 1L;

        Elsewhere(String message) {
            super(message);
        }
    }

    /** A topic as it is now; one that was deleted and made anew has another id. */
    record TopicNow(UUID id, int partitions) {}

    private record Stored(UUID topicId, long nextOffset) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    ReadTables(JdbcTemplate jdbc, PlatformTransactionManager transactionManager) {
        this.jdbc = jdbc;
        this.transactions = new TransactionTemplate(transactionManager);
    }

    /** Where to go on reading; what stems from a topic that is no more is taken away. Partitions not begun are missing. */
    Map<TopicPartition, Long> positions(Map<String, TopicNow> topics) {
        Map<TopicPartition, Stored> stored = inTransaction(() -> {
            Set<String> madeAnew = new TreeSet<>();
            stored().forEach((partition, position) -> {
                TopicNow now = topics.get(partition.topic());
                if (now != null && !now.id().equals(position.topicId())) {
                    madeAnew.add(partition.topic());
                }
            });
            for (String topic : madeAnew) {
                LOG.info("topic {} was made anew: its table is filled again", topic);
                clear(topic);
            }
            return stored();
        });
        Map<TopicPartition, Long> positions = new HashMap<>();
        stored.forEach((partition, position) -> positions.put(partition, position.nextOffset()));
        return positions;
    }

    /** Forgets what was read of a topic, to read it again from its beginning. */
    void startOver(String topic) {
        inTransaction(() -> {
            clear(topic);
            return true;
        });
    }

    private void clear(String topic) {
        jdbc.update("DELETE FROM projections.read_position WHERE topic = ?", topic);
        if (topic.equals(Topic.FUNNEL_STAGES.topicName())) {
            jdbc.update("DELETE FROM projections.funnel_stage");
            numberRemoval();
        } else {
            jdbc.update("DELETE FROM projections.lead_state");
        }
    }

    private void numberRemoval() {
        jdbc.update("UPDATE projections.funnel_stage_removal SET changed = nextval('projections.change_number')");
    }

    /**
     * Writes what one poll brought.
     *
     * @param reached what the tables must at least have reached; afterwards, what they have reached
     * @throws Elsewhere when the topic is another one now, or the tables have been put back; nothing is written then
     */
    void write(
            Iterable<ConsumerRecord<byte[], byte[]>> records,
            Map<String, TopicNow> topics,
            Map<TopicPartition, Long> reached)
            throws Elsewhere {
        Object outcome = inTransaction(() -> {
            Map<TopicPartition, Stored> stored = stored();
            Map<TopicPartition, Long> next = new HashMap<>();
            Map<String, ConsumerRecord<byte[], byte[]>> stages = new LinkedHashMap<>();
            Map<String, ConsumerRecord<byte[], byte[]>> leads = new LinkedHashMap<>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                Stored position = stored.get(partition);
                TopicNow topic = topics.get(record.topic());
                if (topic == null || (position != null && !position.topicId().equals(topic.id()))) {
                    return new Elsewhere("topic %s is another one now".formatted(record.topic()));
                }
                long nextOffset = position == null ? 0 : position.nextOffset();
                if (nextOffset < reached.getOrDefault(partition, 0L)) {
                    return new Elsewhere("the position of %s was put back".formatted(partition));
                }
                if (record.offset() >= nextOffset) {
                    next.put(partition, record.offset() + 1);
                    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                    (record.topic().equals(Topic.FUNNEL_STAGES.topicName()) ? stages : leads).put(key, record);
                } else {
                    next.putIfAbsent(partition, nextOffset);
                }
            }
            putStages(stages);
            putLeads(leads);
            putPositions(next, topics);
            return next;
        });
        if (outcome instanceof Elsewhere elsewhere) {
            throw elsewhere;
        } else if (outcome instanceof Map<?, ?> next) {
            next.forEach((partition, offset) -> reached.put((TopicPartition) partition, (Long) offset));
        }
    }

    private <T> T inTransaction(Supplier<T> work) {
        T result = transactions.execute(status -> {
            jdbc.query("SELECT pg_advisory_xact_lock(?)", row -> {}, WRITERS);
            return work.get();
        });
        if (result == null) {
            throw new IllegalStateException("a transaction without a result");
        }
        return result;
    }

    private Map<TopicPartition, Stored> stored() {
        Map<TopicPartition, Stored> stored = new HashMap<>();
        jdbc.query("SELECT topic, partition, topic_id, next_offset FROM projections.read_position", row -> {
            stored.put(
                    new TopicPartition(row.getString(1), row.getInt(2)),
                    new Stored(row.getObject(3, UUID.class), row.getLong(4)));
        });
        return stored;
    }

    private void putStages(Map<String, ConsumerRecord<byte[], byte[]>> records) {
        List<Object[]> rows = new ArrayList<>();
        List<Object[]> removed = new ArrayList<>();
        Unreadable unreadable = new Unreadable();
        records.forEach((key, record) -> {
            byte[] digest = digest(key);
            if (record.value() == null) {
                removed.add(new Object[] {digest});
                return;
            }
            try {
                StageRow row = StageRow.read(key, record.value());
                rows.add(new Object[] {
                    digest,
                    key,
                    FlatJson.storable(row.key().policy()),
                    FlatJson.storable(row.key().grain()),
                    FlatJson.storableOrNull(row.key().bucket()),
                    FlatJson.storable(row.key().dimension()),
                    FlatJson.storableOrNull(row.key().value()),
                    row.key().stage().name(),
                    row.revision(),
                    FlatJson.storable(row.figures()).toString()
                });
            } catch (UnreadableRow e) {
                unreadable.add(record, e);
            }
        });
        unreadable.tell();
        if (!removed.isEmpty()) {
            int[] counts = jdbc.batchUpdate("DELETE FROM projections.funnel_stage WHERE key_digest = ?", removed);
            if (Arrays.stream(counts).anyMatch(count -> count != 0)) {
                numberRemoval();
            }
        }
        jdbc.batchUpdate(PUT_STAGE, rows);
    }

    private void putLeads(Map<String, ConsumerRecord<byte[], byte[]>> records) {
        List<Object[]> rows = new ArrayList<>();
        List<Object[]> removed = new ArrayList<>();
        Unreadable unreadable = new Unreadable();
        records.forEach((leadId, record) -> {
            byte[] digest = digest(leadId);
            if (record.value() == null) {
                removed.add(new Object[] {digest});
                return;
            }
            try {
                LeadRow row = LeadRow.read(leadId, record.value());
                rows.add(new Object[] {
                    digest,
                    FlatJson.storable(leadId),
                    FlatJson.storable(row.stage()),
                    row.score(),
                    row.disqualified(),
                    FlatJson.storableOrNull(row.source()),
                    FlatJson.storableOrNull(row.campaign()),
                    FlatJson.storableOrNull(row.persona()),
                    FlatJson.storableOrNull(row.owner()),
                    utc(row.capturedAt()),
                    utc(row.enteredAt()),
                    utc(row.first().get(Stage.MQL)),
                    utc(row.first().get(Stage.ACCEPTED)),
                    utc(row.first().get(Stage.CONTACTED)),
                    utc(row.first().get(Stage.WON)),
                    utc(row.first().get(Stage.REJECTED)),
                    utc(row.first().get(Stage.LOST)),
                    FlatJson.storable(row.state()).toString()
                });
            } catch (UnreadableRow e) {
                unreadable.add(record, e);
            }
        });
        unreadable.tell();
        if (!removed.isEmpty()) {
            jdbc.batchUpdate("DELETE FROM projections.lead_state WHERE lead_digest = ?", removed);
        }
        jdbc.batchUpdate(PUT_LEAD, rows);
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private void putPositions(Map<TopicPartition, Long> next, Map<String, TopicNow> topics) {
        List<Object[]> rows = new ArrayList<>();
        next.forEach((partition, offset) -> {
            TopicNow topic = topics.get(partition.topic());
            if (topic != null) {
                rows.add(new Object[] {partition.topic(), partition.partition(), topic.id(), offset});
            }
        });
        jdbc.batchUpdate("""
                INSERT INTO projections.read_position (topic, partition, topic_id, next_offset) VALUES (?, ?, ?, ?)
                ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
                """, rows);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Rows that nobody can read are passed over, and told: waiting for them to mend would stop all the others. */
    private static final class Unreadable {

        private int count;
        private String first = "";

        void add(ConsumerRecord<byte[], byte[]> record, UnreadableRow reason) {
            if (count++ == 0) {
                first = "%s-%d@%d: %s"
                        .formatted(record.topic(), record.partition(), record.offset(), reason.getMessage());
            }
        }

        void tell() {
            if (count > 0) {
                LOG.warn("{} rows passed over that are not in the form of the topic; the first is {}", count, first);
            }
        }
    }
}

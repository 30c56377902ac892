package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.projections.ProjectionsConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes the rows of {@code funnel.stages}, {@code funnel.shared} and {@code lead.state} to their tables, with the positions they
 * reach, in one transaction. Any number of instances may write the same: a record at or before the position in the table is passed over.
 */
@Component
@DependsOn(ProjectionsConfiguration.SCHEMA)
class ReadTables {

    private static final Logger LOG = LoggerFactory.getLogger(ReadTables.class);

    /** One writer at a time: so that change numbers ascend in the order of commits. Any number that is ours. */
    private static final long WRITERS = 0x66756e6e656cL;

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
    private final Map<String, MirroredTable> tables = new LinkedHashMap<>();

    ReadTables(JdbcTemplate jdbc, PlatformTransactionManager transactionManager) {
        this.jdbc = jdbc;
        this.transactions = new TransactionTemplate(transactionManager);
        for (MirroredTable table : List.of(new StageMirror(jdbc), new SharedMirror(jdbc), new LeadMirror(jdbc))) {
            tables.put(table.topic(), table);
        }
    }

    /** Those that are mirrored. */
    List<String> topics() {
        return List.copyOf(tables.keySet());
    }

    private MirroredTable table(String topic) {
        return Objects.requireNonNull(tables.get(topic), topic);
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
        table(topic).clear();
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
            Map<String, Map<String, ConsumerRecord<byte[], byte[]>>> latest = new LinkedHashMap<>();
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
                    latest.computeIfAbsent(record.topic(), absent -> new LinkedHashMap<>())
                            .put(key, record);
                } else {
                    next.putIfAbsent(partition, nextOffset);
                }
            }
            latest.forEach((topic, byKey) -> table(topic).put(byKey));
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
}

package io.smarketing.lifecycle.api.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The event that the relay has carried last to a partition of {@code lead.events}. Transactions are carried whole and in order, so the
 * greatest position among them is how far the topic has come.
 */
record LastEvent(
        long position,
        String leadId,
        long sequence,
        @Nullable String source,
        @Nullable String id) {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FIRST_LOOK = 16;
    private static final int FURTHER = 8;

    /** By partition; those that have no event of the relay's are left out. */
    static Map<Integer, LastEvent> find(Consumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        Map<Integer, LastEvent> lasts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            find(consumer, partition).ifPresent(last -> lasts.put(partition.partition(), last));
        }
        return lasts;
    }

    /** The one that was carried last of all. */
    static Optional<LastEvent> latest(Map<Integer, LastEvent> byPartition) {
        return byPartition.values().stream().max(Comparator.comparingLong(LastEvent::position));
    }

    /** The last records may be ends of transactions, or of ones that were aborted: they are not told, and it looks further back. */
    private static Optional<LastEvent> find(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        consumer.assign(List.of(partition));
        long beginning = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        Optional<LastEvent> last = Optional.empty();
        long look = FIRST_LOOK;
        for (long from = end; from > beginning && last.isEmpty(); look *= FURTHER) {
            from = Math.max(beginning, end - look);
            consumer.seek(partition, from);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    Optional<LastEvent> read = read(entry);
                    last = read.isPresent() ? read : last;
                }
            }
        }
        return last;
    }

    private static Optional<LastEvent> read(ConsumerRecord<byte[], byte[]> entry) {
        String position = header(entry, "ce_position");
        String sequence = header(entry, "ce_sequence");
        if (position == null || sequence == null || entry.key() == null) {
            return Optional.empty();
        }
        return Optional.of(new LastEvent(
                Long.parseLong(position),
                new String(entry.key(), StandardCharsets.UTF_8),
                Long.parseLong(sequence),
                header(entry, "ce_source"),
                header(entry, "ce_id")));
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> entry, String name) {
        Header header = entry.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Whether the store holds this very event in this very place. */
    boolean isIn(JdbcClient jdbc) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM lifecycle.lead_event WHERE global_index = ? AND lead_id = ?"
                        + " AND sequence = ? AND source = coalesce(?, source) AND event_id = coalesce(?, event_id))")
                .params(Arrays.asList(position, leadId, sequence, source, id))
                .query(Boolean.class)
                .single();
    }
}

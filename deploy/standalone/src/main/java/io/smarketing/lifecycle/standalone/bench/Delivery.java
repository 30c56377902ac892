package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A topic held against the store, event by event, as a read-committed reader sees it.
 *
 * @param stored events in the store
 * @param lost of them not on the topic
 * @param outOfOrder events that came before an earlier one of their lead
 * @param duplicates events that came again
 * @param strange records that are no event of the store
 */
record Delivery(long stored, long lost, long outOfOrder, long duplicates, long strange) {

    static Delivery of(Workbench workbench, String topic) {
        Set<String> missing = new HashSet<>(workbench
                .jdbc()
                .sql("SELECT lead_id || ' ' || sequence FROM lifecycle.lead_event")
                .query(String.class)
                .list());
        long stored = missing.size();
        Set<String> seen = new HashSet<>();
        Map<String, Long> reached = new HashMap<>();
        long[] counts = new long[3];
        read(workbench, topic, entry -> {
            long sequence = Long.parseLong(header(entry, "ce_sequence"));
            String leadId = new String(entry.key(), StandardCharsets.UTF_8);
            String event = leadId + " " + sequence;
            if (!seen.add(event)) {
                counts[1]++;
            } else if (!missing.remove(event)) {
                counts[2]++;
            } else if (reached.merge(leadId, sequence, Math::max) > sequence) {
                counts[0]++;
            }
        });
        return new Delivery(stored, missing.size(), counts[0], counts[1], counts[2]);
    }

    private static String header(ConsumerRecord<byte[], byte[]> entry, String name) {
        return new String(entry.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    static void read(Workbench workbench, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(workbench.bean(KafkaSettings.class).consumer("bench"))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(reader);
            }
        }
    }

    boolean isFaultless() {
        return lost == 0 && outOfOrder == 0 && duplicates == 0 && strange == 0;
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("stored", stored)
                .put("lost", lost)
                .put("outOfOrder", outOfOrder)
                .put("duplicates", duplicates)
                .put("strange", strange);
    }
}

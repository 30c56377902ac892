package io.smarketing.lifecycle.standalone.live;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads topics as any other program would: committed records, from the beginning to where the topic ends now. */
final class Topics {

    /** Keeps every digit. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** What the engine and Kafka keep for themselves. */
    private static final String INTERNAL = "__.*|lifecycle\\..*|.*-(changelog|repartition)";

    private final Engine engine;

    Topics(Engine engine) {
        this.engine = engine;
    }

    /** The names of those that others may read. */
    Set<String> names() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()))) {
            Set<String> names = new TreeSet<>(admin.listTopics().names().get());
            names.removeIf(name -> name.matches(INTERNAL));
            return names;
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All records, in order within each partition. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return records(topic, "read_committed");
    }

    /** Also what was taken back, where it is {@code read_uncommitted}. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", engine.bootstrapServers(), "isolation.level", isolation);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** Of a compacted topic the rows that are there: the latest value of each key. */
    Map<String, JsonNode> rows(String topic) {
        Map<String, byte[]> latest = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> entry : records(topic)) {
            String key = new String(entry.key(), StandardCharsets.UTF_8);
            if (entry.value() == null) {
                latest.remove(key);
            } else {
                latest.put(key, entry.value());
            }
        }
        Map<String, JsonNode> rows = new LinkedHashMap<>();
        latest.forEach((key, value) -> rows.put(key, JSON.readTree(value)));
        return rows;
    }

    /** Of several under one name the last. */
    static Map<String, String> headers(ConsumerRecord<byte[], byte[]> entry) {
        Map<String, String> headers = new LinkedHashMap<>();
        entry.headers()
                .forEach(header -> headers.put(
                        header.key(),
                        header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}

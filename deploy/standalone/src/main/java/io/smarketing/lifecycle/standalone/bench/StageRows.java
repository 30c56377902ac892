package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A reader of {@code funnel.stages} and {@code funnel.shared} that only sees what is committed, and notes when it does. */
final class StageRows implements AutoCloseable {

    /** What the keys of the rows of all of time begin with. */
    private static final String ALL_OF_TIME = "[\"active\",\"all\",null,";

    private final Map<String, Long> seen = new ConcurrentHashMap<>();
    private final Map<String, Long> seenShared = new ConcurrentHashMap<>();
    private final LongAdder rows = new LongAdder();
    private final Thread thread;
    private volatile boolean running = true;

    private StageRows(Workbench workbench, String probe) {
        Map<String, Object> settings = workbench.bean(KafkaSettings.class).consumer("bench");
        this.thread = new Thread(() -> read(settings, probe), "bench-reader");
    }

    /** @param probe what the values of rows begin with that are noted one by one */
    static StageRows watch(Workbench workbench, String probe) {
        StageRows rows = new StageRows(workbench, probe);
        rows.thread.start();
        return rows;
    }

    private void read(Map<String, Object> settings, String probe) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            List<TopicPartition> partitions = Stream.of(Topic.FUNNEL_STAGES, Topic.FUNNEL_SHARED)
                    .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            while (running) {
                for (ConsumerRecord<byte[], byte[]> row : consumer.poll(Duration.ofMillis(20))) {
                    rows.increment();
                    String key = new String(row.key(), StandardCharsets.UTF_8);
                    if (key.startsWith(ALL_OF_TIME)) {
                        note(key, probe, row.topic().equals(Topic.FUNNEL_SHARED.topicName()) ? seenShared : seen);
                    }
                }
            }
        }
    }

    private static void note(String key, String probe, Map<String, Long> seen) {
        int start = key.indexOf('"' + probe);
        if (start >= 0) {
            String value = key.substring(start + 1, key.indexOf('"', start + 1));
            seen.putIfAbsent(value, System.nanoTime());
        }
    }

    /** In {@code funnel.stages}. */
    boolean hasSeen(String probe) {
        return seen.containsKey(probe);
    }

    /** In {@code funnel.shared}. */
    boolean hasSeenShared(String probe) {
        return seenShared.containsKey(probe);
    }

    /** All that came. */
    long rows() {
        return rows.sum();
    }

    /** By the clock of {@link System#nanoTime}. */
    long seenAt(String probe) {
        return Objects.requireNonNull(seen.get(probe), probe);
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

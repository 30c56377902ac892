package io.smarketing.lifecycle.api.relay;

import io.smarketing.lifecycle.api.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/**
 * Where those who carry from the database to Kafka keep how far they have come: a compacted topic, beside what they have
 * carried.
 */
@Configuration(proxyBeanMethods = false)
public class RelayPosition {

    private static final String TOPIC = "lifecycle.relay-position";
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings settings;

    RelayPosition(KafkaSettings settings) {
        this.settings = settings;
    }

    /** To be sent in the transaction that carries what lies up to the position. */
    public static ProducerRecord<byte[], byte[]> of(String carried, long position) {
        return new ProducerRecord<>(
                TOPIC, bytes(carried), String.valueOf(position).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What the last committed transaction says; 0 when nothing was ever carried.
     *
     * @param carried what is carried; each has a position of its own
     */
    public long last(String carried) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings.consumer("position-" + carried))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long position = 0;
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    if (Arrays.equals(entry.key(), bytes(carried))) {
                        position = Long.parseLong(new String(entry.value(), StandardCharsets.US_ASCII));
                    }
                }
            }
            return position;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Bean
    NewTopic relayPositionTopic(@Value("${lifecycle.topics.replication-factor:-1}") int replicas) {
        return TopicBuilder.name(TOPIC)
                .partitions(1)
                .replicas(replicas)
                .compact()
                .config(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(4 << 20))
                .build();
    }
}

package io.smarketing.lifecycle.api.relay;

import io.smarketing.lifecycle.api.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
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
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Where those who carry from the database to Kafka keep how far they have come: a compacted topic, beside what they have
 * carried.
 */
@Configuration(proxyBeanMethods = false)
public class RelayPosition {

    private static final String TOPIC = "lifecycle.relay-position";
    private static final String SEPARATOR = " ";
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings settings;
    private final KafkaAdmin declared;

    RelayPosition(KafkaSettings settings, KafkaAdmin declared) {
        this.settings = settings;
        this.declared = declared;
    }

    /**
     * What the last committed transaction says.
     *
     * @param destination the {@link Destination#identity} of the topics it went to; empty where it was not told
     * @param grown how far their partitions can have {@link Growth}n; empty where it was not told
     * @param lasts the {@link LastPositions} of their partitions; empty where they were not told
     */
    public record Kept(long position, String destination, String grown, String lasts) {

        /** Of topics that are not looked at partition by partition. */
        public Kept(long position, String destination) {
            this(position, destination, "", "");
        }

        /** Whether the topics that it speaks of are those that are there. */
        public boolean isOf(String destinationNow) {
            return Destination.isSame(destination, destinationNow);
        }
    }

    /** The topics that are carried to. */
    public Destination destination(String... topics) {
        return new Destination(Admin.create(settings.admin("relay")), declared, List.of(topics));
    }

    /** To be sent in the transaction that carries what lies up to the position. */
    public static ProducerRecord<byte[], byte[]> of(String carried, Kept kept) {
        String value =
                String.join(SEPARATOR, String.valueOf(kept.position()), kept.destination(), kept.grown(), kept.lasts());
        return new ProducerRecord<>(TOPIC, bytes(carried), bytes(value));
    }

    /**
     * Waits until all that was committed is read, here and in what is carried. To be done after others are fenced and before
     * {@link #last}.
     *
     * @param goesOn asked again and again, to wait no longer
     * @return false when it did not go on
     */
    public boolean awaitReadable(BooleanSupplier goesOn, Destination carriedTo) {
        try (Destination own = destination(TOPIC)) {
            return own.awaitReadable(goesOn) && carriedTo.awaitReadable(goesOn);
        }
    }

    /**
     * What the last committed transaction says; empty when nothing was ever carried, or the topic was lost.
     *
     * @param carried what is carried; each has a position of its own
     */
    public Optional<Kept> last(String carried) {
        try (Destination own = destination(TOPIC)) {
            own.identity(); // makes it where it is missing
        }
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings.consumer("position-" + carried))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            Optional<Kept> kept = Optional.empty();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    if (Arrays.equals(entry.key(), bytes(carried))) {
                        kept = Optional.of(read(new String(entry.value(), StandardCharsets.US_ASCII)));
                    }
                }
            }
            return kept;
        }
    }

    /** Earlier programs wrote the first part alone, or the first three; each reads what it knows of. */
    static Kept read(String value) {
        String[] parts = Stream.concat(Stream.of(value.split(SEPARATOR)), Stream.of("", "", ""))
                .toArray(String[]::new);
        return new Kept(Long.parseLong(parts[0]), parts[1], parts[2], parts[3]);
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

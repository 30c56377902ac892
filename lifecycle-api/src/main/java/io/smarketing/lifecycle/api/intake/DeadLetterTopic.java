package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Topic;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the dead letters, and sends them to the intake again. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class DeadLetterTopic {

    private static final String ROLE = "dead-letters";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** So many are looked at for one page, whether they match or not. */
    private static final int MOST_READ = 20_000;

    private final KafkaSettings settings;
    private final JdbcClient jdbc;

    DeadLetterTopic(KafkaSettings settings, JdbcClient jdbc) {
        this.settings = settings;
        this.jdbc = jdbc;
    }

    /** Kafka does not answer. */
    static final class Away extends Exception {

        private static final long serialVersionUID = 1L;

        Away(RuntimeException cause) {
            super("Kafka does not answer: " + cause.getMessage(), cause);
        }
    }

    /**
     * Some letters, in the order of their partitions and offsets.
     *
     * @param next by partition, the offset to go on from; null at the end
     */
    record Page(List<DeadLetter> letters, @Nullable Map<Integer, Long> next) {}

    /**
     * Looks through the letters.
     *
     * @param from by partition, the offset to begin at; others begin at their beginning
     */
    Page page(Map<Integer, Long> from, Predicate<DeadLetter> filter, int most) throws Away {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.DEAD_LETTERS.topicName(), PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, PATIENCE);
            consumer.assign(partitions);
            Map<Integer, Long> reached = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                long beginning =
                        Math.max(beginnings.getOrDefault(partition, 0L), from.getOrDefault(partition.partition(), 0L));
                consumer.seek(partition, beginning);
                reached.put(partition.partition(), beginning);
            }
            Map<PlaceAndTime, DeadLetter.Redriven> redriven = redriven();
            List<DeadLetter> letters = new ArrayList<>();
            int read = 0;
            // One partition after the other, so that a page can end anywhere.
            for (TopicPartition partition : partitions) {
                consumer.pause(partitions);
                consumer.resume(List.of(partition));
                long end = ends.getOrDefault(partition, 0L);
                Progress progress = new Progress();
                while (progress.reach(consumer.position(partition, PATIENCE)) < end) {
                    for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                        if (letters.size() == most || read == MOST_READ) {
                            return new Page(letters, reached);
                        }
                        read++;
                        reached.put(entry.partition(), entry.offset() + 1);
                        DeadLetter letter = withRedrive(entry, redriven);
                        if (filter.test(letter)) {
                            letters.add(letter);
                        }
                    }
                }
            }
            return new Page(letters, null);
        } catch (KafkaException e) {
            throw new Away(e);
        }
    }

    /** A Kafka that goes away while it is read from gives nothing, and says nothing. */
    private static final class Progress {

        private long reached = -1;
        private long since;

        /**
         * The same position.
         *
         * @throws TimeoutException when it has not moved for some time
         */
        long reach(long position) {
            long now = System.nanoTime();
            if (position != reached) {
                reached = position;
                since = now;
            } else if (now - since > PATIENCE.toNanos()) {
                throw new TimeoutException("no dead letter came for %d s".formatted(PATIENCE.toSeconds()));
            }
            return position;
        }
    }

    private record PlaceAndTime(DeadLetter.Place place, String deadSince) {}

    private Map<PlaceAndTime, DeadLetter.Redriven> redriven() {
        Map<PlaceAndTime, DeadLetter.Redriven> redriven = new HashMap<>();
        jdbc.sql("SELECT * FROM lifecycle.dead_letter_redrive").query(row -> {
            DeadLetter.Place place = new DeadLetter.Place(row.getInt("topic_partition"), row.getLong("topic_offset"));
            redriven.put(
                    new PlaceAndTime(place, row.getString("dead_since")),
                    new DeadLetter.Redriven(row.getTimestamp("redriven_at").toInstant(), row.getString("redriven_by")));
        });
        return redriven;
    }

    /** One letter, if the topic still has it. */
    Optional<DeadLetter> find(DeadLetter.Place place) throws Away {
        TopicPartition partition = new TopicPartition(Topic.DEAD_LETTERS.topicName(), place.partition());
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            boolean exists = consumer.partitionsFor(partition.topic(), PATIENCE).stream()
                    .anyMatch(info -> info.partition() == place.partition());
            if (!exists || place.offset() < 0) {
                return Optional.empty();
            }
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), PATIENCE).getOrDefault(partition, 0L);
            consumer.seek(partition, place.offset());
            // Behind it there may be no more letters, but marks of transactions.
            Progress progress = new Progress();
            while (place.offset() < end && progress.reach(consumer.position(partition, PATIENCE)) < end) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    return entry.offset() == place.offset()
                            ? Optional.of(withRedrive(entry, redriven()))
                            : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (KafkaException e) {
            throw new Away(e);
        }
    }

    private static DeadLetter withRedrive(
            ConsumerRecord<byte[], byte[]> entry, Map<PlaceAndTime, DeadLetter.Redriven> redriven) {
        DeadLetter letter = new DeadLetter(entry, null);
        return new DeadLetter(entry, redriven.get(new PlaceAndTime(letter.place(), letter.said("at"))));
    }

    /**
     * Sends letters to the intake again, all or none, and notes that they were sent. After a crash in between they may be sent twice, which
     * the intake recognises.
     */
    void redrive(List<DeadLetter> letters, @Nullable String by) throws Away {
        if (letters.isEmpty()) {
            return;
        }
        Map<String, Object> producerSettings = settings.transactionalProducer(ROLE);
        producerSettings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings);
        try {
            producer.initTransactions();
            producer.beginTransaction();
            for (DeadLetter letter : letters) {
                // The commit tells whether it went.
                var unused = producer.send(DeadLetters.again(letter));
            }
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw new Away(e);
        } finally {
            // Without a limit it would wait for a Kafka that is away to end the transaction.
            producer.close(Duration.ofSeconds(1));
        }
        Timestamp now = Timestamp.from(Instant.now());
        for (DeadLetter letter : letters) {
            jdbc.sql("INSERT INTO lifecycle.dead_letter_redrive VALUES (?, ?, ?, ?, ?)"
                            + " ON CONFLICT (topic_partition, topic_offset, dead_since)"
                            + " DO UPDATE SET redriven_at = excluded.redriven_at, redriven_by = excluded.redriven_by")
                    .params(Arrays.asList(
                            letter.place().partition(), letter.place().offset(), letter.said("at"), now, by))
                    .update();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> consumerSettings = settings.consumer(ROLE);
        consumerSettings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        consumerSettings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return new KafkaConsumer<>(consumerSettings);
    }
}

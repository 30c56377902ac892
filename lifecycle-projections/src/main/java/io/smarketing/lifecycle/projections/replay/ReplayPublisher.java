package io.smarketing.lifecycle.projections.replay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.projections.PatientTask;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Publishes replays that have ended on {@code replay.results}. Sent first and marked after, in a transaction that holds the replay's row: each
 * comes at least once, and a repetition is harmless, for the topic is compacted and the record is the same. The mark names the topic, so that
 * one that was made anew is filled again. Any number of processes may do it; what one is sending, the others pass over.
 */
@Component
class ReplayPublisher extends PatientTask implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayPublisher.class);

    private static final String TOPIC = Topic.REPLAY_RESULTS.topicName();
    private static final String CLIENT = "lifecycle-replay-publisher";
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 3;
    private static final long LOOK_AT_TOPIC_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A row is held while its record is sent: not for long, though Kafka be away. */
    private static final int ANSWER_WITHIN_MILLIS = 5_000;

    private static final int SEND_WITHIN_MILLIS = 10_000;

    private final ReplayArchive archive;
    private final TransactionTemplate transactions;
    private final KafkaProperties kafka;
    private final KafkaAdmin declared;
    private final LongAdder published = new LongAdder();
    private volatile @Nullable String topicId;

    ReplayPublisher(
            ReplayArchive archive,
            PlatformTransactionManager transactionManager,
            KafkaProperties kafka,
            KafkaAdmin declared) {
        super("replay-publisher", PAUSE, MOST_DOUBLINGS);
        this.archive = archive;
        this.transactions = new TransactionTemplate(transactionManager);
        this.kafka = kafka;
        this.declared = declared;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("lifecycle.replay.results.waiting", this, ReplayPublisher::waiting)
                .description("Ended replays that are not on replay.results as they stand; NaN until the topic is found")
                .register(registry);
        FunctionCounter.builder("lifecycle.replay.results.published", published, LongAdder::sum)
                .description("Records sent to replay.results since the start")
                .register(registry);
    }

    private double waiting() {
        String topic = topicId;
        try {
            return topic == null ? Double.NaN : archive.countUnpublished(topic);
        } catch (DataAccessException e) {
            return Double.NaN;
        }
    }

    @Override
    protected void work() {
        try (Admin admin = Admin.create(adminSettings());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings())) {
            publish(admin, producer);
        }
    }

    @Override
    protected void tellTrouble(Exception e) {
        LOG.warn("results of replays wait; nothing is lost, tried again until it works: {}", e.toString());
    }

    private void publish(Admin admin, KafkaProducer<byte[], byte[]> producer) {
        String topic = topicNow(admin);
        long look = System.nanoTime() + LOOK_AT_TOPIC_NANOS;
        while (isRunning()) {
            if (System.nanoTime() - look > 0) {
                topic = topicNow(admin);
                look = System.nanoTime() + LOOK_AT_TOPIC_NANOS;
            }
            boolean more = publishNext(topic, producer);
            if (recovered()) {
                LOG.info("results of replays are published again");
            }
            if (!more) {
                pause(PAUSE);
            }
        }
    }

    /** The topic's id; it is made where it is missing. */
    private String topicNow(Admin admin) {
        String now;
        try {
            now = describe(admin);
        } catch (UnknownTopicOrPartitionException e) {
            declared.initialize();
            now = describe(admin);
        }
        String before = topicId;
        if (before != null && !before.equals(now)) {
            LOG.warn("topic {} was made anew: all results of replays are published again", TOPIC);
        }
        topicId = now;
        return now;
    }

    private static String describe(Admin admin) {
        return answer(admin.describeTopics(List.of(TOPIC))
                        .allTopicNames()
                        .toCompletionStage()
                        .toCompletableFuture())
                .values()
                .iterator()
                .next()
                .topicId()
                .toString();
    }

    /**
     * False when there was nothing to publish.
     *
     * @param topic read before the record is sent: should the topic be made anew in between, the mark is of the one before
     */
    private boolean publishNext(String topic, KafkaProducer<byte[], byte[]> producer) {
        return Boolean.TRUE.equals(transactions.execute(transaction -> {
            Optional<ReplayArchive.Kept> found = archive.unpublished(topic, ShownReplay.MOST_BYTES);
            found.ifPresent(replay -> {
                send(replay, producer);
                published.increment();
                archive.published(replay.id(), topic);
            });
            return found.isPresent();
        }));
    }

    private static void send(ReplayArchive.Kept replay, KafkaProducer<byte[], byte[]> producer) {
        byte[] key = replay.id().toString().getBytes(StandardCharsets.UTF_8);
        try {
            answer(producer.send(new ProducerRecord<>(TOPIC, key, ShownReplay.value(replay))));
        } catch (RecordTooLargeException e) {
            LOG.warn(
                    "topic {} takes smaller records than it was declared with: replay {} is told without its result",
                    TOPIC,
                    replay.id());
            answer(producer.send(new ProducerRecord<>(TOPIC, key, ShownReplay.withoutResult(replay))));
        }
    }

    private static <T> T answer(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private Map<String, Object> adminSettings() {
        Map<String, Object> settings = kafka.buildAdminProperties();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, CLIENT + "-admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, SEND_WITHIN_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
        return settings;
    }

    private Map<String, Object> producerSettings() {
        Map<String, Object> settings = kafka.buildProducerProperties();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, CLIENT);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ResultsTopic.MOST_BYTES);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_WITHIN_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_WITHIN_MILLIS);
        return settings;
    }
}

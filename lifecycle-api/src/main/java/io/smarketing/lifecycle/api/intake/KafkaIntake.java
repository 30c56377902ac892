package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.BackgroundTask;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.lead.EventId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The Kafka door: reads {@code lead.intake}. What is polled is written first; only then are its dead letters and its offsets
 * committed, in one Kafka transaction. After a crash in between it comes again and is recognised.
 */
@Component
class KafkaIntake extends BackgroundTask {

    private static final String ROLE = "intake";
    private static final String GROUP = "lifecycle-intake";
    private static final String BINARY_PREFIX = "ce_";
    private static final int MOST_RECORDS = 2_000;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final KafkaSettings settings;
    private final Admission admission;
    private final LeadWriters writers;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consuming;
    private volatile long lag;

    KafkaIntake(KafkaSettings settings, Admission admission, LeadWriters writers) {
        super("kafka-intake");
        this.settings = settings;
        this.admission = admission;
        this.writers = writers;
    }

    @Override
    protected void work() {
        Map<String, Object> consumerSettings = settings.consumer(ROLE);
        consumerSettings.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        consumerSettings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
        Map<String, Object> producerSettings = settings.transactionalProducer(ROLE + "-" + settings.instance());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings)) {
            consuming = consumer;
            producer.initTransactions();
            consumer.subscribe(List.of(Topic.LEAD_INTAKE.topicName()));
            while (isRunning()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
                lag = consumer.assignment().stream()
                        .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                        .sum();
                if (!records.isEmpty()) {
                    take(records, consumer, producer);
                }
            }
        } finally {
            consuming = null;
        }
    }

    /** Records that wait to be read, as of the last look. */
    long lag() {
        return lag;
    }

    private void take(
            ConsumerRecords<byte[], byte[]> records,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer) {
        List<Work> works = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> sources = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> entry : records) {
            works.add(read(entry));
            sources.add(entry);
            offsets.put(
                    new TopicPartition(entry.topic(), entry.partition()), new OffsetAndMetadata(entry.offset() + 1));
        }
        List<Outcome> outcomes = write(works);
        producer.beginTransaction();
        Instant now = Instant.now();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Refused refused) {
                ConsumerRecord<byte[], byte[]> source = sources.get(i);
                List<Header> place = List.of(
                        DeadLetters.header("dl_topic", source.topic()),
                        DeadLetters.header("dl_partition", String.valueOf(source.partition())),
                        DeadLetters.header("dl_offset", String.valueOf(source.offset())));
                // The commit tells whether it went.
                var unused =
                        producer.send(DeadLetters.letter(original(source), refused.refusal(), Door.KAFKA, now, place));
            }
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }

    /** Waits for the store as long as it is away: what was polled is not given up. */
    private List<Outcome> write(List<Work> works) {
        long pause = 200;
        while (true) {
            try {
                return writers.doAllPatiently(works);
            } catch (LeadWriters.Unavailable e) {
                if (!isRunning()) {
                    throw new WakeupException();
                }
                pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis());
            }
        }
    }

    private Work read(ConsumerRecord<byte[], byte[]> entry) {
        Original original = original(entry);
        Map<String, String> attributes = new HashMap<>();
        String contentType = "";
        for (Header header : entry.headers()) {
            String name = header.key().toLowerCase(Locale.ROOT);
            String value = header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
            if (name.startsWith(BINARY_PREFIX)) {
                attributes.put(name.substring(BINARY_PREFIX.length()), value);
            } else if (name.equals("content-type")) {
                contentType = value;
            }
        }
        byte[] value = entry.value();
        if (value == null) {
            Refusal refusal = new Refusal(
                    "null-value",
                    "",
                    "the record has no value",
                    "events are never deleted: send a CloudEvent, or void a mistaken one by a `voided` event");
            String source = attributes.getOrDefault("source", "");
            String id = attributes.getOrDefault("id", "");
            boolean named = CloudEventCodec.isName(source) && CloudEventCodec.isName(id);
            return new Work.Broken(
                    Door.KAFKA, refusal, named ? Optional.of(new EventId(source, id)) : Optional.empty());
        }
        boolean isStructured = contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents");
        if (isStructured || attributes.isEmpty()) {
            return admission.structured(Door.KAFKA, value, original);
        }
        if (!contentType.isEmpty()) {
            attributes.put("datacontenttype", contentType);
        }
        return admission.binary(Door.KAFKA, attributes, value, original);
    }

    private static Original original(ConsumerRecord<byte[], byte[]> entry) {
        List<Original.Header> headers = new ArrayList<>();
        entry.headers().forEach(header -> headers.add(new Original.Header(header.key(), header.value())));
        return new Original(entry.key(), entry.value(), headers);
    }

    @Override
    public void stop() {
        end();
        KafkaConsumer<byte[], byte[]> consumer = consuming;
        if (consumer != null) {
            consumer.wakeup();
        }
        super.stop();
    }

    /** Opens after the writers have begun, closes before they end. */
    @Override
    public int getPhase() {
        return LeadWriters.PHASE + 1;
    }
}

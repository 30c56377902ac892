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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The Kafka door: reads {@code lead.intake}. What is polled is written first; only then are its dead letters and its offsets
 * committed, in one Kafka transaction. After a crash in between it comes again and is recognised. The order of each lead is kept, also
 * where the store fails for a while.
 */
@Component
class KafkaIntake extends BackgroundTask {

    private static final String ROLE = "intake";
    private static final String GROUP = "lifecycle-intake";
    private static final String BINARY_PREFIX = "ce_";
    private static final int MOST_RECORDS = 2_000;
    private static final int MOST_UNDER_WAY = 2;
    private static final Duration IDLE_POLL = Duration.ofMillis(500);
    private static final Duration BUSY_POLL = Duration.ofMillis(2);
    /** Polls that bring fewer records than that are so far apart: then more of them share a transaction. */
    private static final int FEW_RECORDS = 500;

    private static final long GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

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
        // Known by its name, the one that comes after a crash need not wait until the group has given up the one
        // before.
        consumerSettings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, GROUP + "-" + settings.instance());
        consumerSettings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
        Map<String, Object> producerSettings = settings.transactionalProducer(ROLE + "-" + settings.instance());
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings);
        // The consumer closes first: it gives up its partitions then, and what is written of them is committed by the
        // producer.
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings)) {
            consuming = consumer;
            producer.initTransactions();
            Intake intake = new Intake(consumer, producer);
            consumer.subscribe(List.of(Topic.LEAD_INTAKE.topicName()), intake);
            try {
                while (isRunning()) {
                    intake.goOn();
                }
            } catch (WakeupException e) {
                // Stopped while it waited for records.
            }
            intake.finishAll();
        } finally {
            consuming = null;
            // Without a limit it would wait for a Kafka that is away to end the transaction.
            producer.close(CLOSE_WITHIN);
        }
    }

    /** Records that were polled together, on their way to the store. */
    private record Polled(List<ConsumerRecord<byte[], byte[]>> records, LeadWriters.Submission submission) {}

    /**
     * What is polled is read and handed to the writers while they still write what was polled before. Offsets are committed behind the
     * store, some at a time, in order.
     */
    private final class Intake implements ConsumerRebalanceListener {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final KafkaProducer<byte[], byte[]> producer;
        private final Deque<Polled> underWay = new ArrayDeque<>();
        private final Map<TopicPartition, OffsetAndMetadata> written = new HashMap<>();
        private final List<ProducerRecord<byte[], byte[]>> letters = new ArrayList<>();
        /** What is behind records that were not finished must not be committed: they would be passed over. */
        private boolean unfinished;

        private LeadWriters.Line line = new LeadWriters.Line();
        private long committedAt = System.nanoTime();
        private long nextPoll = System.nanoTime();

        Intake(KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer) {
            this.consumer = consumer;
            this.producer = producer;
        }

        void goOn() {
            pause(TimeUnit.NANOSECONDS.toMillis(Math.max(0, nextPoll - System.nanoTime())));
            boolean idle = underWay.isEmpty() && written.isEmpty();
            ConsumerRecords<byte[], byte[]> records = consumer.poll(idle ? IDLE_POLL : BUSY_POLL);
            nextPoll = System.nanoTime() + (records.count() < FEW_RECORDS ? GATHERING_NANOS : 0);
            lag = consumer.assignment().stream()
                    .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                    .sum();
            if (!records.isEmpty()) {
                List<ConsumerRecord<byte[], byte[]>> list = new ArrayList<>(records.count());
                records.forEach(list::add);
                List<Work> works = list.stream().map(KafkaIntake.this::read).toList();
                underWay.add(new Polled(list, writers.submit(works, line)));
            }
            while (!underWay.isEmpty()
                    && (underWay.size() > MOST_UNDER_WAY
                            || underWay.element().submission().isDone())) {
                finishNext();
            }
            boolean due = System.nanoTime() - committedAt > COMMIT_NANOS;
            if (due || !letters.isEmpty()) {
                commit();
            }
        }

        /**
         * Returns when all that was polled is written and committed; where some of it failed, what came before that. The consumer asks for it when it is
         * closed too.
         */
        void finishAll() {
            while (!unfinished && !underWay.isEmpty()) {
                finishNext();
            }
            commit();
        }

        private void finishNext() {
            unfinished = true;
            finish(underWay.remove());
            unfinished = false;
        }

        private void finish(Polled polled) {
            List<Outcome> outcomes = outcomes(polled.submission());
            Instant now = Instant.now();
            for (int i = 0; i < outcomes.size(); i++) {
                ConsumerRecord<byte[], byte[]> source = polled.records().get(i);
                if (outcomes.get(i) instanceof Outcome.Refused refused) {
                    letters.add(DeadLetters.letter(
                            original(source),
                            refused.refusal(),
                            Door.KAFKA,
                            now,
                            List.of(
                                    DeadLetters.header("dl_topic", source.topic()),
                                    DeadLetters.header("dl_partition", String.valueOf(source.partition())),
                                    DeadLetters.header("dl_offset", String.valueOf(source.offset())))));
                }
                written.put(
                        new TopicPartition(source.topic(), source.partition()),
                        new OffsetAndMetadata(source.offset() + 1));
            }
        }

        /** Waits for the store as long as it is away: what was polled is not given up, and goes there in its order. */
        private List<Outcome> outcomes(LeadWriters.Submission submission) {
            long pause = FIRST_PAUSE_MILLIS;
            while (true) {
                try {
                    return submission.outcomes();
                } catch (LeadWriters.Unavailable e) {
                    if (!isRunning()) {
                        throw e;
                    }
                    pause(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis());
                    line = new LeadWriters.Line();
                    submission.submit(line);
                    // What was behind it has failed with it, or will.
                    underWay.forEach(behind -> {
                        try {
                            var unused = behind.submission().outcomes();
                        } catch (LeadWriters.Unavailable again) {
                            behind.submission().submit(line);
                        }
                    });
                }
            }
        }

        private void commit() {
            if (!written.isEmpty()) {
                producer.beginTransaction();
                for (ProducerRecord<byte[], byte[]> letter : letters) {
                    // The commit tells whether it went.
                    var unused = producer.send(letter);
                }
                producer.sendOffsetsToTransaction(written, consumer.groupMetadata());
                producer.commitTransaction();
                written.clear();
                letters.clear();
            }
            committedAt = System.nanoTime();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            finishAll();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // They begin at what is committed.
        }
    }

    /** Records that wait to be read, as of the last look. */
    long lag() {
        return lag;
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

package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.projections.PatientTask;
import io.smarketing.lifecycle.projections.funnel.ReadTables.Elsewhere;
import io.smarketing.lifecycle.projections.funnel.ReadTables.TopicNow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Reads the topics that the read tables mirror. Its positions are in the tables, not in a consumer group: so after any
 * failure it asks the tables where they stand, and goes on from there.
 */
@Component
class TableWriter extends PatientTask {

    private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LOOK_FOR_TOPICS = Duration.ofSeconds(1);
    private static final Duration LOOK_AT_TOPICS = Duration.ofSeconds(30);
    /** A transaction for a few rows costs as much as one for many: so much is waited for, but no longer than anybody would notice. */
    private static final int FETCH_BYTES = 128 << 10;

    private static final int FETCH_MILLIS = 100;

    private static final Duration ASK = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final int MOST_DOUBLINGS = 5;

    private final ReadTables tables;
    private final KafkaProperties kafka;

    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    TableWriter(ReadTables tables, KafkaProperties kafka) {
        super("table-writer", FIRST_PAUSE, MOST_DOUBLINGS);
        this.tables = tables;
        this.kafka = kafka;
    }

    @Override
    protected void wake() {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
    }

    @Override
    protected void work() {
        try (Admin admin = Admin.create(adminSettings());
                Consumer<byte[], byte[]> reading = new KafkaConsumer<>(consumerSettings())) {
            consumer = reading;
            while (isRunning()) {
                tryMirror(admin, reading);
            }
        } finally {
            consumer = null;
        }
    }

    private void tryMirror(Admin admin, Consumer<byte[], byte[]> reading) {
        try {
            mirror(admin, reading);
        } catch (Elsewhere e) {
            LOG.info("{}: reading on from where the tables stand", e.getMessage());
            pause(FIRST_PAUSE);
        } catch (WakeupException | InterruptException | InterruptedException e) {
            LOG.debug("woken, to stop", e);
        } catch (RuntimeException | ExecutionException e) {
            waitFor(e);
        }
    }

    @Override
    protected void tellTrouble(Exception e) {
        if (e instanceof DataAccessException
                || e instanceof TransactionException
                || e instanceof KafkaException
                || e instanceof ExecutionException) {
            LOG.warn(
                    "the read tables wait; nothing is lost, tried again until it works: {}",
                    String.valueOf(e instanceof ExecutionException ? e.getCause() : e));
        } else {
            LOG.error("the read tables wait; nothing is lost, tried again until it works", e);
        }
    }

    private void tellRecovery() {
        if (recovered()) {
            LOG.info("the read tables are written again");
        }
    }

    /** Reads and writes until told to stop, or until topics or partitions are others. */
    private void mirror(Admin admin, Consumer<byte[], byte[]> reading)
            throws Elsewhere, ExecutionException, InterruptedException {
        Map<String, TopicNow> topics = topics(admin);
        Map<TopicPartition, Long> reached = begin(reading, topics);
        Duration interval = topics.size() < tables.topics().size() ? LOOK_FOR_TOPICS : LOOK_AT_TOPICS;
        long lookAgain = System.nanoTime() + interval.toNanos();
        while (isRunning()) {
            if (topics.isEmpty()) {
                pause(POLL);
            } else {
                ConsumerRecords<byte[], byte[]> records = reading.poll(POLL);
                if (!records.isEmpty()) {
                    tables.write(records, topics, reached);
                    tellRecovery();
                }
            }
            if (System.nanoTime() - lookAgain > 0) {
                if (!topics(admin).equals(topics)) {
                    return;
                }
                tellRecovery();
                lookAgain = System.nanoTime() + interval.toNanos();
            }
        }
    }

    private Map<TopicPartition, Long> begin(Consumer<byte[], byte[]> reading, Map<String, TopicNow> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        topics.forEach((topic, now) -> {
            for (int partition = 0; partition < now.partitions(); partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
        });
        reading.assign(partitions);
        Map<TopicPartition, Long> reached = tables.positions(topics);
        reached.keySet().retainAll(partitions);
        Map<TopicPartition, Long> ends = reading.endOffsets(partitions, ASK);
        for (String topic : tables.topics()) {
            boolean beyondItsEnd = partitions.stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .anyMatch(partition -> reached.getOrDefault(partition, 0L) > ends.getOrDefault(partition, 0L));
            if (beyondItsEnd) {
                LOG.info("topic {} ends before what was read of it: its table is filled again", topic);
                tables.startOver(topic);
                reached.keySet().removeIf(partition -> partition.topic().equals(topic));
            }
        }
        reading.beginningOffsets(partitions, ASK)
                .forEach((partition, beginning) ->
                        reading.seek(partition, Math.max(beginning, reached.getOrDefault(partition, 0L))));
        return reached;
    }

    /** Those of the topics that are there. */
    private Map<String, TopicNow> topics(Admin admin) throws ExecutionException, InterruptedException {
        Map<String, TopicNow> topics = new HashMap<>();
        for (var answer :
                admin.describeTopics(tables.topics()).topicNameValues().entrySet()) {
            try {
                TopicDescription topic = answer.getValue().get();
                UUID id = new UUID(
                        topic.topicId().getMostSignificantBits(),
                        topic.topicId().getLeastSignificantBits());
                topics.put(answer.getKey(), new TopicNow(id, topic.partitions().size()));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return topics;
    }

    private Map<String, Object> adminSettings() {
        Map<String, Object> settings = kafka.buildAdminProperties();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "lifecycle-table-writer-admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ASK.toMillis());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ASK.toMillis() / 2);
        return settings;
    }

    private Map<String, Object> consumerSettings() {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "lifecycle-table-writer");
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Of the rows that came again and again while it was behind, only the last are written.
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 30_000);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 8 << 20);
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MILLIS);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ASK.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ASK.toMillis() / 2);
        return settings;
    }
}

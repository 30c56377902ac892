package io.smarketing.lifecycle.projections.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What the topology runs with; anything but the guarantee can be set otherwise by {@code spring.kafka.streams.properties}. */
final class StreamsSettings {

    private static final long CACHE_BYTES = 64L << 20;
    private static final int RECORDS_PER_POLL = 1_000;
    private static final int BATCH_BYTES = 128 << 10;
    /** A thread that failed keeps its partitions so long; its successor has another name. */
    private static final int SESSION_MILLIS = 15_000;
    /** A thread that waits for a Kafka that is away goes on by itself, but must ask for records again within five minutes. */
    private static final int BLOCKED_MILLIS = 240_000;

    private static final String COMPRESSION = "lz4";

    /** All that is kept of a lead is one record: well above {@link LeadState#MOST_BYTES}. */
    static final int LARGEST_RECORD_BYTES = 32 << 20;

    private static final long PRODUCER_BUFFER_BYTES = 2L * LARGEST_RECORD_BYTES;

    private StreamsSettings() {}

    /** How much haste an application makes. */
    enum Pace {
        /** Somebody waits for each row. */
        SOON(2, 100, 1, 5),
        /** Beside one that makes haste, leaving the processor to it: much is read at once, what changes often is written seldom. */
        IN_TURN(2, 1_000, 256 << 10, 100);

        private final int threads;
        private final int commitMillis;
        private final int fetchBytes;
        private final int lingerMillis;

        Pace(int threads, int commitMillis, int fetchBytes, int lingerMillis) {
            this.threads = threads;
            this.commitMillis = commitMillis;
            this.fetchBytes = fetchBytes;
            this.lingerMillis = lingerMillis;
        }
    }

    /**
     * The settings of one instance.
     *
     * @param pace can be set otherwise, like all but the guarantee
     * @param application names the group, the internal topics and the folder of the state
     * @param instance tells members of the group apart, and is the same after a restart: the group then need not wait for the
     *     one that is gone
     * @param replicationFactor of the internal topics; -1 for the broker's default
     * @param own those of the installation, which win
     */
    static Properties of(
            Pace pace,
            String application,
            String stateDir,
            String instance,
            int replicationFactor,
            Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, pace.threads);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, (long) pace.commitMillis);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicationFactor);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksDbMemory.class);
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instance);
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), RECORDS_PER_POLL);
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), pace.fetchBytes);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // More than one in flight gives OutOfOrderSequence errors on partitions that are new.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_MILLIS);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG), BLOCKED_MILLIS);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), pace.lingerMillis);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), COMPRESSION);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LARGEST_RECORD_BYTES);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), PRODUCER_BUFFER_BYTES);
        settings.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), LARGEST_RECORD_BYTES);
        settings.putAll(own);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}

package io.smarketing.lifecycle.api;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.stereotype.Component;

/** Where Kafka is and how it is spoken to, from {@code spring.kafka.*}; what correctness rests on is set here. */
@Component
public class KafkaSettings {

    /** Largest request of a producer, in bytes before they are compressed. The topics' {@code max.message.bytes} is the same, compressed. */
    public static final int MOST_REQUEST_BYTES = 4 << 20;

    /** What a batch adds to its records, also where nothing in them can be compressed. */
    private static final int BATCH_BYTES = 16 << 10;

    /** Largest record that a producer sends and a topic takes, in bytes. */
    public static final int MOST_RECORD_BYTES = MOST_REQUEST_BYTES - BATCH_BYTES;

    private final KafkaProperties properties;
    private final String instance;

    KafkaSettings(KafkaProperties properties, @Value("${lifecycle.instance:1}") String instance) {
        this.properties = properties;
        this.instance = instance;
    }

    /**
     * Of a transactional producer.
     *
     * @param role what it does; a second producer of the same role and instance fences the first
     */
    public Map<String, Object> transactionalProducer(String role) {
        Map<String, Object> settings = producer(role);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "lifecycle-" + role);
        // More at a time gives OutOfOrderSequence on fresh partitions.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return settings;
    }

    public Map<String, Object> producer(String role) {
        Map<String, Object> settings = new HashMap<>(properties.buildProducerProperties());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "lifecycle-" + role);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_REQUEST_BYTES);
        return settings;
    }

    public Map<String, Object> consumer(String role) {
        Map<String, Object> settings = new HashMap<>(properties.buildConsumerProperties());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "lifecycle-" + role);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return settings;
    }

    /** Of a client that asks about topics. */
    public Map<String, Object> admin(String role) {
        Map<String, Object> settings = new HashMap<>(properties.buildAdminProperties());
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "lifecycle-" + role + "-admin");
        return settings;
    }

    /** Tells apart the processes that share a role. */
    public String instance() {
        return instance;
    }
}

package io.smarketing.lifecycle.standalone.live;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A careful emitter: when it is closed, Kafka has acknowledged all that it sent. */
final class Emitter implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    Emitter(Engine engine) {
        // With more than one request in flight, a partition that has never had a record can take the second batch of a
        // producer
        // before the first; it then refuses the first for ever.
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                engine.bootstrapServers(),
                "max.in.flight.requests.per.connection",
                1,
                "compression.type",
                "lz4",
                "linger.ms",
                5,
                "max.request.size",
                4 << 20,
                "buffer.memory",
                64L << 20);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void send(ProducerRecord<byte[], byte[]> letter) {
        sent.add(producer.send(letter));
    }

    @Override
    public void close() {
        producer.close();
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException | InterruptedException e) {
                throw new IllegalStateException("not acknowledged", e);
            }
        }
    }
}

package io.smarketing.lifecycle.standalone.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.standalone.serve.TransactionOutcomes.OpenTransaction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition that waits for the end of a transaction is told what the coordinator's log says of it, be it commit or abort. */
class TransactionOutcomesIT {

    private static final TopicPartition PARTITION = new TopicPartition("some", 0);

    @TempDir
    private Path folder = Path.of("");

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka, String id) {
        KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", id),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private static OpenTransaction begin(Admin admin, KafkaProducer<String, String> producer, String text)
            throws ExecutionException, InterruptedException {
        producer.beginTransaction();
        var unused = producer.send(new ProducerRecord<>(PARTITION.topic(), text));
        producer.flush();
        List<ProducerState> open =
                admin.describeProducers(List.of(PARTITION)).partitionResult(PARTITION).get().activeProducers().stream()
                        .filter(state -> state.currentTransactionStartOffset().isPresent())
                        .toList();
        assertThat(open).hasSize(1);
        ProducerState state = open.get(0);
        return new OpenTransaction(
                PARTITION,
                state.producerId(),
                (short) state.producerEpoch(),
                state.coordinatorEpoch().orElse(-1));
    }

    private static List<String> committed(EmbeddedKafka kafka) {
        List<String> texts = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(entry -> texts.add(entry.value()));
            }
        }
        return texts;
    }

    @Test
    void whatWasDecidedOfATransactionIsReadAndToldToItsPartition() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, told -> {});
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
            TransactionOutcomes outcomes = new TransactionOutcomes(kafka.port());
            try (KafkaProducer<String, String> producer = producer(kafka, "ends")) {
                OpenTransaction committed = begin(admin, producer, "committed");
                assertThat(outcomes.decided(List.of(committed))).isEmpty();
                producer.commitTransaction();
                OpenTransaction aborted = begin(admin, producer, "aborted");
                producer.abortTransaction();
                OpenTransaction again = begin(admin, producer, "committed too");
                assertThat(outcomes.decided(List.of(again)))
                        .as("not decided yet")
                        .isEmpty();
                producer.commitTransaction();
                assertThat(outcomes.decided(List.of(committed, aborted, again)))
                        .isEqualTo(Map.of(
                                committed, TransactionResult.COMMIT,
                                aborted, TransactionResult.ABORT,
                                again, TransactionResult.COMMIT));
            }
            try (KafkaProducer<String, String> hangs = producer(kafka, "hangs-1");
                    KafkaProducer<String, String> hangsToo = producer(kafka, "hangs-2")) {
                outcomes.end(begin(admin, hangs, "ended as committed"), TransactionResult.COMMIT);
                OpenTransaction open = begin(admin, hangsToo, "ended as aborted");
                outcomes.end(open, TransactionResult.ABORT);
                assertThatThrownBy(() -> outcomes.end(
                                new OpenTransaction(new TopicPartition("none", 0), open.producerId(), open.epoch(), 0),
                                TransactionResult.COMMIT))
                        .isInstanceOf(IOException.class);
                assertThat(committed(kafka)).containsExactly("committed", "committed too", "ended as committed");
            }
            try (KafkaProducer<String, String> fenced = producer(kafka, "fenced")) {
                OpenTransaction left = begin(admin, fenced, "left by one that is gone");
                producer(kafka, "fenced").close();
                assertThat(outcomes.decided(List.of(left))).containsExactly(Map.entry(left, TransactionResult.ABORT));
            }
        }
    }
}

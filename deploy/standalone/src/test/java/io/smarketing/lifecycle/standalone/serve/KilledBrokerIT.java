package io.smarketing.lifecycle.standalone.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** A broker that starts on the data of one which was killed between deciding of a transaction and telling its partitions tells them. */
class KilledBrokerIT {

    private static final TopicPartition PARTITION = new TopicPartition("some", 0);

    /** The first offset, and the length of what comes behind that length. */
    private static final long BATCH_HEAD = (long) Long.BYTES + Integer.BYTES;

    @TempDir
    private Path folder = Path.of("");

    /** What is logged meanwhile. */
    private static final class Said implements AutoCloseable {

        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
        private final Logger logger;
        private final Level level;

        Said(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
            level = logger.getLevel();
            logger.setLevel(Level.INFO);
            appender.start();
            logger.addAppender(appender);
        }

        Stream<String> lines() {
            return List.copyOf(appender.list).stream().map(ILoggingEvent::getFormattedMessage);
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
            logger.setLevel(level);
        }
    }

    /** Without the last batch, as if it had not come to that. */
    private static void forgetLast(Path partition) {
        try (RandomAccessFile log = new RandomAccessFile(
                partition.resolve("00000000000000000000.log").toFile(), "rw")) {
            long last = 0;
            long next = 0;
            // The files are made longer than what is written in them.
            while (next + BATCH_HEAD <= log.length() && batch(log, next) > BATCH_HEAD) {
                last = next;
                next += batch(log, next);
            }
            log.setLength(last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long batch(RandomAccessFile log, long at) throws IOException {
        log.seek(at + Long.BYTES);
        return BATCH_HEAD + log.readInt();
    }

    /** What a broker leaves that is killed when the decision is logged, and nothing else yet. */
    private Path killedBeforeTelling() throws Exception {
        Path killed = folder.resolve("killed");
        Path running = folder.resolve("running");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(running, 0, told -> {});
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "one"),
                        new StringSerializer(),
                        new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
            producer.initTransactions();
            producer.beginTransaction();
            var unused = producer.send(new ProducerRecord<>(PARTITION.topic(), "committed"));
            producer.commitTransaction();
            await().until(() -> admin.listTransactions().all().get().stream()
                    .allMatch(transaction -> transaction.state() == TransactionState.COMPLETE_COMMIT));
            FileSystemUtils.copyRecursively(running, killed);
        }
        forgetLast(killed.resolve("some-0"));
        try (Stream<Path> partitions = Files.list(killed)) {
            partitions
                    .filter(partition -> partition.getFileName().toString().startsWith("__transaction_state"))
                    .filter(partition -> partition
                                    .resolve("00000000000000000000.log")
                                    .toFile()
                                    .length()
                            > 0)
                    .forEach(KilledBrokerIT::forgetLast);
        }
        return killed;
    }

    @Test
    void whatWasDecidedIsToldAfterAKillAndNothingHangs() throws Exception {
        Path killed = killedBeforeTelling();
        Said watch = new Said(HangingTransactions.class.getName());
        Said coordinator = new Said("kafka.coordinator.transaction.TransactionStateManager");
        List<String> read = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(killed, 0, told -> {});
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(entry -> read.add(entry.value()));
                return !read.isEmpty();
            });
        } finally {
            watch.close();
            coordinator.close();
        }
        assertThat(read).containsExactly("committed");
        assertThat(watch.lines()).as("what was ended for the coordinator").isEmpty();
        // Whether it hangs is a matter of luck, when it leads, loses that, and leads again.
        assertThat(coordinator
                        .lines()
                        .filter(line -> line.contains("Completed loading"))
                        .map(line -> line.replaceAll(".* (__transaction_state-[0-9]+) .*", "$1")))
                .as("what it read once it led")
                .hasSize(4)
                .doesNotHaveDuplicates();
    }
}

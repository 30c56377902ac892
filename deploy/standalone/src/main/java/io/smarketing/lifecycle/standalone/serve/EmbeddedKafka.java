package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** A Kafka of our own inside this process, broker and controller in one, at localhost, that keeps its data in a folder. */
final class EmbeddedKafka implements AutoCloseable {

    private static final int NODE = 1;
    private static final String CONTROLLER = "CONTROLLER";
    /** Kafka leaves it where it was stopped, and not killed. */
    private static final String STOPPED = ".kafka_cleanshutdown";

    private static final int DECISIONS_WITHIN_SECONDS = 5;
    private static final long LOOK_AGAIN_MILLIS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

    private final KafkaRaftServer server;
    private final int port;
    private final HangingTransactions hangingTransactions;

    private EmbeddedKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
        this.hangingTransactions = HangingTransactions.watch(port);
    }

    static EmbeddedKafka start(Path data, int preferredPort, Consumer<String> progress) throws IOException {
        if (!Files.exists(data)) {
            progress.accept("formatting Kafka …");
            format(data);
        } else if (!Files.exists(data.resolve(STOPPED))) {
            progress.accept("Kafka was killed; its traces are removed …");
            KilledBroker.fence(data);
        }
        int port = Port.preferably(preferredPort);
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.apply(settings(data, port, Port.anyBut(port)), false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IOException("Kafka did not start on the data in %s: %s".formatted(data, e.getMessage()), e);
        }
        return new EmbeddedKafka(server, port);
    }

    int port() {
        return port;
    }

    String bootstrapServers() {
        return Port.LOCALHOST + ":" + port;
    }

    /** Returns when all partitions of all topics answer: those that were made just now do not at once. */
    void awaitPartitions() {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
            admin.describeTopics(admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> topic.partitions()
                            .forEach(partition -> partitions.put(
                                    new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
            admin.listOffsets(partitions).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the own Kafka does not answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Beside its place first, so that an interrupted start leaves nothing half done. The cluster's id stays in the folder. */
    private static void format(Path data) throws IOException {
        Path unfinished = data.resolveSibling(data.getFileName() + ".unfinished");
        FileSystemUtils.deleteRecursively(unfinished);
        Files.createDirectories(unfinished);
        DataFolder.permit(unfinished, DataFolder.OWNER_ONLY);
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(unfinished.toString())
                    .addDirectory(unfinished.toString())
                    .run();
        } catch (Exception e) {
            throw new IOException("cannot format %s for Kafka".formatted(data), e);
        }
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Of a controller alone. */
    static Map<String, String> controllerSettings(Path data, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "controller");
        settings.put("node.id", Integer.toString(NODE));
        settings.put("controller.quorum.voters", "%d@%s:%d".formatted(NODE, Port.LOCALHOST, controllerPort));
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("listeners", "%s://%s:%d".formatted(CONTROLLER, Port.LOCALHOST, controllerPort));
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", data.toString());
        return settings;
    }

    private static Map<String, String> settings(Path data, int port, int controllerPort) {
        Map<String, String> settings = controllerSettings(data, controllerPort);
        String broker = "PLAINTEXT://%s:%d".formatted(Port.LOCALHOST, port);
        settings.put("process.roles", "broker,controller");
        settings.put("listeners", "%s,%s://%s:%d".formatted(broker, CONTROLLER, Port.LOCALHOST, controllerPort));
        settings.put("advertised.listeners", broker);
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");

        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");

        // A machine that stalls for longer finds its broker fenced, until the next heartbeat.
        settings.put("broker.session.timeout.ms", "5000");
        settings.put("broker.heartbeat.interval.ms", "500");
        // A start after a crash reads the last segment of every partition.
        settings.put("log.segment.bytes", Integer.toString(16 << 20));
        settings.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        settings.put("num.recovery.threads.per.data.dir", "2");
        // Sized for one machine; the cleaner's default buffer alone takes 128 MB of heap.
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "4");
        return settings;
    }

    /**
     * Returns when partitions know what was decided of their transactions: whoever committed was answered before. A broker that stops would
     * leave them without an end.
     */
    private void awaitDecisionsTold() {
        ListTransactionsOptions deciding = new ListTransactionsOptions()
                .filterStates(List.of(TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT));
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(DECISIONS_WITHIN_SECONDS);
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            while (System.nanoTime() < patience
                    && !admin.listTransactions(deciding)
                            .all()
                            .get(DECISIONS_WITHIN_SECONDS, TimeUnit.SECONDS)
                            .isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Kafka stops without telling which transactions are under way", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hangingTransactions.close();
        awaitDecisionsTold();
        server.shutdown();
        server.awaitShutdown();
    }
}

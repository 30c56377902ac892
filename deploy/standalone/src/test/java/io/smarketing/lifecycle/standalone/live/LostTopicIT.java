package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** Topics are lost under a running engine; they come back from the store, and no figure changes but by what is new. */
class LostTopicIT {

    private static final String EVENTS = "lead.events";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String CAPTURED = """
            {"specversion":"1.0","id":"%1$s","source":"urn:lost","type":"io.smarketing.lead.captured.v1","subject":"%1$s","time":"2026-03-01T09:00:00Z","data":{"source":"web"}}""";
    private static final String CONTACTED = """
            {"specversion":"1.0","id":"c-%1$s","source":"urn:lost","type":"io.smarketing.lead.contacted.v1","subject":"%1$s","time":"2026-03-02T09:00:00Z","data":{"by":"ann","channel":"call","outcome":"reached"}}""";

    @TempDir
    private static Path folder = Path.of("");

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static Client client() {
        return new Client(engine.uri());
    }

    private static void capture(String prefix, int leads) {
        client().events(IntStream.range(0, leads)
                .mapToObj(n -> CAPTURED.formatted(prefix + "-" + n))
                .toList());
    }

    private static void contact(String prefix, int leads) {
        client().events(IntStream.range(0, leads)
                .mapToObj(n -> CONTACTED.formatted(prefix + "-" + n))
                .toList());
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()));
    }

    /** @param counted which of the positions on the topic are held against the store's */
    private static void awaitEvents(UnaryOperator<Stream<Long>> counted) {
        List<Long> positions = JdbcClient.create(engine.dataSource())
                .sql("SELECT global_index FROM lifecycle.lead_event ORDER BY global_index")
                .query(Long.class)
                .list();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(counted.apply(
                                        read(EVENTS, "ce_position").stream().map(Long::valueOf))
                                .sorted())
                        .isEqualTo(positions));
    }

    private static void awaitEverything() {
        awaitEvents(UnaryOperator.identity());
        JdbcClient store = JdbcClient.create(engine.dataSource());
        for (String stage : List.of("captured", "contacted")) {
            int leads = store.sql(
                            "SELECT count(DISTINCT lead_id) FROM lifecycle.lead_event WHERE payload_type LIKE '%.' || ? || '.v%'")
                    .param(stage)
                    .query(Integer.class)
                    .single();
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(entered(stage)).as(stage).isEqualTo(leads));
        }
    }

    private static int entered(String stage) {
        for (var shown : client().json("/v1/funnel").at("/rows/0/stages")) {
            if (shown.get("stage").stringValue().equalsIgnoreCase(stage)) {
                return shown.get("entered").intValue();
            }
        }
        return 0;
    }

    /** A header of each record, or the value where no header is named. */
    private static List<String> read(String topic, String header) {
        return new Topics(engine)
                .records(topic).stream()
                        .map(entry -> header.isEmpty()
                                ? entry.value()
                                : entry.headers().lastHeader(header).value())
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .toList();
    }

    /** The readers' places in the old topic lie inside the new one, which is longer than that when it is full. */
    @Test
    void aTopicThatWasDeletedIsMadeAnewAndFilledFromTheStore() throws Exception {
        for (int part = 0; part < 20; part++) {
            capture("deleted-" + part, 5);
        }
        awaitEverything();
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(EVENTS)).all().get();
        }
        contact("deleted-0", 5);
        capture("meanwhile", 200);
        awaitEverything();
        contact("deleted-1", 5);
        awaitEverything();
    }

    @Test
    void aTopicThatLostItsBeginningIsFilledFromTheStore() throws Exception {
        capture("front", 100);
        awaitEverything();
        try (Admin admin = admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(EVENTS, 0), RecordsToDelete.beforeOffset(10)))
                    .all()
                    .get();
        }
        contact("front", 50);
        awaitEverything();
    }

    /** As after a power cut: what the broker had acknowledged was not on the disk yet, in one file, and was in the others. */
    @Test
    void aPartitionThatLostItsEndIsNoticedWhereAnotherReachesFurther() throws Exception {
        capture("cut", 100);
        awaitEverything();
        StoppedLog shorter = theOneThatReachesLeast();
        engine.restart(shorter::loseLastTransaction);
        contact("cut", 50);
        awaitEverything();
    }

    @Test
    void whatTheRelayHasLostTheKnowledgeOfIsCarriedAgain() throws Exception {
        capture("unknown", 100);
        awaitEverything();
        contact("unknown", 50);
        awaitEverything();
        StoppedLog shorter = theOneThatReachesLeast();
        StoppedLog position = log("lifecycle.relay-position", 0);
        engine.restart(() -> {
            shorter.loseLastTransaction();
            position.loseLastTransaction();
        });
        contact("unknown", 100);
        awaitEvents(Stream::distinct);
        // The next test counts each event once.
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(EVENTS)).all().get();
        }
        awaitEverything();
    }

    private static StoppedLog theOneThatReachesLeast() {
        Map<Integer, Long> lasts = new HashMap<>();
        new Topics(engine)
                .records(EVENTS)
                .forEach(event -> lasts.put(
                        event.partition(),
                        Long.valueOf(new String(
                                event.headers().lastHeader("ce_position").value(), StandardCharsets.UTF_8))));
        return log(
                EVENTS,
                lasts.entrySet().stream()
                        .min(Map.Entry.comparingByValue())
                        .orElseThrow()
                        .getKey());
    }

    private static StoppedLog log(String topic, int partition) {
        Path kafka = folder.resolve("data").resolve("kafka");
        assumeThat(kafka).as("the own Kafka").exists();
        return new StoppedLog(kafka.resolve(topic + "-" + partition));
    }

    @Test
    void theWholeKafkaIsMadeAnewFromTheStore() {
        capture("whole", 100);
        awaitEverything();
        engine.restart(() -> FileSystemUtils.deleteRecursively(
                folder.resolve("data").resolve("kafka").toFile()));
        contact("whole", 50);
        awaitEverything();
    }

    @Test
    void policiesAreAnnouncedAgainWhereTheirTopicWasLost() throws Exception {
        String reference = client().activate("""
                name: relayed
                threshold: 10
                engagement:
                  - {id: demo, activity: demo_request, points: 10}
                """);
        await().atMost(PATIENCE).until(() -> !read("policy.versions", "").isEmpty());
        List<String> activations = read("policy.activations", "");
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of("policy.versions")).all().get();
        }
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(read("policy.versions", ""))
                        .anyMatch(version -> version.contains(reference.split("@")[1])));
        assertThat(read("policy.activations", "")).as("told once").isEqualTo(activations);
    }
}

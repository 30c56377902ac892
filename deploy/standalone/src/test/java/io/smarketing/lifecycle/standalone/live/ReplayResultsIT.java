package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.event.TopicSchemas;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever reads {@code replay.results} knows of every replay that has ended what HTTP answers. */
class ReplayResultsIT {

    private static final String TOPIC = Topic.REPLAY_RESULTS.topicName();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final TopicSchemas SCHEMAS = new TopicSchemas();
    private static final String AUDITED = """
            {"leads":1,"verdicts":1,"mismatched":1,"mismatches":[{"leadId":"L-1","sequence":0,"explanation":"%s"}]}""";
    private static final String REPLAY = "{\"candidate\":\"active\",\"baseline\":\"recorded\"}";

    @TempDir
    private static Path folder = Path.of("");

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
        client().activate(SharedData.exampleText("b2b-default.yaml"));
        client().history(Histories.lines(Histories.generated(folder, 50, 17)));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static Client client() {
        return new Client(engine.uri());
    }

    private static JdbcClient database() {
        return JdbcClient.create(engine.dataSource());
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()));
    }

    /** The records of a replay, in their order. */
    private static List<String> told(String id) {
        return new Topics(engine)
                .records(TOPIC).stream()
                        .filter(entry -> new String(entry.key(), StandardCharsets.UTF_8).equals(id))
                        .map(ReplayResultsIT::checked)
                        .toList();
    }

    private static String checked(ConsumerRecord<byte[], byte[]> entry) {
        assertThat(SCHEMAS.violations(Topic.REPLAY_RESULTS, entry.key(), Topics.headers(entry), entry.value()))
                .isEmpty();
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    private static Optional<String> last(String id) {
        List<String> told = told(id);
        return told.isEmpty() ? Optional.empty() : Optional.of(told.get(told.size() - 1));
    }

    private static String replayed() {
        return client().replay(REPLAY).get("id").stringValue();
    }

    private static void awaitLikeHttp(String id) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(last(id))
                        .contains(client().get("/v1/replays/" + id).body()));
    }

    /** A replay with a result that none of this store has; it ended before all others. */
    private static String stored(int characters) {
        // Kafka would make next to nothing of one letter over and over.
        byte[] noise = new byte[characters];
        new Random(characters).nextBytes(noise);
        String explanation = Base64.getEncoder().encodeToString(noise).substring(0, characters);
        UUID id = UUID.randomUUID();
        database()
                .sql("INSERT INTO projections.replay (id, status, request, leads, result, created_at, finished_at)"
                        + " VALUES (?, 'done', '{\"audit\":true}', 1, ?, now(), now() - interval '1 day')")
                .params(id, AUDITED.formatted(explanation))
                .update();
        return id.toString();
    }

    private static void assertToldWithoutResult(String id) {
        await().atMost(PATIENCE).until(() -> last(id).isPresent());
        JsonNode told = JsonMapper.shared().readTree(last(id).orElseThrow());
        assertThat(told.get("result").isNull()).isTrue();
        assertThat(told.get("resultTooLarge").booleanValue()).isTrue();
        assertThat(client().json(told.get("address").stringValue())
                        .at("/result/leads")
                        .longValue())
                .isPositive();
    }

    @Test
    void replaysAndAuditsAreToldAsHttpAnswersThem() {
        awaitLikeHttp(replayed());
        awaitLikeHttp(client().replay("{\"audit\":true}").get("id").stringValue());
        awaitLikeHttp(
                client().replay("{\"candidate\":{\"document\":%s},\"baseline\":\"active\",\"dimension\":\"source\"}"
                                .formatted(JsonMapper.shared()
                                        .writeValueAsString(SharedData.exampleText("product-led.yaml"))))
                        .get("id")
                        .stringValue());
    }

    @Test
    void whatFailedOrWasCancelledIsToldToo() {
        String failed = client().postJson("/v1/replays", "{\"candidate\":\"active\",\"dimension\":\"nowhere\"}")
                .json()
                .get("id")
                .stringValue();
        awaitLikeHttp(failed);
        assertThat(last(failed)).hasValueSatisfying(told -> assertThat(told).contains("\"status\":\"failed\""));
        UUID waiting = UUID.randomUUID();
        database()
                .sql(
                        "INSERT INTO projections.replay (id, status, request, created_at) VALUES (?, 'queued', '{\"audit\":true}', now())")
                .param(waiting)
                .update();
        assertThat(client().delete("/v1/replays/" + waiting).status()).isEqualTo(200);
        awaitLikeHttp(waiting.toString());
    }

    @Test
    void aTopicThatWasDeletedIsMadeAnewAndFilled() throws Exception {
        String first = replayed();
        String second = replayed();
        awaitLikeHttp(first);
        awaitLikeHttp(second);
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(TOPIC)).all().get();
        }
        awaitLikeHttp(first);
        awaitLikeHttp(second);
        awaitLikeHttp(replayed());
    }

    @Test
    void whatWasSentAndNotMarkedIsSentAgainAndSaysTheSame() {
        String id = replayed();
        awaitLikeHttp(id);
        int before = told(id).size();
        unmark(id);
        await().atMost(PATIENCE).until(() -> told(id).size() > before);
        assertThat(told(id)).containsOnly(client().get("/v1/replays/" + id).body());
    }

    @Test
    void whatIsMarkedIsNotSentAgainByTheNextProcess() {
        String id = replayed();
        awaitLikeHttp(id);
        List<String> before = told(id);
        engine.restart(() -> {});
        awaitLikeHttp(replayed());
        assertThat(told(id)).isEqualTo(before);
    }

    /** It is the one that ended first, so others come behind it. */
    @Test
    void aResultThatIsTooLargeIsToldWithoutAndHoldsUpNobody() {
        String large = stored(5_000_000);
        String behind = replayed();
        assertToldWithoutResult(large);
        awaitLikeHttp(behind);
        String fits = stored(3_900_000);
        awaitLikeHttp(fits);
    }

    @Test
    void aTopicThatTakesSmallerRecordsGetsThemWithoutResults() throws Exception {
        awaitLikeHttp(replayed());
        largestRecord("2000");
        String id = stored(100_000);
        String behind = stored(10);
        awaitLikeHttp(behind);
        assertToldWithoutResult(id);
        largestRecord(String.valueOf(4 << 20));
    }

    @Test
    void whatKafkaRefusesWaitsAndIsToldLater() throws Exception {
        awaitLikeHttp(replayed());
        largestRecord("100");
        String id = replayed();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting()).isEqualTo(1));
        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> told(id).isEmpty());
        assertThat(waiting()).isEqualTo(1);
        largestRecord(String.valueOf(4 << 20));
        awaitLikeHttp(id);
    }

    private static void largestRecord(String bytes) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        AlterConfigOp set = new AlterConfigOp(
                new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, bytes), AlterConfigOp.OpType.SET);
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
            await().atMost(PATIENCE)
                    .until(() -> admin.describeConfigs(List.of(topic)).all().get().values().stream()
                            .map(config -> config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                                    .value())
                            .toList()
                            .equals(List.of(bytes)));
        }
    }

    /** That changes long after the replay has ended. */
    @Test
    void whenItsLeadsAreNotListedAnyLongerTheRecordSaysSo() {
        String id = replayed();
        await().atMost(PATIENCE).until(() -> last(id).isPresent());
        assertThat(last(id)).hasValueSatisfying(told -> assertThat(told).contains("\"leadsListed\":\"all\""));
        for (int later = 0; later < 20; later++) {
            replayed();
        }
        assertThat(client().json("/v1/replays/" + id).get("leadsListed").stringValue())
                .isEqualTo("none");
        awaitLikeHttp(id);
    }

    @Test
    void whatAnotherProcessIsSendingIsPassedOver() throws SQLException {
        String held = stored(10);
        awaitLikeHttp(held);
        int before = told(held).size();
        try (Connection other = engine.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // The weakest lock that stands in the publisher's way: the mark can be taken away under it.
            statement.execute("SELECT id FROM projections.replay WHERE id = '%s' FOR KEY SHARE".formatted(held));
            unmark(held);
            awaitLikeHttp(replayed());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting()).isEqualTo(1));
            assertThat(told(held)).hasSize(before);
            other.rollback();
        }
        await().atMost(PATIENCE).until(() -> told(held).size() > before);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting()).isZero());
    }

    /** As after a kill between the record and its mark. */
    private static void unmark(String id) {
        database()
                .sql("UPDATE projections.replay SET published_to = NULL WHERE id = ?")
                .param(UUID.fromString(id))
                .update();
    }

    private static double waiting() {
        return engine.context()
                .getBean(MeterRegistry.class)
                .get("lifecycle.replay.results.waiting")
                .gauge()
                .value();
    }
}

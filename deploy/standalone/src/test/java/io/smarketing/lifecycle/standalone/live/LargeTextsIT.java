package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What is too large for a topic stops nobody behind it. */
class LargeTextsIT {

    private static final String POLICIES = "/v1/policies";

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
        client = new Client(engine.uri());
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static void send(List<ProducerRecord<byte[], byte[]>> records)
            throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                engine.bootstrapServers(),
                "compression.type",
                "lz4",
                "max.request.size",
                16 << 20,
                "max.in.flight.requests.per.connection",
                1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> one : records) {
                producer.send(one).get();
            }
        }
    }

    private static JsonNode kafkaDoor() {
        return client.json("/v1/intake").at("/doors/1");
    }

    @Test
    void aRecordThatIsTooLargeForItsDeadLetterIsCountedOnceAndStopsNoOther() throws Exception {
        byte[] key = "large".getBytes(StandardCharsets.UTF_8);
        send(List.of(
                new ProducerRecord<>("lead.intake", key, "x".repeat(5 << 20).getBytes(StandardCharsets.UTF_8)),
                new ProducerRecord<>(
                        "lead.intake", key, "x".repeat((4 << 20) - 150).getBytes(StandardCharsets.UTF_8)),
                Letter.structured("large", BrokenInputs.good("large-0", "large"))));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(kafkaDoor().get("stored").intValue()).isEqualTo(1));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(client.json("/v1/dead-letters?code=too-large")
                                .get("letters")
                                .size())
                        .isEqualTo(2));
        Thread.sleep(3_000);

        JsonNode door = kafkaDoor();
        assertThat(door.get("sent").intValue()).as(door.toString()).isEqualTo(3);
        assertThat(door.get("deadLetters").intValue()).isEqualTo(2);
        assertThat(door.get("duplicates").intValue()).isZero();
        ConsumerRecord<byte[], byte[]> letter =
                new Topics(engine).records("lead.intake.dead-letters").get(0);
        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isEqualTo(key);
        assertThat(Topics.headers(letter))
                .containsEntry("dl_code", "too-large")
                .containsEntry("dl_topic", "lead.intake")
                .containsEntry("dl_offset", "0")
                .containsEntry("dl_left_out", "value")
                .containsEntry("dl_size", String.valueOf(5 << 20));
        Client.Answer again = client.postJson(
                "/v1/dead-letters/redrive",
                "{\"letters\":[{\"partition\":%d,\"offset\":%d}]}".formatted(letter.partition(), letter.offset()));
        assertThat(again.status()).as(again.body()).isEqualTo(422);
        assertThat(again.json().get("code").stringValue()).isEqualTo("left-out");
    }

    /** The relay could not carry it, nor anything behind it. */
    @Test
    void aDecisionIsNoLargerThanAnEvent() {
        assertThat(client.postJson("/v1/events", BrokenInputs.good("decided-0", "decided"))
                        .status())
                .isEqualTo(200);
        Client.Answer refused =
                client.postJson("/v1/leads/decided/reject", "{\"reason\":\"%s\"}".formatted("r".repeat(6_000_000)));
        Client.Answer taken =
                client.postJson("/v1/leads/decided/reject", "{\"reason\":\"%s\"}".formatted("r".repeat(1_000_000)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(new Topics(engine)
                                .records("lead.events").stream()
                                        .filter(event -> Topics.headers(event)
                                                .getOrDefault("ce_type", "")
                                                .equals("io.smarketing.lead.rejected.v1"))
                                        .count())
                        .isEqualTo(1));
        assertThat(taken.status()).isEqualTo(200);
        assertThat(refused.status()).as(refused.body()).isEqualTo(413);
        assertThat(refused.json().get("code").stringValue()).isEqualTo("too-large");
    }

    @Test
    void longRemarksOnPoliciesAreRefusedAndThoseFromBeforeAreAnnouncedByTheirBeginning() {
        String document = SharedData.exampleText("b2b-default.yaml");
        String active = client.activate(document);
        String[] name = active.split("@", -1);
        String policy = POLICIES + "/" + name[0] + "/" + name[1];
        String reason = "{\"reason\":\"%s\"}".formatted("r".repeat(6_000_000));
        for (String path :
                List.of(policy + "/activation", policy + "/shadow", policy + "/retirement", "/v1/rescores")) {
            Client.Answer refused = client.postJson(path, reason);
            assertThat(refused.status()).as(path).isEqualTo(422);
            assertThat(refused.json().get("code").stringValue()).isEqualTo("invalid-field");
            assertThat(refused.json().get("field").stringValue()).isEqualTo("reason");
        }
        assertThat(client.delete(POLICIES + "/active?by=" + "b".repeat(201)).status())
                .isEqualTo(422);
        byte[] large = (document + "\n# " + "x".repeat(512 << 10)).getBytes(StandardCharsets.UTF_8);
        Client.Answer tooLarge = client.post(POLICIES, "application/yaml", large);
        assertThat(tooLarge.status()).as(tooLarge.body()).isEqualTo(413);
        assertThat(tooLarge.json().get("code").stringValue()).isEqualTo("too-large");

        JdbcClient.create(engine.dataSource())
                .sql("INSERT INTO lifecycle.policy_change (change, name, version, changed_at, changed_by, reason)"
                        + " VALUES ('retired', ?, ?, now(), 'ann', repeat('r', 6000000))")
                .params(name[0], name[1])
                .update();
        assertThat(client.postJson(policy + "/activation", "{\"by\":\"after\"}").status())
                .isEqualTo(200);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(new Topics(engine)
                                .records("policy.activations").stream()
                                        .map(entry -> Topics.JSON.readTree(entry.value()))
                                        .filter(change ->
                                                change.get("name").asString().equals(name[0]))
                                        .map(change -> change.get("by").asString("") + " "
                                                + change.get("reason")
                                                        .asString("")
                                                        .length())
                                        .toList())
                        .endsWith("ann 2001", "after 0"));
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Policies from draft to retirement on real servers: shadows, promotion, switches, rescores, restarts. */
class PolicyLifeIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> DIMENSIONS = List.of("all", "source", "owner");

    @TempDir
    private Path folder = Path.of("");

    private static String withThreshold(int threshold) {
        return SharedData.exampleText("b2b-default.yaml").replaceFirst("threshold: \\d+", "threshold: " + threshold);
    }

    /** Saves and changes a policy; its reference. */
    private static String become(Client client, String document, String change) {
        Client.Answer saved =
                client.post("/v1/policies", "application/yaml", document.getBytes(StandardCharsets.UTF_8));
        assertThat(saved.status()).as(saved.body()).isIn(200, 201);
        String name = saved.json().get("name").stringValue();
        String version = saved.json().get("version").stringValue();
        Client.Answer changed = client.postJson(
                "/v1/policies/%s/%s/%s".formatted(name, version, change), "{\"by\":\"test\",\"reason\":\"to see\"}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        return name + "@" + version;
    }

    private static String state(Client client, String reference) {
        for (JsonNode version : client.json("/v1/policies").get("policies")) {
            if (reference.equals(version.get("name").stringValue() + "@"
                    + version.get("version").stringValue())) {
                return version.get("state").stringValue();
            }
        }
        return "";
    }

    private static void assertShowsItsReplay(Client client, String shadow) {
        for (String dimension : DIMENSIONS) {
            JsonNode replayed = client.replay("{\"candidate\":\"%s\",\"order\":\"arrival\",\"dimension\":\"%s\"}"
                            .formatted(shadow, dimension))
                    .at("/result/funnels/candidate");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                Client.Answer shown = client.get("/v1/funnel?policy=%s&dimension=%s".formatted(shadow, dimension));
                assertThat(shown.status()).as(shown.body()).isEqualTo(200);
                FunnelRows.assertSame(shown.json().get("rows"), replayed, dimension);
            });
        }
    }

    @Test
    void aShadowsLiveFunnelIsTheReplayUnderItAndNothingOfficialChanges() {
        List<String> lines = Histories.lines(Histories.generated(folder, 2_000, 21));
        int third = lines.size() / 3;
        try (Engine engine = Engine.start(folder.resolve("shadow"))) {
            Client client = new Client(engine.uri());
            String active = client.activate(SharedData.exampleText("b2b-default.yaml"));
            client.history(lines.subList(0, third));
            String shadow = become(client, SharedData.exampleText("product-led.yaml"), "shadow");
            String another = become(client, withThreshold(30), "shadow");
            assertThat(state(client, shadow)).isEqualTo("shadow");
            assertThat(client.postJson("/v1/policies/%s/shadow".formatted(active.replace('@', '/')), "{}")
                            .status())
                    .as("the active one")
                    .isEqualTo(409);
            client.history(lines.subList(third, 2 * third));
            assertShowsItsReplay(client, shadow);
            assertShowsItsReplay(client, another);

            engine.restart();
            client = new Client(engine.uri());
            client.history(lines.subList(2 * third, lines.size()));
            assertShowsItsReplay(client, shadow);
            assertShowsItsReplay(client, another);
            JdbcClient jdbc = JdbcClient.create(engine.dataSource());
            assertThat(judges(jdbc)).as("who judged").containsExactly(active);
            anExplanationIsWhatWasRecorded(client, jdbc, active);

            assertThat(become(client, SharedData.exampleText("product-led.yaml"), "activation"))
                    .isEqualTo(shadow);
            become(client, withThreshold(30), "retirement");
            assertThat(List.of(state(client, shadow), state(client, active), state(client, another)))
                    .containsExactly("active", "retired", "retired");
            theTopicsTellTheSame(engine, Map.of(shadow, "active", active, "retired", another, "retired"));
            client.events(List.of("""
                    {"specversion":"1.0","id":"late","source":"urn:late","type":"io.smarketing.lead.captured.v1",\
                    "subject":"late","time":"2026-03-01T09:00:00Z","data":{"source":"web"}}"""));
            assertThat(client.json("/v1/leads/late/events")
                            .at("/events/0/judgedby")
                            .stringValue())
                    .isEqualTo(shadow);
        }
    }

    private static List<String> judges(JdbcClient jdbc) {
        return jdbc.sql("SELECT DISTINCT payload::jsonb ->> 'judgedby' FROM lifecycle.lead_event"
                        + " WHERE payload::jsonb ->> 'judgedby' IS NOT NULL")
                .query(String.class)
                .list();
    }

    private static void anExplanationIsWhatWasRecorded(Client client, JdbcClient jdbc, String active) {
        List<String> leads = jdbc.sql("SELECT lead_id FROM lifecycle.lead_event WHERE payload_type = ?"
                        + " AND source = 'urn:io.smarketing:lifecycle' ORDER BY global_index LIMIT 20")
                .param("io.smarketing.lead.marked-mql.v1")
                .query(String.class)
                .list();
        assertThat(leads).hasSize(20);
        int compared = 0;
        for (String lead : leads) {
            JsonNode state = client.json("/v1/leads/" + lead);
            List<String> recorded = new ArrayList<>();
            List<String> explained = new ArrayList<>();
            JsonNode explanation = client.json("/v1/leads/" + lead + "/explanation");
            assertThat(explanation.get("policy").stringValue()).isEqualTo(active);
            assertThat(client.json("/v1/leads/" + lead + "/explanation?policy=active")
                            .get("policy")
                            .stringValue())
                    .isEqualTo(active);
            explanation
                    .get("recordedMarks")
                    .valueStream()
                    .filter(mark -> mark.get("by").stringValue().equals(active))
                    .forEach(mark -> recorded.add(mark.get("at") + " " + mark.get("score")));
            explanation.get("marks").forEach(mark -> explained.add(mark.get("at") + " " + mark.get("score")));
            assertThat(explained).as(lead).isNotEmpty().isEqualTo(recorded);
            // A rejection begins a cycle without points; a void changes what counts. Neither is an evaluation.
            if (explanation.at("/cycle/number").intValue() == 1
                    && !events(client, lead).contains("voided")) {
                assertThat(explanation.get("score").decimalValue())
                        .as(lead)
                        .isEqualByComparingTo(state.get("score").decimalValue());
                compared++;
            }
            assertThat(client.get("/v1/leads/" + lead + "/explanation?at=2020-01-01T00:00:00Z")
                            .status())
                    .as("before it was known")
                    .isEqualTo(404);
        }
        assertThat(compared).isPositive();
    }

    private static String events(Client client, String lead) {
        return client.get("/v1/leads/" + lead + "/events").body();
    }

    /** The last word on each version. */
    private static void theTopicsTellTheSame(Engine engine, Map<String, String> states) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", engine.bootstrapServers(), "isolation.level", "read_committed");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Map<String, String> told = new HashMap<>();
            List<String> changes = new ArrayList<>();
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                List<TopicPartition> partitions =
                        List.of(new TopicPartition("policy.versions", 0), new TopicPartition("policy.activations", 0));
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                while (partitions.stream()
                        .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                    for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                        JsonNode json = JsonMapper.shared().readTree(entry.value());
                        if (entry.topic().equals("policy.activations")) {
                            changes.add(json.get("change").stringValue());
                        } else {
                            assertThat(json.get("document").stringValue()).contains("threshold:");
                            told.put(
                                    json.get("name").stringValue() + "@"
                                            + json.get("version").stringValue(),
                                    json.get("state").stringValue());
                        }
                    }
                }
            }
            assertThat(told).isEqualTo(states);
            assertThat(changes).containsExactly("active", "shadow", "shadow", "retired", "active", "retired");
        });
    }

    @Test
    void theAuditReproducesEveryVerdictAfterSwitchesARescoreAndRestarts() {
        List<String> lines = Histories.lines(Histories.generated(folder, 2_000, 22));
        List<String> documents = List.of(
                SharedData.exampleText("b2b-default.yaml"),
                SharedData.exampleText("product-led.yaml"),
                withThreshold(80));
        Random random = new Random(22);
        int slices = 8;
        try (Engine engine = Engine.start(folder.resolve("switches"))) {
            Client client = new Client(engine.uri());
            for (int slice = 0; slice < slices; slice++) {
                if (slice == 4) {
                    client = aRescoreGoesOnAfterARestart(engine, client);
                }
                int next = random.nextInt(documents.size() + 1);
                if (next < documents.size()) {
                    client.activate(documents.get(next));
                } else {
                    client.delete("/v1/policies/active");
                }
                if (slice % 3 == 2) {
                    engine.restart();
                    client = new Client(engine.uri());
                }
                client.history(lines.subList(slice * lines.size() / slices, (slice + 1) * lines.size() / slices));
            }
            assertThat(client.json("/v1/policies/activations")
                            .get("activations")
                            .size())
                    .isGreaterThanOrEqualTo(6);
            JsonNode audit = client.replay("{\"audit\":true}").get("result");
            assertThat(audit.get("mismatches").size())
                    .as(audit.get("mismatches").toString())
                    .isZero();
            assertThat(audit.get("verdicts").intValue()).isGreaterThan(1_000);
        }
    }

    /** It marks who qualifies by a lower threshold without having done anything since; each open lead gets one marker. */
    private static Client aRescoreGoesOnAfterARestart(Engine engine, Client before) {
        before.activate(withThreshold(30));
        JdbcClient jdbc = JdbcClient.create(engine.dataSource());
        int marksBefore = marks(jdbc);
        Client.Answer begun = before.postJson("/v1/rescores", "{\"by\":\"test\",\"perSecond\":200}");
        assertThat(begun.status()).as(begun.body()).isEqualTo(202);
        String job = "/v1/rescores/" + begun.json().get("id").asString();
        assertThat(before.postJson("/v1/rescores", "{}").status())
                .as("a second one")
                .isEqualTo(409);
        await().atMost(PATIENCE).until(() -> before.json(job).get("done").intValue() > 0);
        assertThat(before.json(job).get("state").stringValue()).isEqualTo("running");
        engine.restart();
        Client client = new Client(engine.uri());
        await().atMost(PATIENCE)
                .until(() -> client.json(job).get("state").stringValue().equals("done"));
        JsonNode done = client.json(job);
        JdbcClient again = JdbcClient.create(engine.dataSource());
        assertThat(done.get("done").intValue()).isEqualTo(done.get("leads").intValue());
        assertThat(done.get("failed").intValue()).isZero();
        assertThat(done.get("rescored").intValue())
                .isPositive()
                .isEqualTo(again.sql("SELECT count(*) FROM lifecycle.lead_event WHERE payload_type = ?")
                        .param("io.smarketing.lead.rescored.v1")
                        .query(Integer.class)
                        .single());
        assertThat(marks(again)).isGreaterThan(marksBefore);
        return client;
    }

    private static int marks(JdbcClient jdbc) {
        return jdbc.sql("SELECT count(*) FROM lifecycle.lead_event WHERE payload_type = ?"
                        + " AND source = 'urn:io.smarketing:lifecycle'")
                .param("io.smarketing.lead.marked-mql.v1")
                .query(Integer.class)
                .single();
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Live verdicts against replays of the store. */
class PoliciesIT {

    private static final int LEADS = 4_000;
    private static final List<String> DIMENSIONS = List.of("all", "source", "campaign", "persona");

    @TempDir
    private Path folder = Path.of("");

    private static JsonNode quoted(String text) {
        return tools.jackson.databind.node.JsonNodeFactory.instance.stringNode(text);
    }

    private static void awaitRows(Client client, Map<String, JsonNode> expected) {
        expected.forEach((dimension, rows) -> await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> FunnelRows.assertSame(
                        client.json("/v1/funnel?dimension=" + dimension).get("rows"), rows, dimension)));
    }

    private static void assertOnlyKeptAndNeither(JsonNode result) {
        int marked = 0;
        for (Map.Entry<String, JsonNode> set : result.get("sets").properties()) {
            for (String outcome : List.of("won", "lost", "rejected", "open", "neverWorked")) {
                int leads = set.getValue().get(outcome).intValue();
                if (set.getKey().equals("kept")) {
                    marked += leads;
                } else if (!set.getKey().equals("neither")) {
                    assertThat(leads).as(set.getKey() + " " + outcome).isZero();
                }
            }
        }
        assertThat(marked).isPositive();
    }

    @Test
    void aReplayOfTheActivePolicyChangesNothingAndOfAnotherIsAFreshEngineUnderIt() {
        Path history = Histories.generated(folder, LEADS, 3);
        // Without another system's marks, whatever is recorded was decided by the engine.
        List<String> facts = Histories.lines(history).stream()
                .filter(line -> !line.contains("lead.marked-mql.v1"))
                .toList();
        String strict = SharedData.exampleText("b2b-default.yaml");
        String loose = strict.replaceFirst("threshold: \\d+", "threshold: 35");
        assertThat(loose).isNotEqualTo(strict);

        Map<String, JsonNode> replayed = new HashMap<>();
        try (Engine engine = Engine.start(folder.resolve("strict"))) {
            Client client = new Client(engine.uri());
            String active = client.activate(strict);
            client.history(facts);
            JsonNode against = client.replay("{\"candidate\":\"%s\",\"baseline\":\"recorded\"}".formatted(active));
            assertOnlyKeptAndNeither(against.get("result"));
            JsonNode itself = client.replay("{\"candidate\":\"%s\",\"order\":\"arrival\"}".formatted(active));
            assertOnlyKeptAndNeither(itself.get("result"));
            for (String dimension : DIMENSIONS) {
                JsonNode result = client.replay(
                                "{\"candidate\":{\"document\":%s},\"order\":\"arrival\",\"dimension\":\"%s\"}"
                                        .formatted(quoted(loose), dimension))
                        .get("result");
                replayed.put(dimension, result.at("/funnels/candidate"));
                JsonNode baseline = result.at("/funnels/baseline");
                awaitRows(client, Map.of(dimension, baseline));
            }
            aVerdictAlteredByHandIsFound(engine, client);
        }
        try (Engine engine = Engine.start(folder.resolve("loose"))) {
            Client client = new Client(engine.uri());
            client.activate(loose);
            client.history(facts);
            awaitRows(client, replayed);
        }
    }

    private static void aVerdictAlteredByHandIsFound(Engine engine, Client client) {
        assertThat(client.replay("{\"audit\":true}").at("/result/mismatches").size())
                .isZero();
        JdbcClient jdbc = JdbcClient.create(engine.dataSource());
        String lead = jdbc.sql(
                        "SELECT lead_id FROM lifecycle.lead_event WHERE source = 'urn:io.smarketing:lifecycle'"
                                + " AND payload_type = 'io.smarketing.lead.scored.v1' ORDER BY global_index OFFSET 1000 LIMIT 1")
                .query(String.class)
                .single();
        int rows = jdbc.sql(
                        "UPDATE lifecycle.lead_event SET payload = regexp_replace(payload, '\"score\":(\\d+)', '\"score\":9\\1')"
                                + " WHERE lead_id = ? AND sequence = (SELECT min(sequence) FROM lifecycle.lead_event"
                                + " WHERE lead_id = ? AND payload_type = 'io.smarketing.lead.scored.v1'"
                                + " AND source = 'urn:io.smarketing:lifecycle')")
                .params(lead, lead)
                .update();
        assertThat(rows).isEqualTo(1);
        JsonNode mismatches = client.replay("{\"audit\":true}").at("/result/mismatches");
        assertThat(mismatches.size()).isEqualTo(1);
        assertThat(mismatches.get(0).get("leadId").stringValue()).isEqualTo(lead);
    }

    @Test
    void policiesSwitchedUnderLoadLeaveTheirNameOnEveryVerdictAndTheAuditReproducesThem() {
        Path history = Histories.generated(folder, LEADS, 9);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("switched"))) {
            Client client = new Client(engine.uri());
            List<String> versions = new ArrayList<>();
            versions.add(client.activate(SharedData.exampleText("b2b-default.yaml")));
            Thread load = new Thread(() -> client.history(lines));
            load.start();
            awaitStored(client, lines.size() / 4);
            versions.add(client.activate(SharedData.exampleText("product-led.yaml")));
            awaitStored(client, lines.size() / 2);
            versions.add(client.activate(
                    SharedData.exampleText("b2b-default.yaml").replaceFirst("threshold: \\d+", "threshold: 40")));
            load.join();

            JdbcClient jdbc = JdbcClient.create(engine.dataSource());
            int unjudged = jdbc.sql("SELECT count(*) FROM lifecycle.lead_event WHERE payload_type = ANY (?)"
                            + " AND payload::jsonb ->> 'judgedby' IS NULL")
                    .param(new String[] {
                        "io.smarketing.lead.captured.v1",
                        "io.smarketing.lead.enriched.v1",
                        "io.smarketing.lead.activity.v1"
                    })
                    .query(Integer.class)
                    .single();
            assertThat(unjudged).as("facts that no policy has put its name on").isZero();
            List<String> named = jdbc.sql("SELECT DISTINCT payload::jsonb ->> 'judgedby' FROM lifecycle.lead_event"
                            + " WHERE source = 'urn:io.smarketing:lifecycle'")
                    .query(String.class)
                    .list();
            assertThat(named).containsExactlyInAnyOrderElementsOf(versions);
            int verdicts = jdbc.sql(
                            "SELECT count(*) FROM lifecycle.lead_event WHERE source = 'urn:io.smarketing:lifecycle'")
                    .query(Integer.class)
                    .single();
            JsonNode audit = client.replay("{\"audit\":true}").get("result");
            assertThat(audit.get("mismatches").size())
                    .as(audit.get("mismatches").toString())
                    .isZero();
            assertThat(audit.get("verdicts").intValue()).isEqualTo(verdicts).isPositive();

            client.delete("/v1/policies/active");
            client.events(List.of("""
                    {"specversion":"1.0","id":"late","source":"urn:late","type":"io.smarketing.lead.captured.v1","subject":"late","time":"2026-03-01T09:00:00Z","data":{"source":"web"}}"""));
            assertThat(client.json("/v1/leads/late/events").at("/events/0").has("judgedby"))
                    .as("no policy is active")
                    .isFalse();
            assertThat(client.replay("{\"audit\":true}")
                            .at("/result/mismatches")
                            .size())
                    .isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitStored(Client client, int events) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> client.json("/v1/intake").at("/doors/0/stored").intValue() >= events);
    }

    @Test
    void theOfflineReplayOfTheSameFactsHasTheSameHash() {
        Path history = Histories.generated(folder, 1_000, 4);
        try (Engine engine = Engine.start(folder.resolve("hash"))) {
            Client client = new Client(engine.uri());
            client.history(Histories.lines(history));
            String live = client.replay("{\"candidate\":{\"document\":%s},\"baseline\":\"recorded\"}"
                            .formatted(quoted(SharedData.exampleText("b2b-default.yaml"))))
                    .at("/result/hash")
                    .stringValue();
            JsonNode offline = CommandRun.json(
                    "replay", "--history", history, "--policy", SharedData.example("b2b-default.yaml"), "--json");
            assertThat(live).isEqualTo(offline.get("hash").stringValue());
        }
    }
}

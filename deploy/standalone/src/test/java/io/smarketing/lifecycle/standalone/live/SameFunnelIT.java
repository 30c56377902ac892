package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same history through real servers, by either door, gives the funnel that the offline command gives. */
class SameFunnelIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> DIMENSIONS = List.of("all", "source", "campaign", "persona", "owner");

    /** The same history is asked for by each door, under the same file name. */
    private static final Map<String, JsonNode> OFFLINE = new ConcurrentHashMap<>();

    @TempDir
    private Path folder = Path.of("");

    private static void assertFunnelOf(Client client, Path history) {
        for (String dimension : DIMENSIONS) {
            JsonNode expected = OFFLINE.computeIfAbsent(
                    history.getFileName() + " by " + dimension, name -> Histories.offlineRows(history, dimension));
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> FunnelRows.assertSame(
                            client.json("/v1/funnel?dimension=" + dimension).get("rows"), expected, dimension));
        }
    }

    @Test
    void twentyThousandGeneratedLeadsOverHttp() {
        Path history = Histories.generated(folder, 20_000, 7);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("http"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            assertFunnelOf(client, history);
            JsonNode http = client.json("/v1/intake").at("/doors/0");
            assertThat(http.get("sent").intValue()).isEqualTo(lines.size());
            assertThat(http.get("stored").intValue() + http.get("duplicates").intValue())
                    .isEqualTo(lines.size());
            aPlainConsumerShowsThePagesNumbers(engine, client);
        }
    }

    @Test
    void twentyThousandGeneratedLeadsOverTheTopic() {
        Path history = Histories.generated(folder, 20_000, 7);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("kafka"))) {
            produce(engine, lines);
            Client client = new Client(engine.uri());
            assertFunnelOf(client, history);
            JsonNode kafka = client.json("/v1/intake").at("/doors/1");
            assertThat(kafka.get("sent").intValue()).isEqualTo(lines.size());
            assertThat(kafka.get("deadLetters").intValue()).isZero();
        }
    }

    @Test
    void olistByBothDoors() {
        Path history = Histories.olist(folder);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("olist-http"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            assertFunnelOf(client, history);
        }
        try (Engine engine = Engine.start(folder.resolve("olist-kafka"))) {
            produce(engine, lines);
            assertFunnelOf(new Client(engine.uri()), history);
        }
    }

    /** Every other lead in binary mode. */
    private static void produce(Engine engine, List<String> lines) {
        try (Emitter emitter = new Emitter(engine)) {
            for (String line : lines) {
                JsonNode event = JsonMapper.shared().readTree(line);
                String lead = event.get("subject").stringValue();
                emitter.send(lead.hashCode() % 2 == 0 ? Letter.structured(lead, line) : Letter.binary(lead, event));
            }
        }
    }

    /** What a dashboard that knows nothing but the topic sees, against what the page shows. */
    private static void aPlainConsumerShowsThePagesNumbers(Engine engine, Client client) {
        Map<String, JsonNode> latest = new Topics(engine).rows("funnel.stages");
        for (String dimension : DIMENSIONS) {
            String page = client.get("/v1/funnel?dimension=" + dimension).body();
            for (JsonNode row : Topics.JSON.readTree(page).get("rows")) {
                assertShownByTheTopic(latest, dimension, row);
            }
        }
    }

    private static void assertShownByTheTopic(Map<String, JsonNode> latest, String dimension, JsonNode row) {
        long open = 0;
        for (JsonNode stage : row.get("stages")) {
            String name = stage.get("stage").stringValue();
            String key = "[\"active\",\"all\",null,\"%s\",%s,\"%s\"]".formatted(dimension, row.get("value"), name);
            JsonNode topic = latest.get(key);
            assertThat(topic).as(key).isNotNull();
            for (String count : List.of("ever", "entered", "reached", "open")) {
                assertThat(topic.get(count).longValue())
                        .as(key + count)
                        .isEqualTo(stage.get(count).longValue());
            }
            assertThat(topic.get("exitRejected").longValue())
                    .isEqualTo(stage.at("/exits/rejected").longValue());
            for (String time : List.of("n", "meanSeconds", "p50Seconds", "p75Seconds", "p90Seconds")) {
                assertThat(topic.get(time).asString())
                        .as(key + time)
                        .isEqualTo(stage.at("/timeInStage/" + time).asString());
            }
            if (List.of("CAPTURED", "MQL", "ACCEPTED", "CONTACTED").contains(name)) {
                open += topic.get("open").longValue();
            }
        }
        assertThat(open).isEqualTo(row.at("/outcomes/open").longValue());
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

/** A subscriber who reads the topics, and nothing else, has every number of the funnel page, to the digit, and can add them up. */
class SubscriberRebuildsPageIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LEADS = 1_000;
    private static final List<String> BUILT_IN = List.of("all", "source", "campaign", "persona", "owner");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void everyNumberOfThePageIsOnTheTopicsAndAddsUp() {
        List<String> lines = Histories.lines(Histories.generated(folder, LEADS, 33));
        try (Engine engine = Engine.start(folder.resolve("engine"))) {
            Client client = new Client(engine.uri());
            client.activate(SharedData.exampleText("b2b-default.yaml"));
            String shadow = shadowed(client, SharedData.exampleText("product-led.yaml"));
            client.history(lines);
            List<String> policies = List.of("active", shadow);
            for (String policy : policies) {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(500))
                        .untilAsserted(() -> assertThat(client.json("/v1/funnel?policy=" + policy)
                                        .at("/rows/0/stages/0/reached"))
                                .as("leads in the funnel of %s", policy)
                                .isEqualTo(IntNode.valueOf(LEADS)));
            }
            // Reading all of the topic costs what the engine needs to catch up.
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(5))
                    .untilAsserted(() -> theAnswersAreWhatTheTopicSays(engine, client, policies));
            theExampleOfTheDocumentsPrintsTheSame(engine, client);
            // Rows of later days follow a late fact within seconds.
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(5))
                    .untilAsserted(() -> everythingAddsUp(new Topics(engine), client, policies));
        }
    }

    private static void everythingAddsUp(Topics topics, Client client, List<String> policies) {
        SubscribersFunnel funnel = new SubscribersFunnel(topics.rows("funnel.stages"));
        SubscribersMetrics metrics = new SubscribersMetrics(topics.rows("funnel.shared"));
        theStatesOfLeadsCountUpToTheRows(topics.rows("lead.state").values(), funnel);
        for (String policy : policies) {
            for (String dimension : dimensions(client, policy)) {
                rowsOfADimensionAddUpToThatOfAll(funnel, policy, dimension);
                DaysAddUp.toWeeksAndMonths(funnel, policy, dimension);
                metrics.assertDaysAddUp(policy, dimension);
            }
        }
    }

    private static List<String> dimensions(Client client, String policy) {
        List<String> dimensions = new ArrayList<>();
        client.json("/v1/funnel/dimensions?policy=" + policy)
                .get("dimensions")
                .forEach(name -> dimensions.add(name.stringValue()));
        assertThat(dimensions).containsAll(BUILT_IN);
        return dimensions;
    }

    private static String shadowed(Client client, String document) {
        Client.Answer saved =
                client.post("/v1/policies", "application/yaml", document.getBytes(StandardCharsets.UTF_8));
        String name = saved.json().get("name").stringValue();
        String version = saved.json().get("version").stringValue();
        Client.Answer answer = client.postJson("/v1/policies/%s/%s/shadow".formatted(name, version), "{}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return name + "@" + version;
    }

    private static void theAnswersAreWhatTheTopicSays(Engine engine, Client client, List<String> policies) {
        SubscribersFunnel funnel = new SubscribersFunnel(new Topics(engine).rows("funnel.stages"));
        for (String policy : policies) {
            for (String dimension : dimensions(client, policy)) {
                String path = "/v1/funnel?policy=%s&dimension=%s".formatted(policy, dimension);
                Client.Answer answer = client.get(path);
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                JsonNode shown = Topics.JSON.readTree(answer.body());
                JsonNode rebuilt =
                        Topics.JSON.readTree(funnel.answer(policy, dimension).toString());
                assertThat(byValue(rebuilt)).as(path).isEqualTo(byValue(shown));
                assertThat(rebuilt.get("logPosition")).as(path).isEqualTo(shown.get("logPosition"));
                assertThat(rebuilt.get("asOf")).as(path).isEqualTo(shown.get("asOf"));
                assertThat(rebuilt.get("zone")).as(path).isEqualTo(shown.get("zone"));
                assertThat(shown.at("/rows/0/stages/0/reached").longValue())
                        .as(path)
                        .isPositive();
            }
        }
    }

    /** In the order of the answer. */
    private static Map<String, JsonNode> byValue(JsonNode answer) {
        Map<String, JsonNode> byValue = new LinkedHashMap<>();
        answer.get("rows").forEach(row -> byValue.put(row.get("value").toString(), row));
        return byValue;
    }

    private static void theExampleOfTheDocumentsPrintsTheSame(Engine engine, Client client) {
        List<String> expected = new ArrayList<>();
        for (JsonNode row : client.json("/v1/funnel?dimension=source").get("rows")) {
            for (JsonNode stage : row.get("stages")) {
                expected.add("%s %s %s %s %s"
                        .formatted(
                                row.get("value"),
                                stage.get("stage").stringValue(),
                                stage.get("reached"),
                                stage.get("open"),
                                stage.at("/timeInStage/p50Seconds")));
            }
        }
        List<String> printed = run(
                "java",
                "-cp",
                System.getProperty("java.class.path"),
                SharedData.example("FunnelSubscriber.java").toString(),
                engine.bootstrapServers(),
                "source");
        assertThat(printed).containsAll(expected);
    }

    /** What a program prints, blanks made one. */
    private static List<String> run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text.lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void theStatesOfLeadsCountUpToTheRows(Collection<JsonNode> leads, SubscribersFunnel funnel) {
        assertThat(leads).hasSize(LEADS);
        for (String dimension : BUILT_IN) {
            funnel.rows("active", dimension).forEach((value, stages) -> {
                List<JsonNode> counted = leads.stream()
                        .filter(lead -> dimension.equals("all")
                                || lead.get(dimension).toString().equals(value))
                        .toList();
                stages.forEach((stage, row) -> {
                    String what = "%s %s %s".formatted(dimension, value, stage);
                    assertThat(row.get("open").longValue())
                            .as(what)
                            .isEqualTo(counted.stream()
                                    .filter(lead ->
                                            lead.get("stage").stringValue().equals(stage))
                                    .count());
                    assertThat(row.get("reached").longValue())
                            .as(what)
                            .isEqualTo(counted.stream()
                                    .filter(lead -> lead.get("stages").has(stage))
                                    .count());
                    assertThat(row.get("entered").longValue())
                            .as(what)
                            .isEqualTo(counted.stream()
                                    .filter(lead -> lead.get("stages")
                                                    .path(stage)
                                                    .path("visits")
                                                    .asInt(0)
                                            > 0)
                                    .count());
                });
            });
        }
    }

    private static void rowsOfADimensionAddUpToThatOfAll(SubscribersFunnel funnel, String policy, String dimension) {
        Map<String, JsonNode> whole =
                Objects.requireNonNull(funnel.rows(policy, "all").get("\"all\""));
        for (String stage : SubscribersFunnel.STAGES) {
            List<JsonNode> parts = new ArrayList<>();
            funnel.rows(policy, dimension).values().forEach(stages -> parts.add(stages.get(stage)));
            JsonNode all = Objects.requireNonNull(whole.get(stage));
            String what = "%s by %s: %s".formatted(policy, dimension, stage);
            List<String> counts = new ArrayList<>(List.of("ever", "entered", "reached", "open", "n"));
            SubscribersFunnel.EXITS.forEach(kind -> counts.add("exit" + SubscribersFunnel.capitalised(kind)));
            SubscribersFunnel.DEVIATIONS.forEach(kind -> counts.add("deviation" + SubscribersFunnel.capitalised(kind)));
            for (String count : counts) {
                assertThat(SubscribersFunnel.sum(parts, count))
                        .as(what + " " + count)
                        .isEqualTo(all.get(count).decimalValue());
            }
            AddedTimes.assertAddUp(parts, all, "n", "%s", "histogram", what);
            if (stage.equals("WON")) {
                AddedTimes.assertAddUp(parts, all, "cycleN", "cycle%s", "cycleHistogram", what);
            }
        }
    }
}

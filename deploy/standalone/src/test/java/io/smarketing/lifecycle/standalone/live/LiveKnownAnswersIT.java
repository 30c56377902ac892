package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers that others have published or computed, from the days that the topology of a running engine made. */
class LiveKnownAnswersIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final double DAY = 86_400;
    /** Of quantiles that come from histograms. */
    private static final double ERROR = 0.01;

    @TempDir
    private Path folder = Path.of("");

    private static JsonNode row(Client client, String metric, Map<String, String> parts) {
        JsonNode answer = client.json("/v1/metrics/" + metric + "&limit=100000");
        assertThat(answer.get("source").stringValue()).as(metric).isEqualTo("live");
        return row(answer, parts);
    }

    private static JsonNode row(JsonNode answer, Map<String, String> parts) {
        for (JsonNode row : answer.get("rows")) {
            if (parts.entrySet().stream()
                    .allMatch(part -> row.get(part.getKey()).stringValue().equals(part.getValue()))) {
                return row;
            }
        }
        return JsonMapper.shared().createObjectNode();
    }

    private static void awaitFigure(
            Client client, String metric, Map<String, String> parts, String figure, long expected) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(
                        () -> assertThat(row(client, metric, parts).path(figure).asLong(-1))
                                .as("%s %s", metric, figure)
                                .isEqualTo(expected));
    }

    private static String lastInstant(Path history) {
        return CommandRun.json("metrics", "flow", "--history", history, "--grain", "all", "--json")
                .get("asOf")
                .stringValue();
    }

    private static double days(JsonNode row, String figure) {
        return row.get(figure).doubleValue() / DAY;
    }

    @Test
    void olistWithTheLeadsThatAreStillOpen() {
        Path history = Histories.olist(folder);
        String asOf = lastInstant(history);
        try (Engine engine = Engine.start(folder.resolve("olist"))) {
            Client client = new Client(engine.uri());
            client.history(Histories.lines(history));
            awaitFigure(client, "flow?grain=all", Map.of("stage", "WON"), "in", 842);
            awaitFigure(client, "ages?grain=all", Map.of("stage", "MQL"), "n", 7_158);
            // The published ages are those at the last instant that the files know.
            JsonNode answer = client.json("/v1/metrics/ages?grain=all");
            Duration later = Duration.between(
                    Instant.parse(asOf), Instant.parse(answer.get("asOf").stringValue()));
            JsonNode ages = row(answer, Map.of("stage", "MQL"));
            assertThat(days(ages, "p50Seconds") - later.toSeconds() / DAY).isCloseTo(265.752998, within(0.6 / 24));
            assertThat(days(ages, "meanSeconds") - later.toSeconds() / DAY).isCloseTo(285.397172, within(0.0001));
            JsonNode won = row(client, "incidence?grain=all&at=P90D", Map.of("stage", "MQL", "exit", "won"));
            assertThat(won.get("open").intValue()).isEqualTo(7_158);
            assertThat(won.get("ended").intValue()).isEqualTo(841);
            assertThat(won.get("reachesHalf").booleanValue()).isFalse();
            assertThat(won.get("medianSeconds").isNull()).isTrue();
        }
    }

    @Test
    void mavenTimesToWonAndToLostApart() {
        Path data = SharedData.folder("maven_crm");
        Path history = folder.resolve("maven.jsonl");
        CommandRun run = CommandRun.of(
                "import",
                data.resolve("sales_pipeline.csv"),
                data.resolve("accounts.csv"),
                data.resolve("sales_teams.csv"),
                "--mapping",
                SharedData.example("maven-crm.yaml"),
                "--out",
                history);
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode truth = JsonMapper.shared().readTree(data.resolve("ground_truth.json"));
        try (Engine engine = Engine.start(folder.resolve("maven"))) {
            Client client = new Client(engine.uri());
            client.history(Histories.lines(history));
            Map.of("won", "/days_engage_to_won", "lost", "/days_engage_to_lost").forEach((exit, place) -> {
                JsonNode times = truth.at(place);
                Map<String, String> parts = Map.of("stage", "ACCEPTED", "exit", exit);
                awaitFigure(
                        client, "velocity?grain=all", parts, "n", times.get("n").longValue());
                JsonNode row = row(client, "velocity?grain=all", parts);
                assertThat(days(row, "meanSeconds")).isCloseTo(times.get("mean").doubleValue(), within(0.000001));
                double median = times.get("median").doubleValue();
                assertThat(median).isEqualTo(exit.equals("won") ? 57 : 14);
                assertThat(days(row, "p50Seconds")).isCloseTo(median, within(ERROR * median));
            });
            awaitFigure(client, "ages?grain=all", Map.of("stage", "ACCEPTED"), "n", 1_589);
            long wins = 0;
            for (String month : List.of("2017-01", "2017-02", "2017-03")) {
                wins += row(client, "flow?grain=month", Map.of("bucket", month, "stage", "WON"))
                        .get("in")
                        .longValue();
            }
            assertThat(wins).as("published: wins of the first quarter").isEqualTo(531);
        }
    }

    /** Its steps are CAPTURED and MQL; times are within a week, which is a window that the days keep. */
    @Test
    void postHogsTimesToConvert() {
        JsonNode cases = JsonMapper.shared()
                .readTree(SharedData.folder("posthog_funnel_cases").resolve("cases.json"))
                .get("cases");
        for (JsonNode funnelCase : cases) {
            if (funnelCase.get("id").stringValue().equals("step_conversion_times")) {
                timesToConvert(funnelCase);
                return;
            }
        }
        throw new AssertionError("the case is gone");
    }

    private void timesToConvert(JsonNode funnelCase) {
        List<String> steps = new ArrayList<>();
        funnelCase.get("steps").forEach(step -> steps.add(step.stringValue()));
        List<String> lines = new ArrayList<>();
        funnelCase
                .get("people")
                .properties()
                .forEach(person -> person.getValue().forEach(step -> {
                    int place = steps.indexOf(step.get("event").stringValue());
                    String type = List.of("captured", "marked-mql", "won").get(place);
                    ObjectNode event = JsonMapper.shared().createObjectNode();
                    event.put("specversion", "1.0")
                            .put("id", "e" + lines.size())
                            .put("source", "urn:posthog")
                            .put("type", "io.smarketing.lead." + type + ".v1")
                            .put("subject", person.getKey().replace(' ', '-'))
                            .put("time", step.get("at").stringValue());
                    event.putObject("data");
                    lines.add(event.toString());
                }));
        try (Engine engine = Engine.start(folder.resolve("posthog"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            String conversion = "conversion?grain=all&steps=CAPTURED,MQL&within=P7D";
            Map<String, String> parts = Map.of("stage", "MQL", "mode", "ordered", "within", "P7D");
            awaitFigure(
                    client,
                    conversion,
                    parts,
                    "converted",
                    lines.stream().filter(line -> line.contains("marked-mql")).count());
            JsonNode row = row(client, conversion, parts);
            double mean = funnelCase.at("/expect/avg_seconds_from_previous/1").doubleValue();
            double median =
                    funnelCase.at("/expect/median_seconds_from_previous/1").doubleValue();
            assertThat(row.get("meanSeconds").doubleValue()).isEqualTo(mean);
            assertThat(row.get("p50Seconds").doubleValue()).isCloseTo(median, within(ERROR * median));
        }
    }
}

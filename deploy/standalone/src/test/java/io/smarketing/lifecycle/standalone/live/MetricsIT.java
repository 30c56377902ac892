package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The metrics of a running engine against the offline ones of the same history, and the views for BI against both. */
class MetricsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String ZONE = "Europe/Berlin";
    private static final List<String> GRAINS = List.of("day", "week", "month", "all");
    private static final List<String> DIMENSIONS = List.of("source", "owner");

    @TempDir
    private Path folder = Path.of("");

    private final Map<List<String>, JsonNode> offline = new HashMap<>();
    private Path history = Path.of("");
    private String now = "";

    @Test
    void anEngineTellsTheMetricsOfItsHistoryLiveAndAsTheyWereKnown() {
        history = Histories.generated(folder, 1_000, 11);
        try (Engine engine = Engine.start(folder.resolve("metrics"), "lifecycle.metrics.zone=" + ZONE)) {
            Client client = new Client(engine.uri());
            String shadow = shadow(client);
            client.history(Histories.lines(history));
            now = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();

            everyMetricIsTheOfflineOne(client);
            theHeadSaysWhatIsCovered(client);
            leadsAreSelectedByTheirCaptureAndOtherConversionsCounted(client);
            aValueIsPickedOut(client);
            csvIsTheOfflineOne(client);
            aShadowHasMetricsOfItsOwnAndKeepsThemWhenItIsNoneAnyMore(client, shadow);
            theViewsTellTheSame(client, JdbcClient.create(engine.dataSource()));
            whatThereIsNotIsToldWithWhatThereIs(client);
            aWrongDateMakesFineGrainsTooFineAndIsTold(client);
        }
    }

    private static String shadow(Client client) {
        Client.Answer saved = client.post(
                "/v1/policies",
                "application/yaml",
                SharedData.exampleText("product-led.yaml").getBytes(StandardCharsets.UTF_8));
        assertThat(saved.status()).as(saved.body()).isIn(200, 201);
        String name = saved.json().get("name").stringValue();
        String version = saved.json().get("version").stringValue();
        Client.Answer changed = client.postJson("/v1/policies/%s/%s/shadow".formatted(name, version), "{}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        return name + "@" + version;
    }

    private JsonNode offline(String metric, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("metrics", metric, "--history", history.toString(), "--zone", ZONE, "--as-of", now, "--json"));
        arguments.addAll(List.of(more));
        return offline.computeIfAbsent(arguments, each -> CommandRun.json(each.toArray()));
    }

    private static JsonNode engine(Client client, String path) {
        return client.json("/v1/metrics/" + path + "&limit=100000");
    }

    private void everyMetricIsTheOfflineOne(Client client) {
        for (Metric metric : Metric.values()) {
            for (String dimension : DIMENSIONS) {
                for (String grain : GRAINS) {
                    String[] options = metric == Metric.CONVERSION
                            ? new String[] {"--dimension", dimension, "--grain", grain, "--within", "P30D"}
                            : new String[] {"--dimension", dimension, "--grain", grain};
                    JsonNode expected = offline(metric.word(), options).get("rows");
                    String path = "%s?dimension=%s&grain=%s%s"
                            .formatted(
                                    metric.word(), dimension, grain, metric == Metric.CONVERSION ? "&within=P30D" : "");
                    await().atMost(PATIENCE)
                            .pollInterval(Duration.ofMillis(500))
                            .untilAsserted(() -> assertNear(
                                    engine(client, path + "&asOf=" + now).get("rows"), expected, path));
                    JsonNode known = engine(client, path + "&asKnownAt=" + now);
                    assertThat(known.get("source").stringValue()).isEqualTo("store");
                    assertThat(known.get("asOf").stringValue()).isEqualTo(now);
                    assertThat(known.get("rows")).as(path).isEqualTo(expected);
                }
            }
        }
    }

    /** Everything exactly, but for what hangs on single durations and instants, of which the live form keeps the neighbourhood. */
    private static void assertNear(JsonNode live, JsonNode expected, String what) {
        assertThat(live.size()).as(what).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            JsonNode row = live.get(i);
            for (Map.Entry<String, JsonNode> field : expected.get(i).properties()) {
                String as = "%s: %s of %s".formatted(what, field.getKey(), expected.get(i));
                JsonNode value = row.get(field.getKey());
                assertThat(value).as(as).isNotNull();
                if (!isOfCurve(what, field.getKey()) && !field.getKey().matches("p\\d\\dSeconds")) {
                    assertThat(value).as(as).isEqualTo(field.getValue());
                } else if (field.getKey().matches("p\\d\\dSeconds")
                        && field.getValue().isNumber()) {
                    double exact = field.getValue().doubleValue();
                    double error = what.startsWith("ages") ? 1_800 : 0.01 * exact;
                    assertThat(Math.abs(value.doubleValue() - exact)).as(as).isLessThanOrEqualTo(error + 1e-6);
                }
            }
        }
    }

    /** How far curves may be from each other hangs on how few leads make them: {@code MetricDaysTest} holds them together. */
    private static boolean isOfCurve(String what, String figure) {
        return (what.startsWith("incidence") || what.startsWith("response"))
                && List.of(
                                "plateau",
                                "reachesHalf",
                                "medianSeconds",
                                "atRisk",
                                "incidence",
                                "standardError",
                                "lower",
                                "upper")
                        .contains(figure);
    }

    private void theHeadSaysWhatIsCovered(Client client) {
        JsonNode head = engine(client, "flow?dimension=source");
        assertThat(head.get("source").stringValue()).isEqualTo("live");
        assertThat(head.get("policy").stringValue()).isEqualTo("active");
        assertThat(head.get("grain").stringValue()).isEqualTo("month");
        assertThat(head.get("zone").stringValue()).isEqualTo(ZONE);
        assertThat(head.get("definition").stringValue())
                .isEqualTo(MetricDefinition.standard(ZoneId.of(ZONE)).hash());
        assertThat(Instant.parse(head.get("asKnownAt").stringValue())).isBefore(Instant.parse(now));
        assertThat(Instant.parse(head.get("asOf").stringValue())).isAfter(Instant.parse(now));
        JsonNode store = engine(client, "flow?asKnownAt=" + now);
        assertThat(head.get("logPosition").longValue())
                .isPositive()
                .isLessThanOrEqualTo(store.get("logPosition").longValue());
        JsonNode before = engine(client, "flow?asKnownAt=2020-01-01");
        assertThat(before.get("rows").size()).isZero();
    }

    private void leadsAreSelectedByTheirCaptureAndOtherConversionsCounted(Client client) {
        assertThat(engine(
                                client,
                                "conversion?grain=month&from=2025-03-01&to=2025-09-01&steps=CAPTURED,WON&within=P45D&asOf="
                                        + now)
                        .get("rows"))
                .isEqualTo(offline(
                                "conversion",
                                "--grain",
                                "month",
                                "--from",
                                "2025-03-01",
                                "--to",
                                "2025-09-01",
                                "--steps",
                                "CAPTURED,WON",
                                "--within",
                                "P45D")
                        .get("rows"));
        assertThat(engine(client, "incidence?grain=all&to=2025-09-01&curve=true&asOf=" + now)
                        .get("rows"))
                .isEqualTo(offline("incidence", "--to", "2025-09-01", "--curve").get("rows"));
    }

    private void aValueIsPickedOut(Client client) {
        for (String asked : List.of("&asOf=" + now, "&asKnownAt=" + now)) {
            JsonNode all = engine(client, "flow?dimension=source" + asked);
            JsonNode some = engine(client, "flow?dimension=source&value=webinar&missing=true" + asked);
            assertThat(some.get("rows").size()).isPositive();
            assertThat(some.get("rows").valueStream().toList())
                    .isEqualTo(all.get("rows")
                            .valueStream()
                            .filter(row -> row.get("value").isNull()
                                    || row.get("value").stringValue().equals("webinar"))
                            .toList());
            JsonNode page = client.json("/v1/metrics/flow?dimension=source&offset=7&limit=9" + asked);
            assertThat(page.get("next").intValue()).isEqualTo(16);
            assertThat(page.get("rows").valueStream().toList())
                    .isEqualTo(all.get("rows").valueStream().skip(7).limit(9).toList());
        }
    }

    private void csvIsTheOfflineOne(Client client) {
        CommandRun run =
                CommandRun.of("metrics", "velocity", "--history", history, "--zone", ZONE, "--grain", "month", "--csv");
        Client.Answer answer = client.get("/v1/metrics/velocity?format=csv&asKnownAt=" + now);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/csv");
        assertThat(answer.body()).isEqualTo(run.out());
    }

    private void aShadowHasMetricsOfItsOwnAndKeepsThemWhenItIsNoneAnyMore(Client client, String shadow) {
        String file = SharedData.example("product-led.yaml").toString();
        for (Metric metric : List.of(Metric.FLOW, Metric.VELOCITY, Metric.ACCEPTANCE, Metric.QUALITY)) {
            String path = "%s?policy=%s&dimension=source&asOf=%s".formatted(metric.word(), shadow, now);
            String[] options = {"--grain", "month", "--dimension", "source", "--policy", file, "--order", "arrival"};
            JsonNode expected = offline(metric.word(), options).get("rows");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                JsonNode live = engine(client, path);
                assertThat(live.get("source").stringValue()).isEqualTo("live");
                assertNear(live.get("rows"), expected, path);
            });
            options[options.length - 1] = "occurrence";
            assertThat(engine(client, path + "&order=occurrence").get("rows"))
                    .as(path)
                    .isEqualTo(offline(metric.word(), options).get("rows"));
        }
        Client.Answer retired = client.postJson("/v1/policies/%s/retirement".formatted(shadow.replace('@', '/')), "{}");
        assertThat(retired.status()).as(retired.body()).isEqualTo(200);
        JsonNode after = engine(client, "flow?dimension=source&policy=%s&asOf=%s".formatted(shadow, now));
        assertThat(after.get("source").stringValue()).isEqualTo("store");
        assertThat(after.get("order").stringValue()).isEqualTo("arrival");
        assertThat(after.get("rows"))
                .isEqualTo(offline(
                                "flow",
                                "--grain",
                                "month",
                                "--dimension",
                                "source",
                                "--policy",
                                file,
                                "--order",
                                "arrival")
                        .get("rows"));
    }

    private void theViewsTellTheSame(Client client, JdbcClient jdbc) {
        assertThat(number(jdbc, "SELECT count(*) FROM projections.funnel WHERE grain <> 'all' OR bucket IS NOT NULL"))
                .isZero();
        assertThat(number(
                        jdbc, "SELECT count(*) FROM projections.funnel WHERE policy = 'active' AND dimension = 'all'"))
                .isEqualTo(7);
        assertThat(client.json("/v1/funnel/dimensions").get("dimensions").size())
                .isGreaterThanOrEqualTo(5);

        // Balances of the days on which something happened to a stage.
        Map<String, JsonNode> days = new TreeMap<>();
        for (JsonNode row : offline("flow", "--grain", "day").get("rows")) {
            days.put(row.get("bucket").stringValue() + row.get("stage").stringValue(), row);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            Map<String, List<Long>> told = new TreeMap<>();
            jdbc.sql(
                            "SELECT day || stage, balance_start, visits_in, visits_out, balance_end FROM projections.metric_daily"
                                    + " WHERE policy = 'active' AND dimension = 'all'")
                    .query(row -> {
                        told.put(
                                row.getString(1),
                                List.of(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
                    });
            days.forEach((key, row) -> {
                List<Long> expected = List.of(
                        row.get("start").longValue(),
                        row.get("in").longValue(),
                        row.get("out").longValue(),
                        row.get("end").longValue());
                if (told.containsKey(key)) {
                    assertThat(told).as("days").containsEntry(key, expected);
                } else {
                    assertThat(expected.get(1) + expected.get(2)).as(key).isZero();
                }
            });
            assertThat(days.keySet()).containsAll(told.keySet());
        });

        for (JsonNode row : offline("conversion", "--within", "P30D").get("rows")) {
            String within = row.get("within").stringValue().equals("ever") ? "within IS NULL" : "within = '30 days'";
            assertThat(number(
                            jdbc,
                            "SELECT sum(converted) FROM projections.metric_daily_conversions WHERE policy = 'active'"
                                    + " AND dimension = 'all' AND base = '%s' AND stage = '%s' AND mode = '%s' AND %s"
                                            .formatted(
                                                    row.get("base").stringValue(),
                                                    row.get("stage").stringValue(),
                                                    row.get("mode").stringValue(),
                                                    within)))
                    .as(row.toString())
                    .isEqualTo(row.get("converted").longValue());
        }
        JsonNode acceptance = offline("acceptance").at("/rows/0");
        for (String figure : List.of("marked", "answered", "accepted", "rejected", "unanswered", "untouched")) {
            assertThat(shared(jdbc, figure))
                    .as(figure)
                    .isEqualTo(acceptance.get(figure).longValue());
        }
        JsonNode quality = offline("quality").at("/rows/0");
        assertThat(shared(jdbc, "cohort_captured"))
                .isEqualTo(quality.get("leads").longValue());
        assertThat(shared(jdbc, "marked_won"))
                .isEqualTo(quality.get("markedWon").longValue());
        assertThat(shared(jdbc, "unmarked_open"))
                .isEqualTo(quality.get("unmarkedOpen").longValue());

        for (JsonNode row : offline("flow").get("rows")) {
            String stage = row.get("stage").stringValue();
            assertThat(number(jdbc, "SELECT count(*) FROM projections.leads WHERE stage = '%s'".formatted(stage)))
                    .as(stage)
                    .isEqualTo(row.get("end").longValue());
            assertThat(number(
                            jdbc,
                            "SELECT count(*) FROM projections.lead_stage_visits WHERE stage = '%s'".formatted(stage)))
                    .as(stage)
                    .isEqualTo(row.get("in").longValue());
        }
        for (JsonNode row : offline("velocity").get("rows")) {
            String exit = row.get("exit").stringValue();
            String visits = "FROM projections.lead_stage_visits WHERE stage = '%s' AND exited_at IS NOT NULL%s"
                    .formatted(row.get("stage").stringValue(), exit.equals("any") ? "" : " AND exit = '" + exit + "'");
            assertThat(number(jdbc, "SELECT count(seconds) " + visits))
                    .as(row.toString())
                    .isEqualTo(row.get("n").longValue());
            assertThat(number(jdbc, "SELECT count(*) FILTER (WHERE NOT timed) " + visits))
                    .as(row.toString())
                    .isEqualTo(row.get("untimed").longValue());
            assertThat(jdbc.sql("SELECT round(avg(seconds), 6) " + visits)
                            .query(Double.class)
                            .optional())
                    .as(row.toString())
                    .isEqualTo(Optional.of(row.get("meanSeconds"))
                            .filter(JsonNode::isNumber)
                            .map(JsonNode::doubleValue));
        }
    }

    private static long shared(JdbcClient jdbc, String column) {
        return number(
                jdbc,
                "SELECT sum(%s) FROM projections.metric_daily_shared WHERE policy = 'active' AND dimension = 'all'"
                        .formatted(column));
    }

    private static long number(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    private static void whatThereIsNotIsToldWithWhatThereIs(Client client) {
        assertThat(client.json("/v1/metrics").get("metrics").size()).isEqualTo(Metric.values().length);
        for (Map.Entry<String, String> wrong : Map.of(
                        "speed", "unknown-metric",
                        "flow?grain=year", "unknown-grain",
                        "flow?dimension=nothing-like-it", "unknown-dimension",
                        "flow?policy=nobody@1", "unknown-policy",
                        "flow?asOf=2020-01-01", "too-early")
                .entrySet()) {
            Client.Answer answer = client.get("/v1/metrics/" + wrong.getKey());
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            assertThat(answer.contentType()).startsWith("application/problem+json");
            assertThat(answer.json().get("code").stringValue()).isEqualTo(wrong.getValue());
            assertThat(answer.json().get("mend").stringValue()).isNotEmpty();
        }
        assertThat(client.get("/v1/metrics/flow?dimension=nothing-like-it").body())
                .contains("source", "industry");
    }

    private static void aWrongDateMakesFineGrainsTooFineAndIsTold(Client client) {
        client.events(List.of("""
                {"specversion":"1.0","id":"wrong-date","source":"urn:t","type":"io.smarketing.lead.captured.v1",\
                "subject":"of-old","time":"1826-01-01T00:00:00Z","data":{}}"""));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                client.get("/v1/metrics/flow?grain=day").status())
                        .isEqualTo(422));
        JsonNode problem = client.get("/v1/metrics/flow?grain=day").json();
        assertThat(problem.get("code").stringValue()).isEqualTo("too-many-buckets");
        assertThat(problem.get("field").stringValue()).isEqualTo("grain");
        assertThat(problem.get("mend").stringValue()).contains("coarser grain");
        for (String goes : List.of("grain=month", "grain=all", "grain=day&from=2000-01-01")) {
            assertThat(client.get("/v1/metrics/flow?" + goes).status()).as(goes).isEqualTo(200);
        }
    }
}

package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real data with answers that others have published or computed: CSV in, funnel out. */
class KnownAnswersTest {

    private static final double DAY = 86_400;

    @TempDir
    private Path folder = Path.of("");

    private Path imported(String mapping, Path data, String... files) {
        Path out = folder.resolve("history.jsonl");
        Object[] arguments = new Object[files.length + 5];
        arguments[0] = "import";
        for (int i = 0; i < files.length; i++) {
            arguments[i + 1] = data.resolve(files[i]);
        }
        arguments[files.length + 1] = "--mapping";
        arguments[files.length + 2] = SharedData.example(mapping);
        arguments[files.length + 3] = "--out";
        arguments[files.length + 4] = out;
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return out;
    }

    private static JsonNode stage(JsonNode row, String stage) {
        for (JsonNode node : row.get("stages")) {
            if (node.get("stage").stringValue().equals(stage)) {
                return node;
            }
        }
        throw new IllegalArgumentException(stage);
    }

    private static Map<String, JsonNode> byValue(JsonNode answer) {
        Map<String, JsonNode> rows = new HashMap<>();
        answer.get("rows")
                .forEach(row -> rows.put(
                        row.get("value").isNull() ? "(null)" : row.get("value").stringValue(), row));
        return rows;
    }

    private static JsonNode groundTruth(Path data) {
        return JsonMapper.shared().readTree(data.resolve("ground_truth.json"));
    }

    private Path olist(Path data) {
        return imported(
                "olist.yaml", data, "olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv");
    }

    @Test
    void olistAsAWhole() {
        Path history = olist(SharedData.folder("olist"));
        JsonNode row = CommandRun.json("funnel", "--history", history, "--json")
                .get("rows")
                .get(0);
        assertThat(stage(row, "CAPTURED").get("ever").intValue()).isEqualTo(8_000);
        assertThat(stage(row, "MQL").get("ever").intValue()).isEqualTo(8_000);
        assertThat(stage(row, "MQL").get("entered").intValue()).isEqualTo(7_999);
        assertThat(stage(row, "MQL").get("reached").intValue()).isEqualTo(8_000);
        assertThat(row.at("/outcomes/won").intValue()).isEqualTo(842);
        assertThat(row.at("/outcomes/open").intValue()).isEqualTo(7_158);
        assertThat(row.at("/deviations/before-capture").intValue()).isEqualTo(1);
        assertThat(row.at("/cycle/n").intValue()).isEqualTo(841);
        assertThat(row.at("/cycle/meanSeconds").doubleValue() / DAY).isCloseTo(49.1606, within(0.00005));
        assertThat(row.at("/cycle/p50Seconds").doubleValue() / DAY).isCloseTo(14.7222, within(0.00005));
        assertThat(row.at("/cycle/p90Seconds").doubleValue() / DAY).isCloseTo(162.6718, within(0.00005));
    }

    @Test
    void olistByOriginAsPublishedWithBlankAndUnknownApart() throws IOException {
        Path data = SharedData.folder("olist");
        Map<String, JsonNode> rows =
                byValue(CommandRun.json("funnel", "--history", olist(data), "--dimension", "source", "--json"));
        JsonNode origins = groundTruth(data).get("by_origin");
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(origins.propertyNames());
        assertThat(rows).hasSize(11);
        origins.forEachEntry((origin, truth) -> {
            JsonNode row = rows.getOrDefault(origin, JsonMapper.shared().missingNode());
            assertThat(stage(row, "CAPTURED").get("entered").intValue())
                    .as(origin)
                    .isEqualTo(truth.get("mqls").intValue());
            assertThat(row.at("/outcomes/won").intValue())
                    .as(origin)
                    .isEqualTo(truth.get("won").intValue());
            JsonNode times = truth.get("days_to_close_fractional");
            if (row.at("/cycle/n").intValue() == times.get("n").intValue()) {
                assertThat(row.at("/cycle/meanSeconds").doubleValue() / DAY)
                        .as(origin)
                        .isCloseTo(times.get("mean").doubleValue(), within(0.000001));
                assertThat(row.at("/cycle/p90Seconds").doubleValue() / DAY)
                        .as(origin)
                        .isCloseTo(times.get("p90_nearest_rank").doubleValue(), within(0.000001));
            }
        });
        assertThat(stage(rows.getOrDefault("(null)", origins), "CAPTURED")
                        .get("entered")
                        .intValue())
                .isEqualTo(60);
        assertThat(stage(rows.getOrDefault("unknown", origins), "CAPTURED")
                        .get("entered")
                        .intValue())
                .isEqualTo(1_099);
    }

    @Test
    void mavenAsAWholeAndByProduct() {
        Path data = SharedData.folder("maven_crm");
        Path history = imported("maven-crm.yaml", data, "sales_pipeline.csv", "accounts.csv", "sales_teams.csv");
        JsonNode truth = groundTruth(data);
        JsonNode row = CommandRun.json("funnel", "--history", history, "--json")
                .get("rows")
                .get(0);
        int won = row.at("/outcomes/won").intValue();
        int lost = row.at("/outcomes/lost").intValue();
        assertThat(won).isEqualTo(4_238);
        assertThat(lost).isEqualTo(2_473);
        assertThat(100.0 * won / (won + lost)).isCloseTo(63.15, within(0.005));
        assertThat(row.at("/cycle/meanSeconds").doubleValue() / DAY)
                .isCloseTo(truth.at("/days_engage_to_won/mean").doubleValue(), within(0.000001));
        assertThat(row.at("/cycle/p50Seconds").doubleValue() / DAY).isEqualTo(57);

        Map<String, JsonNode> rows =
                byValue(CommandRun.json("funnel", "--history", history, "--dimension", "product", "--json"));
        assertThat(rows).hasSize(7);
        truth.get("by_product").forEachEntry((product, expected) -> {
            JsonNode actual = rows.getOrDefault(product, JsonMapper.shared().missingNode());
            assertThat(actual.at("/outcomes/won").intValue())
                    .as(product)
                    .isEqualTo(expected.get("won").intValue());
            assertThat(actual.at("/outcomes/lost").intValue())
                    .as(product)
                    .isEqualTo(expected.get("lost").intValue());
            JsonNode times = expected.get("days_engage_to_won");
            assertThat(actual.at("/cycle/meanSeconds").doubleValue() / DAY)
                    .as(product)
                    .isCloseTo(times.get("mean").doubleValue(), within(0.000001));
            assertThat(actual.at("/cycle/p50Seconds").doubleValue() / DAY)
                    .as(product)
                    .isEqualTo(times.get("median").doubleValue());
            assertThat(actual.at("/cycle/p90Seconds").doubleValue() / DAY)
                    .as(product)
                    .isEqualTo(times.get("p90_nearest_rank").doubleValue());
        });
    }

    private static JsonNode metric(Path history, String name, Map<String, String> parts, Object... more) {
        Object[] arguments = new Object[more.length + 5];
        arguments[0] = "metrics";
        arguments[1] = name;
        arguments[2] = "--history";
        arguments[3] = history;
        arguments[4] = "--json";
        System.arraycopy(more, 0, arguments, 5, more.length);
        for (JsonNode row : CommandRun.json(arguments).get("rows")) {
            if (parts.entrySet().stream()
                    .allMatch(part -> row.get(part.getKey()).stringValue().equals(part.getValue()))) {
                return row;
            }
        }
        throw new IllegalArgumentException(parts.toString());
    }

    private static double days(JsonNode row, String figure) {
        return row.get(figure).doubleValue() / DAY;
    }

    @Test
    void mavenTimesToWonAndToLostApart() {
        Path data = SharedData.folder("maven_crm");
        Path history = imported("maven-crm.yaml", data, "sales_pipeline.csv", "accounts.csv", "sales_teams.csv");
        JsonNode truth = groundTruth(data);
        Map.of("won", "/days_engage_to_won", "lost", "/days_engage_to_lost", "any", "/days_engage_to_close")
                .forEach((exit, place) -> {
                    JsonNode row = metric(history, "velocity", Map.of("stage", "ACCEPTED", "exit", exit));
                    JsonNode times = truth.at(place);
                    assertThat(row.get("n").intValue())
                            .as(exit)
                            .isEqualTo(times.get("n").intValue());
                    assertThat(days(row, "meanSeconds"))
                            .isCloseTo(times.get("mean").doubleValue(), within(0.000001));
                    assertThat(days(row, "p50Seconds"))
                            .isEqualTo(times.get("median").doubleValue());
                    assertThat(days(row, "p90Seconds"))
                            .isEqualTo(times.get("p90_nearest_rank").doubleValue());
                });
        assertThat(days(metric(history, "velocity", Map.of("stage", "ACCEPTED", "exit", "won")), "p50Seconds"))
                .isEqualTo(57);
        assertThat(days(metric(history, "velocity", Map.of("stage", "ACCEPTED", "exit", "lost")), "p50Seconds"))
                .isEqualTo(14);
        JsonNode open = metric(history, "ages", Map.of("stage", "ACCEPTED"));
        assertThat(open.get("n").intValue()).isEqualTo(1_589);
        // Published: wins by the quarter in which they were closed, 531, 1254, 1257, 1196; here the first, month by
        // month.
        long wins = 0;
        for (String month : new String[] {"2017-01", "2017-02", "2017-03"}) {
            wins += metric(history, "flow", Map.of("bucket", month, "stage", "WON"), "--grain", "month")
                    .get("in")
                    .longValue();
        }
        assertThat(wins).isEqualTo(531);
    }

    /** The expected shares and ages were computed apart from the program, from the two CSV files, to the last seen instant. */
    @Test
    void olistWithTheLeadsThatAreStillOpen() {
        Path history = olist(SharedData.folder("olist"));
        JsonNode ages = metric(history, "ages", Map.of("stage", "MQL"));
        assertThat(ages.get("n").intValue()).isEqualTo(7_158);
        assertThat(days(ages, "p50Seconds")).isCloseTo(265.752998, within(0.000001));
        assertThat(days(ages, "meanSeconds")).isCloseTo(285.397172, within(0.000001));
        Map.of("P7D", 0.031004, "P30D", 0.068259, "P90D", 0.086261, "P365D", 0.113383)
                .forEach((after, share) -> {
                    JsonNode row = metric(history, "incidence", Map.of("stage", "MQL", "exit", "won"), "--at", after);
                    assertThat(row.get("incidence").doubleValue()).as(after).isEqualTo(share);
                    assertThat(row.get("open").intValue()).isEqualTo(7_158);
                    assertThat(row.get("ended").intValue()).isEqualTo(841);
                    // More than half of them will not be won as far as anybody can see.
                    assertThat(row.get("plateau").doubleValue()).isEqualTo(0.116448);
                    assertThat(row.get("reachesHalf").booleanValue()).isFalse();
                    assertThat(row.get("medianSeconds").isNull()).isTrue();
                });
        // 554 were won within 0 to 30 calendar days, and one before its first contact.
        JsonNode won = metric(
                history,
                "conversion",
                Map.of("stage", "WON", "mode", "any", "within", "P31D"),
                "--steps",
                "CAPTURED,WON",
                "--within",
                "P31D");
        assertThat(won.get("cohort").intValue()).isEqualTo(8_000);
        assertThat(won.get("converted").intValue()).isEqualTo(555);
        assertThat(won.get("timed").intValue()).isEqualTo(554);
        JsonNode ever = metric(
                history,
                "conversion",
                Map.of("stage", "WON", "mode", "any", "within", "ever"),
                "--steps",
                "CAPTURED,WON");
        assertThat(ever.get("rate").doubleValue()).isEqualTo(0.10525);
    }
}

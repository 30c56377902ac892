package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * PostHog's funnel cases with their published numbers, their steps taken as CAPTURED, MQL, WON. docs/metrics.md names the cases that the
 * product deliberately does not have: one event for all steps, automatic bins, and a window that falls back to 14 days.
 */
class PublishedFunnelsTest {

    private static final List<String> TYPES = List.of("captured", "marked-mql", "won");
    private static final List<String> STAGES = List.of("CAPTURED", "MQL", "WON");

    @TempDir
    private Path folder = Path.of("");

    private static Path data() {
        return SharedData.folder("posthog_funnel_cases");
    }

    private static JsonNode funnelCase(String id) throws IOException {
        JsonNode cases = JsonMapper.shared().readTree(Files.readString(data().resolve("cases.json")));
        for (JsonNode one : cases.get("cases")) {
            if (one.get("id").stringValue().equals(id)) {
                return one;
            }
        }
        throw new IllegalArgumentException(id);
    }

    private static ObjectNode event(String lead, String type, String id, String time) {
        ObjectNode event = JsonMapper.shared().createObjectNode();
        event.put("specversion", "1.0").put("id", id).put("source", "urn:posthog");
        event.put("type", "io.smarketing.lead." + type + ".v1")
                .put("subject", lead)
                .put("time", time);
        event.putObject("data");
        return event;
    }

    private Path history(JsonNode funnelCase) throws IOException {
        List<String> steps = new ArrayList<>();
        funnelCase.get("steps").forEach(step -> steps.add(step.stringValue()));
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, JsonNode> person : funnelCase.get("people").properties()) {
            for (JsonNode step : person.getValue()) {
                lines.add(event(
                                person.getKey().replace(' ', '-'),
                                TYPES.get(steps.indexOf(step.get("event").stringValue())),
                                "e" + lines.size(),
                                step.get("at").stringValue())
                        .toString());
            }
        }
        return Files.write(folder.resolve("history.jsonl"), lines, StandardCharsets.UTF_8);
    }

    /** The ordered rows by stage. */
    private static Map<String, JsonNode> conversion(Path history, String steps, String within, String... more) {
        List<Object> arguments = new ArrayList<>(
                List.of("metrics", "conversion", "--history", history, "--steps", steps, "--within", within, "--json"));
        arguments.addAll(List.of(more));
        Map<String, JsonNode> rows = new TreeMap<>();
        for (JsonNode row : CommandRun.json(arguments.toArray()).get("rows")) {
            if (row.get("mode").stringValue().equals("ordered")
                    && row.get("within").stringValue().equals(within)) {
                rows.put(row.get("stage").stringValue(), row);
            }
        }
        return rows;
    }

    private Map<String, JsonNode> conversion(JsonNode funnelCase, int steps, String within) throws IOException {
        return conversion(history(funnelCase), String.join(",", STAGES.subList(0, steps)), within);
    }

    private static JsonNode row(Map<String, JsonNode> rows, String stage) {
        return rows.getOrDefault(stage, JsonMapper.shared().createObjectNode());
    }

    @Test
    void onlyTheTryThatWasCompletedCounts() throws IOException {
        JsonNode tries = funnelCase("multiple_incomplete_tries");
        Map<String, JsonNode> rows = conversion(tries, 3, "P1D");
        assertThat(row(rows, "MQL").get("cohort").longValue())
                .isEqualTo(tries.at("/expect/count/0").longValue());
        assertThat(row(rows, "WON").get("converted").longValue()).isEqualTo(1);
        assertThat(row(rows, "MQL").get("meanSeconds").doubleValue())
                .isEqualTo(tries.at("/expect/avg_seconds_from_previous/1").doubleValue());
        assertThat(row(rows, "MQL").get("p50Seconds").doubleValue())
                .isEqualTo(tries.at("/expect/median_seconds_from_previous/1").doubleValue());
    }

    @Test
    void timesAreAveragedOverThoseWhoCameAndAnEvenMedianIsTheMeanOfTheMiddles() throws IOException {
        JsonNode times = funnelCase("step_conversion_times");
        assertThat(row(conversion(times, 3, "P7D"), "MQL").get("meanSeconds").doubleValue())
                .isEqualTo(times.at("/expect/avg_seconds_from_previous/1").doubleValue());
        assertThat(row(conversion(times, 3, "P7D"), "MQL").get("p50Seconds").doubleValue())
                .isEqualTo(times.at("/expect/median_seconds_from_previous/1").doubleValue());
        // From the step before, not from the base: the last step is a conversion of its own.
        Map<String, JsonNode> lastStep = conversion(history(times), "MQL,WON", "P7D");
        assertThat(row(lastStep, "WON").get("meanSeconds").doubleValue())
                .isEqualTo(times.at("/expect/avg_seconds_from_previous/2").doubleValue());
        assertThat(row(lastStep, "WON").get("p50Seconds").doubleValue())
                .isEqualTo(times.at("/expect/median_seconds_from_previous/2").doubleValue());
    }

    @Test
    void theEndOfTheWindowCounts() throws IOException {
        for (Map.Entry<String, String> window : Map.of(
                        "different_windows_14d", "P14D", "different_windows_5min", "PT5M")
                .entrySet()) {
            JsonNode windows = funnelCase(window.getKey());
            JsonNode mql = row(conversion(windows, 2, window.getValue()), "MQL");
            assertThat(mql.get("cohort").longValue())
                    .isEqualTo(windows.at("/expect/count/0").longValue());
            assertThat(mql.get("converted").longValue())
                    .isEqualTo(windows.at("/expect/count/1").longValue());
            assertThat(mql.get("meanSeconds").doubleValue())
                    .isEqualTo(windows.at("/expect/avg_seconds_from_previous/1").doubleValue());
        }
    }

    @Test
    void timeToConvertIsTheMeanThatIsPublished() throws IOException {
        JsonNode times = funnelCase("time_to_convert_single_step");
        assertThat(row(conversion(times, 3, "P7D"), "MQL").get("meanSeconds").doubleValue())
                .isCloseTo(times.at("/expect/avg_seconds_step0_to_step1").doubleValue(), within(1e-6));
    }

    /** A lead's opportunity is its mark, the close is the win; opportunities without a lead have nothing to be counted for. */
    @Test
    void salesforceLeadsToOpportunitiesToCloses() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String[] lead : rows("salesforce_lead_data.csv")) {
            String subject = lead[2].equals("\\N") ? lead[0] : lead[2];
            lines.add(
                    event(subject, "captured", "lead-" + lead[0], lead[1] + "Z").toString());
        }
        for (String[] opportunity : rows("salesforce_opportunity_data.csv")) {
            lines.add(event(
                            opportunity[0],
                            "marked-mql",
                            "opened-" + opportunity[0],
                            opportunity[1].replace("+0000", "Z"))
                    .toString());
            if (!opportunity[2].equals("\\N")) {
                lines.add(event(
                                opportunity[0],
                                "won",
                                "closed-" + opportunity[0],
                                LocalDate.parse(opportunity[2])
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toInstant()
                                        .toString())
                        .toString());
            }
        }
        Path history = Files.write(folder.resolve("salesforce.jsonl"), lines, StandardCharsets.UTF_8);
        Map<String, JsonNode> rows = conversion(history, "CAPTURED,MQL,WON", "P30D", "--as-of", "2024-06-30T00:00:00Z");
        JsonNode expected =
                funnelCase("salesforce_lead_to_opportunity_to_close").at("/expect/count");
        assertThat(row(rows, "MQL").get("cohort").longValue())
                .isEqualTo(expected.get(0).longValue());
        assertThat(row(rows, "MQL").get("converted").longValue())
                .isEqualTo(expected.get(1).longValue());
        assertThat(row(rows, "WON").get("converted").longValue())
                .isEqualTo(expected.get(2).longValue());
    }

    private static List<String[]> rows(String file) throws IOException {
        return Files.readAllLines(data().resolve(file)).stream()
                .skip(1)
                .filter(line -> !line.isBlank())
                .map(line -> line.split(","))
                .toList();
    }

    @Test
    void aWindowOfNothingIsRefusedAndDoesNotFallBack() throws IOException {
        Path history = history(funnelCase("step_conversion_times"));
        for (String window : List.of("PT0S", "-P1D", "0")) {
            CommandRun run = CommandRun.of("metrics", "conversion", "--history", history, "--within", window);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("'%s' is no period longer than nothing".formatted(window));
        }
    }
}

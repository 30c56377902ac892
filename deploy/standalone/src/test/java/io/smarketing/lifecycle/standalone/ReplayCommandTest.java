package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an analyst gets from {@code replay} beside the figures: lists of leads, a page, an audit. */
class ReplayCommandTest {

    private static final Path CANDIDATE = SharedData.example("product-led.yaml");
    private static final Path BASELINE = SharedData.example("b2b-default.yaml");

    @TempDir
    private Path folder = Path.of("");

    private Path history = Path.of("");

    @BeforeEach
    void aHistory() {
        history = folder.resolve("history.jsonl");
        assertThat(CommandRun.of("generate", "--leads", "400", "--seed", "5", "--out", history)
                        .exitCode())
                .isZero();
    }

    private CommandRun replay(Object... more) {
        return CommandRun.of(
                Stream.concat(Stream.of("replay", "--history", history, "--policy", CANDIDATE), Stream.of(more))
                        .toArray());
    }

    private JsonNode report(Object... more) {
        return CommandRun.json(Stream.concat(
                        Stream.of("replay", "--history", history, "--policy", CANDIDATE, "--json"), Stream.of(more))
                .toArray());
    }

    @Test
    void pagesOfLeadsFollowOneAnotherAndLeaveNoneOut() {
        List<JsonNode> all = new ArrayList<>();
        report("--leads").get("perLead").forEach(lead -> {
            if (List.of("gained", "dropped").contains(lead.get("set").stringValue())) {
                all.add(lead);
            }
        });
        assertThat(all).hasSizeGreaterThan(20);
        List<JsonNode> paged = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = report("--leads", "gained,dropped", "--page-size", "7", "--after", after);
            assertThat(page.get("perLead").size()).isBetween(1, 7);
            page.get("perLead").forEach(paged::add);
            after = page.get("next").asString("");
        } while (!after.isEmpty());
        assertThat(paged).isEqualTo(all);
        assertThat(all)
                .allSatisfy(lead ->
                        assertThat(lead.at("/because/event/id").stringValue()).isNotEmpty());
    }

    @Test
    void flippedLeadsAreTheFourSetsAndTheTableTellsWhereToGoOn() {
        long flipped = report("--leads")
                .get("perLead")
                .valueStream()
                .filter(lead -> !lead.get("because").isNull())
                .count();
        assertThat(report("--leads", "flipped").get("perLead")).hasSize((int) flipped);
        CommandRun page = replay("--leads", "flipped", "--page-size", "3");
        String last =
                report("--leads", "flipped", "--page-size", "3").get("next").stringValue();
        assertThat(page.out()).contains("because", "more of them: --after " + last);
    }

    @Test
    void theWorkloadStandsBesideTheHashAndAddsUpWithTheSets() {
        JsonNode report = report();
        JsonNode dropped = report.at("/workload/dropped");
        assertThat(dropped.get("won")).isEqualTo(report.at("/sets/dropped/won"));
        assertThat(dropped.get("contacts").intValue()).isPositive();
        assertThat(dropped.get("revenue")).isNotEmpty();
        long earlier = 0;
        for (JsonNode outcome : report.at("/sets/earlier")) {
            earlier += outcome.isNumber() ? outcome.longValue() : 0;
        }
        assertThat(report.at("/workload/earlier/n").longValue()).isEqualTo(earlier);
        assertThat(replay().out()).contains("What that would have meant to sales", "contacts were spent on");
    }

    /** The rows of one side, as if it had been asked alone. */
    private static List<JsonNode> side(JsonNode compared, String metric, String side) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : compared.at("/metrics/" + metric)) {
            ObjectNode one = (ObjectNode) row.deepCopy();
            one.remove(List.of("baseline", "candidate"));
            if (row.get(side) instanceof ObjectNode figures) {
                rows.add(one.setAll(figures));
            }
        }
        return rows;
    }

    /** Conversions are counted from each stage on, as a running engine counts them; the command counts those from the capture. */
    private static List<JsonNode> alone(List<JsonNode> rows, String metric) {
        return metric.equals("conversion")
                ? rows.stream()
                        .filter(row -> row.get("base").stringValue().equals("CAPTURED"))
                        .toList()
                : rows;
    }

    @ParameterizedTest
    @CsvSource({"flow", "conversion", "velocity", "incidence", "ages", "acceptance", "quality", "response"})
    void metricsOfEitherSideAreThoseThatMetricsTells(String metric) {
        List<Object> selection =
                List.of("--dimension", "source", "--grain", "month", "--zone", "Europe/Berlin", "--from", "2025-02-01");
        List<Object> baselines = List.of("recorded", BASELINE);
        for (Object baseline : baselines) {
            String order = baseline.equals("recorded") ? "arrival" : "occurrence";
            JsonNode compared = report(
                            Stream.concat(Stream.of("--metrics", metric, "--baseline", baseline), selection.stream())
                                    .toArray())
                    .get("metrics");
            assertThat(compared.get("metrics").propertyNames()).containsExactly(metric);
            for (String side : List.of("baseline", "candidate")) {
                Object policy = side.equals("candidate") ? CANDIDATE : baseline;
                List<Object> command = new ArrayList<>(List.of("metrics", metric, "--history", history, "--json"));
                command.addAll(selection);
                if (!policy.equals("recorded")) {
                    command.addAll(List.of("--policy", policy, "--order", order));
                }
                if (metric.equals("conversion")) {
                    List.of("P7D", "P14D", "P30D", "P90D")
                            .forEach(window -> command.addAll(List.of("--within", window)));
                }
                JsonNode alone = CommandRun.json(command.toArray());
                assertThat(alone(side(compared, metric, side), metric).toString())
                        .as("%s of %s", metric, policy)
                        .isEqualTo(alone.get("rows").valueStream().toList().toString())
                        .hasSizeGreaterThan(100);
                assertThat(compared.get("asOf")).isEqualTo(alone.get("asOf"));
                assertThat(compared.get("asKnownAt")).isEqualTo(alone.get("asKnownAt"));
            }
        }
    }

    @Test
    void metricsAreToldWhenTheyAreAskedForAndNotHashed() {
        JsonNode without = report();
        assertThat(without.get("metrics").isNull()).isTrue();
        JsonNode all = report("--metrics");
        assertThat(all.get("hash")).isEqualTo(without.get("hash"));
        assertThat(all.at("/metrics/metrics")).hasSize(8);
        assertThat(all.at("/metrics/grain").stringValue()).isEqualTo("all");
        JsonNode quality = all.at("/metrics/metrics/quality/0");
        String markedWon = "%d → %d"
                .formatted(
                        quality.at("/baseline/markedWon").longValue(),
                        quality.at("/candidate/markedWon").longValue());
        assertThat(replay("--metrics", "quality").out())
                .contains("Shared metrics, baseline → candidate", "Quality: whether a mark foretells a win", markedWon)
                .doesNotContain("Conversion:");
        assertThat(replay("--metrics").out())
                .contains("Flow:", "Conversion:", "Velocity:", "Incidence:", "Ages:", "Acceptance:", markedWon);
        assertThat(replay().out()).doesNotContain("Shared metrics");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--metrics=qualitty     | there is no metric 'qualitty' (there are flow, conversion, velocity",
                "--metrics=             | there is no metric ''",
                "--grain=month          | --grain goes with --metrics",
                "--metrics --audit      | --audit goes with --history, --policy, --strict and --json alone",
            })
    void metricsThatCannotBeToldAreRefused(String options, String told) {
        CommandRun run = replay((Object[]) options.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(told);
    }

    @Test
    void columnsAloneDoNotTellMetricsAndWithTheirEventsBesideTheyAreTheSame() {
        Path columns = columns();
        CommandRun alone = CommandRun.of("replay", "--columns", columns, "--policy", CANDIDATE, "--metrics");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.err()).contains("--metrics: columns do not tell them", "give --history FILE beside");
        assertThat(report("--columns", columns, "--metrics", "flow,ages", "--as-known-at", "2026-03-01"))
                .isEqualTo(report("--metrics", "flow,ages", "--as-known-at", "2026-03-01"));
    }

    @Test
    void daysSinceTheYearOneAreRefusedWithAMend() throws IOException {
        Path old = Files.writeString(
                folder.resolve("old.jsonl"),
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/t\",\"type\":\"io.smarketing.lead.captured.v1\",\"subject\":\"A\","
                        + "\"time\":\"0001-01-01T00:00:00Z\",\"recordedtime\":\"2026-01-01T00:00:00Z\",\"data\":{}}\n");
        CommandRun run =
                CommandRun.of("replay", "--history", old, "--policy", CANDIDATE, "--metrics", "flow", "--grain", "day");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("buckets by day", "ask with a coarser grain (--grain all)");
    }

    private Path columns() {
        Path columns = folder.resolve("columns");
        assertThat(CommandRun.of("history", "build", "--history", history, "--out", columns)
                        .exitCode())
                .isZero();
        return columns;
    }

    @Test
    void columnsWithTheirEventsBesideTellAllThatTheEventsTell() {
        Path columns = columns();
        for (List<Object> options : List.<List<Object>>of(
                List.of("--leads"),
                List.of("--leads", "flipped", "--page-size", "11", "--as-known-at", "2026-03-01"),
                List.of("--leads", "earlier,later", "--baseline", BASELINE, "--order", "arrival"))) {
            Object[] asked = options.toArray();
            Object[] beside = Stream.concat(Stream.of("--columns", columns), options.stream())
                    .toArray();
            assertThat(report(beside)).as("%s", options).isEqualTo(report(asked));
        }
    }

    @Test
    void columnsAloneTellTheRuleAndTheInstantAndSayWhatTheyDoNotHold() {
        CommandRun run =
                CommandRun.of("replay", "--columns", columns(), "--policy", CANDIDATE, "--leads", "flipped", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("columns hold neither ids of events nor amounts", "give --history FILE beside");
        JsonNode told = JsonMapper.shared().readTree(run.out());
        assertThat(told.get("workload").isNull()).isTrue();
        JsonNode expected = report("--leads", "flipped").get("perLead");
        assertThat(told.get("perLead")).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            JsonNode lead = told.get("perLead").get(i);
            assertThat(lead.at("/because/event").isNull()).isTrue();
            for (String field : List.of("/leadId", "/set", "/because/at", "/because/rule", "/because/explanation")) {
                assertThat(lead.at(field)).isEqualTo(expected.get(i).at(field));
            }
        }
    }

    @Test
    void eventsThatColumnsWereNotMadeFromExplainNothing() throws IOException {
        Path columns = columns();
        List<String> lines = Files.readAllLines(history);
        Files.write(history, lines.subList(0, lines.size() - 1));

        CommandRun run = replay("--columns", columns, "--leads");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("were made from history.jsonl", "these are other files", "history build");
    }

    @Test
    void thePageIsOneFileThatIsTheSameForTheSameReplay() throws IOException {
        Path page = folder.resolve("report.html");
        Path again = folder.resolve("again.html");

        CommandRun run = replay("--baseline", BASELINE, "--dimension", "source", "--html", page);
        replay("--baseline", BASELINE, "--dimension", "source", "--html", again);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Replay of 400 leads");
        assertThat(run.err()).contains("the report is in " + page);
        String html = Files.readString(page);
        assertThat(html).isEqualTo(Files.readString(again));
        assertThat(html)
                .contains(
                        "<svg",
                        "the threshold",
                        report("--baseline", BASELINE, "--dimension", "source")
                                .get("hash")
                                .stringValue())
                .doesNotContain("http://", "https://", "src=", "<link", "@import", "url(");
    }

    @Test
    void whatCameWithFactsIsTextOnThePage() throws IOException {
        String hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\\\" onload=\\\"alert(3)";
        Files.writeString(history, """
                {"specversion":"1.0","id":"1","source":"urn:t","type":"io.smarketing.lead.captured.v1","subject":"%1$s","time":"2026-01-01T00:00:00Z","data":{"source":"%1$s"}}
                {"specversion":"1.0","id":"%1$s","source":"%1$s","type":"io.smarketing.lead.marked-mql.v1","subject":"%1$s","time":"2026-01-02T00:00:00Z","data":{}}
                {"specversion":"1.0","id":"3","source":"urn:t","type":"io.smarketing.lead.rejected.v1","subject":"%1$s","time":"2026-01-03T00:00:00Z","data":{"reason":"%1$s"}}
                """.formatted(hostile));
        Path page = folder.resolve("report.html");

        CommandRun run = replay("--html", page);

        assertThat(run.exitCode()).as(run.err()).isZero();
        String html = Files.readString(page);
        assertThat(html.split("<script>", -1)).as("scripts").hasSize(2);
        assertThat(html).doesNotContain("<img", "\" onload").contains("&lt;img src=x onerror=alert(2)&gt;");
    }

    @Test
    void aPageOfNoLeadsSaysSo() throws IOException {
        Path page = folder.resolve("report.html");

        CommandRun run = replay("--from", "1990-01-01", "--to", "1990-01-02", "--html", page);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Files.readString(page))
                .contains("Neither side marks a lead.", "There are no leads.", "No lead flipped.");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--leads gaint | 'gaint' is no set (there are kept, earlier, later, gained, dropped, neither, flipped, all)",
                "--page-size 5 | --page-size and --after go with --leads",
                "--leads gained --page-size 0 | --page-size: at least one",
                "--policy other.yaml | --policy: one candidate at a time",
                "--html nowhere/report.html | nowhere/report.html cannot be written",
                "--threads 0 | --threads: at least one",
                "--flips -1 | --flips: none (0) or more",
                "--audit --leads | --audit goes with --history, --policy, --strict and --json alone",
                "--audit --as-known-at 2026-01-01 | --audit goes with --history, --policy, --strict and --json alone",
                "--audit | nothing in the history was judged by an engine"
            })
    void wrongUsageIsExitCodeTwoAndALineThatHelps(String options, String message) {
        CommandRun run = replay((Object[]) options.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    /** As an engine that always judged by one policy would have stored it. */
    private List<String> stored(Policy policy) throws IOException {
        List<LeadHistory> leads;
        HistoryReader reader = new HistoryReader(Instant.parse("2030-01-01T00:00:00Z"), line -> {});
        try (InputStream in = Files.newInputStream(history)) {
            reader.read("history", in, bytes -> {});
            leads = reader.history().leads();
        }
        List<String> lines = new ArrayList<>();
        for (LeadHistory lead : leads) {
            List<Entry> facts = new ArrayList<>();
            for (Entry entry : lead.entries()) {
                if (!(entry.event() instanceof LeadEvent.Verdict)) {
                    boolean judged = entry.event() instanceof LeadEvent.Captured
                            || entry.event() instanceof LeadEvent.Enriched
                            || entry.event() instanceof LeadEvent.Activity;
                    facts.add(new Entry(
                            facts.size(),
                            entry.eventId(),
                            entry.occurredAt(),
                            entry.recordedAt(),
                            LeadEvent.withoutContact(entry.event()),
                            judged ? policy.reference() : null));
                }
            }
            lines.addAll(withVerdicts(lead.leadId(), facts, policy));
        }
        return lines;
    }

    /** Puts each verdict behind the fact that led to it. */
    private static List<String> withVerdicts(String lead, List<Entry> facts, Policy policy) {
        List<Entry> stored = new ArrayList<>();
        for (Entry fact : facts) {
            Entry next = new Entry(
                    stored.size(), fact.eventId(), fact.occurredAt(), fact.recordedAt(), fact.event(), fact.judgedBy());
            stored.add(next);
            Rejudged.of(new LeadHistory(lead, stored), reference -> Optional.of(policy)).verdicts().stream()
                    .filter(verdict -> verdict.sequence() > next.sequence())
                    .sorted(Comparator.comparingLong(Entry::sequence))
                    .forEach(stored::add);
        }
        RecordedCodec codec = new RecordedCodec();
        return stored.stream()
                .map(entry -> new String(
                        codec.write(new Recorded(
                                lead,
                                entry.eventId(),
                                entry.occurredAt(),
                                entry.recordedAt(),
                                entry.event(),
                                entry.judgedBy(),
                                null)),
                        StandardCharsets.UTF_8))
                .toList();
    }

    private static Policy policy() throws IOException {
        try {
            return PolicyReader.read("b2b", Files.readString(BASELINE)).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPageIsNotWrittenOverWhatIsRead() throws IOException {
        Path candidate = Files.copy(CANDIDATE, folder.resolve("candidate.yaml"));
        Path old = Files.copy(BASELINE, folder.resolve("old.yaml"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), history);
        Path columns = folder.resolve("columns");
        assertThat(CommandRun.of("history", "build", "--history", history, "--out", columns)
                        .exitCode())
                .isZero();
        List<Path> read = new ArrayList<>(List.of(history, link, candidate, old));
        try (Stream<Path> files = Files.list(columns)) {
            files.forEach(read::add);
        }
        for (Path file : read) {
            byte[] before = Files.readAllBytes(file);

            CommandRun run = CommandRun.of(
                    "replay",
                    "--columns",
                    columns,
                    "--history",
                    history,
                    "--policy",
                    candidate,
                    "--baseline",
                    old,
                    "--html",
                    file);

            assertThat(run.exitCode()).as(file.toString()).isEqualTo(2);
            assertThat(run.err()).contains("--html: %s would be read and written".formatted(file));
            assertThat(file).hasBinaryContent(before);
        }
    }

    private static CommandRun audit(Path history, Object... more) {
        return CommandRun.of(Stream.concat(Stream.of("replay", "--audit", "--history", history), Stream.of(more))
                .toArray());
    }

    @Test
    void anAuditProvesWhatAnEngineStoredAndNamesTheLeadThatDoesNotHold() throws IOException {
        List<String> lines = new ArrayList<>(stored(policy()));
        Path stored = Files.write(folder.resolve("stored.jsonl"), lines);

        CommandRun sound = audit(stored, "--policy", BASELINE);

        assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
        assertThat(sound.out()).contains("verdicts of 400 leads judged again: all as they are recorded");

        int forged = 0;
        while (!lines.get(forged).contains("lead.scored.v1")) {
            forged++;
        }
        String lead =
                JsonMapper.shared().readTree(lines.get(forged)).get("subject").stringValue();
        lines.set(forged, lines.get(forged).replaceFirst("\"score\":-?\\d+", "\"score\":99"));
        Files.write(stored, lines);

        CommandRun broken = audit(stored, "--policy", BASELINE);
        CommandRun told = audit(stored, "--policy", BASELINE, "--policy", CANDIDATE, "--json");

        assertThat(broken.exitCode()).isOne();
        assertThat(broken.out())
                .contains("lead %s, event ".formatted(lead), "score of 99", "leads whose record does not hold: 1");
        assertThat(told.exitCode()).isOne();
        assertThat(JsonMapper.shared()
                        .readTree(told.out())
                        .at("/mismatches/0/leadId")
                        .stringValue())
                .isEqualTo(lead);
    }

    @Test
    void anAuditTellsALineThatNoEngineWroteAndIsNotSatisfied() throws IOException {
        List<String> lines = new ArrayList<>(stored(policy()));
        lines.add(3, "{\"specversion\":\"1.0\"}");
        lines.add(lines.get(0));
        Path stored = Files.write(folder.resolve("stored.jsonl"), lines);

        CommandRun run = audit(stored, "--policy", BASELINE);

        assertThat(run.exitCode()).isOne();
        assertThat(run.err()).contains("stored.jsonl:4: no stored event");
        assertThat(run.out()).contains("1 lines cannot be read and prove nothing");
    }

    @Test
    void aStrictAuditStopsAtTheFirstLineThatCannotBeRead() throws IOException {
        List<String> lines = new ArrayList<>(stored(policy()));
        lines.add(3, "{\"specversion\":\"1.0\"}");
        Path stored = Files.write(folder.resolve("stored.jsonl"), lines);

        CommandRun run = audit(stored, "--policy", BASELINE, "--strict");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("stored.jsonl:4: no stored event", "as --strict says");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--threads,2", "--flips,3", "--zone,Europe/Berlin"})
    void anAuditRefusesOptionsThatSayNothingToIt(String option, String value) {
        CommandRun run = audit(history, "--policy", BASELINE, option, value);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--audit has no use for").contains(option);
    }

    @ParameterizedTest
    @CsvSource({"--threads,2,--columns", "--flips,3,--html"})
    void anOptionThatSaysNothingWithoutAnotherIsRefused(String option, String value, String other) {
        CommandRun run = replay(option, value);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(option + " goes with " + other);
    }

    @Test
    void anAuditAsksForThePolicyThatJudged() throws IOException {
        Path stored = Files.write(folder.resolve("stored.jsonl"), stored(policy()));

        CommandRun run = audit(stored, "--policy", CANDIDATE);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("judged by b2b-default@", "which --policy does not give");
    }
}

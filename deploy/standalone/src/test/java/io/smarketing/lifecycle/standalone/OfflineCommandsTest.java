package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OfflineCommandsTest {

    private static final String POLICY = """
            name: p
            threshold: 20
            attributes: {size: int}
            fit:
              - {id: big, when: "lead.size >= 10", points: 10}
            engagement:
              - {id: demo, activity: demo, points: 10}
            """;

    @TempDir
    private Path folder = Path.of("");

    private static String event(String id, String lead, String type, String time, String data) {
        return """
               {"specversion":"1.0","id":"%s","source":"urn:t","type":"io.smarketing.lead.%s.v1","subject":"%s","time":"%s","data":%s}""".formatted(id, type, lead, time, data);
    }

    private Path history(String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                event(
                        "1",
                        "L1",
                        "captured",
                        "2026-01-01T00:00:00Z",
                        "{\"source\":\"web\",\"attributes\":{\"size\":12}}"),
                event("2", "L1", "activity", "2026-01-02T00:00:00Z", "{\"activity\":\"demo\"}"),
                event("3", "L1", "won", "2026-01-05T00:00:00Z", "{}"),
                event("4", "L2", "captured", "2026-02-01T00:00:00Z", "{\"source\":\"ads\"}"),
                event("5", "L2", "marked-mql", "2026-02-02T00:00:00Z", "{}")));
        lines.addAll(List.of(more));
        return Files.write(folder.resolve("h.jsonl"), lines);
    }

    private Path policy() throws IOException {
        return Files.writeString(folder.resolve("p.yaml"), POLICY);
    }

    @Test
    void numbersAreTheSameInAllLanguagesOfMachines() throws IOException {
        Path tooLong = Files.writeString(folder.resolve("long.yaml"), "# " + "x".repeat(1_000_000));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            CommandRun run = CommandRun.of("policy", "check", tooLong);
            assertThat(run.out() + run.err()).contains("longer than 1,000,000 characters");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void helpListsTheCommands() {
        CommandRun run = CommandRun.of("--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("serve", "generate", "import", "funnel", "replay", "verdicts", "policy");
    }

    @Test
    void everyCommandIsIntroducedByASentence() {
        checkIntroductions(new CommandLine(Lifecycle.class));
    }

    private static void checkIntroductions(CommandLine command) {
        String[] description = command.getCommandSpec().usageMessage().description();
        assertThat(description).as(command.getCommandName()).isNotEmpty();
        command.getSubcommands().forEach((name, subcommand) -> {
            if (!name.equals("help")) {
                // Lists of commands show the first line alone.
                assertThat(subcommand.getCommandSpec().usageMessage().description())
                        .as(name)
                        .hasSizeGreaterThanOrEqualTo(1)
                        .satisfies(lines -> assertThat(lines[0]).endsWith("."));
                checkIntroductions(subcommand);
            }
        });
    }

    @Test
    void verdictsAreJsonLines() throws IOException {
        CommandRun run = CommandRun.of("verdicts", "--history", history(), "--policy", policy());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "{\"leadId\":\"L1\",\"type\":\"scored\",\"at\":\"2026-01-01T00:00:00Z\",\"score\":10,\"disqualified\":null}",
                        "{\"leadId\":\"L1\",\"type\":\"scored\",\"at\":\"2026-01-02T00:00:00Z\",\"score\":20,\"disqualified\":null}",
                        "{\"leadId\":\"L1\",\"type\":\"marked-mql\",\"at\":\"2026-01-02T00:00:00Z\",\"score\":20,\"disqualified\":null}");
    }

    @Test
    void aReplayAgainstTheRecordTellsWhatWasGainedAndDroppedAndWhy() throws IOException {
        JsonNode report = CommandRun.json("replay", "--history", history(), "--policy", policy(), "--leads", "--json");
        assertThat(report.get("baseline").stringValue()).isEqualTo("recorded");
        assertThat(report.get("order").stringValue()).isEqualTo("arrival");
        assertThat(report.at("/sets/gained/won").intValue()).isEqualTo(1);
        assertThat(report.at("/sets/dropped/neverWorked").intValue()).isEqualTo(1);
        assertThat(report.at("/unknowns/big/size").intValue()).isEqualTo(1);
        assertThat(report.at("/perLead/0/because"))
                .isEqualTo(JsonMapper.shared().readTree("""
                                        {"at":"2026-01-02T00:00:00Z","event":{"source":"urn:t","id":"2"},"rule":"demo",
                                         "explanation":"rule demo brings the score to 20 of 20"}
                                        """));
        assertThat(report.at("/perLead/1/because/event/id").stringValue()).isEqualTo("5");
        assertThat(report.at("/perLead/1/because/explanation").stringValue()).isEqualTo("score 0, 20 below 20");
    }

    @Test
    void theHashDependsOnWhatWasFoundAndNotOnNames() throws IOException {
        Path history = history();
        Path renamed = Files.writeString(folder.resolve("q.yaml"), POLICY.replace("name: p", "name: q"));
        Path other = Files.writeString(folder.resolve("r.yaml"), POLICY.replace("threshold: 20", "threshold: 10"));
        String hash = CommandRun.json("replay", "--history", history, "--policy", policy(), "--json")
                .get("hash")
                .stringValue();
        assertThat(hash).matches("[0-9a-f]{64}");
        assertThat(CommandRun.json("replay", "--history", history, "--policy", renamed, "--leads", "--json")
                        .get("hash")
                        .stringValue())
                .isEqualTo(hash);
        assertThat(CommandRun.json("replay", "--history", history, "--policy", other, "--json")
                        .get("hash")
                        .stringValue())
                .isNotEqualTo(hash);
    }

    @Test
    void occurrenceDoesNotGoWithTheRecord() throws IOException {
        CommandRun run = CommandRun.of("replay", "--history", history(), "--policy", policy(), "--order", "occurrence");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("order of arrival");
    }

    @Test
    void brokenLinesAreToldCountedAndDoNotStopTheRest() throws IOException {
        CommandRun run = CommandRun.of(
                "funnel", "--json", "--history", history("{\"specversion\":\"1.0\"}", "not json", "", "[1]"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .contains("h.jsonl:6: missing-id in id:", "h.jsonl:7: unreadable-json", "h.jsonl:9: not-an-event")
                .contains("8 events = 5 stored + 0 duplicates + 0 unknown-lead + 3 refused");
        assertThat(JsonMapper.shared()
                        .readTree(run.out())
                        .at("/rows/0/outcomes/won")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void bucketsSinceTheYearOneAreTooMany() throws IOException {
        Path history = history(event("6", "L3", "captured", "0001-01-01T00:00:00Z", "{}"));
        for (List<String> metric :
                List.of(List.of("flow"), List.of("bridge", "--of", "flow", "--baseline-known-at", "2026-01-03"))) {
            List<Object> arguments = new ArrayList<>(List.of("metrics"));
            arguments.addAll(metric);
            arguments.addAll(List.of("--history", history, "--grain", "day", "--zone", "UTC"));
            CommandRun run = CommandRun.of(arguments.toArray());
            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(run.err()).contains("buckets by day from 0001-01-01", "--grain all");
        }
    }

    @Test
    void strictStopsAtTheFirstBrokenLine() throws IOException {
        CommandRun run = CommandRun.of("funnel", "--strict", "--history", history("not json", "[1]"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("h.jsonl:6:", "--strict").doesNotContain("h.jsonl:7:", "at io.");
    }

    @Test
    void captureTimeSelectsLeadsAndNeverCutsTheirFacts() throws IOException {
        JsonNode rows = CommandRun.json(
                        "funnel", "--json", "--history", history(), "--from", "2026-01-01", "--to", "2026-01-02")
                .get("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).at("/outcomes/won").intValue()).isEqualTo(1);
        assertThat(rows.get(0).at("/outcomes/open").intValue()).isZero();
    }

    @Test
    void asKnownAtLeavesOutWhatWasRecordedLater() throws IOException {
        JsonNode answer = CommandRun.json("funnel", "--json", "--history", history(), "--as-known-at", "2026-01-04");
        assertThat(answer.at("/rows/0/outcomes/open").intValue()).isEqualTo(1);
        assertThat(answer.at("/rows/0/outcomes/won").intValue()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "funnel | Missing required option",
                "funnel --history nowhere.jsonl | there is no file nowhere.jsonl",
                "funnel --history {h} --dimension colour | no lead has the attribute 'colour' (there are all, source,",
                "funnel --history {h} --from yesterday | 'yesterday' is no time",
                "funnel --history {h} --zone Mars/Base | 'Mars/Base' is no time zone (write UTC or Europe/Berlin)",
                "funnel --history . | . is a folder",
                "funnel --history {p} | every line was refused",
                "funnel --history {h} --from 2026-02-01 --to 2026-01-01 | is not before --to",
                "policy check . | . cannot be read",
                "funnel --history {h} --order arrival | --order goes with --policy",
                "funnel --history {h} --policy nowhere.yaml | there is no file nowhere.yaml",
                "funnel --history {h} --polcy x | Unknown option",
                "replay --history {h} --policy {p} --baseline nowhere.yaml | there is no file nowhere.yaml",
                "replay --history {h} --policy {p} --order sideways | sideways",
                "verdicts --history {h} | Missing required option",
                "policy check nowhere.yaml | there is no file nowhere.yaml",
                "policy diff {p} nowhere.yaml | there is no file nowhere.yaml",
                "policy diff {p} {h} | cannot be used as it is",
                "policy diff {p} | AFTER",
                "nonsense | nonsense"
            })
    void wrongUsageIsExitCodeTwoAndALineThatHelps(String commandLine, String message) throws IOException {
        String history = history().toString();
        String policy = policy().toString();
        CommandRun run = CommandRun.of((Object[])
                commandLine.replace("{h}", history).replace("{p}", policy).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void policyCheckTellsEveryMistakeAndExitsWithOne() throws IOException {
        Path broken = Files.writeString(
                folder.resolve("broken.yaml"),
                POLICY.replace("threshold: 20", "threshold: x").replace("size >=", "siz >="));
        CommandRun run = CommandRun.of("policy", "check", broken);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("line 2, column 12", "did you mean lead.size?", "problems: 2");
        JsonNode json = JsonMapper.shared()
                .readTree(CommandRun.of("policy", "check", broken, "--json").out());
        assertThat(json.get("valid").booleanValue()).isFalse();
        assertThat(json.get("problems")).hasSize(2);
        assertThat(CommandRun.of("policy", "check", policy()).exitCode()).isZero();
    }

    @Test
    void theExamplePoliciesAreSound() {
        for (String example : List.of("b2b-default.yaml", "product-led.yaml")) {
            CommandRun run = CommandRun.of("policy", "check", SharedData.example(example));
            assertThat(run.exitCode()).as(run.out()).isZero();
        }
    }

    @Test
    void aBrokenPolicyIsRefusedBeforeAnyWork() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "name: p\n");
        CommandRun run = CommandRun.of("replay", "--history", history(), "--policy", broken);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'threshold' is missing").doesNotContain("stored");
    }

    @Test
    void tablesAreForPeople() throws IOException {
        CommandRun funnel = CommandRun.of("funnel", "--history", history());
        assertThat(funnel.out()).contains("CAPTURED", "leads stand: 1 won, 0 lost, 0 rejected, 1 open", "█");
        CommandRun replay = CommandRun.of("replay", "--history", history(), "--policy", policy(), "--leads");
        assertThat(replay.out()).contains("gained", "never worked", "rule demo brings the score to 20 of 20", "hash ");
    }

    @Test
    void gzippedHistoriesAreReadToo() throws IOException {
        Path packed = folder.resolve("h.jsonl.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(Files.readString(history()).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(CommandRun.json("funnel", "--json", "--history", packed)
                        .at("/rows/0/outcomes/won")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void policyDiffTellsWhatChangesAndExitsWithZero() throws IOException {
        Path other = Files.writeString(folder.resolve("r.yaml"), POLICY.replace("threshold: 20", "threshold: 10"));
        CommandRun run = CommandRun.of("policy", "diff", policy(), other);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("p@").endsWith(": 1 change"),
                        line -> assertThat(line).isEqualTo("  the threshold falls from 20 to 10"));
        assertThat(CommandRun.json("policy", "diff", policy(), other, "--json")
                        .at("/changes/0/path")
                        .stringValue())
                .isEqualTo("threshold");
        assertThat(CommandRun.of("policy", "diff", other, other).out()).endsWith(": they mean the same\n");
    }

    @Test
    void aCurveIsToldAtAllTimesAndTakesNoOthers() {
        CommandRun run = CommandRun.of(
                "metrics",
                "incidence",
                "--history",
                SharedData.example("metrics.jsonl"),
                "--curve",
                "--at",
                "nonsense");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--at and --curve exclude each other");
    }

    private static CommandRun bridgeOfMay(Object... more) {
        return CommandRun.of(Stream.concat(
                        Stream.of(
                                "metrics",
                                "bridge",
                                "--of",
                                "flow",
                                "--history",
                                SharedData.example("metrics.jsonl"),
                                "--policy",
                                SharedData.example("b2b-default.yaml"),
                                "--baseline",
                                "recorded",
                                "--bucket",
                                "2026-05",
                                "--json"),
                        Stream.of(more))
                .toArray());
    }

    @Test
    void aBridgeOfOneBucketIsOfItsGrain() {
        CommandRun may = bridgeOfMay();

        assertThat(may.exitCode()).as(may.err()).isZero();
        assertThat(JsonMapper.shared().readTree(may.out()).get("grain").stringValue())
                .isEqualTo("month");
        assertThat(bridgeOfMay("--grain", "month").out()).isEqualTo(may.out());
        CommandRun contradicts = bridgeOfMay("--grain", "day");
        assertThat(contradicts.exitCode()).isEqualTo(2);
        assertThat(contradicts.err()).contains("--bucket 2026-05 is a month, not a day");
    }
}

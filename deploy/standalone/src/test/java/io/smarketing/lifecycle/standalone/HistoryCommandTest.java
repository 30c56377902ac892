package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Histories in columns, by the command line. */
final class HistoryCommandTest {

    private static final Path POLICIES = Path.of("..", "..", "docs", "examples");
    private static final Path CANDIDATE = POLICIES.resolve("product-led.yaml");
    private static final Path BASELINE = POLICIES.resolve("b2b-default.yaml");

    @TempDir
    private Path folder = Path.of("");

    private Path history = Path.of("");
    private Path columns = Path.of("");

    @BeforeEach
    void aHistoryInColumns() {
        history = folder.resolve("history.jsonl");
        columns = folder.resolve("columns");
        assertThat(CommandRun.of("generate", "--leads", "600", "--seed", "5", "--out", history)
                        .exitCode())
                .isZero();
        assertThat(CommandRun.of("history", "build", "--history", history, "--out", columns)
                        .exitCode())
                .isZero();
    }

    @Test
    void replaysOverColumnsGiveTheFiguresOfTheFile() {
        for (List<Object> options : List.<List<Object>>of(
                List.of(),
                List.of("--dimension", "source"),
                List.of("--baseline", BASELINE, "--dimension", "owner"),
                List.of("--baseline", BASELINE, "--order", "arrival", "--threads", "1"),
                List.of("--as-known-at", "2026-03-01", "--dimension", "country"),
                List.of("--from", "2026-02-01", "--to", "2026-04-01", "--zone", "Europe/Berlin"))) {
            assertThat(replay("--columns", columns, options))
                    .as("%s", options)
                    .isEqualTo(replay(
                            "--history",
                            history,
                            options.stream()
                                    .filter(option -> !List.of("--threads", "1").contains(option))
                                    .toList()));
        }
    }

    /** Without what is beside the hashed report: columns alone know no amounts, and no histories of leads. */
    private static JsonNode replay(String from, Path where, List<Object> options) {
        ObjectNode report = (ObjectNode) CommandRun.json(
                Stream.concat(Stream.of("replay", from, where, "--policy", CANDIDATE, "--json"), options.stream())
                        .toArray());
        report.remove(List.of("workload", "timeToMark"));
        return report;
    }

    @Test
    void infoTellsWhatTheColumnsHoldAndWhatTheyWereMadeFrom() throws IOException {
        JsonNode info = CommandRun.json("history", "info", columns, "--json");

        assertThat(info.get("leads").intValue()).isEqualTo(600);
        assertThat(info.at("/source/name").stringValue()).isEqualTo("history.jsonl");
        assertThat(info.at("/source/bytes").longValue()).isEqualTo(Files.size(history));
        assertThat(info.get("facts").intValue()).isBetween(1, info.get("events").intValue());
    }

    @Test
    void verifyTellsColumnsOfAnotherFile() throws IOException {
        assertThat(CommandRun.of("history", "verify", columns, "--history", history)
                        .exitCode())
                .isZero();
        List<String> lines = Files.readAllLines(history);
        Files.write(history, lines.subList(0, lines.size() - 1));

        CommandRun run = CommandRun.of("history", "verify", columns, "--history", history);

        assertThat(run.exitCode()).isOne();
        assertThat(run.out()).contains("these are other files", "build it anew");
    }

    @Test
    void damagedColumnsAreToldWithTheirMendAndNeverRead() throws IOException {
        Path segment;
        try (Stream<Path> files = Files.list(columns)) {
            segment = files.filter(file -> file.toString().endsWith(".columns"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        assertThat(CommandRun.of("history", "verify", columns).exitCode()).isOne();
        CommandRun replay = CommandRun.of("replay", "--columns", columns, "--policy", CANDIDATE);
        assertThat(replay.exitCode()).isEqualTo(2);
        assertThat(replay.out()).isEmpty();
        assertThat(replay.err())
                .contains("not as it was written", "lifecycle history build --history FILE --out " + columns);

        assertThat(CommandRun.of("history", "build", "--history", history, "--out", columns)
                        .exitCode())
                .isZero();
        assertThat(CommandRun.of("history", "verify", columns).exitCode()).isZero();
    }

    @Test
    void aReplayTakesEventsOrColumns() {
        CommandRun neither = CommandRun.of("replay", "--policy", CANDIDATE);

        assertThat(neither.exitCode()).isEqualTo(2);
        assertThat(neither.err()).contains("--history=FILE");
    }
}

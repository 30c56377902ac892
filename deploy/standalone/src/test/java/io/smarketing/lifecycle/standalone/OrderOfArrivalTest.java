package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Twenty thousand generated leads, as they came, shuffled, and every line twice: the answer is the same. */
class OrderOfArrivalTest {

    @TempDir
    private static Path folder = Path.of("");

    private static Path asTheyCame = Path.of("");
    private static Path shuffled = Path.of("");
    private static Path twice = Path.of("");

    @BeforeAll
    static void generate() throws IOException {
        asTheyCame = folder.resolve("history.jsonl");
        assertThat(CommandRun.of("generate", "--leads", 20_000, "--seed", 5, "--out", asTheyCame)
                        .exitCode())
                .isZero();
        List<String> lines = new ArrayList<>(Files.readAllLines(asTheyCame));
        List<String> doubled = new ArrayList<>();
        lines.forEach(line -> doubled.addAll(List.of(line, line)));
        twice = Files.write(folder.resolve("twice.jsonl"), doubled);
        Collections.shuffle(lines, new Random(5));
        shuffled = Files.write(folder.resolve("shuffled.jsonl"), lines);
    }

    private static JsonNode rows(Path history, String dimension) {
        return CommandRun.json("funnel", "--history", history, "--dimension", dimension, "--json")
                .get("rows");
    }

    @Test
    void theFunnelDoesNotDependOnTheOrderInWhichStoredFactsCame() {
        for (String dimension : List.of("all", "source", "campaign", "persona", "owner", "industry")) {
            JsonNode rows = rows(asTheyCame, dimension);
            assertThat(rows(shuffled, dimension)).as(dimension).isEqualTo(rows);
            assertThat(rows(twice, dimension)).as(dimension).isEqualTo(rows);
        }
    }

    @Test
    void norDoesAReplayInOrderOfOccurrence() {
        JsonNode report = replay(asTheyCame);
        assertThat(replay(shuffled)).isEqualTo(report);
        assertThat(replay(twice)).isEqualTo(report);
        assertThat(report.at("/sets/gained/won").intValue()
                        + report.at("/sets/dropped/won").intValue())
                .as("the two policies differ")
                .isPositive();
    }

    private JsonNode replay(Path history) {
        ObjectNode report = (ObjectNode) CommandRun.json(
                "replay",
                "--history",
                history,
                "--policy",
                SharedData.example("product-led.yaml"),
                "--baseline",
                SharedData.example("b2b-default.yaml"),
                "--leads",
                "--json");
        return report;
    }

    @Test
    void inOrderOfArrivalThePolicyAgainstItselfKeepsEveryMark() {
        JsonNode sets = CommandRun.json(
                        "replay",
                        "--history",
                        asTheyCame,
                        "--policy",
                        SharedData.example("b2b-default.yaml"),
                        "--baseline",
                        SharedData.example("b2b-default.yaml"),
                        "--order",
                        "arrival",
                        "--json")
                .get("sets");
        for (String set : List.of("earlier", "later", "gained", "dropped")) {
            for (String outcome : List.of("won", "lost", "rejected", "open", "neverWorked")) {
                assertThat(sets.get(set).get(outcome).intValue())
                        .as("%s %s", set, outcome)
                        .isZero();
            }
        }
        assertThat(sets.get("kept").get("won").intValue()).isPositive();
    }
}

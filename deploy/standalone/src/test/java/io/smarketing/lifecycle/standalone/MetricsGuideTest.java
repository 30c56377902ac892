package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.metric.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands in docs/metrics.md print what stands there. */
class MetricsGuideTest {

    private static final Pattern CONSOLE = Pattern.compile("```console\n\\$ lifecycle (.+)\n((?:.*\n)*?)```");

    private static Path guide() {
        return SharedData.example("metrics.jsonl")
                .resolveSibling("../metrics.md")
                .normalize();
    }

    private static String[] arguments(String command) {
        return command.replace("docs/examples/", guide().resolveSibling("examples") + "/")
                .split(" +");
    }

    @Test
    void everyWorkedExamplePrintsWhatTheGuideSays() throws IOException {
        String guide = Files.readString(guide());
        List<String> ran = new ArrayList<>();
        Matcher example = CONSOLE.matcher(guide);
        while (example.find()) {
            CommandRun run = CommandRun.of((Object[]) arguments(example.group(1)));
            assertThat(run.exitCode()).as("%s: %s", example.group(1), run.err()).isZero();
            assertThat(run.out()).as(example.group(1)).isEqualTo(example.group(2));
            ran.add(example.group(1).split(" +")[1]);
        }
        for (Metric metric : Metric.values()) {
            assertThat(ran).contains(metric.word());
        }
        assertThat(ran).contains("bridge");
    }

    @Test
    void helpListsEveryMetric() {
        CommandRun run = CommandRun.of("metrics", "--help");
        assertThat(run.exitCode()).isZero();
        for (Metric metric : Metric.values()) {
            assertThat(run.out()).contains("  " + metric.word());
        }
        assertThat(run.out()).contains("  bridge");
    }

    @Test
    void everyFigureOfAnAnswerIsNamedInTheGuide() throws IOException {
        String guide = Files.readString(guide());
        for (Metric metric : Metric.values()) {
            CommandRun run =
                    CommandRun.of("metrics", metric.word(), "--csv", "--history", SharedData.example("metrics.jsonl"));
            for (String figure : run.out().lines().findFirst().orElseThrow().split(",")) {
                String plain = figure.replaceFirst("(Lower|Upper)$", "");
                assertThat(guide.contains("`" + figure + "`") || guide.contains("`" + plain + "`"))
                        .as("%s: %s", metric, figure)
                        .isTrue();
            }
        }
    }
}

package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.standalone.terminal.Console;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code metrics}: figures over a history, by bucket and dimension. */
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a history: one command a metric.",
            "All of them take --history, --policy, --dimension, --grain, --from, --to, --zone,",
            "--as-known-at, --json, --csv.",
            "What each figure means: docs/metrics.md."
        },
        footer = {
            "",
            "Try it:",
            "  lifecycle metrics flow --history history.jsonl --grain month",
            "  lifecycle metrics conversion --history history.jsonl --within P30D",
            "  lifecycle metrics bridge --of flow --history history.jsonl \\",
            "      --bucket 2026-05 --baseline-known-at 2026-05-31"
        },
        subcommands = {
            MetricCommand.Flow.class,
            MetricCommand.Conversion.class,
            MetricCommand.Velocity.class,
            MetricCommand.Incidence.class,
            MetricCommand.Ages.class,
            MetricCommand.Acceptance.class,
            MetricCommand.Quality.class,
            MetricCommand.Response.class,
            BridgeCommand.class
        })
public final class MetricsCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Console console = Console.of(spec);
        console.commandLine().usage(console.out());
    }
}

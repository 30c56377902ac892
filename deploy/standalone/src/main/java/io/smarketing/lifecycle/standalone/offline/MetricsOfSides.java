package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which metrics a replay tells of both sides. */
final class MetricsOfSides {

    private static final String ALL = "all";

    @Option(
            names = "--metrics",
            arity = "0..1",
            fallbackValue = ALL,
            paramLabel = "NAMES",
            description = {
                "Tell the shared metrics of both sides too, as `lifecycle metrics` tells them of each.",
                "All of them, or some: flow,conversion,velocity,incidence,ages,acceptance,quality,response."
            })
    private @Nullable String names;

    @Option(
            names = "--grain",
            paramLabel = "GRAIN",
            description =
                    "With --metrics: rows per day, week (ISO), month in the zone, or all of time in one; default all.")
    private @Nullable Grain grain;

    boolean isAsked() {
        return names != null;
    }

    /** Refuses what cannot be told, before any work is done. */
    void check() {
        if (!isAsked() && grain != null) {
            throw new WrongInput("--grain goes with --metrics: nothing else of a replay is told by day, week or month");
        }
        metrics();
    }

    /** Each once, in the order of the product; none where none are asked for. */
    List<Metric> metrics() {
        if (names == null) {
            return List.of();
        } else if (names.equals(ALL)) {
            return List.of(Metric.values());
        }
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        for (String name : names.split(",", -1)) {
            metrics.add(Arrays.stream(Metric.values())
                    .filter(metric -> metric.word().equals(name.strip().toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new WrongInput("--metrics: there is no metric '%s' (there are %s)"
                            .formatted(
                                    name,
                                    Arrays.stream(Metric.values())
                                            .map(Metric::word)
                                            .collect(Collectors.joining(", "))))));
        }
        return List.copyOf(metrics);
    }

    Grain grain() {
        return grain == null ? Grain.ALL : grain;
    }
}

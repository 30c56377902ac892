package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.metric.ConversionPath;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricRow;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Period;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The conversions that are asked for. Those whose path begins one that is counted anyway are picked out of its rows: the way to a step
 * does not depend on the steps behind it.
 */
record AskedConversions(List<ConversionPath> paths, List<Duration> windows) {

    /** The standard definition where it counts all of these, else one of their own. */
    MetricDefinition definition(ZoneId zone) {
        MetricDefinition standard = MetricDefinition.standard(zone);
        return isPartOf(standard) ? standard : new MetricDefinition(zone, paths, windows);
    }

    private boolean isPartOf(MetricDefinition standard) {
        Set<Stage> bases = new HashSet<>();
        return standard.windows().containsAll(windows)
                && paths.stream()
                        .allMatch(path -> bases.add(path.base())
                                && standard.paths().stream().anyMatch(counted -> begins(path, counted)));
    }

    private static boolean begins(ConversionPath path, ConversionPath counted) {
        return path.steps().size() <= counted.steps().size()
                && counted.steps().subList(0, path.steps().size()).equals(path.steps());
    }

    /** Whether a row of the definition is one of these. */
    boolean holds(MetricRow row) {
        Map<String, String> parts = row.parts();
        String within = parts.getOrDefault("within", "");
        Set<String> written = windows.stream().map(Period::written).collect(Collectors.toSet());
        return (within.equals("ever") || written.contains(within))
                && paths.stream()
                        .anyMatch(path -> path.base().name().equals(parts.get("base"))
                                && path.steps().stream()
                                        .skip(1)
                                        .anyMatch(stage -> stage.name().equals(parts.get("stage"))));
    }
}

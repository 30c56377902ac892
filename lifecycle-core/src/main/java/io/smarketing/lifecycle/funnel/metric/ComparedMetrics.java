package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Metrics of the same leads under two rules, row beside row.
 *
 * @param asKnownAt up to when what was recorded is in it; null where nothing is known yet
 * @param asOf the instant at which open visits and windows are looked at
 * @param metrics those that were asked for, in order
 */
public record ComparedMetrics(
        Grain grain,
        @Nullable Instant asKnownAt,
        Instant asOf,
        Dimension dimension,
        MetricDefinition definition,
        Map<Metric, List<Row>> metrics) {

    /** Keeps the order. */
    public ComparedMetrics {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * What both sides tell of the same.
     *
     * @param parts as {@link MetricRow} has them
     * @param baseline figures by name, in order; null where that side has no such row
     * @param candidate the same of the other side; one of both is there
     */
    public record Row(
            @Nullable String value,
            Bucket bucket,
            Map<String, String> parts,
            @Nullable Map<String, @Nullable Object> baseline,
            @Nullable Map<String, @Nullable Object> candidate) {}

    /** The head, and under {@code metrics} the rows of each metric by its name, each with the figures of either side. */
    public ObjectNode toJson() {
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("grain", grain.word())
                .put("zone", definition.zone().toString())
                .put("asOf", asOf.toString())
                .put("asKnownAt", asKnownAt == null ? null : asKnownAt.toString())
                .put("dimension", dimension.name())
                .put("definition", definition.hash());
        ObjectNode all = answer.putObject("metrics");
        metrics.forEach((metric, rows) -> {
            ArrayNode list = all.putArray(metric.word());
            for (Row row : rows) {
                ObjectNode node = list.addObject();
                MetricAnswer.putBucket(node, row.bucket());
                node.put("value", row.value());
                row.parts().forEach(node::put);
                putSide(node, "baseline", row.baseline());
                putSide(node, "candidate", row.candidate());
            }
        });
        return answer;
    }

    private static void putSide(ObjectNode row, String side, @Nullable Map<String, @Nullable Object> figures) {
        if (figures == null) {
            row.putNull(side);
        } else {
            MetricAnswer.putFigures(row.putObject(side), figures);
        }
    }
}

package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be said of all rows of an answer.
 *
 * @param policy whose marks count
 * @param asKnownAt up to when what was recorded is in it; null where nothing is known yet
 * @param asOf the instant at which open visits and windows are looked at
 * @param logPosition how far the log is in it
 */
public record MetricHead(
        String policy,
        @Nullable Instant asKnownAt,
        Instant asOf,
        long logPosition,
        MetricDefinition definition,
        Grain grain,
        Dimension dimension) {

    /** The policy of an answer by the marks that history holds. */
    public static final String RECORDED = "recorded";

    /** As an answer begins. */
    public ObjectNode toJson(String metric) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("metric", metric)
                .put("policy", policy)
                .put("asKnownAt", asKnownAt == null ? null : asKnownAt.toString())
                .put("asOf", asOf.toString())
                .put("logPosition", logPosition)
                .put("zone", definition.zone().toString())
                .put("grain", grain.word())
                .put("dimension", dimension.name())
                .put("definition", definition.hash());
    }
}

package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.Stage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The funnel answer from flat rows: the same form, and the same order, as the one of a history in a file. */
final class FunnelAnswer {

    private static final Comparator<@Nullable String> MISSING_LAST = (a, b) -> {
        if (a == null || b == null) {
            return a == null ? (b == null ? 0 : 1) : -1;
        }
        return FoldOrder.compareUtf8(a, b);
    };

    private FunnelAnswer() {}

    /**
     * The answer.
     *
     * @param rows of one policy and one dimension, in any order
     * @param limit of values, the first ones in order
     */
    static ObjectNode of(String policy, String dimension, List<StageRow> rows, int limit) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("policy", policy);
        answer.put("asOf", asOf(rows));
        answer.put(
                "logPosition",
                rows.stream().mapToLong(row -> row.count("logPosition")).max().orElse(0));
        answer.put(
                "zone",
                rows.stream()
                        .map(row -> row.text("zone"))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("UTC"));
        answer.put("dimension", dimension);
        ArrayNode list = answer.putArray("rows");
        Map<@Nullable String, Map<Stage, StageRow>> byValue = byValue(rows);
        byValue.keySet().stream().sorted(MISSING_LAST).limit(limit).forEach(value -> {
            Map<Stage, StageRow> stages = byValue.getOrDefault(value, Map.of());
            list.add(row(value, stages).toJson().put("quantileError", quantileError(stages)));
        });
        return answer;
    }

    private static @Nullable String asOf(List<StageRow> rows) {
        return rows.stream()
                .map(row -> row.text("asOf"))
                .filter(Objects::nonNull)
                .max(Comparator.comparing(Instant::parse))
                .orElse(null);
    }

    private static Map<@Nullable String, Map<Stage, StageRow>> byValue(List<StageRow> rows) {
        Map<@Nullable String, Map<Stage, StageRow>> byValue = new HashMap<>();
        for (StageRow row : rows) {
            byValue.computeIfAbsent(row.key().value(), absent -> new EnumMap<>(Stage.class))
                    .put(row.key().stage(), row);
        }
        return byValue;
    }

    private static FunnelRow row(@Nullable String value, Map<Stage, StageRow> rows) {
        List<FunnelRow.StageRow> stages = new ArrayList<>();
        long[] deviations = new long[Deviation.values().length];
        long open = 0;
        for (Stage stage : Stage.values()) {
            StageRow row = row(rows, stage);
            stages.add(row.stage());
            open += stage.isOpen() ? row.count("open") : 0;
            for (Deviation kind : Deviation.values()) {
                deviations[kind.ordinal()] += row.deviations(kind);
            }
        }
        FunnelRow.Outcomes outcomes = new FunnelRow.Outcomes(
                row(rows, Stage.WON).count("open"),
                row(rows, Stage.LOST).count("open"),
                row(rows, Stage.REJECTED).count("open"),
                open);
        return new FunnelRow(value, stages, outcomes, row(rows, Stage.WON).cycle(), deviations);
    }

    /** A row that has not come yet counts as zeros. */
    private static StageRow row(Map<Stage, StageRow> rows, Stage stage) {
        StageRow row = rows.get(stage);
        return row != null
                ? row
                : new StageRow(new StageKey("", "", null, "", null, stage), JsonNodeFactory.instance.objectNode());
    }

    private static @Nullable BigDecimal quantileError(Map<Stage, StageRow> rows) {
        return rows.values().stream()
                .map(row -> row.number("quantileError"))
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}

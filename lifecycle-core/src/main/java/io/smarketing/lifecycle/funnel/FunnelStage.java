package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of the topic {@code funnel.stages}: one stage of the leads that share a dimension's value.
 *
 * @param policy {@code active} for the official series
 * @param value of the dimension; null where it is missing
 */
public record FunnelStage(
        String policy, String dimension, @Nullable String value, Stage stage) {

    /** The official series. */
    public static final String ACTIVE = "active";

    private static final String WHOLE_HISTORY = "all";
    private static final String DEFINITION = "funnel.stages.v1";
    private static final String ZONE = "UTC";
    private static final List<String> EXITS = Arrays.stream(ExitKind.values())
            .map(kind -> "exit" + capitalised(kind.word()))
            .toList();
    private static final List<String> DEVIATIONS = Arrays.stream(Deviation.values())
            .map(kind -> "deviation" + capitalised(kind.word()))
            .toList();

    /** The record's key, as {@code ["active","all",null,"source","web","MQL"]}. */
    public String key() {
        return JsonNodeFactory.instance
                .arrayNode()
                .add(policy)
                .add(WHOLE_HISTORY)
                .addNull()
                .add(dimension)
                .add(value)
                .add(stage.name())
                .toString();
    }

    /**
     * The record's value: flat, so that a table can take it.
     *
     * @param revision raised with every change of the value's rows
     * @param asOf when the latest event that is in the row was recorded
     * @param logPosition the greatest place in the log of the events that are in the row
     */
    public ObjectNode toJson(FunnelTally tally, long revision, Instant asOf, long logPosition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("policy", policy)
                .put("grain", WHOLE_HISTORY)
                .putNull("bucket")
                .put("dimension", dimension)
                .put("value", value)
                .put("stage", stage.name());
        FunnelRow.StageRow row = tally.stageRow(stage);
        json.put("ever", row.ever())
                .put("entered", row.entered())
                .put("reached", row.reached())
                .put("open", row.open());
        for (ExitKind kind : ExitKind.values()) {
            json.put(EXITS.get(kind.ordinal()), row.exits()[kind.ordinal()]);
        }
        FunnelRow.Times times = row.timeInStage();
        Durations timeInStage = tally.timeIn(stage);
        json.put("n", times.n())
                .put("meanSeconds", times.mean())
                .put("p50Seconds", times.p50())
                .put("p75Seconds", times.p75())
                .put("p90Seconds", times.p90())
                .put("sumSeconds", timeInStage.sum())
                .put("histogram", timeInStage.histogram());
        for (Deviation kind : Deviation.values()) {
            json.put(DEVIATIONS.get(kind.ordinal()), tally.deviations(stage, kind));
        }
        if (stage == Stage.WON) {
            FunnelRow.Times cycle = tally.cycle();
            json.put("cycleN", cycle.n())
                    .put("cycleMeanSeconds", cycle.mean())
                    .put("cycleP50Seconds", cycle.p50())
                    .put("cycleP90Seconds", cycle.p90())
                    .put("cycleSumSeconds", tally.capturedToWon().sum())
                    .put("cycleHistogram", tally.capturedToWon().histogram());
        }
        return json.put("quantileError", Durations.QUANTILE_ERROR)
                .put("revision", revision)
                .put("final", false)
                .put("zone", ZONE)
                .put("definition", DEFINITION)
                .put("asOf", asOf.toString())
                .put("logPosition", logPosition);
    }

    /** {@code captured-again} as {@code CapturedAgain}. */
    private static String capitalised(String words) {
        StringBuilder name = new StringBuilder();
        for (String word : words.split("-")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return name.toString();
    }
}

package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One row of the funnel.
 *
 * @param value of the dimension; null where it is missing
 * @param stages all seven, in order
 * @param cycle from the capture to the win; without p75
 * @param deviations by {@link Deviation}'s ordinal
 */
public record FunnelRow(
        @Nullable String value, List<StageRow> stages, Outcomes outcomes, Times cycle, long[] deviations) {

    /**
     * One stage of a row.
     *
     * @param ever leads with at least one event of the stage
     * @param entered leads with at least one visit
     * @param reached leads that were at it or beyond
     * @param open visits not ended
     * @param exits of visits ended, by {@link ExitKind}'s ordinal
     */
    public record StageRow(
            Stage stage, long ever, long entered, long reached, long open, long[] exits, Times timeInStage) {}

    /** Leads by where they stand now. */
    public record Outcomes(long won, long lost, long rejected, long open) {}

    /** Durations in seconds, six digits, half up; null when there is none. */
    public record Times(
            long n,
            @Nullable BigDecimal mean,
            @Nullable BigDecimal p50,
            @Nullable BigDecimal p75,
            @Nullable BigDecimal p90) {

        /** All of them. */
        public static Times of(Durations durations) {
            Ranked ranked = durations.ranked();
            return new Times(
                    durations.n(), durations.mean(), ranked.median(), ranked.percentile(75), ranked.percentile(90));
        }

        /** Adds them to a node, p75 among them. */
        public void putTo(ObjectNode node) {
            putTimes(node, this, true);
        }
    }

    public StageRow stage(Stage stage) {
        return stages.get(stage.ordinal());
    }

    /** In the form of the funnel answer. */
    public ObjectNode toJson() {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("value", value);
        var stageList = row.putArray("stages");
        for (StageRow stage : stages) {
            ObjectNode node = stageList.addObject();
            node.put("stage", stage.stage().name());
            node.put("ever", stage.ever());
            node.put("entered", stage.entered());
            node.put("reached", stage.reached());
            node.put("open", stage.open());
            ObjectNode exits = node.putObject("exits");
            for (ExitKind kind : ExitKind.values()) {
                exits.put(kind.word(), stage.exits()[kind.ordinal()]);
            }
            stage.timeInStage().putTo(node.putObject("timeInStage"));
        }
        ObjectNode out = row.putObject("outcomes");
        out.put("won", outcomes.won());
        out.put("lost", outcomes.lost());
        out.put("rejected", outcomes.rejected());
        out.put("open", outcomes.open());
        putTimes(row.putObject("cycle"), cycle, false);
        ObjectNode kinds = row.putObject("deviations");
        for (Deviation kind : Deviation.values()) {
            if (deviations[kind.ordinal()] > 0) {
                kinds.put(kind.word(), deviations[kind.ordinal()]);
            }
        }
        return row;
    }

    private static void putTimes(ObjectNode node, Times times, boolean withP75) {
        node.put("n", times.n());
        node.put("meanSeconds", times.mean());
        node.put("p50Seconds", times.p50());
        if (withP75) {
            node.put("p75Seconds", times.p75());
        }
        node.put("p90Seconds", times.p90());
    }
}

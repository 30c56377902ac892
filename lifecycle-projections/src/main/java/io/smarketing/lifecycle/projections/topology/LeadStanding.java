package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a fold says of a lead: where it stands, and in which rows it is counted.
 *
 * @param values by the place of the dimension in {@link Dimension#BUILT_IN}; null where the lead has none
 * @param stages those that the lead was at or beyond
 */
record LeadStanding(
        Stage stage,
        Instant capturedAt,
        List<@Nullable String> values,
        Map<Stage, StageTimes> stages,
        int attempts,
        int reachedAttempts) {

    private static final List<Dimension> DIMENSIONS =
            Dimension.BUILT_IN.stream().map(Dimension::new).toList();
    private static final Stage[] STAGES = Stage.values();

    /**
     * When a lead was at a stage.
     *
     * @param first null where the stage was skipped
     * @param latest null where the stage was skipped
     * @param inferred the earliest entry of the stage or of one beyond it
     */
    record StageTimes(@Nullable Instant first, @Nullable Instant latest, Instant inferred, int visits) {}

    static LeadStanding of(LeadFold fold) {
        List<@Nullable String> values = new ArrayList<>(DIMENSIONS.size());
        for (Dimension dimension : DIMENSIONS) {
            values.add(dimension.valueOf(fold));
        }
        Map<Stage, StageTimes> stages = new EnumMap<>(Stage.class);
        List<Visit> visits = fold.visits();
        for (Stage stage : STAGES) {
            Instant first = null;
            Instant latest = null;
            Instant inferred = null;
            int number = 0;
            // Visits are in order of time.
            for (Visit visit : visits) {
                if (visit.stage() == stage) {
                    first = first == null ? visit.entered() : first;
                    latest = visit.entered();
                    number++;
                }
                if (inferred == null && visit.stage().isAtOrBeyond(stage)) {
                    inferred = visit.entered();
                }
            }
            if (inferred != null) {
                stages.put(stage, new StageTimes(first, latest, inferred, number));
            }
        }
        return new LeadStanding(
                fold.stage(), fold.capturedAt(), values, stages, fold.attempts(), fold.reachedAttempts());
    }

    @Nullable String value(String dimension) {
        return values.get(Dimension.BUILT_IN.indexOf(dimension));
    }

    /** Adds what the topic {@code lead.state} says of it. */
    void putInto(ObjectNode json) {
        json.put("stage", stage.name()).put("capturedAt", capturedAt.toString());
        for (String dimension : Dimension.BUILT_IN) {
            if (!dimension.equals(Dimension.ALL.name())) {
                json.put(dimension, value(dimension));
            }
        }
        ObjectNode times = json.putObject("stages");
        stages.forEach((name, at) -> times.putObject(name.name())
                .put("first", at.first() == null ? null : at.first().toString())
                .put("latest", at.latest() == null ? null : at.latest().toString())
                .put("inferred", at.inferred().toString())
                .put("visits", at.visits()));
        json.put("attempts", attempts).put("reachedAttempts", reachedAttempts);
    }

    void write(PackedOutput output) {
        output.octet(stage.ordinal()).signed(PackedEntry.micros(capturedAt)).unsigned(values.size());
        values.forEach(output::optionalText);
        output.octet(stages.size());
        stages.forEach((name, at) -> {
            output.octet(name.ordinal())
                    .signed(PackedEntry.micros(at.inferred()))
                    .unsigned(at.visits());
            if (at.first() != null && at.latest() != null) {
                output.signed(PackedEntry.micros(at.first())).signed(PackedEntry.micros(at.latest()));
            }
        });
        output.unsigned(attempts).unsigned(reachedAttempts);
    }

    static LeadStanding read(PackedInput input) {
        Stage stage = STAGES[input.octet()];
        Instant capturedAt = PackedEntry.instant(input.signed());
        List<@Nullable String> values = new ArrayList<>();
        for (long left = input.unsigned(); left > 0; left--) {
            values.add(input.optionalText());
        }
        Map<Stage, StageTimes> stages = new EnumMap<>(Stage.class);
        for (int left = input.octet(); left > 0; left--) {
            Stage name = STAGES[input.octet()];
            Instant inferred = PackedEntry.instant(input.signed());
            int visits = (int) input.unsigned();
            Instant first = visits == 0 ? null : PackedEntry.instant(input.signed());
            Instant latest = visits == 0 ? null : PackedEntry.instant(input.signed());
            stages.put(name, new StageTimes(first, latest, inferred, visits));
        }
        return new LeadStanding(stage, capturedAt, values, stages, (int) input.unsigned(), (int) input.unsigned());
    }
}

package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a fold says of a lead: where it stands, and in which rows it is counted.
 *
 * @param values by the place of the dimension in {@link Dimension#BUILT_IN}; null where the lead has none
 * @param visits in order of time
 */
record LeadStanding(
        Stage stage,
        Instant capturedAt,
        List<@Nullable String> values,
        List<Visit> visits,
        int attempts,
        int reachedAttempts) {

    private static final List<Dimension> DIMENSIONS =
            Dimension.BUILT_IN.stream().map(Dimension::new).toList();
    private static final Stage[] STAGES = Stage.values();
    private static final ExitKind[] EXITS = ExitKind.values();

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
        return new LeadStanding(
                fold.stage(), fold.capturedAt(), values, fold.visits(), fold.attempts(), fold.reachedAttempts());
    }

    /** Of the stages that the lead was at or beyond. */
    private Map<Stage, StageTimes> stages() {
        Map<Stage, StageTimes> stages = new EnumMap<>(Stage.class);
        for (Stage known : STAGES) {
            Instant first = null;
            Instant latest = null;
            Instant inferred = null;
            int number = 0;
            for (Visit visit : visits) {
                if (visit.stage() == known) {
                    first = first == null ? visit.entered() : first;
                    latest = visit.entered();
                    number++;
                }
                if (inferred == null && visit.stage().isAtOrBeyond(known)) {
                    inferred = visit.entered();
                }
            }
            if (inferred != null) {
                stages.put(known, new StageTimes(first, latest, inferred, number));
            }
        }
        return stages;
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
        stages().forEach((name, at) -> times.putObject(name.name())
                .put("first", at.first() == null ? null : at.first().toString())
                .put("latest", at.latest() == null ? null : at.latest().toString())
                .put("inferred", at.inferred().toString())
                .put("visits", at.visits()));
        ArrayNode stays = json.putArray("visits");
        for (Visit visit : visits) {
            Instant exited = visit.exited();
            ExitKind exit = visit.exit();
            stays.addObject()
                    .put("stage", visit.stage().name())
                    .put("visit", visit.number())
                    .put("entered", visit.entered().toString())
                    .put("exited", exited == null ? null : exited.toString())
                    .put("exit", exit == null ? null : exit.word())
                    .put("timed", visit.timed());
        }
        json.put("attempts", attempts).put("reachedAttempts", reachedAttempts);
    }

    void write(PackedOutput output) {
        output.octet(stage.ordinal()).signed(PackedEntry.micros(capturedAt)).unsigned(values.size());
        values.forEach(output::optionalText);
        output.unsigned(visits.size());
        for (Visit visit : visits) {
            Instant exited = visit.exited();
            ExitKind exit = visit.exit();
            output.octet(visit.stage().ordinal())
                    .unsigned(visit.number())
                    .octet(visit.timed() ? 1 : 0)
                    .signed(PackedEntry.micros(visit.entered()))
                    .octet(exit == null ? 0 : exit.ordinal() + 1);
            if (exited != null) {
                output.signed(PackedEntry.micros(exited));
            }
        }
        output.unsigned(attempts).unsigned(reachedAttempts);
    }

    static LeadStanding read(PackedInput input) {
        Stage stage = STAGES[input.octet()];
        Instant capturedAt = PackedEntry.instant(input.signed());
        List<@Nullable String> values = new ArrayList<>();
        for (long left = input.unsigned(); left > 0; left--) {
            values.add(input.optionalText());
        }
        List<Visit> visits = new ArrayList<>();
        for (long left = input.unsigned(); left > 0; left--) {
            visits.add(visit(input));
        }
        return new LeadStanding(stage, capturedAt, values, visits, (int) input.unsigned(), (int) input.unsigned());
    }

    private static Visit visit(PackedInput input) {
        Stage stage = STAGES[input.octet()];
        int number = (int) input.unsigned();
        boolean timed = input.octet() == 1;
        Instant entered = PackedEntry.instant(input.signed());
        int exit = input.octet();
        return exit == 0
                ? new Visit(stage, number, entered, null, null, timed)
                : new Visit(stage, number, entered, PackedEntry.instant(input.signed()), EXITS[exit - 1], timed);
    }
}

package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row's leads, added up. A lead that changed is retracted as it was and added as it is; tallies of disjoint leads merge
 * in any order to the same. The difference of two tallies is a change that other tallies can take. Not thread-safe.
 */
public final class FunnelTally {

    private static final Stage[] STAGES = Stage.values();
    private static final ExitKind[] EXITS = ExitKind.values();
    private static final Deviation[] DEVIATIONS = Deviation.values();
    private static final int FORM_VERSION = 1;

    private final boolean bounded;
    private final StageTally[] stages = new StageTally[STAGES.length];
    private final Durations capturedToWon;

    private static final class StageTally {

        /** Where the counts stand; their places are part of the packed form. */
        private static final int EVER = 0;

        private static final int ENTERED = 1;
        private static final int REACHED = 2;
        private static final int OPEN = 3;
        private static final int FIRST_EXIT = 4;
        private static final int FIRST_DEVIATION = FIRST_EXIT + EXITS.length;
        private static final int COUNTS = FIRST_DEVIATION + DEVIATIONS.length;

        private final long[] counts = new long[COUNTS];
        private final Durations timeInStage;

        StageTally(Durations timeInStage) {
            this.timeInStage = timeInStage;
        }

        long exits(ExitKind kind) {
            return counts[FIRST_EXIT + kind.ordinal()];
        }

        long deviations(Deviation kind) {
            return counts[FIRST_DEVIATION + kind.ordinal()];
        }

        void merge(StageTally other, int sign) {
            for (int i = 0; i < COUNTS; i++) {
                counts[i] += sign * other.counts[i];
            }
        }

        boolean isZero() {
            return timeInStage.isEmpty() && Arrays.stream(counts).allMatch(count -> count == 0);
        }
    }

    /** Begins an exact tally. */
    public FunnelTally() {
        this(false);
    }

    private FunnelTally(boolean bounded) {
        this.bounded = bounded;
        for (Stage stage : STAGES) {
            stages[stage.ordinal()] = new StageTally(durations());
        }
        capturedToWon = durations();
    }

    private Durations durations() {
        return bounded ? Durations.bounded() : Durations.exact();
    }

    /** Begins a tally whose size does not grow with its leads: quantiles are off by less than 1 %, all else is exact. */
    public static FunnelTally bounded() {
        return new FunnelTally(true);
    }

    /** What a lead adds to each of its rows. */
    public static FunnelTally of(LeadFold lead) {
        FunnelTally tally = new FunnelTally();
        tally.add(lead);
        return tally;
    }

    public void add(LeadFold lead) {
        count(lead, 1);
    }

    /** Takes a lead out that was added; it must be folded as it was then. */
    public void retract(LeadFold lead) {
        count(lead, -1);
    }

    private void count(LeadFold lead, int sign) {
        EnumSet<Stage> entered = EnumSet.noneOf(Stage.class);
        for (Visit visit : lead.visits()) {
            entered.add(visit.stage());
            StageTally stage = stages[visit.stage().ordinal()];
            ExitKind exit = visit.exit();
            stage.counts[exit == null ? StageTally.OPEN : StageTally.FIRST_EXIT + exit.ordinal()] += sign;
            visit.duration().ifPresent(micros -> count(stage.timeInStage, micros, sign));
        }
        for (Stage stage : STAGES) {
            long[] counts = stages[stage.ordinal()].counts;
            counts[StageTally.EVER] += lead.ever().contains(stage) ? sign : 0;
            counts[StageTally.ENTERED] += entered.contains(stage) ? sign : 0;
            counts[StageTally.REACHED] += lead.reached(stage) ? sign : 0;
            lead.deviations(stage)
                    .forEach((kind, count) ->
                            counts[StageTally.FIRST_DEVIATION + kind.ordinal()] += sign * (long) count);
        }
        Optional<Visit> won = lead.wonVisit();
        if (won.isPresent() && won.get().timed()) {
            count(capturedToWon, Visit.micros(lead.capturedAt(), won.get().entered()), sign);
        }
    }

    private static void count(Durations durations, long micros, int sign) {
        if (sign > 0) {
            durations.add(micros);
        } else {
            durations.retract(micros);
        }
    }

    /**
     * Adds the leads of another tally to this one.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void merge(FunnelTally other) {
        for (int i = 0; i < STAGES.length; i++) {
            stages[i].merge(other.stages[i], 1);
            stages[i].timeInStage.merge(other.stages[i].timeInStage);
        }
        capturedToWon.merge(other.capturedToWon);
    }

    /**
     * Takes the leads of another tally out of this one; what is left is a change where they were not in it.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void retract(FunnelTally other) {
        for (int i = 0; i < STAGES.length; i++) {
            stages[i].merge(other.stages[i], -1);
            stages[i].timeInStage.retract(other.stages[i].timeInStage);
        }
        capturedToWon.retract(other.capturedToWon);
    }

    /** The stages whose figures are not all zero: of a change, those that it changes. */
    public Set<Stage> stages() {
        EnumSet<Stage> touched = EnumSet.noneOf(Stage.class);
        for (Stage stage : STAGES) {
            if (!stages[stage.ordinal()].isZero()) {
                touched.add(stage);
            }
        }
        if (!capturedToWon.isEmpty()) {
            touched.add(Stage.WON);
        }
        return touched;
    }

    /** Writes the form that {@link #read} understands: no more than a few bytes for a lead. */
    public void write(PackedOutput output) {
        output.octet(FORM_VERSION).octet(bounded ? 1 : 0);
        for (StageTally stage : stages) {
            long present = stage.timeInStage.isEmpty() ? 0 : 1L << StageTally.COUNTS;
            for (int i = 0; i < StageTally.COUNTS; i++) {
                present |= stage.counts[i] == 0 ? 0 : 1L << i;
            }
            output.unsigned(present);
            for (long count : stage.counts) {
                if (count != 0) {
                    output.signed(count);
                }
            }
            if (!stage.timeInStage.isEmpty()) {
                stage.timeInStage.write(output);
            }
        }
        capturedToWon.write(output);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is of another version, or no tally
     */
    public static FunnelTally read(PackedInput input) {
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalArgumentException(
                    "a tally of version %d; this program reads version %d".formatted(version, FORM_VERSION));
        }
        FunnelTally tally = new FunnelTally(input.octet() == 1);
        for (StageTally stage : tally.stages) {
            long present = input.unsigned();
            for (int i = 0; i < StageTally.COUNTS; i++) {
                if ((present & (1L << i)) != 0) {
                    stage.counts[i] = input.signed();
                }
            }
            if ((present & (1L << StageTally.COUNTS)) != 0) {
                stage.timeInStage.read(input);
            }
        }
        tally.capturedToWon.read(input);
        return tally;
    }

    /** The figures of one stage as they stand. */
    FunnelRow.StageRow stageRow(Stage stage) {
        StageTally tally = stages[stage.ordinal()];
        long[] exits = new long[EXITS.length];
        for (ExitKind kind : EXITS) {
            exits[kind.ordinal()] = tally.exits(kind);
        }
        return new FunnelRow.StageRow(
                stage,
                tally.counts[StageTally.EVER],
                tally.counts[StageTally.ENTERED],
                tally.counts[StageTally.REACHED],
                tally.counts[StageTally.OPEN],
                exits,
                FunnelRow.Times.of(tally.timeInStage));
    }

    long deviations(Stage stage, Deviation kind) {
        return stages[stage.ordinal()].deviations(kind);
    }

    Durations timeIn(Stage stage) {
        return stages[stage.ordinal()].timeInStage;
    }

    /** From the capture to the win. */
    Durations capturedToWon() {
        return capturedToWon;
    }

    /** From the capture to the win, without p75. */
    FunnelRow.Times cycle() {
        Ranked ranked = capturedToWon.ranked();
        return new FunnelRow.Times(
                capturedToWon.n(), capturedToWon.mean(), ranked.median(), null, ranked.percentile(90));
    }

    /** A lead has one open visit: it stands where that is. */
    private long standing(Stage stage) {
        return stages[stage.ordinal()].counts[StageTally.OPEN];
    }

    /** The figures as they stand, to be shown under the value of a dimension. */
    public FunnelRow row(@Nullable String value) {
        List<FunnelRow.StageRow> rows = new ArrayList<>();
        long open = 0;
        long[] deviations = new long[DEVIATIONS.length];
        for (Stage stage : STAGES) {
            rows.add(stageRow(stage));
            open += stage.isOpen() ? standing(stage) : 0;
            for (Deviation kind : DEVIATIONS) {
                deviations[kind.ordinal()] += deviations(stage, kind);
            }
        }
        return new FunnelRow(
                value,
                rows,
                new FunnelRow.Outcomes(standing(Stage.WON), standing(Stage.LOST), standing(Stage.REJECTED), open),
                cycle(),
                deviations);
    }
}

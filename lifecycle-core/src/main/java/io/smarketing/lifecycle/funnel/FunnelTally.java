package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row's leads, added up. A lead that changed is retracted as it was and added as it is; tallies of disjoint leads merge
 * in any order to the same. Not thread-safe.
 */
public final class FunnelTally {

    private static final Stage[] STAGES = Stage.values();
    private static final ExitKind[] EXITS = ExitKind.values();
    private static final Deviation[] DEVIATIONS = Deviation.values();

    private final StageTally[] stages = new StageTally[STAGES.length];
    private final long[] standing = new long[STAGES.length];
    private final long[] deviations = new long[DEVIATIONS.length];
    private final Durations capturedToWon = new Durations();

    private static final class StageTally {

        private long ever;
        private long entered;
        private long reached;
        private long open;
        private final long[] exits = new long[EXITS.length];
        private final Durations timeInStage = new Durations();

        void merge(StageTally other) {
            ever += other.ever;
            entered += other.entered;
            reached += other.reached;
            open += other.open;
            for (int i = 0; i < exits.length; i++) {
                exits[i] += other.exits[i];
            }
            timeInStage.merge(other.timeInStage);
        }
    }

    public FunnelTally() {
        for (Stage stage : STAGES) {
            stages[stage.ordinal()] = new StageTally();
        }
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
            if (exit == null) {
                stage.open += sign;
            } else {
                stage.exits[exit.ordinal()] += sign;
            }
            visit.duration().ifPresent(micros -> count(stage.timeInStage, micros, sign));
        }
        for (Stage stage : STAGES) {
            StageTally tally = stages[stage.ordinal()];
            tally.ever += lead.ever().contains(stage) ? sign : 0;
            tally.entered += entered.contains(stage) ? sign : 0;
            tally.reached += lead.reached(stage) ? sign : 0;
        }
        standing[lead.stage().ordinal()] += sign;
        lead.deviations().forEach((kind, count) -> deviations[kind.ordinal()] += sign * (long) count);
        Optional<Visit> won = lead.wonVisit();
        if (won.isPresent() && won.get().timed()) {
            count(
                    capturedToWon,
                    ChronoUnit.MICROS.between(lead.capturedAt(), won.get().entered()),
                    sign);
        }
    }

    private static void count(Durations durations, long micros, int sign) {
        if (sign > 0) {
            durations.add(micros);
        } else {
            durations.retract(micros);
        }
    }

    /** Adds the leads of another tally to this one. */
    public void merge(FunnelTally other) {
        for (int i = 0; i < STAGES.length; i++) {
            stages[i].merge(other.stages[i]);
            standing[i] += other.standing[i];
        }
        for (int i = 0; i < deviations.length; i++) {
            deviations[i] += other.deviations[i];
        }
        capturedToWon.merge(other.capturedToWon);
    }

    /** The figures as they stand, to be shown under the value of a dimension. */
    public FunnelRow row(@Nullable String value) {
        List<FunnelRow.StageRow> rows = new ArrayList<>();
        for (Stage stage : STAGES) {
            StageTally tally = stages[stage.ordinal()];
            Durations.Ranked ranked = tally.timeInStage.ranked();
            rows.add(new FunnelRow.StageRow(
                    stage,
                    tally.ever,
                    tally.entered,
                    tally.reached,
                    tally.open,
                    tally.exits.clone(),
                    new FunnelRow.Times(
                            tally.timeInStage.n(),
                            tally.timeInStage.mean(),
                            ranked.median(),
                            ranked.percentile(75),
                            ranked.percentile(90))));
        }
        long won = standing[Stage.WON.ordinal()];
        long lost = standing[Stage.LOST.ordinal()];
        long rejected = standing[Stage.REJECTED.ordinal()];
        long open = 0;
        for (Stage stage : STAGES) {
            open += stage.isOpen() ? standing[stage.ordinal()] : 0;
        }
        Durations.Ranked cycle = capturedToWon.ranked();
        return new FunnelRow(
                value,
                rows,
                new FunnelRow.Outcomes(won, lost, rejected, open),
                new FunnelRow.Times(
                        capturedToWon.n(), capturedToWon.mean(), cycle.median(), null, cycle.percentile(90)),
                deviations.clone());
    }
}

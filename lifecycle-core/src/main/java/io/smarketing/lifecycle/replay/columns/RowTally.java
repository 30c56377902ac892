package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.DurationSamples;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Visit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One row of a funnel in plain counts; tallies of disjoint leads merge to the same in any order. Not thread-safe. */
final class RowTally {

    static final int STAGES = Stage.values().length;
    static final int CAPTURED_TO_WON = STAGES;
    static final int EXITS = ExitKind.values().length;

    private static final Stage[] STAGE = Stage.values();
    private static final int SETS = 1 << STAGES;
    /** Durations that it pays to share out. */
    private static final int MANY = 20_000;

    /** Leads by the set of stages of which they have an event, and by the set of those that they visited: bit = ordinal. */
    final int[] ever = new int[SETS];

    final int[] entered = new int[SETS];
    final long[] open = new long[STAGES];
    final long[] exits = new long[STAGES * EXITS];
    final long[] deviations = new long[Deviation.values().length];
    /** By stage, how long a visit took; behind them, from the capture to the win. */
    final DurationSamples[] durations = new DurationSamples[STAGES + 1];

    RowTally() {
        Arrays.setAll(durations, i -> new DurationSamples());
    }

    /** The same leads with their durations in order, to be added to many others. */
    RowTally sorted() {
        RowTally sorted = new RowTally();
        sorted.addCounts(this);
        for (int i = 0; i <= STAGES; i++) {
            sorted.durations[i].addAll(durations[i].sorted());
        }
        return sorted;
    }

    /** Adds a lead that the plain fold folded. */
    void add(LeadFold lead) {
        int events = 0;
        for (Stage stage : lead.ever()) {
            events |= 1 << stage.ordinal();
        }
        int visited = 0;
        for (Visit visit : lead.visits()) {
            int stage = visit.stage().ordinal();
            visited |= 1 << stage;
            ExitKind exit = visit.exit();
            if (exit == null) {
                open[stage]++;
            } else {
                exits[stage * EXITS + exit.ordinal()]++;
            }
            visit.duration().ifPresent(durations[stage]::add);
        }
        ever[events]++;
        entered[visited]++;
        lead.deviations().forEach((kind, count) -> deviations[kind.ordinal()] += count);
        lead.wonVisit()
                .filter(Visit::timed)
                .ifPresent(won -> durations[CAPTURED_TO_WON].add(Visit.micros(lead.capturedAt(), won.entered())));
    }

    /** Whether no lead is left. */
    boolean isEmpty() {
        return Arrays.stream(ever).sum() == 0;
    }

    /** Forgets how long anything took; of use where nobody asks. */
    void clearDurations() {
        for (DurationSamples samples : durations) {
            samples.clear();
        }
    }

    private void addCounts(RowTally other) {
        for (int i = 0; i < SETS; i++) {
            ever[i] += other.ever[i];
            entered[i] += other.entered[i];
        }
        add(open, other.open);
        add(exits, other.exits);
        add(deviations, other.deviations);
    }

    void merge(RowTally other) {
        addCounts(other);
        for (int i = 0; i <= STAGES; i++) {
            durations[i].addAll(other.durations[i]);
        }
    }

    private static void add(long[] sums, long[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
    }

    /** The figures under the value of a dimension. */
    FunnelRow row(@Nullable String value) {
        List<FunnelRow.StageRow> rows = new ArrayList<>();
        FunnelRow.Times[] times = times();
        for (Stage stage : STAGE) {
            int i = stage.ordinal();
            long[] out = new long[EXITS];
            System.arraycopy(exits, i * EXITS, out, 0, EXITS);
            rows.add(new FunnelRow.StageRow(
                    stage,
                    leads(ever, 1 << i),
                    leads(entered, 1 << i),
                    leads(entered, reaching(stage)),
                    open[i],
                    out,
                    times[i]));
        }
        long running = 0;
        for (Stage stage : STAGE) {
            running += stage.isOpen() ? open[stage.ordinal()] : 0;
        }
        return new FunnelRow(
                value,
                rows,
                new FunnelRow.Outcomes(
                        open[Stage.WON.ordinal()], open[Stage.LOST.ordinal()], open[Stage.REJECTED.ordinal()], running),
                times[CAPTURED_TO_WON],
                deviations);
    }

    /** By stage; behind them from the capture to the win. Many are ranked by all cores: of few values one may have most of the leads. */
    private FunnelRow.Times[] times() {
        int samples =
                Arrays.stream(durations).mapToInt(DurationSamples::unsorted).sum();
        IntStream places = IntStream.rangeClosed(0, STAGES);
        return (samples < MANY ? places : places.parallel())
                .mapToObj(i -> durations[i].times(i != CAPTURED_TO_WON))
                .toArray(FunnelRow.Times[]::new);
    }

    /** The stages of which a visit shows that a lead was at this one, or past it. */
    static int reaching(Stage stage) {
        int stages = 0;
        for (Stage visited : STAGE) {
            stages |= visited.isAtOrBeyond(stage) ? 1 << visited.ordinal() : 0;
        }
        return stages;
    }

    private static long leads(int[] bySet, int stages) {
        long leads = 0;
        for (int set = 0; set < SETS; set++) {
            leads += (set & stages) == 0 ? 0 : bySet[set];
        }
        return leads;
    }
}

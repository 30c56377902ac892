package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.IntArrayList;

/**
 * What becomes of leads by their shape, and by where among their steps they are marked, once or not at all: folded once each by the
 * {@link VisitKernel}, so that a lead costs a look-up and its durations. Holds for leads of which nothing occurred before the capture.
 * Immutable and thread-safe.
 */
final class Shapes {

    /** What a duration is told for: a stage, by its ordinal, or this. */
    static final int CAPTURED_TO_WON = RowTally.STAGES;

    /** A lead's instants: the capture, its steps from 1 on, the mark. */
    static final int CAPTURE = 0;

    static final int MARK = Layout.MOST_STEPS + 1;
    static final int INSTANTS = Layout.MOST_STEPS + 2;

    /** Of durations: between which instants, and for what. */
    static final int FIELD = 0xFF;

    static final int TO_SHIFT = 8;
    static final int STAGE_SHIFT = 16;

    private static final int KIND_SHIFT = 16;
    private static final int PLACE = (1 << KIND_SHIFT) - 1;
    private static final int EVER = 0;
    private static final int ENTERED = 1;
    private static final int OPEN = 2;
    private static final int EXIT = 3;
    private static final int DEVIATION = 4;

    /** No two of them differ as two others do, nor by as much as one of them. */
    private static final long[] POWERS_OF_THREE = powersOfThree();

    private final int[] steps = new int[Layout.OTHER_SHAPE + 1];
    private final boolean[] cycled = new boolean[Layout.OTHER_SHAPE + 1];
    private final int[][] codes;
    private final int[] entryFrom;
    private final int[][] outcomes;
    private final int[][] reasonSteps;
    private final int[] markedCycle;
    private final int[][] durations;
    private final int[][] counted;

    private static long[] powersOfThree() {
        long[] powers = new long[INSTANTS];
        Arrays.setAll(powers, i -> Math.round(Math.pow(3, i)));
        return powers;
    }

    static Shapes read(PackedInput input) {
        int[][] shapes = new int[(int) input.unsigned()][];
        for (int shape = 0; shape < shapes.length; shape++) {
            shapes[shape] = new int[(int) input.unsigned()];
            for (int step = 0; step < shapes[shape].length; step++) {
                shapes[shape][step] = (int) input.unsigned();
            }
        }
        return new Shapes(shapes);
    }

    private Shapes(int[][] shapes) {
        codes = shapes;
        entryFrom = new int[shapes.length];
        outcomes = new int[shapes.length][];
        reasonSteps = new int[shapes.length][];
        IntArrayList marked = new IntArrayList();
        List<int[]> told = new ArrayList<>();
        List<int[]> counts = new ArrayList<>();
        VisitKernel kernel = new VisitKernel();
        Moves moves = new Moves();
        MarkList mark = new MarkList();
        for (int shape = 0; shape < shapes.length; shape++) {
            int[] stepCodes = shapes[shape];
            steps[shape] = stepCodes.length;
            entryFrom[shape] = marked.size();
            for (int before = -1; before <= stepCodes.length; before++) {
                int[] instants = instants(stepCodes.length, before);
                moves.clear();
                for (int step = 0; step < stepCodes.length; step++) {
                    moves.add(stepCodes[step], POWERS_OF_THREE[instants[step + 1]], step + 1);
                }
                mark.clear();
                if (before >= 0) {
                    mark.only(POWERS_OF_THREE[instants[MARK]]);
                }
                RowTally folded = new RowTally();
                kernel.fold(moves, mark, folded);
                marked.addInt(markedCycle(kernel));
                told.add(durations(folded, instants));
                counts.add(counted(folded));
            }
            int cycles = kernel.cycles();
            cycled[shape] = cycles > 1;
            outcomes[shape] = new int[cycles];
            reasonSteps[shape] = new int[cycles];
            for (int cycle = 0; cycle < cycles; cycle++) {
                outcomes[shape][cycle] = kernel.outcome(cycle);
                reasonSteps[shape][cycle] = kernel.reason(cycle) - 1;
            }
        }
        markedCycle = marked.toIntArray();
        durations = told.toArray(int[][]::new);
        counted = counts.toArray(int[][]::new);
    }

    /** By instant, its place in order; the mark stands before a step, or nowhere. */
    private static int[] instants(int steps, int markedBefore) {
        int[] places = new int[INSTANTS];
        Arrays.fill(places, -1);
        int next = 1;
        for (int step = 0; step <= steps; step++) {
            if (step == markedBefore) {
                places[MARK] = next++;
            }
            if (step < steps) {
                places[step + 1] = next++;
            }
        }
        return places;
    }

    private static int markedCycle(VisitKernel kernel) {
        for (int cycle = 0; cycle < kernel.cycles(); cycle++) {
            if (kernel.markedAt(cycle) != VisitKernel.NONE) {
                return cycle;
            }
        }
        return -1;
    }

    private static int[] durations(RowTally folded, int[] instants) {
        IntArrayList told = new IntArrayList();
        for (int stage = 0; stage < RowTally.STAGES; stage++) {
            int forStage = stage << STAGE_SHIFT;
            folded.timeInStage[stage].forEach(duration -> told.addInt(forStage | between(duration, instants)));
        }
        folded.capturedToWon.forEach(
                duration -> told.addInt(CAPTURED_TO_WON << STAGE_SHIFT | between(duration, instants)));
        return told.toIntArray();
    }

    private static int between(long duration, int[] instants) {
        for (int to = 1; to < INSTANTS; to++) {
            long end = instants[to] < 0 ? 0 : POWERS_OF_THREE[instants[to]];
            if (end == duration) {
                return to << TO_SHIFT | CAPTURE;
            }
            for (int from = 1; end > duration && from < INSTANTS; from++) {
                if (instants[from] >= 0 && end - POWERS_OF_THREE[instants[from]] == duration) {
                    return to << TO_SHIFT | from;
                }
            }
        }
        throw new IllegalStateException("no two instants lie " + duration + " apart");
    }

    private static int[] counted(RowTally folded) {
        IntArrayList counted = new IntArrayList();
        for (int set = 0; set < folded.ever.length; set++) {
            add(counted, EVER, set, folded.ever[set]);
            add(counted, ENTERED, set, folded.entered[set]);
        }
        for (int i = 0; i < folded.open.length; i++) {
            add(counted, OPEN, i, folded.open[i]);
        }
        for (int i = 0; i < folded.exits.length; i++) {
            add(counted, EXIT, i, folded.exits[i]);
        }
        for (int i = 0; i < folded.deviations.length; i++) {
            add(counted, DEVIATION, i, folded.deviations[i]);
        }
        return counted.toIntArray();
    }

    private static void add(IntArrayList counted, int kind, int place, long times) {
        for (long i = 0; i < times; i++) {
            counted.addInt(kind << KIND_SHIFT | place);
        }
    }

    /** By shape, how many steps it has; none where they are not told. */
    int[] steps() {
        return steps;
    }

    /** The codes of a shape's steps. */
    int[] codes(int shape) {
        return codes[shape];
    }

    /** By shape, whether it has more than one cycle. */
    boolean[] cycled() {
        return cycled;
    }

    int entries() {
        return markedCycle.length;
    }

    /** Of a shape without a mark. With one before its step n, n from 0 on, it is the n + 1th behind it. */
    int entry(int shape) {
        return entryFrom[shape];
    }

    /** By cycle, the ordinal of {@link io.smarketing.lifecycle.lead.Cycle.Outcome}. */
    int[] outcomes(int shape) {
        return outcomes[shape];
    }

    /** By cycle, the step whose detail is why the lead was rejected; -1 where it was not. */
    int[] reasonSteps(int shape) {
        return reasonSteps[shape];
    }

    /** The cycle that the mark belongs to; -1 without one. */
    int markedCycle(int entry) {
        return markedCycle[entry];
    }

    /** What is told of how long: between which instants, and for what. */
    int[] durations(int entry) {
        return durations[entry];
    }

    /** Adds leads to a row, without their durations. */
    void addTo(RowTally row, int entry, int leads) {
        for (int one : counted[entry]) {
            int place = one & PLACE;
            switch (one >> KIND_SHIFT) {
                case EVER -> row.ever[place] += leads;
                case ENTERED -> row.entered[place] += leads;
                case OPEN -> row.open[place] += leads;
                case EXIT -> row.exits[place] += leads;
                default -> row.deviations[place] += leads;
            }
        }
    }
}

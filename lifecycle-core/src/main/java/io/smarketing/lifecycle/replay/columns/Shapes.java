package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedInput;
import java.util.Arrays;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of leads by their shape, and by where among their steps they are marked: folded once each by the
 * {@link VisitKernel}, so that a lead costs a look-up and those of its durations that the marks change. Holds for leads of which nothing occurred before the capture.
 * Thread-safe.
 */
final class Shapes {

    /** Marks of a lead at most; those of leads with more are folded one by one. */
    static final int MOST_MARKS = 4;

    /** A lead's instants: the capture, its steps from 1 on, its marks from {@link #MARK} on. */
    static final int CAPTURE = 0;

    static final int MARK = Layout.MOST_STEPS + 1;
    static final int INSTANTS = MARK + MOST_MARKS;

    /** Of durations: between which instants, and for what. */
    static final int FIELD = 0xFF;

    static final int TO_SHIFT = 8;
    static final int STAGE_SHIFT = 16;
    static final int STAGE_FIELD = 0xF;
    static final int REMOVED = 1 << 20;

    private static final int KIND_SHIFT = 16;
    private static final int PLACE = (1 << KIND_SHIFT) - 1;
    private static final int EVER = 0;
    private static final int ENTERED = 1;
    private static final int OPEN = 2;
    private static final int EXIT = 3;
    private static final int DEVIATION = 4;

    /** No two of them differ as two others do, nor by as much as one of them. */
    private static final long[] POWERS_OF_THREE = powersOfThree();

    /** Of marks in a key: how many bits tell the step before which one stands. */
    private static final int STEP_BITS = 5;

    /** Of several marks are folded and kept; each takes some 300 to 400 bytes. Generated leads need a few thousand a segment. */
    private static final int MOST_SEVERAL = 1 << 14;

    private final int[] steps = new int[Layout.OTHER_SHAPE + 1];
    private final boolean[] cycled = new boolean[Layout.OTHER_SHAPE + 1];
    private final int[][] codes;
    private final int[][] outcomes;
    private final int[][] reasonSteps;
    private final Entry[] unmarked;
    /** How many were folded, and how many of these with several marks; behind the constructor, changed under the lock alone. */
    private int entries;

    private int several;

    /**
     * What becomes of a shape with some marks.
     *
     * @param number among all that were folded
     * @param cycleMarks by cycle, which of the marks is the cycle's; -1 for none
     * @param afterMark the instants that end what is measured from the first mark, where that is the first cycle's: by what {@link AfterMarkTallies} measures, or
     *     {@link AfterMarkTallies#NONE}
     * @param durations that there are, and would not be without the marks: between which instants, and for what; with {@link #REMOVED} those that there would be
     *     without the marks
     * @param counted what is counted, but for durations, in the same way
     * @param next by the step before which one more mark stands, or behind all, what becomes of it then; null as long as nobody met it. What a thread does not see
     *     yet it finds under the lock that it is written under
     */
    record Entry(
            int number,
            int[] cycleMarks,
            int[] afterMark,
            int[] durations,
            int[] counted,
            @Nullable Entry[] next) {}

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
        outcomes = new int[shapes.length][];
        reasonSteps = new int[shapes.length][];
        unmarked = new Entry[shapes.length];
        VisitKernel kernel = new VisitKernel();
        for (int shape = 0; shape < shapes.length; shape++) {
            steps[shape] = shapes[shape].length;
            unmarked[shape] = fold(shape, 0, 0, kernel);
            int cycles = kernel.cycles();
            cycled[shape] = cycles > 1;
            outcomes[shape] = new int[cycles];
            reasonSteps[shape] = new int[cycles];
            for (int cycle = 0; cycle < cycles; cycle++) {
                outcomes[shape][cycle] = kernel.outcome(cycle);
                reasonSteps[shape][cycle] = kernel.reason(cycle) - 1;
            }
        }
    }

    /** @param places the steps before which the marks stand, the first in the lowest bits */
    private Entry fold(int shape, int marks, int places, VisitKernel kernel) {
        int[] stepCodes = codes[shape];
        int[] instants = instants(stepCodes.length, marks, places);
        Moves moves = new Moves();
        for (int step = 0; step < stepCodes.length; step++) {
            moves.add(stepCodes[step], POWERS_OF_THREE[instants[step + 1]], step + 1);
        }
        MarkList list = new MarkList();
        for (int mark = 0; mark < marks; mark++) {
            long at = POWERS_OF_THREE[instants[MARK + mark]];
            list.add(at, at);
        }
        RowTally folded = new RowTally();
        kernel.fold(moves, list, folded);
        int[] told = durations(folded, instants);
        Entry without = marks == 0 ? null : unmarked[shape];
        return new Entry(
                entries++,
                cycleMarks(kernel, instants),
                afterMark(moves, list),
                without == null ? told : changes(without.durations(), told),
                without == null ? counted(folded) : changes(without.counted(), counted(folded)),
                new Entry[stepCodes.length + 1]);
    }

    /** By instant, its place in order; marks stand before their steps. */
    private static int[] instants(int steps, int marks, int markPlaces) {
        int[] places = new int[INSTANTS];
        Arrays.fill(places, -1);
        int next = 1;
        int mark = 0;
        for (int step = 0; step <= steps; step++) {
            while (mark < marks && ((markPlaces >> (STEP_BITS * mark)) & ((1 << STEP_BITS) - 1)) == step) {
                places[MARK + mark++] = next++;
            }
            if (step < steps) {
                places[step + 1] = next++;
            }
        }
        return places;
    }

    private static int[] cycleMarks(VisitKernel kernel, int[] instants) {
        int[] marks = new int[kernel.cycles()];
        Arrays.fill(marks, -1);
        for (int cycle = 0; cycle < marks.length; cycle++) {
            for (int mark = 0; mark < MOST_MARKS; mark++) {
                int place = instants[MARK + mark];
                if (place >= 0 && POWERS_OF_THREE[place] == kernel.markedAt(cycle)) {
                    marks[cycle] = mark;
                }
            }
        }
        return marks;
    }

    private static int[] afterMark(Moves moves, MarkList marks) {
        int[] until = new int[AfterMarkTallies.TIMES];
        Arrays.fill(until, AfterMarkTallies.NONE);
        if (marks.count() > 0) {
            int[] found = new int[AfterMarkTallies.TIMES];
            AfterMarkTallies.find(moves, marks.at(0), found);
            for (int i = 0; i < found.length; i++) {
                if (found[i] != AfterMarkTallies.NONE) {
                    until[i] = found[i] == AfterMarkTallies.BEFORE ? MARK : moves.detail[found[i]];
                }
            }
        }
        return until;
    }

    private static int[] changes(int[] before, int[] after) {
        IntArrayList changes = new IntArrayList();
        Arrays.stream(without(after, before)).forEach(changes::addInt);
        Arrays.stream(without(before, after)).forEach(one -> changes.addInt(one | REMOVED));
        return changes.toIntArray();
    }

    /** Those of some that are not among others, each as often. */
    private static int[] without(int[] some, int[] others) {
        IntArrayList left = new IntArrayList();
        for (int one : some) {
            left.addInt(one);
        }
        for (int one : others) {
            left.removeInt(one);
        }
        return left.toIntArray();
    }

    private static int[] durations(RowTally folded, int[] instants) {
        IntArrayList told = new IntArrayList();
        for (int what = 0; what < folded.durations.length; what++) {
            int toldFor = what << STAGE_SHIFT;
            folded.durations[what].forEach(duration -> told.addInt(toldFor | between(duration, instants)));
        }
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

    /** Of a shape without a mark. */
    Entry unmarked(int shape) {
        return unmarked[shape];
    }

    /** The key of one more mark, behind those of a key that begins with 0. */
    static int key(int key, int mark, int beforeStep) {
        return key | beforeStep << (STEP_BITS * mark);
    }

    /**
     * What one more mark makes of a shape; null where so many with several marks were folded already that those of this shape are folded one by one.
     *
     * @param before what the marks before make of it
     * @param marks how many there are with it
     * @param beforeStep the step before which it stands, or how many there are where it stands behind all
     * @param key of all marks
     */
    @Nullable Entry marked(int shape, Entry before, int marks, int beforeStep, int key) {
        Entry known = before.next()[beforeStep];
        return known == null ? foldMarked(shape, before, marks, beforeStep, key) : known;
    }

    private synchronized @Nullable Entry foldMarked(int shape, Entry before, int marks, int beforeStep, int key) {
        Entry known = before.next()[beforeStep];
        if (known != null) {
            return known;
        }
        if (marks > 1 && several++ >= MOST_SEVERAL) {
            several = MOST_SEVERAL;
            return null;
        }
        Entry folded = fold(shape, marks, key, new VisitKernel());
        before.next()[beforeStep] = folded;
        return folded;
    }

    /** By cycle, the ordinal of {@link io.smarketing.lifecycle.lead.Cycle.Outcome}. */
    int[] outcomes(int shape) {
        return outcomes[shape];
    }

    /** By cycle, the step whose detail is why the lead was rejected; -1 where it was not. */
    int[] reasonSteps(int shape) {
        return reasonSteps[shape];
    }

    /** Adds what leads change in a row, but for their durations; fewer than none take it back. */
    static void addTo(RowTally row, Entry entry, int leads) {
        for (int one : entry.counted()) {
            int place = one & PLACE;
            int times = (one & REMOVED) == 0 ? leads : -leads;
            switch ((one & ~REMOVED) >> KIND_SHIFT) {
                case EVER -> row.ever[place] += times;
                case ENTERED -> row.entered[place] += times;
                case OPEN -> row.open[place] += times;
                case EXIT -> row.exits[place] += times;
                default -> row.deviations[place] += times;
            }
        }
    }
}

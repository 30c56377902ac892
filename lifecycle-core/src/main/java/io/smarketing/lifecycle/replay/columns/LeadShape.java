package io.smarketing.lifecycle.replay.columns;

import org.jspecify.annotations.Nullable;

/** What is known of a chunk's lead by its shape: the row, the steps' instants, and what marks make of it. Not thread-safe. */
final class LeadShape {

    private final Chunk chunk;
    private final DimensionRows.OfSegment dimension;
    private final Shapes shapes;
    private final Codes stepDetails;
    private final long[] instants = new long[Shapes.INSTANTS];
    private final Moves moves = new Moves();
    private int lead;
    private int shape;
    private int stepsFrom;

    LeadShape(Segment segment, Chunk chunk, DimensionRows.OfSegment dimension) {
        this.chunk = chunk;
        this.dimension = dimension;
        this.shapes = segment.shapes();
        this.stepDetails = segment.column(Layout.STEP_DETAILS);
    }

    /** Whether a lead of the chunk has one. */
    boolean isKnown(int leadOfChunk) {
        return chunk.shapes.codes[leadOfChunk] != Layout.OTHER_SHAPE;
    }

    /** Goes to a lead that {@link #isKnown}, and reads its steps. */
    void read(int leadOfChunk) {
        lead = leadOfChunk;
        shape = chunk.shapes.codes[leadOfChunk];
        stepsFrom = chunk.stepsFrom[leadOfChunk];
        int steps = shapes.steps()[shape];
        for (int step = 0; step < steps; step++) {
            instants[step + 1] = chunk.stepAt(stepsFrom + step);
        }
    }

    /** The state of its attributes at last, in the segment. */
    int lastState() {
        return chunk.statesFrom[lead + 1] - 1;
    }

    /** In the segment. */
    int lead() {
        return chunk.firstLead() + lead;
    }

    int row() {
        return dimension.owner() ? dimension.row(moves()) : dimension.row(lead(), lastState());
    }

    private Moves moves() {
        moves.clear();
        int[] codes = shapes.codes(shape);
        for (int step = 0; step < codes.length; step++) {
            moves.add(codes[step], instants[step + 1], stepDetails.get(stepsFrom + step));
        }
        return moves;
    }

    /** As {@link Shapes} numbers them. */
    long[] instants() {
        return instants;
    }

    /** By cycle, the ordinal of {@link io.smarketing.lifecycle.lead.Cycle.Outcome}. */
    int[] outcomes() {
        return shapes.outcomes(shape);
    }

    /** The word for why a cycle was rejected; 0 for none. */
    int reason(int cycle) {
        int step = shapes.reasonSteps(shape)[cycle];
        return step < 0 ? 0 : stepDetails.get(stepsFrom + step);
    }

    Shapes.Entry unmarked() {
        return shapes.unmarked(shape);
    }

    /** What marks make of it, whose instants are those of the lead then; null where they are not told. */
    Shapes.@Nullable Entry marked(MarkList marks) {
        int count = marks.count();
        if (count > Shapes.MOST_MARKS) {
            return null;
        }
        int[] codes = shapes.codes(shape);
        Shapes.Entry entry = shapes.unmarked(shape);
        int step = 0;
        int key = 0;
        for (int i = 0; i < count && entry != null; i++) {
            long mark = marks.at(i);
            instants[Shapes.MARK + i] = mark;
            // Kinds at the same instant: captured, marked, what sales does.
            while (step < codes.length
                    && (instants[step + 1] < mark
                            || (instants[step + 1] == mark && codes[step] == FactCode.CAPTURED))) {
                step++;
            }
            key = Shapes.key(key, i, step);
            entry = shapes.marked(shape, entry, i + 1, step, key);
        }
        return entry;
    }

    /** A cycle's mark in what marks made of the lead; {@link VisitKernel#NONE} without. */
    static long markedAt(Shapes.Entry entry, int cycle, MarkList marks) {
        int[] cycleMarks = entry.cycleMarks();
        return cycleMarks[cycle] < 0 ? VisitKernel.NONE : marks.instant(cycleMarks[cycle]);
    }
}

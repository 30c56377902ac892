package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One side's marks in one segment: those that earlier replays found and that hold for this policy too, and those that this one finds. The
 * threads of a replay share it, each with a {@link Reader} of its own.
 */
final class KnownMarks {

    private final @Nullable MarkMemory memory;
    private final MarkMemory.Marks found;
    private final long @Nullable [] source;
    private final PolicyChange change;

    private KnownMarks(
            @Nullable MarkMemory memory, MarkMemory.Marks found, long @Nullable [] source, PolicyChange change) {
        this.memory = memory;
        this.found = found;
        this.source = source;
        this.change = change;
    }

    /** Nothing is known, nor remembered. */
    static KnownMarks none() {
        return new KnownMarks(null, new MarkMemory.Marks(null, new long[0]), null, PolicyChange.NONE);
    }

    /** @param policy null for the marks that history holds */
    static KnownMarks of(Segment segment, @Nullable LoweredPolicy policy) {
        MarkMemory memory = segment.marks();
        MarkMemory.Marks nearest = null;
        PolicyChange least = null;
        for (MarkMemory.Marks known : memory.latest()) {
            PolicyChange change = change(known.policy(), policy);
            if (change != null && (least == null || change.extent() < least.extent())) {
                nearest = known;
                least = change;
            }
        }
        if (nearest != null && least != null && least.isNone()) {
            return new KnownMarks(memory, nearest, nearest.marks(), least);
        }
        long[] marks = new long[segment.leads()];
        Arrays.fill(marks, MarkMemory.UNKNOWN);
        return new KnownMarks(
                memory,
                new MarkMemory.Marks(policy, marks),
                nearest == null ? null : nearest.marks(),
                least == null ? PolicyChange.NONE : least);
    }

    private static @Nullable PolicyChange change(@Nullable LoweredPolicy before, @Nullable LoweredPolicy after) {
        if (before == null || after == null) {
            return before == after ? PolicyChange.NONE : null;
        }
        return PolicyChange.of(before, after);
    }

    /** The replay has ended: what it found is remembered. */
    void keep() {
        if (memory != null) {
            memory.keep(found);
        }
    }

    Reader reader() {
        return new Reader();
    }

    /** One thread's sight of it, a chunk at a time. Not thread-safe. */
    final class Reader {

        private final long[] known = new long[memory == null ? 0 : Layout.CHUNK];
        private long[] pointsBefore = new long[0];
        private long[] pointsAfter = new long[0];
        private int firstLead;

        /** Whether anything is known, or to be remembered. */
        boolean remembers() {
            return memory != null;
        }

        void begin(Chunk chunk) {
            if (memory == null) {
                return;
            }
            firstLead = chunk.firstLead();
            if (source == null) {
                Arrays.fill(known, MarkMemory.UNKNOWN);
                return;
            }
            System.arraycopy(source, firstLead, known, 0, chunk.leads());
            if (change.kinds() != 0) {
                for (int i = 0; i < chunk.leads(); i++) {
                    if ((chunk.kinds.codes[i] & change.kinds()) != 0) {
                        known[i] = MarkMemory.UNKNOWN;
                    }
                }
            }
            if (change.changesFit()) {
                forgetOtherPoints(chunk);
            }
            if (change.raised()) {
                for (int i = 0; i < chunk.leads(); i++) {
                    if (known[i] != VisitKernel.NONE) {
                        known[i] = MarkMemory.UNKNOWN;
                    }
                }
            }
        }

        private void forgetOtherPoints(Chunk chunk) {
            int states = chunk.states();
            if (pointsBefore.length < states) {
                pointsBefore = new long[states];
                pointsAfter = new long[states];
            }
            Arrays.fill(pointsBefore, 0, states, 0);
            Arrays.fill(pointsAfter, 0, states, 0);
            change.before().forEach(table -> table.add(chunk, pointsBefore));
            change.after().forEach(table -> table.add(chunk, pointsAfter));
            for (int i = 0; i < chunk.leads(); i++) {
                int end = chunk.statesFrom[i + 1] - chunk.firstState();
                for (int state = chunk.statesFrom[i] - chunk.firstState(); state < end; state++) {
                    if (pointsBefore[state] != pointsAfter[state]) {
                        known[i] = MarkMemory.UNKNOWN;
                    }
                }
            }
        }

        /** The lead's one mark, {@link VisitKernel#NONE}, or {@link MarkMemory#UNKNOWN}. */
        long of(int leadOfChunk) {
            return memory == null ? MarkMemory.UNKNOWN : known[leadOfChunk];
        }

        /** Remembers that a lead has no mark. */
        void foundNone(int leadOfChunk) {
            if (memory != null) {
                found.marks()[firstLead + leadOfChunk] = VisitKernel.NONE;
            }
        }

        /** Remembers a lead's marks, unless there are several. */
        void found(int leadOfChunk, MarkList marks) {
            if (memory != null && marks.count() <= 1) {
                found.marks()[firstLead + leadOfChunk] = marks.only();
            }
        }
    }
}

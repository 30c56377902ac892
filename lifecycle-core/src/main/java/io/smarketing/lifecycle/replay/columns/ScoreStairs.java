package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;

/** By cycle, the evaluations of a lead at which its score was higher than ever before in the cycle: one of them is the mark, whatever the threshold. Not thread-safe. */
final class ScoreStairs {

    /** No score of a lead that nothing disqualifies is as low. */
    private static final long LOWEST = FitTable.DISQUALIFIED / 2;

    private static final int INITIAL = 16;

    private long[] score = new long[INITIAL];
    private long[] at = new long[INITIAL];
    private int[] cycle = new int[INITIAL];
    private int count;
    private int cycles;
    private long best;

    void clear() {
        count = 0;
        cycles = 0;
        best = LOWEST;
    }

    void endCycle() {
        cycles++;
        best = LOWEST;
    }

    /** At an evaluation at which a mark is possible; clocks rise. */
    void reached(long now, long clock) {
        if (now <= best) {
            return;
        }
        if (count == score.length) {
            score = Arrays.copyOf(score, 2 * count);
            at = Arrays.copyOf(at, 2 * count);
            cycle = Arrays.copyOf(cycle, 2 * count);
        }
        score[count] = now;
        at[count] = clock;
        cycle[count++] = cycles;
        best = now;
    }

    /** The scores at which the marks become others, rising. */
    long[] levels() {
        return Arrays.stream(score, 0, count).sorted().distinct().toArray();
    }

    /** The marks that a threshold makes. */
    void marks(long threshold, MarkList marks) {
        marks.clear();
        int markedCycle = -1;
        for (int i = 0; i < count; i++) {
            if (score[i] >= threshold && cycle[i] != markedCycle) {
                markedCycle = cycle[i];
                marks.add(at[i], at[i]);
            }
        }
    }
}

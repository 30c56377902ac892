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
    /** Cycles that have any; of each, the first that is not below the threshold, and where they end. */
    private int marked;

    private int[] next = new int[INITIAL];
    private int[] end = new int[INITIAL];
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

    /** The scores at which the marks become others, rising. {@link #marks} is to be asked of them in this order. */
    long[] levels() {
        marked = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || cycle[i] != cycle[i - 1]) {
                if (marked == next.length) {
                    next = Arrays.copyOf(next, 2 * marked);
                    end = Arrays.copyOf(end, 2 * marked);
                }
                next[marked++] = i;
            }
            end[marked - 1] = i + 1;
        }
        return Arrays.stream(score, 0, count).sorted().distinct().toArray();
    }

    /** The marks that a threshold makes, which is not below the one that was asked of before. */
    void marks(long threshold, MarkList marks) {
        marks.clear();
        for (int i = 0; i < marked; i++) {
            while (next[i] < end[i] && score[next[i]] < threshold) {
                next[i]++;
            }
            if (next[i] < end[i]) {
                marks.add(at[next[i]], at[next[i]]);
            }
        }
    }
}

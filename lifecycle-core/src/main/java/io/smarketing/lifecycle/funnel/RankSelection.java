package io.smarketing.lifecycle.funnel;

import java.util.Arrays;

/**
 * Finds the values of some ranks among numbers without sorting them: those that lie in sorted runs, and those that were put in, without those that were taken out.
 * Each pivot halves, about, what is left to look through; what lies above is remembered for higher ranks. Not thread-safe.
 */
final class RankSelection {

    /** So few are sorted. */
    private static final int FEW = 96;
    /** Windows within each other; further pivots forget the widest but one, which costs time and nothing else. */
    private static final int MOST_WINDOWS = 40;

    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int RUNS = 2;

    /** What was put in, what was taken out, then runs. */
    private final long[][] values;

    /** By list, where the window begins: what stands before is not greater than what stands in it. */
    private final int[] low;

    /** By list, where windows end, each within the one before. */
    private final int[][] high = new int[MOST_WINDOWS][];

    private final int[] split;
    private int windows = 1;
    /** Of all numbers, those before the window. */
    private long before;

    /**
     * @param in is reordered
     * @param out is reordered; each has to be among the others
     */
    RankSelection(long[] in, long[] out, long[]... runs) {
        int lists = RUNS + runs.length;
        values = new long[lists][];
        values[IN] = in;
        values[OUT] = out;
        System.arraycopy(runs, 0, values, RUNS, runs.length);
        low = new int[lists];
        split = new int[lists];
        high[0] = new int[lists];
        Arrays.setAll(high[0], list -> values[list].length);
    }

    /** The value of a rank, from 1 on; ranks that are asked for must not fall. */
    long value(long rank) {
        while (windows > 1 && before + count(low, high[windows - 1]) < rank) {
            windows--;
        }
        int rounds = 4 * Long.SIZE;
        while (width() > FEW && rounds-- > 0) {
            long pivot = pivot(rank);
            boolean any = splitBelow(pivot);
            if (!any) {
                // Nothing is less than the pivot: those equal to it come next.
                splitUpTo(pivot);
            }
            long less = count(low, split);
            if (before + less >= rank) {
                if (!any) {
                    return pivot;
                }
                narrow();
            } else {
                before += less;
                System.arraycopy(split, 0, low, 0, low.length);
            }
        }
        return among(rank);
    }

    private void narrow() {
        if (windows == MOST_WINDOWS) {
            System.arraycopy(high, 2, high, 1, MOST_WINDOWS - 2);
            windows--;
        }
        high[windows++] = split.clone();
    }

    private static long count(int[] from, int[] to) {
        long count = (long) to[IN] - from[IN] - (to[OUT] - from[OUT]);
        for (int list = RUNS; list < from.length; list++) {
            count += to[list] - from[list];
        }
        return count;
    }

    private int width() {
        int width = 0;
        for (int list = 0; list < low.length; list++) {
            width += high[windows - 1][list] - low[list];
        }
        return width;
    }

    /** Of the longest list in the window: of a run the value where the rank should be, of others the middle one of three. */
    private long pivot(long rank) {
        int[] end = high[windows - 1];
        int longest = 0;
        for (int list = 1; list < low.length; list++) {
            longest = end[list] - low[list] > end[longest] - low[longest] ? list : longest;
        }
        long[] list = values[longest];
        int from = low[longest];
        int last = end[longest] - 1;
        if (longest >= RUNS) {
            double share = (rank - before) / (double) Math.max(1, count(low, end));
            return list[Math.min(last, from + (int) ((last - from + 1) * share))];
        }
        long first = list[from];
        long middle = list[(from + last) >>> 1];
        return Math.max(Math.min(first, middle), Math.min(Math.max(first, middle), list[last]));
    }

    /** Parts the window into what is less than the pivot, and the rest; false when nothing is. */
    private boolean splitBelow(long pivot) {
        int[] end = high[windows - 1];
        boolean any = false;
        for (int list = 0; list < low.length; list++) {
            split[list] = list < RUNS
                    ? part(values[list], low[list], end[list], pivot)
                    : firstNotBelow(values[list], low[list], end[list], pivot);
            any |= split[list] > low[list];
        }
        return any;
    }

    /** Parts the window into what is the pivot or less, and the rest. */
    private void splitUpTo(long pivot) {
        if (pivot == Long.MAX_VALUE) {
            System.arraycopy(high[windows - 1], 0, split, 0, split.length);
        } else {
            splitBelow(pivot + 1);
        }
    }

    /** Without a branch that nobody could foresee. */
    private static int part(long[] values, int from, int to, long pivot) {
        int next = from;
        for (int i = from; i < to; i++) {
            long value = values[i];
            values[i] = values[next];
            values[next] = value;
            next += value < pivot ? 1 : 0;
        }
        return next;
    }

    private static int firstNotBelow(long[] values, int from, int to, long pivot) {
        int first = from;
        int end = to;
        while (first < end) {
            int middle = (first + end) >>> 1;
            if (values[middle] < pivot) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        return first;
    }

    /** The value of a rank in the window, all of which is sorted. */
    private long among(long rank) {
        int[] end = high[windows - 1];
        long[] all = new long[width() - (end[OUT] - low[OUT])];
        int next = 0;
        for (int list = 0; list < low.length; list++) {
            if (list != OUT) {
                System.arraycopy(values[list], low[list], all, next, end[list] - low[list]);
                next += end[list] - low[list];
            }
        }
        Arrays.sort(all);
        long[] out = Arrays.copyOfRange(values[OUT], low[OUT], end[OUT]);
        Arrays.sort(out);
        long left = rank - before;
        int gone = 0;
        for (long value : all) {
            if (gone < out.length && out[gone] == value) {
                gone++;
            } else if (--left == 0) {
                return value;
            }
        }
        throw new IllegalStateException("a duration was taken out that was never added");
    }
}

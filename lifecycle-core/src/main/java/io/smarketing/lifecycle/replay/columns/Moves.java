package io.smarketing.lifecycle.replay.columns;

/** A lead's facts that are neither activity nor enrichment, in fold order; times in microseconds since its capture. Not thread-safe. */
final class Moves {

    static final int MOST = NarrowLead.MOST_MOVES;

    final int[] code = new int[MOST];
    final long[] at = new long[MOST];
    /** The word's code; 0 for none. */
    final int[] detail = new int[MOST];

    private int count;

    void clear() {
        count = 0;
    }

    void add(int code, long at, int detail) {
        this.code[count] = code;
        this.at[count] = at;
        this.detail[count++] = detail;
    }

    int count() {
        return count;
    }
}

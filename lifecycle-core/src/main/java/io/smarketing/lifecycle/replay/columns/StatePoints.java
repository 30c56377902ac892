package io.smarketing.lifecycle.replay.columns;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a policy's rules of attributes give to each state of the attributes that leads of a chunk have. Not thread-safe. */
final class StatePoints {

    private final FitTable[] tables;
    private long[] points = new long[0];
    /** Whose leads are asked for next; nothing is added up yet. */
    private @Nullable Chunk next;

    StatePoints(LoweredPolicy policy) {
        this.tables = policy.fit;
    }

    /** Whether they are those of another policy too. */
    boolean isOf(LoweredPolicy policy) {
        return Arrays.equals(tables, policy.fit);
    }

    /** Goes to the leads of a chunk. */
    void begin(Chunk chunk) {
        next = chunk;
    }

    /** By state of the chunk; holds until {@link #begin}. */
    long[] points() {
        if (next != null) {
            int states = next.states();
            if (points.length < states) {
                points = new long[states];
            }
            Arrays.fill(points, 0, states, 0);
            for (FitTable table : tables) {
                table.add(next, points);
            }
            next = null;
        }
        return points;
    }
}

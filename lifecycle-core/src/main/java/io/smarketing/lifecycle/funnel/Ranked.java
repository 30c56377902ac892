package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Durations in ascending order, each with how many are not longer. Figures are in seconds with six digits, half up. */
public final class Ranked {

    private final long[] values;
    private final long[] upTo;
    private final long n;

    /**
     * Takes values of a multiset.
     *
     * @param values ascending, in microseconds
     * @param counts how often each is there
     */
    Ranked(long[] values, long[] counts) {
        this.values = values;
        this.upTo = new long[values.length];
        long sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += counts[i];
            upTo[i] = sum;
        }
        this.n = sum;
    }

    public long n() {
        return n;
    }

    private BigDecimal atRank(long rank) {
        int index = Arrays.binarySearch(upTo, rank);
        return BigDecimal.valueOf(values[index >= 0 ? index : -index - 1]);
    }

    /** The middle value, or the mean of the two middle values. */
    public @Nullable BigDecimal median() {
        return medianOfFirst(n);
    }

    /** The median of the shortest ones, of which there are so many. */
    public @Nullable BigDecimal medianOfFirst(long first) {
        if (first == 0) {
            return null;
        }
        BigDecimal middles = atRank((first + 1) / 2).add(atRank(first / 2 + 1));
        return middles.divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(2)), Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    /** Nearest rank: the ⌈n·percent/100⌉-th value. */
    public @Nullable BigDecimal percentile(int percent) {
        if (n == 0) {
            return null;
        }
        return atRank((n * percent + 99) / 100).divide(Micros.PER_SECOND, Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    /** How many different values there are. */
    public int size() {
        return values.length;
    }

    /** The value at a place, in microseconds. */
    public long micros(int place) {
        return values[place];
    }

    /** How often the value at a place is there. */
    public long count(int place) {
        return place == 0 ? upTo[0] : upTo[place] - upTo[place - 1];
    }
}

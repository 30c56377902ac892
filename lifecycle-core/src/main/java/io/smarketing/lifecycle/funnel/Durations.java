package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import org.agrona.collections.Long2LongCounterMap;
import org.jspecify.annotations.Nullable;

/** A multiset of durations in microseconds, exact: durations can be taken out again, and multisets be merged. */
final class Durations {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);
    private static final int DECIMALS = 6;

    private final Long2LongCounterMap counts = new Long2LongCounterMap(0);
    private long n;

    void add(long micros) {
        counts.incrementAndGet(micros);
        n++;
    }

    void retract(long micros) {
        counts.decrementAndGet(micros);
        n--;
    }

    void merge(Durations other) {
        other.counts.forEach((micros, count) -> counts.addAndGet(micros, count));
        n += other.n;
    }

    long n() {
        return n;
    }

    /** In seconds with six digits, or null when there is none. */
    @Nullable BigDecimal mean() {
        if (n == 0) {
            return null;
        }
        BigInteger[] sum = {BigInteger.ZERO};
        counts.forEach((micros, count) ->
                sum[0] = sum[0].add(BigInteger.valueOf(micros).multiply(BigInteger.valueOf(count))));
        return new BigDecimal(sum[0])
                .divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(n)), DECIMALS, RoundingMode.HALF_UP);
    }

    /** The durations in order, to take ranks from. */
    Ranked ranked() {
        long[] values = new long[counts.size()];
        int[] next = {0};
        counts.forEach((micros, count) -> values[next[0]++] = micros);
        Arrays.sort(values);
        long[] upTo = new long[values.length];
        long sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += counts.get(values[i]);
            upTo[i] = sum;
        }
        return new Ranked(values, upTo, n);
    }

    /** Durations in ascending order, each with how many are not longer. */
    static final class Ranked {

        private final long[] values;
        private final long[] upTo;
        private final long n;

        private Ranked(long[] values, long[] upTo, long n) {
            this.values = values;
            this.upTo = upTo;
            this.n = n;
        }

        private BigDecimal atRank(long rank) {
            int index = Arrays.binarySearch(upTo, rank);
            return BigDecimal.valueOf(values[index >= 0 ? index : -index - 1]);
        }

        /** The middle value, or the mean of the two middle values. */
        @Nullable BigDecimal median() {
            if (n == 0) {
                return null;
            }
            BigDecimal middles = atRank((n + 1) / 2).add(atRank(n / 2 + 1));
            return middles.divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(2)), DECIMALS, RoundingMode.HALF_UP);
        }

        /** Nearest rank: the ⌈n·percent/100⌉-th value. */
        @Nullable BigDecimal percentile(int percent) {
            if (n == 0) {
                return null;
            }
            return atRank((n * percent + 99) / 100).divide(MICROS_PER_SECOND, DECIMALS, RoundingMode.HALF_UP);
        }
    }
}

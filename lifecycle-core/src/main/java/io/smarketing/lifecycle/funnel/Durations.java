package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Base64;
import org.agrona.collections.Long2LongCounterMap;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of durations in microseconds: durations can be taken out again, and multisets be merged. Number and sum are
 * exact. The exact form keeps every duration; the bounded one keeps the eight most significant bits of each, so that ranks
 * are off by less than 1 % and there are no more than a few thousand different ones. As a change of another multiset it may
 * hold counts below zero.
 *
 * <p>HdrHistogram 2.2.2 does not replace it: taking out is not in its contract (its maximum stays behind), ranks are not nearest
 * rank, and it keeps no exact sum.
 */
final class Durations {

    /** How far a rank of the bounded form may lie from the exact one, as a share of it. */
    static final BigDecimal QUANTILE_ERROR = new BigDecimal("0.01");

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);
    private static final int DECIMALS = 6;
    private static final int SIGNIFICANT_BITS = 8;
    /** Below it, every duration has a bucket of its own. */
    private static final int FINE = 1 << SIGNIFICANT_BITS;

    private static final int BUCKETS_PER_DOUBLING = FINE / 2;
    private static final long LOW_WORD = 0xFFFF_FFFFL;
    private static final int HISTOGRAM_VERSION = 1;

    private final boolean bounded;
    private final Long2LongCounterMap counts = new Long2LongCounterMap(0);
    private long n;
    /** The sum is high · 2³² + low with 0 ≤ low < 2³²: it goes beyond what a long holds. */
    private long sumHigh;

    private long sumLow;

    private Durations(boolean bounded) {
        this.bounded = bounded;
    }

    static Durations exact() {
        return new Durations(false);
    }

    static Durations bounded() {
        return new Durations(true);
    }

    void add(long micros) {
        count(micros, 1);
        addToSum(micros >> 32, micros & LOW_WORD);
    }

    void retract(long micros) {
        count(micros, -1);
        addToSum(-(micros >> 32), -(micros & LOW_WORD));
    }

    private void count(long micros, long times) {
        counts.addAndGet(bounded ? valueOf(bucketOf(micros)) : micros, times);
        n += times;
    }

    private void addToSum(long high, long low) {
        long sum = sumLow + low;
        sumLow = sum & LOW_WORD;
        sumHigh += high + (sum >> 32);
    }

    void merge(Durations other) {
        merge(other, 1);
    }

    /** Takes out a multiset that was merged. */
    void retract(Durations other) {
        merge(other, -1);
    }

    private void merge(Durations other, int sign) {
        if (other.bounded && !bounded) {
            throw new IllegalArgumentException("durations of bounded precision would make exact ones inexact");
        }
        other.counts.forEach((micros, count) -> count(micros, sign * count));
        addToSum(sign * other.sumHigh, sign * other.sumLow);
    }

    long n() {
        return n;
    }

    /** Whether nothing is in it; as a change, whether it changes nothing. */
    boolean isEmpty() {
        return counts.isEmpty() && sumHigh == 0 && sumLow == 0;
    }

    private BigDecimal sumMicros() {
        return new BigDecimal(BigInteger.valueOf(sumHigh).shiftLeft(32).add(BigInteger.valueOf(sumLow)));
    }

    /** In seconds with six digits, or null when there is none. */
    @Nullable BigDecimal mean() {
        if (n == 0) {
            return null;
        }
        return sumMicros().divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(n)), DECIMALS, RoundingMode.HALF_UP);
    }

    /** In seconds with six digits, or null when there is none. */
    @Nullable BigDecimal sum() {
        return n == 0 ? null : sumMicros().divide(MICROS_PER_SECOND, DECIMALS, RoundingMode.UNNECESSARY);
    }

    /** Below 256 µs the duration itself; above, 128 buckets from each power of two to the next. */
    private static long bucketOf(long micros) {
        if (micros < FINE) {
            return micros;
        }
        int shift = Long.SIZE - Long.numberOfLeadingZeros(micros) - SIGNIFICANT_BITS;
        return (long) shift * BUCKETS_PER_DOUBLING + (micros >> shift);
    }

    /** The middle of a bucket. */
    private static long valueOf(long bucket) {
        if (bucket < FINE) {
            return bucket;
        }
        int shift = (int) (bucket / BUCKETS_PER_DOUBLING) - 1;
        long leading = bucket % BUCKETS_PER_DOUBLING + BUCKETS_PER_DOUBLING;
        return (leading << shift) + (1L << (shift - 1));
    }

    private long[] sorted() {
        long[] values = new long[counts.size()];
        int[] next = {0};
        counts.forEach((micros, count) -> values[next[0]++] = micros);
        Arrays.sort(values);
        return values;
    }

    /** The durations in order, to take ranks from. */
    Ranked ranked() {
        long[] values = sorted();
        long[] upTo = new long[values.length];
        long sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += counts.get(values[i]);
            upTo[i] = sum;
        }
        return new Ranked(values, upTo, n);
    }

    /**
     * How often each bucket is hit, in Base64; null when there is none. Inside: a version (1), then for each bucket that is hit
     * its distance from the one before (from 0 for the first) and its count, all as unsigned LEB128. Bucket b stands for b µs
     * where b &lt; 256; else with s = b / 128 − 1 for the durations of 2^s µs from (b mod 128 + 128) · 2^s µs on.
     */
    @Nullable String histogram() {
        if (n == 0) {
            return null;
        }
        PackedOutput output = new PackedOutput().octet(HISTOGRAM_VERSION);
        long[] values = sorted();
        long before = 0;
        long count = 0;
        for (int i = 0; i < values.length; i++) {
            long bucket = bucketOf(values[i]);
            count += counts.get(values[i]);
            if (i + 1 == values.length || bucketOf(values[i + 1]) != bucket) {
                output.unsigned(bucket - before).unsigned(count);
                before = bucket;
                count = 0;
            }
        }
        return Base64.getEncoder().encodeToString(output.toByteArray());
    }

    void write(PackedOutput output) {
        output.signed(sumHigh).unsigned(sumLow).unsigned(counts.size());
        long before = 0;
        for (long micros : sorted()) {
            long place = bounded ? bucketOf(micros) : micros;
            output.signed(place - before).signed(counts.get(micros));
            before = place;
        }
    }

    /** Reads what was written by durations of the same form. */
    void read(PackedInput input) {
        sumHigh = input.signed();
        sumLow = input.unsigned();
        long place = 0;
        for (long left = input.unsigned(); left > 0; left--) {
            place += input.signed();
            long count = input.signed();
            counts.put(bounded ? valueOf(place) : place, count);
            n += count;
        }
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

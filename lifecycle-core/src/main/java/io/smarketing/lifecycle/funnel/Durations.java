package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of durations in microseconds. The bounded form keeps the eight most significant bits of each, so that ranks are off by
 * less than 1 % and there are no more than a few thousand different ones.
 *
 * <p>HdrHistogram 2.2.2 does not replace it: taking out is not in its contract (its maximum stays behind), ranks are not nearest
 * rank, and it keeps no exact sum.
 */
public final class Durations extends Micros {

    /** How far a rank of the bounded form may lie from the exact one, as a share of it. */
    public static final BigDecimal QUANTILE_ERROR = new BigDecimal("0.01");

    private static final int SIGNIFICANT_BITS = 8;
    /** Below it, every duration has a bucket of its own. */
    private static final int FINE = 1 << SIGNIFICANT_BITS;

    private static final int BUCKETS_PER_DOUBLING = FINE / 2;
    private static final int HISTOGRAM_VERSION = 1;

    private Durations(boolean bounded) {
        super(bounded);
    }

    public static Durations exact() {
        return new Durations(false);
    }

    public static Durations bounded() {
        return new Durations(true);
    }

    /**
     * Adds those of another.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void merge(Durations other) {
        merge(other, 1);
    }

    /**
     * Takes out a multiset that was merged.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void retract(Durations other) {
        merge(other, -1);
    }

    /** In seconds with six digits, or null when there is none. */
    public @Nullable BigDecimal mean() {
        if (n() == 0) {
            return null;
        }
        return sumMicros().divide(PER_SECOND.multiply(BigDecimal.valueOf(n())), DECIMALS, RoundingMode.HALF_UP);
    }

    /** In seconds with six digits, or null when there is none. */
    public @Nullable BigDecimal sum() {
        return n() == 0 ? null : sumMicros().divide(PER_SECOND, DECIMALS, RoundingMode.UNNECESSARY);
    }

    /** Below 256 µs the duration itself; above, 128 buckets from each power of two to the next. */
    @Override
    long placeOf(long micros) {
        return bucketOf(micros);
    }

    private static long bucketOf(long micros) {
        if (micros < FINE) {
            return micros;
        }
        int shift = Long.SIZE - Long.numberOfLeadingZeros(micros) - SIGNIFICANT_BITS;
        return (long) shift * BUCKETS_PER_DOUBLING + (micros >> shift);
    }

    /** The middle of a bucket. */
    @Override
    long valueOf(long bucket) {
        if (bucket < FINE) {
            return bucket;
        }
        int shift = (int) (bucket / BUCKETS_PER_DOUBLING) - 1;
        long leading = bucket % BUCKETS_PER_DOUBLING + BUCKETS_PER_DOUBLING;
        return (leading << shift) + (1L << (shift - 1));
    }

    /** The durations in order, to take ranks from. */
    public Ranked ranked() {
        return new Ranked(sorted(), sortedCounts());
    }

    /**
     * How often each bucket is hit, in Base64; null when there is none. Inside: a version (1), then for each bucket that is hit
     * its distance from the one before (from 0 for the first) and its count, all as unsigned LEB128. Bucket b stands for b µs
     * where b &lt; 256; else with s = b / 128 − 1 for the durations of 2^s µs from (b mod 128 + 128) · 2^s µs on.
     */
    public @Nullable String histogram() {
        if (n() == 0) {
            return null;
        }
        PackedOutput output = new PackedOutput().octet(HISTOGRAM_VERSION);
        writePlaces(output, Durations::bucketOf);
        return Base64.getEncoder().encodeToString(output.toByteArray());
    }
}

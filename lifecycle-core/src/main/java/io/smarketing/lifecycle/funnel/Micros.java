package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of whole microseconds: what was added can be taken out again, and multisets be merged. Number and sum are exact. The
 * exact form keeps every value; the bounded one keeps the place that each falls into. As a change of another multiset it may hold
 * counts below zero. Not thread-safe.
 */
abstract class Micros {

    static final BigDecimal PER_SECOND = BigDecimal.valueOf(1_000_000);
    static final int DECIMALS = 6;

    private static final long LOW_WORD = 0xFFFF_FFFFL;

    private final boolean bounded;
    private final LongCounts counts = new LongCounts();
    private long n;
    /** The sum is high · 2³² + low with 0 ≤ low < 2³²: it goes beyond what a long holds. */
    private long sumHigh;

    private long sumLow;
    /** The different values, ascending, since they were last asked for; null once there are others. */
    private long @Nullable [] sorted;

    Micros(boolean bounded) {
        this.bounded = bounded;
    }

    /** The place of the bounded form that a value falls into. */
    abstract long placeOf(long micros);

    /** What stands for the values of a place; it falls into that place itself. */
    abstract long valueOf(long place);

    public final void add(long micros) {
        count(micros, 1);
        addToSum(micros >> 32, micros & LOW_WORD);
    }

    public final void retract(long micros) {
        count(micros, -1);
        addToSum(-(micros >> 32), -(micros & LOW_WORD));
    }

    private void count(long micros, long times) {
        int different = counts.size();
        counts.add(bounded ? valueOf(placeOf(micros)) : micros, times);
        if (counts.size() != different) {
            sorted = null;
        }
        n += times;
    }

    private void addToSum(long high, long low) {
        long sum = sumLow + low;
        sumLow = sum & LOW_WORD;
        sumHigh += high + (sum >> 32);
    }

    final void merge(Micros other, int sign) {
        if (other.bounded && !bounded) {
            throw new IllegalArgumentException("values of bounded precision would make exact ones inexact");
        }
        other.counts.forEach((micros, count) -> count(micros, sign * count));
        addToSum(sign * other.sumHigh, sign * other.sumLow);
    }

    public final long n() {
        return n;
    }

    /** Whether the values are only known by the places that they fall into. */
    final boolean isBounded() {
        return bounded;
    }

    /** Whether nothing is in it; as a change, whether it changes nothing. */
    public final boolean isEmpty() {
        return counts.isEmpty() && sumHigh == 0 && sumLow == 0;
    }

    final BigDecimal sumMicros() {
        return new BigDecimal(BigInteger.valueOf(sumHigh).shiftLeft(32).add(BigInteger.valueOf(sumLow)));
    }

    /** The different values, ascending; not to be changed. */
    final long[] sorted() {
        long[] known = sorted;
        if (known != null) {
            return known;
        }
        long[] values = counts.sorted();
        sorted = values;
        return values;
    }

    /** How often each of the {@link #sorted} values occurs. */
    final long[] sortedCounts() {
        return counts.counts(sorted());
    }

    public final void write(PackedOutput output) {
        output.signed(sumHigh).unsigned(sumLow).unsigned(counts.size());
        long[] values = sorted();
        long[] times = sortedCounts();
        long before = 0;
        for (int i = 0; i < values.length; i++) {
            long place = bounded ? placeOf(values[i]) : values[i];
            output.signed(place - before).signed(times[i]);
            before = place;
        }
    }

    /** Reads what was written by a multiset of the same form, into an empty one. */
    public final void read(PackedInput input) {
        sumHigh = input.signed();
        sumLow = input.unsigned();
        long place = 0;
        for (long left = input.unsigned(); left > 0; left--) {
            place += input.signed();
            long count = input.signed();
            counts.add(bounded ? valueOf(place) : place, count);
            n += count;
        }
        sorted = null;
    }

    /**
     * Writes places that are hit, in Base64: a version, then whatever the kind says of itself, then for each place its distance
     * from the one before (from 0 for the first) and its count, all as unsigned LEB128.
     */
    final void writePlaces(PackedOutput output, Placing placing) {
        long[] values = sorted();
        long[] times = sortedCounts();
        long before = 0;
        long count = 0;
        for (int i = 0; i < values.length; i++) {
            long place = placing.placeOf(values[i]);
            count += times[i];
            if (i + 1 == values.length || placing.placeOf(values[i + 1]) != place) {
                output.unsigned(place - before).unsigned(count);
                before = place;
                count = 0;
            }
        }
    }

    /** Which place a value is shown in. */
    interface Placing {
        long placeOf(long micros);
    }

    /** Equal multisets hold the same values, as often, and the same sum. */
    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof Micros that
                && getClass() == that.getClass()
                && bounded == that.bounded
                && sumHigh == that.sumHigh
                && sumLow == that.sumLow
                && n == that.n
                && counts.holdsAsMany(that.counts);
    }

    @Override
    public final int hashCode() {
        return Long.hashCode(n) ^ Long.hashCode(sumLow);
    }
}

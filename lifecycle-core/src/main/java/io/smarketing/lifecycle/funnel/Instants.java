package io.smarketing.lifecycle.funnel;

import io.smarketing.lifecycle.lead.Visit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A multiset of instants, from which ages are taken at whatever instant one reads. The bounded form keeps the hour (UTC) of each, or the minute, so
 * that a rank of ages is off by half of that at most; their mean is exact as long as none of them is still to come.
 */
public final class Instants extends Micros {

    /** How far an age of the bounded form that keeps hours may lie from the exact one. */
    public static final Duration AGE_ERROR = Duration.ofMinutes(30);

    private static final long HOUR = TimeUnit.HOURS.toMicros(1);
    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
    private static final int HISTOGRAM_VERSION = 1;

    /** What the bounded form keeps, in microseconds. */
    private final long slot;

    private Instants(boolean bounded, long slot) {
        super(bounded);
        this.slot = slot;
    }

    public static Instants exact() {
        return new Instants(false, HOUR);
    }

    public static Instants bounded() {
        return new Instants(true, HOUR);
    }

    /** The bounded form that keeps minutes; it merges with its like, and with the exact one. */
    public static Instants boundedByMinutes() {
        return new Instants(true, MINUTE);
    }

    /** Since 1970, as multisets hold instants. */
    public static long micros(Instant instant) {
        return Visit.micros(Instant.EPOCH, instant);
    }

    /**
     * Adds those of another.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void merge(Instants other) {
        merge(other, 1);
    }

    /**
     * Takes out a multiset that was merged.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void retract(Instants other) {
        merge(other, -1);
    }

    @Override
    long placeOf(long micros) {
        return Math.floorDiv(micros, slot);
    }

    @Override
    long valueOf(long place) {
        return place * slot + slot / 2;
    }

    /** How long ago they were, in order; an instant that is still to come was no time ago. */
    public Ranked ages(Instant asOf) {
        long now = micros(asOf);
        long[] instants = sorted();
        long[] times = sortedCounts();
        long[] ages = new long[instants.length];
        long[] counts = new long[instants.length];
        for (int i = 0; i < instants.length; i++) {
            ages[instants.length - 1 - i] = Math.max(0, now - instants[i]);
            counts[instants.length - 1 - i] = times[i];
        }
        return new Ranked(ages, counts);
    }

    /** Of their distances from the beginning of 1970, in seconds with six digits; null when there is none. */
    public @Nullable BigDecimal sum() {
        return n() == 0 ? null : sumMicros().divide(PER_SECOND, DECIMALS, RoundingMode.UNNECESSARY);
    }

    /**
     * Of the {@link #ages}, in seconds with six digits; null when there is none. In the bounded form, which does not know how far instants
     * are still to come, these take from the others' ages; but the mean never is below zero.
     */
    public @Nullable BigDecimal meanAge(Instant asOf) {
        if (n() == 0) {
            return null;
        }
        BigDecimal sum = BigDecimal.valueOf(micros(asOf))
                .multiply(BigDecimal.valueOf(n()))
                .subtract(sumMicros());
        if (!isBounded()) {
            sum = sum.add(stillToCome(micros(asOf)));
        }
        return sum.max(BigDecimal.ZERO)
                .divide(PER_SECOND.multiply(BigDecimal.valueOf(n())), DECIMALS, RoundingMode.HALF_UP);
    }

    /** How far instants lie ahead, all together. */
    private BigDecimal stillToCome(long now) {
        long[] instants = sorted();
        BigDecimal ahead = BigDecimal.ZERO;
        if (instants[instants.length - 1] > now) {
            long[] times = sortedCounts();
            for (int i = instants.length - 1; i >= 0 && instants[i] > now; i--) {
                ahead = ahead.add(BigDecimal.valueOf(instants[i] - now).multiply(BigDecimal.valueOf(times[i])));
            }
        }
        return ahead;
    }

    /**
     * How many instants fall into each slot of time, in Base64; null when there is none. Inside: a version (1), the length of a
     * slot in seconds, then for each slot that is hit its distance from the one before (from 0, which begins at 1970, for the first)
     * and its count, all as unsigned LEB128. Instants before 1970 stand in slot 0.
     *
     * @param slot whole hours; the wider the shorter the text
     */
    public @Nullable String histogram(Duration slot) {
        if (n() == 0) {
            return null;
        }
        long length = TimeUnit.SECONDS.toMicros(slot.toSeconds());
        PackedOutput output = new PackedOutput().octet(HISTOGRAM_VERSION).unsigned(slot.toSeconds());
        writePlaces(output, micros -> Math.max(0, Math.floorDiv(micros, length)));
        return Base64.getEncoder().encodeToString(output.toByteArray());
    }
}

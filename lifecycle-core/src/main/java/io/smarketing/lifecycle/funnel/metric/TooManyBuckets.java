package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;

/** More buckets would be listed one by one than anybody reads, as after a fact that is dated to the year 1. */
public final class TooManyBuckets extends RuntimeException {

    /** Most buckets of one value: days of half a century. */
    public static final long MOST = 20_000;

    /** Most buckets of all values together. */
    public static final long MOST_OF_VALUES = 250_000;

    private static final long serialVersionUID = 1L;

    TooManyBuckets(long buckets, int values, Bucket first, Bucket last) {
        super("there would be %,d buckets by %s from %s to %s%s"
                .formatted(
                        buckets,
                        first.grain().word(),
                        first.label(),
                        last.label(),
                        values > 1 ? ", each for %,d values".formatted(values) : ""));
    }

    private TooManyBuckets(String message) {
        super(message);
    }

    static TooManyBuckets ofValues(long buckets, Grain grain, int values) {
        return new TooManyBuckets("there would be %,d buckets by %s%s"
                .formatted(buckets, grain.word(), values > 1 ? " of %,d values together".formatted(values) : ""));
    }

    static TooManyBuckets rows(long most, Grain grain) {
        return new TooManyBuckets("there would be more than %,d rows by %s".formatted(most, grain.word()));
    }
}

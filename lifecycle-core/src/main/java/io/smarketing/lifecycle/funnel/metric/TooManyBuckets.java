package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;

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
}

package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * How figures are asked for. It changes what is shown of the merged days, never what they hold.
 *
 * @param asOf the instant at which open visits are looked at, and windows have elapsed or not
 * @param first the day from which flow is told
 * @param last the day to which flow is told
 * @param horizons times at which a curve of cumulative incidence is told; none for each at which it rises
 */
public record Reading(
        Grain grain,
        MetricDefinition definition,
        Instant asOf,
        LocalDate first,
        LocalDate last,
        List<Duration> horizons) {

    /** One day, a week, two weeks, and about one and three months. */
    public static final List<Duration> HORIZONS = List.of(
            Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(90));

    /** Five minutes, an hour, half a working day, a day and a week. */
    public static final List<Duration> RESPONSE_HORIZONS = List.of(
            Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(1), Duration.ofDays(7));

    /** The same of other days. */
    Reading of(LocalDate from, LocalDate to) {
        return new Reading(grain, definition, asOf, from, to, horizons);
    }

    ZoneId zone() {
        return definition.zone();
    }

    /**
     * Before anything is built of them.
     *
     * @throws TooManyBuckets if so many values have too many buckets from the first day to the last
     */
    void requireFew(int values) {
        long buckets = countBuckets();
        if (buckets > TooManyBuckets.MOST || (buckets > 1 && buckets * values > TooManyBuckets.MOST_OF_VALUES)) {
            throw new TooManyBuckets(buckets, values, grain.bucket(first), grain.bucket(last));
        }
    }

    /** How many there are from the first day to the last. */
    long countBuckets() {
        return grain.bucket(first).until(grain.bucket(last)) + 1;
    }

    /**
     * All buckets from the first day to the last, also those in which nothing happened.
     *
     * @throws TooManyBuckets if nobody could read them all
     */
    List<Bucket> buckets() {
        requireFew(1);
        List<Bucket> buckets = new ArrayList<>();
        Bucket end = grain.bucket(last);
        Bucket bucket = grain.bucket(first);
        while (bucket.compareTo(end) < 0) {
            buckets.add(bucket);
            bucket = bucket.next();
        }
        buckets.add(end);
        return buckets;
    }

    /** Whether so much time has passed since the end of a bucket. */
    boolean isElapsed(Bucket bucket, Duration window) {
        return bucket.grain() != Grain.ALL && !bucket.end(zone()).plus(window).isAfter(asOf);
    }
}

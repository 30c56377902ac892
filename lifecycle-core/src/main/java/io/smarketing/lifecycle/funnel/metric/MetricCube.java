package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.LeadFold;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The days of the values of one dimension. Mergeable and retractable like these; not thread-safe. */
public final class MetricCube {

    private final Dimension dimension;
    private final MetricDefinition definition;
    private final Supplier<MetricDays> form;
    private final TreeMap<@Nullable String, MetricDays> values = new TreeMap<>(Dimension.BY_VALUE);

    /** Begins an exact one. */
    public MetricCube(Dimension dimension, MetricDefinition definition) {
        this(dimension, definition, MetricDays::exact);
    }

    private MetricCube(Dimension dimension, MetricDefinition definition, Supplier<MetricDays> form) {
        this.dimension = dimension;
        this.definition = definition;
        this.form = form;
    }

    /** Begins one that does not grow with its leads. */
    public static MetricCube bounded(Dimension dimension, MetricDefinition definition) {
        return new MetricCube(dimension, definition, MetricDays::bounded);
    }

    /** One row of a value. */
    public record ValueRow(@Nullable String value, MetricRow row) {}

    public MetricDefinition definition() {
        return definition;
    }

    private MetricDays days(@Nullable String value) {
        return values.computeIfAbsent(value, absent -> form.get());
    }

    public void add(LeadFold lead) {
        days(dimension.valueOf(lead)).add(lead, definition);
    }

    /** Takes a lead out, folded as it was when it was added. */
    public void retract(LeadFold lead) {
        days(dimension.valueOf(lead)).retract(lead, definition);
    }

    /**
     * Adds the leads of one value and one day, which were added up by the same definition.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public void merge(@Nullable String value, LocalDate day, MetricTally tally) {
        days(value).merge(day, tally);
    }

    public MetricCube merge(MetricCube other) {
        other.values.forEach((value, days) -> days(value).merge(days));
        return this;
    }

    /** Takes the leads of another out. */
    public MetricCube retract(MetricCube other) {
        other.values.forEach((value, days) -> days(value).retract(days));
        return this;
    }

    /** Whether the same was added to both. */
    boolean holdsTheSame(MetricCube other) {
        return values.equals(other.values);
    }

    public boolean isEmpty() {
        return values.values().stream().allMatch(MetricDays::isEmpty);
    }

    /** From the first day on which something happened to the last one, or to the instant at which one looks if that is later. */
    public Reading reading(Grain grain, Instant asOf, List<Duration> horizons) {
        LocalDate now = Bucket.dayOf(asOf, definition.zone());
        LocalDate first = firstDay().orElse(now);
        LocalDate last = lastDay().filter(now::isBefore).orElse(now);
        return new Reading(grain, definition, asOf, first, last, horizons);
    }

    /** The first day on which something happened. */
    Optional<LocalDate> firstDay() {
        return values.values().stream()
                .filter(days -> !days.isEmpty())
                .map(days -> days.days().firstKey())
                .min(LocalDate::compareTo);
    }

    /** The last day on which something happened. */
    Optional<LocalDate> lastDay() {
        return values.values().stream()
                .filter(days -> !days.isEmpty())
                .map(days -> days.days().lastKey())
                .max(LocalDate::compareTo);
    }

    /**
     * Before rows are made of them.
     *
     * @throws TooManyBuckets if the metric has rows in more buckets than that, of all values together
     */
    void requireFew(Metric metric, Reading reading, long most) {
        long buckets = metric.hasEveryBucket()
                ? values.size() * reading.countBuckets()
                : values.values().stream()
                        .mapToLong(days -> days.by(reading.grain()).size())
                        .sum();
        if (buckets > most) {
            throw TooManyBuckets.ofValues(buckets, reading.grain(), values.size());
        }
    }

    /**
     * Ordered by value, the missing one last; within a value as the metric orders them.
     *
     * @throws TooManyBuckets if the metric has rows for every bucket, and nobody could read them all
     */
    public List<ValueRow> rows(Metric metric, Reading reading) {
        if (metric.hasEveryBucket()) {
            reading.requireFew(values.size());
        }
        List<ValueRow> rows = new ArrayList<>();
        values.forEach((value, days) -> metric.rows(days, reading).forEach(row -> rows.add(new ValueRow(value, row))));
        return rows;
    }
}

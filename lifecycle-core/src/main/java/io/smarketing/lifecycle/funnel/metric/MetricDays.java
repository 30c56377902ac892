package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.LeadFold;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What leads have added to each day: one lead's contribution, that of all leads with a dimension's value, or the change from one to the
 * other. Days without anything are absent. Mergeable and retractable; not thread-safe.
 */
public final class MetricDays {

    private final MetricTally none;
    private final TreeMap<LocalDate, MetricTally> days = new TreeMap<>();

    private MetricDays(MetricTally none) {
        this.none = none;
    }

    /** Begins days that keep every duration and instant. */
    public static MetricDays exact() {
        return new MetricDays(MetricTally.exact());
    }

    /** Begins days that do not grow with their leads. */
    public static MetricDays bounded() {
        return new MetricDays(MetricTally.bounded());
    }

    /** What one lead adds. */
    public static MetricDays of(LeadFold lead, MetricDefinition definition) {
        return exact().add(lead, definition);
    }

    public MetricDays add(LeadFold lead, MetricDefinition definition) {
        Contribution.of(lead, definition, new Signed(1));
        return this;
    }

    /** Takes a lead out that was added; it must be folded as it was then. */
    public MetricDays retract(LeadFold lead, MetricDefinition definition) {
        Contribution.of(lead, definition, new Signed(-1));
        return this;
    }

    /** Adds to the days, or takes out of them. */
    private final class Signed implements Additions {

        private final int sign;

        Signed(int sign) {
            this.sign = sign;
        }

        @Override
        public void count(LocalDate day, int measure, long number) {
            MetricTally tally = tally(day);
            tally.count(measure, sign * number);
            tidy(day, tally);
        }

        @Override
        public void duration(LocalDate day, int measure, long micros) {
            MetricTally tally = tally(day);
            tally.duration(measure, micros, sign);
            tidy(day, tally);
        }

        @Override
        public void instant(LocalDate day, int measure, Instant instant) {
            MetricTally tally = tally(day);
            tally.instant(measure, Instants.micros(instant), sign);
            tidy(day, tally);
        }

        @Override
        public void rejection(LocalDate day, @Nullable String reason) {
            MetricTally tally = tally(day);
            tally.rejection(reason, sign);
            tidy(day, tally);
        }
    }

    private MetricTally tally(LocalDate day) {
        return days.computeIfAbsent(day, absent -> none.empty());
    }

    private void tidy(LocalDate day, MetricTally tally) {
        if (tally.isEmpty()) {
            days.remove(day);
        }
    }

    /** Adds the leads of others, which may be of another form unless these are exact. */
    public MetricDays merge(MetricDays other) {
        other.days.forEach((day, added) -> tidy(day, tally(day).merge(added)));
        return this;
    }

    /**
     * Adds the leads of one day.
     *
     * @throws IllegalArgumentException if these are exact and the other is not
     */
    public MetricDays merge(LocalDate day, MetricTally added) {
        tidy(day, tally(day).merge(added));
        return this;
    }

    /** Takes the leads of others out. */
    public MetricDays retract(MetricDays other) {
        other.days.forEach((day, added) -> tidy(day, tally(day).retract(added)));
        return this;
    }

    /** Whether no lead adds anything; of a change, whether it changes nothing. */
    public boolean isEmpty() {
        return days.isEmpty();
    }

    /** The tallies by day. */
    public NavigableMap<LocalDate, MetricTally> days() {
        return Collections.unmodifiableNavigableMap(days);
    }

    /** Writes the form that {@link #read} understands. */
    public void write(PackedOutput output) {
        output.octet(none.isBounded() ? 1 : 0).unsigned(days.size());
        days.forEach((day, tally) -> {
            output.signed(day.toEpochDay());
            tally.write(output);
        });
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is of another version, or no days
     */
    public static MetricDays read(PackedInput input) {
        MetricDays read = input.octet() == 1 ? bounded() : exact();
        for (long left = input.unsigned(); left > 0; left--) {
            LocalDate day = LocalDate.ofEpochDay(input.signed());
            read.days.put(day, MetricTally.read(input));
        }
        return read;
    }

    /** Parts the days into an earlier and a later half; of one day or none, the second is empty. */
    public List<MetricDays> halves() {
        List<MetricDays> halves = List.of(new MetricDays(none), new MetricDays(none));
        int place = 0;
        for (Map.Entry<LocalDate, MetricTally> day : days.entrySet()) {
            halves.get(place++ <= (days.size() - 1) / 2 ? 0 : 1).days.put(day.getKey(), day.getValue());
        }
        return halves;
    }

    /** The days added up to buckets. */
    public SortedMap<Bucket, MetricTally> by(Grain grain) {
        SortedMap<Bucket, MetricTally> buckets = new TreeMap<>();
        days.forEach((day, tally) -> buckets.computeIfAbsent(grain.bucket(day), absent -> none.empty())
                .merge(tally));
        return buckets;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MetricDays that && days.equals(that.days);
    }

    @Override
    public int hashCode() {
        return days.hashCode();
    }
}

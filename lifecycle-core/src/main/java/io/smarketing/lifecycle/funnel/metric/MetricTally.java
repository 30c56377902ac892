package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.LongCounts;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What leads have added to a stretch of time: counts, durations and instants by what is measured. Whatever is zero is absent, so that
 * a tally is as large as what is in it. Tallies merge in any order to the same, and what was merged can be taken out. Not thread-safe.
 */
public final class MetricTally {

    private static final int FORM_VERSION = 1;

    private final boolean bounded;
    private final LongCounts counts = new LongCounts();
    private final MeasureValues<Durations> durations = new MeasureValues<>();
    private final MeasureValues<Instants> instants = new MeasureValues<>();
    private final TreeMap<@Nullable String, Long> rejections = new TreeMap<>(Dimension.BY_VALUE);

    private MetricTally(boolean bounded) {
        this.bounded = bounded;
    }

    /** Begins a tally that keeps every duration and instant. */
    public static MetricTally exact() {
        return new MetricTally(false);
    }

    /** Begins a tally that does not grow with its leads: quantiles are within 1 %, ages within half an hour, all else is exact. */
    public static MetricTally bounded() {
        return new MetricTally(true);
    }

    boolean isBounded() {
        return bounded;
    }

    /** The stages of which it holds visits; of a change, those whose flow, times or open visits it changes. */
    public Set<Stage> stages() {
        Set<Stage> stages = EnumSet.noneOf(Stage.class);
        counts.forEach((measure, number) -> addStage(stages, (int) measure));
        for (int i = 0; i < durations.size(); i++) {
            addStage(stages, durations.measure(i));
        }
        for (int i = 0; i < instants.size(); i++) {
            addStage(stages, instants.measure(i));
        }
        return stages;
    }

    private static void addStage(Set<Stage> stages, int measure) {
        Stage stage = Measure.stage(measure);
        if (stage != null) {
            stages.add(stage);
        }
    }

    MetricTally empty() {
        return new MetricTally(bounded);
    }

    void count(int measure, long number) {
        counts.add(measure, number);
    }

    void duration(int measure, long micros, int sign) {
        Durations kept = durations.computeIfAbsent(measure, this::newDurations);
        if (sign > 0) {
            kept.add(micros);
        } else {
            kept.retract(micros);
        }
        if (kept.isEmpty()) {
            durations.remove(measure);
        }
    }

    void instant(int measure, long micros, int sign) {
        Instants kept = instants.computeIfAbsent(measure, () -> newInstants(measure));
        if (sign > 0) {
            kept.add(micros);
        } else {
            kept.retract(micros);
        }
        if (kept.isEmpty()) {
            instants.remove(measure);
        }
    }

    void rejection(@Nullable String reason, long number) {
        long sum = rejections.getOrDefault(reason, 0L) + number;
        if (sum == 0) {
            rejections.remove(reason);
        } else {
            rejections.put(reason, sum);
        }
    }

    private Durations newDurations() {
        return bounded ? Durations.bounded() : Durations.exact();
    }

    private Instants newInstants(int measure) {
        if (!bounded) {
            return Instants.exact();
        }
        return Measure.isOfMinutes(measure) ? Instants.boundedByMinutes() : Instants.bounded();
    }

    /**
     * Adds the leads of another tally.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public MetricTally merge(MetricTally other) {
        return merge(other, 1);
    }

    private MetricTally merge(MetricTally other, int sign) {
        other.counts.forEach((measure, number) -> counts.add(measure, sign * number));
        other.rejections.forEach((reason, number) -> rejection(reason, sign * number));
        for (int i = 0; i < other.durations.size(); i++) {
            int measure = other.durations.measure(i);
            Durations kept = durations.computeIfAbsent(measure, this::newDurations);
            if (sign > 0) {
                kept.merge(other.durations.value(i));
            } else {
                kept.retract(other.durations.value(i));
            }
            if (kept.isEmpty()) {
                durations.remove(measure);
            }
        }
        for (int i = 0; i < other.instants.size(); i++) {
            int measure = other.instants.measure(i);
            Instants kept = instants.computeIfAbsent(measure, () -> newInstants(measure));
            if (sign > 0) {
                kept.merge(other.instants.value(i));
            } else {
                kept.retract(other.instants.value(i));
            }
            if (kept.isEmpty()) {
                instants.remove(measure);
            }
        }
        return this;
    }

    /**
     * Takes the leads of another tally out; what is left is a change where they were not in it.
     *
     * @throws IllegalArgumentException if this one is exact and the other is not
     */
    public MetricTally retract(MetricTally other) {
        return merge(other, -1);
    }

    /** Whether there is nothing in it; of a change, whether it changes nothing. */
    public boolean isEmpty() {
        return counts.isEmpty() && durations.size() == 0 && instants.size() == 0 && rejections.isEmpty();
    }

    /** Writes the form that {@link #read} understands. */
    public void write(PackedOutput output) {
        output.octet(FORM_VERSION).octet(bounded ? 1 : 0).unsigned(counts.size());
        Places places = new Places(output);
        long[] measures = counts.sorted();
        long[] numbers = counts.counts(measures);
        for (int i = 0; i < measures.length; i++) {
            places.next((int) measures[i]);
            output.signed(numbers[i]);
        }
        output.unsigned(durations.size());
        places = new Places(output);
        for (int i = 0; i < durations.size(); i++) {
            places.next(durations.measure(i));
            durations.value(i).write(output);
        }
        output.unsigned(instants.size());
        places = new Places(output);
        for (int i = 0; i < instants.size(); i++) {
            places.next(instants.measure(i));
            instants.value(i).write(output);
        }
        output.unsigned(rejections.size());
        rejections.forEach((reason, number) -> output.optionalText(reason).signed(number));
    }

    /** Writes ascending numbers as their distances. */
    private static final class Places {

        private final PackedOutput output;
        private int before;

        Places(PackedOutput output) {
            this.output = output;
        }

        void next(int measure) {
            output.unsigned(measure - before);
            before = measure;
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is of another version, or no tally
     */
    public static MetricTally read(PackedInput input) {
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalArgumentException(
                    "metrics of version %d; this program reads version %d".formatted(version, FORM_VERSION));
        }
        MetricTally tally = new MetricTally(input.octet() == 1);
        int measure = 0;
        for (long left = input.unsigned(); left > 0; left--) {
            measure += Math.toIntExact(input.unsigned());
            tally.counts.add(measure, input.signed());
        }
        measure = 0;
        for (long left = input.unsigned(); left > 0; left--) {
            measure += Math.toIntExact(input.unsigned());
            tally.durations.computeIfAbsent(measure, tally::newDurations).read(input);
        }
        measure = 0;
        for (long left = input.unsigned(); left > 0; left--) {
            measure += Math.toIntExact(input.unsigned());
            int which = measure;
            tally.instants
                    .computeIfAbsent(which, () -> tally.newInstants(which))
                    .read(input);
        }
        for (long left = input.unsigned(); left > 0; left--) {
            tally.rejections.put(input.optionalText(), input.signed());
        }
        return tally;
    }

    long count(int measure) {
        return counts.get(measure);
    }

    private Durations durations(int measure) {
        Durations kept = durations.get(measure);
        return kept == null ? newDurations() : kept;
    }

    /** How many visits to the stage began. */
    public long entered(Stage stage) {
        return count(Measure.entered(stage));
    }

    /** How many visits to the stage ended so. */
    public long left(Stage stage, ExitKind exit) {
        return count(Measure.left(stage, exit));
    }

    /** How many visits to the stage ended. */
    public long left(Stage stage) {
        long sum = 0;
        for (ExitKind exit : ExitKind.values()) {
            sum += left(stage, exit);
        }
        return sum;
    }

    /** Times in stage of the visits that ended so here. */
    public Durations timeLeft(Stage stage, ExitKind exit) {
        return durations(Measure.timeLeft(stage, exit));
    }

    /** Times in stage of the visits that ended here. To be read only: where all ended in one way, it is that way's. */
    public Durations timeLeft(Stage stage) {
        Durations all = null;
        boolean own = false;
        for (ExitKind exit : ExitKind.values()) {
            Durations times = timeLeft(stage, exit);
            if (all == null || all.isEmpty()) {
                all = times;
            } else if (!times.isEmpty()) {
                if (!own) {
                    Durations only = all;
                    all = newDurations();
                    all.merge(only);
                    own = true;
                }
                all.merge(times);
            }
        }
        return Objects.requireNonNull(all);
    }

    /** Times in stage of the visits that began here and have ended so, wherever. */
    public Durations stay(Stage stage, ExitKind exit) {
        return durations(Measure.stay(stage, exit));
    }

    /** When the visits began that began here and are open. */
    public Instants open(Stage stage) {
        return instants(Measure.open(stage));
    }

    private Instants instants(int measure) {
        Instants kept = instants.get(measure);
        return kept == null ? newInstants(measure) : kept;
    }

    Durations contacted(Response.From from) {
        return durations(Measure.contacted(from));
    }

    Durations over(Response.From from) {
        return durations(Measure.over(from));
    }

    Instants waiting(Response.From from) {
        return instants(Measure.waiting(from));
    }

    Durations timeToConvert(int path, int step, ConversionPath.Mode mode) {
        return durations(Measure.timeToConvert(path, step, mode));
    }

    /** First answers that were rejections, by their reason; null is the one that was not given. */
    public Map<@Nullable String, Long> rejections() {
        return new TreeMap<>(rejections);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MetricTally that
                && bounded == that.bounded
                && counts.holdsAsMany(that.counts)
                && durations.holdsTheSame(that.durations)
                && instants.holdsTheSame(that.instants)
                && rejections.equals(that.rejections);
    }

    @Override
    public int hashCode() {
        return counts.size() ^ rejections.hashCode();
    }
}

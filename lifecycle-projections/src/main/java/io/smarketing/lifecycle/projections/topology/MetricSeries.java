package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import io.smarketing.lifecycle.lead.Stage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * The days of one dimension's value. Each is kept in the store, as it is after every change; in memory there is only what can be had from
 * there again: what the days add up to.
 */
final class MetricSeries {

    private static final Stage[] STAGES = Stage.values();
    private static final int FORM_VERSION = 1;
    private static final int MOST_BUCKETS_IN_MEMORY = 24;

    private final RowKey row;
    private final byte[] prefix;
    private final MetricDayStore days;
    /** What each stage gained and lost, and the stages that have rows. */
    private final TreeMap<LocalDate, Flow> flows = new TreeMap<>();

    private final MetricTally all = MetricTally.bounded();
    private final Map<Bucket, MetricTally> longer = new LinkedHashMap<>(16, 0.75f, true);
    private Standing standing;

    /**
     * How far it is told.
     *
     * @param whole what stands in the rows of all of time; null where somebody else tells them
     */
    record Standing(
            long revision,
            Instant asOf,
            long position,
            @Nullable FunnelTally whole) {

        static final Standing NONE = new Standing(0, Instant.EPOCH, -1, null);

        static Standing read(PackedInput input) {
            int version = input.octet();
            if (version != FORM_VERSION) {
                throw new IllegalStateException(
                        "metrics of form %d, this program reads form %d".formatted(version, FORM_VERSION));
            }
            long revision = input.unsigned();
            Instant asOf = PackedEntry.instant(input.signed());
            long position = input.signed();
            return new Standing(revision, asOf, position, input.octet() == 1 ? FunnelTally.read(input) : null);
        }

        void write(PackedOutput output) {
            output.octet(FORM_VERSION).unsigned(revision).signed(PackedEntry.micros(asOf));
            output.signed(position).octet(whole == null ? 0 : 1);
            if (whole != null) {
                whole.write(output);
            }
        }

        Standing with(MetricChange change) {
            FunnelTally sum = whole;
            if (change.whole() != null) {
                sum = sum == null ? FunnelTally.bounded() : sum;
                sum.merge(change.whole());
            }
            return new Standing(
                    revision + 1,
                    asOf.isAfter(change.asOf()) ? asOf : change.asOf(),
                    Math.max(position, change.position()),
                    sum);
        }
    }

    private static final class Flow {

        private final long[] gains = new long[STAGES.length];
        private final EnumSet<Stage> told = EnumSet.noneOf(Stage.class);

        void add(MetricTally tally) {
            for (Stage stage : STAGES) {
                gains[stage.ordinal()] += gain(tally, stage);
            }
        }
    }

    MetricSeries(RowKey row, Standing standing, MetricDayStore days) {
        this.row = row;
        this.standing = standing;
        this.days = days;
        this.prefix = row.toBytes();
        try (KeyValueIterator<Bytes, byte[]> kept = days.range(key(LocalDate.MIN), key(LocalDate.MAX))) {
            kept.forEachRemaining(day -> {
                Flow flow = new Flow();
                MetricTally tally = read(day.value, flow);
                flow.add(tally);
                flows.put(date(day.key), flow);
                all.merge(tally);
            });
        }
    }

    private static long gain(MetricTally tally, Stage stage) {
        return tally.entered(stage) - tally.left(stage);
    }

    RowKey row() {
        return row;
    }

    Standing standing() {
        return standing;
    }

    /** So that the bytes of days are in the order of time, whatever their sign. */
    private Bytes key(LocalDate day) {
        long number = Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, day.toEpochDay()));
        return Bytes.wrap(ByteBuffer.allocate(prefix.length + Integer.BYTES)
                .put(prefix)
                .putInt((int) number ^ Integer.MIN_VALUE)
                .array());
    }

    private LocalDate date(Bytes key) {
        return LocalDate.ofEpochDay(
                ByteBuffer.wrap(key.get(), prefix.length, Integer.BYTES).getInt() ^ Integer.MIN_VALUE);
    }

    private static MetricTally read(byte[] packed, Flow flow) {
        PackedInput input = new PackedInput(packed);
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalStateException(
                    "days of form %d, this program reads form %d".formatted(version, FORM_VERSION));
        }
        flow.told.addAll(Untold.stages(input.octet()));
        return MetricTally.read(input);
    }

    private static byte[] write(MetricTally tally, Flow flow) {
        PackedOutput output = new PackedOutput().octet(FORM_VERSION).octet(Untold.mask(flow.told));
        tally.write(output);
        return output.toByteArray();
    }

    private MetricTally day(LocalDate day) {
        return days.get(key(day), packed -> read(packed, new Flow()));
    }

    /** Adds what leads change, and returns the first day on which a stage came to hold more or fewer than it did; null if on none. */
    @Nullable LocalDate add(MetricChange change) {
        standing = standing.with(change);
        LocalDate moved = null;
        for (Map.Entry<LocalDate, MetricTally> changed : change.days().days().entrySet()) {
            LocalDate date = changed.getKey();
            MetricTally added = changed.getValue();
            Flow flow = flows.computeIfAbsent(date, absent -> new Flow());
            flow.told.addAll(added.stages());
            flow.add(added);
            MetricTally sum = day(date).merge(added);
            days.put(key(date), sum, write(sum, flow));
            all.merge(added);
            for (Grain grain : new Grain[] {Grain.WEEK, Grain.MONTH}) {
                MetricTally kept = longer.get(grain.bucket(date));
                if (kept != null) {
                    kept.merge(added);
                }
            }
            if (moved == null && added.stages().stream().anyMatch(stage -> gain(added, stage) != 0)) {
                moved = date;
            }
        }
        return moved;
    }

    /** What the leads added to a bucket. */
    MetricTally tally(Bucket bucket) {
        return switch (bucket.grain()) {
            case DAY -> day(bucket.first());
            case ALL -> all;
            case WEEK, MONTH -> longer(bucket);
        };
    }

    private MetricTally longer(Bucket bucket) {
        MetricTally kept = longer.get(bucket);
        if (kept == null) {
            kept = MetricTally.bounded();
            for (LocalDate day :
                    flows.subMap(bucket.first(), bucket.next().first()).keySet()) {
                kept.merge(day(day));
            }
            longer.put(bucket, kept);
            if (longer.size() > MOST_BUCKETS_IN_MEMORY) {
                longer.remove(longer.keySet().iterator().next());
            }
        }
        return kept;
    }

    /** The days that have something, from one on. */
    Set<LocalDate> daysFrom(LocalDate first) {
        return Collections.unmodifiableSet(flows.tailMap(first, true).keySet());
    }

    boolean hasDays(Bucket bucket) {
        return !flows.subMap(bucket.first(), bucket.next().first()).isEmpty();
    }

    /** The stages that have a row in a bucket. */
    Set<Stage> told(Bucket bucket) {
        EnumSet<Stage> told = EnumSet.noneOf(Stage.class);
        flows.subMap(bucket.first(), bucket.next().first()).values().forEach(flow -> told.addAll(flow.told));
        return told;
    }

    /** What each stage holds when a day begins, for many days in order of time. */
    Balances balances() {
        return new Balances();
    }

    /** Goes forward only. */
    final class Balances {

        private final long[] held = new long[STAGES.length];
        private LocalDate reached = LocalDate.MIN;

        /** By the number of the stage; as long as no other day is asked for. */
        long[] at(LocalDate day) {
            flows.subMap(reached, day).values().forEach(flow -> {
                for (int i = 0; i < held.length; i++) {
                    held[i] += flow.gains[i];
                }
            });
            reached = day;
            return held;
        }
    }
}

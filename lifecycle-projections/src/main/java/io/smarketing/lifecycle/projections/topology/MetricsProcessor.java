package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.metric.MetricCell;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import io.smarketing.lifecycle.lead.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Adds changes up in the days of the dimension's values that it owns, and notes which rows of days, weeks and months they touch. These are
 * told soon after, once for all changes since. What a stage holds at the end of a day is what it held at its start, plus in, minus out; so a
 * late fact changes the rows of all later days: these are told one after the other, when there is time.
 */
final class MetricsProcessor implements Processor<Integer, byte[], String, MetricsProcessor.Told> {

    static final String DAYS = "metric-days";
    /** How far each value is told. */
    static final String SERIES = "metric-series";
    /** Which rows of a value are to be told. */
    static final String UNTOLD = "untold-rows";

    private static final Duration PERIOD = Duration.ofMillis(200);
    /** Between two rounds under load: what is told less often takes more changes at once. */
    private static final long LEAST_PAUSE_MILLIS = 1_000;

    private static final Duration FINALITY_PERIOD = Duration.ofMinutes(10);
    /** So long a task tells at once; then its thread's others have their turn. */
    private static final long SLICE_MILLIS = 100;
    /** Later days take little of that under load. */
    private static final long LATER_MILLIS_WHEN_BUSY = 5;

    private static final int MOST_VALUES_AT_ONCE = 500;
    private static final int DAYS_AT_ONCE = 10;
    private static final int MOST_IN_MEMORY = 1_000;
    private static final List<Grain> LONGER = List.of(Grain.WEEK, Grain.MONTH);
    /** No row has this key. */
    private static final Bytes FINAL_UP_TO = Bytes.wrap(new byte[0]);

    private static final JsonMapper JSON = new JsonMapper();

    private final String policy;
    private final MetricSettings settings;
    private final MetricDefinition definition;
    private final TopologyCounts counts;
    private final Share share;
    private final Traffic traffic;
    private final LongSupplier nanoTime;
    private final Map<RowKey, MetricSeries> series = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable ProcessorContext<String, Told> context;
    private @Nullable MetricDayStore days;
    private @Nullable KeyValueStore<Bytes, byte[]> standings;
    private @Nullable KeyValueStore<Bytes, byte[]> untold;
    /** The last value of this round that was looked at; null at its beginning. */
    private @Nullable Bytes reached;

    /** Rows whose buckets have become final and that are not told so yet. */
    private final Queue<RowKey> becameFinal = new ArrayDeque<>();

    private Set<Bucket> finalBuckets = Set.of();
    private long finalUpTo;
    private boolean forwarded;
    /** The last bucket of the value behind that; null at its beginning. */
    private @Nullable Bucket reachedBucket;

    private long restUntil;

    MetricsProcessor(
            String policy,
            MetricSettings settings,
            TopologyCounts counts,
            Share share,
            Traffic traffic,
            LongSupplier nanoTime) {
        this.policy = policy;
        this.settings = settings;
        this.definition = settings.definition();
        this.counts = counts;
        this.share = share;
        this.traffic = traffic;
        this.nanoTime = nanoTime;
    }

    /**
     * A row.
     *
     * @param shared whether it is one of {@code funnel.shared}, or one of {@code funnel.stages}
     */
    record Told(boolean shared, byte[] json) {}

    @Override
    public void init(ProcessorContext<String, Told> processorContext) {
        context = processorContext;
        days = new MetricDayStore(processorContext.getStateStore(DAYS));
        standings = processorContext.getStateStore(SERIES);
        untold = processorContext.getStateStore(UNTOLD);
        share.join();
        // The same object comes back to life after its task was found corrupted.
        series.clear();
        becameFinal.clear();
        reached = null;
        reachedBucket = null;
        restUntil = 0;
        processorContext.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::tellUnlessResting);
        processorContext.schedule(FINALITY_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::lookForFinal);
    }

    @Override
    public void close() {
        share.leave();
    }

    private ProcessorContext<String, Told> context() {
        return Objects.requireNonNull(context);
    }

    private KeyValueStore<Bytes, byte[]> standings() {
        return Objects.requireNonNull(standings);
    }

    private KeyValueStore<Bytes, byte[]> untold() {
        return Objects.requireNonNull(untold);
    }

    private MetricSeries series(RowKey row) {
        MetricSeries known = series.get(row);
        if (known == null) {
            byte[] kept = standings().get(Bytes.wrap(row.toBytes()));
            MetricSeries.Standing standing = MetricSeries.Standing.NONE;
            if (kept != null) {
                PackedInput input = new PackedInput(kept);
                RowKey.read(input);
                standing = MetricSeries.Standing.read(input);
            }
            known = new MetricSeries(row, standing, Objects.requireNonNull(days));
            series.put(row, known);
            if (series.size() > MOST_IN_MEMORY) {
                series.remove(series.keySet().iterator().next());
            }
        }
        return known;
    }

    private void keep(MetricSeries touched) {
        PackedOutput output = new PackedOutput();
        touched.row().write(output);
        touched.standing().write(output);
        standings().put(Bytes.wrap(touched.row().toBytes()), output.toByteArray());
    }

    @Override
    public void process(Record<Integer, byte[]> received) {
        traffic.change(context().currentSystemTimeMs());
        MetricChange change;
        try {
            change = MetricChange.read(received.value());
        } catch (IllegalArgumentException e) {
            counts.countUnreadable("a change of metrics", String.valueOf(e.getMessage()));
            return;
        }
        MetricSeries touched = series(change.row());
        boolean isNew = touched.standing().revision() == 0;
        LocalDate moved = touched.add(change);
        keep(touched);
        Bytes key = Bytes.wrap(change.row().toBytes());
        byte[] noted = untold().get(key);
        Untold rows = noted == null ? new Untold(change.row()) : Untold.read(noted);
        rows.add(change);
        if (change.whole() != null) {
            rows.addWhole(isNew ? EnumSet.allOf(Stage.class) : change.whole().stages());
        }
        if (moved != null && !touched.daysFrom(moved.plusDays(1)).isEmpty()) {
            rows.addLater(moved.plusDays(1));
        }
        untold().put(key, rows.write());
    }

    /** Rows of buckets, in order of time within each grain. */
    private void tell(MetricSeries told, Map<Bucket, Set<Stage>> buckets, boolean shared, long now) {
        Map<Grain, MetricSeries.Balances> balances = new TreeMap<>();
        buckets.forEach((bucket, stages) -> tell(told, bucket, stages, shared, balances, now));
    }

    /** @param balances of earlier buckets of the grain, to go on with */
    private void tell(
            MetricSeries told,
            Bucket bucket,
            Set<Stage> stages,
            boolean shared,
            Map<Grain, MetricSeries.Balances> balances,
            long now) {
        MetricTally tally = told.tally(bucket);
        MetricCell cell = cell(told, bucket);
        MetricCell.Standing standing = standing(told, bucket, now);
        if (!stages.isEmpty()) {
            long[] held = balances.computeIfAbsent(bucket.grain(), grain -> told.balances())
                    .at(bucket.first());
            for (Stage stage : stages) {
                forward(
                        cell.stageKey(stage),
                        false,
                        cell.stageRow(stage, tally, held[stage.ordinal()], definition, standing),
                        now);
            }
        }
        if (shared) {
            forward(cell.sharedKey(), true, cell.sharedRow(tally, definition, standing), now);
        }
    }

    private void tellShared(MetricSeries told, Bucket bucket, long now) {
        MetricCell cell = cell(told, bucket);
        ObjectNode json = cell.sharedRow(told.tally(bucket), definition, standing(told, bucket, now));
        forward(cell.sharedKey(), true, json, now);
    }

    private void tellWhole(MetricSeries told, FunnelTally whole, Set<Stage> stages, long now) {
        MetricSeries.Standing standing = told.standing();
        for (Stage stage : stages) {
            FunnelStage row =
                    new FunnelStage(policy, told.row().dimension(), told.row().value(), stage);
            forward(
                    row.key(),
                    false,
                    row.toJson(whole, standing.revision(), standing.asOf(), standing.position()),
                    now);
        }
    }

    private MetricCell cell(MetricSeries told, Bucket bucket) {
        return new MetricCell(policy, bucket, told.row().dimension(), told.row().value());
    }

    private MetricCell.Standing standing(MetricSeries told, Bucket bucket, long now) {
        MetricSeries.Standing standing = told.standing();
        return new MetricCell.Standing(
                standing.revision(), isFinal(bucket, Instant.ofEpochMilli(now)), standing.asOf(), standing.position());
    }

    private boolean isFinal(Bucket bucket, Instant now) {
        return bucket.grain() != Grain.ALL
                && bucket.end(definition.zone()).plus(settings.finality()).isBefore(now);
    }

    private void forward(String key, boolean shared, ObjectNode json, long now) {
        forwarded = true;
        context().forward(new Record<>(key, new Told(shared, JSON.writeValueAsBytes(json)), now));
    }

    /**
     * A slice at a time: the thread has other tasks, and the processor other threads, whose rows must not wait for these. Each is committed
     * at once: behind a row that is not, who reads committed rows sees none, whoever wrote them.
     */
    private void tellUnlessResting(long now) {
        boolean busy = traffic.isBusy(now) || traffic.isChanging(now);
        if (busy && now < restUntil) {
            return;
        }
        forwarded = false;
        Slice slice = new Slice(nanoTime);
        boolean roundEnded = tellRound(slice, now) && tellBecameFinal(slice, now);
        if (roundEnded && !traffic.isBehind(now)) {
            tellLaterDays(busy ? LATER_MILLIS_WHEN_BUSY : SLICE_MILLIS, now);
        }
        if (forwarded) {
            context().commit();
        }
        long took = slice.millis();
        restUntil = busy ? now + took + Math.max(share.restAfter(took), roundEnded ? LEAST_PAUSE_MILLIS : 0) : 0;
    }

    /** Whether all is told that was noted. */
    private boolean tellRound(Slice slice, long now) {
        List<Untold> noted = notedBehind(reached);
        for (Untold rows : noted) {
            if (rows.isTouched() && !tellTouched(rows, slice, now)) {
                return false;
            }
            reached = Bytes.wrap(rows.row().toBytes());
        }
        if (noted.size() == MOST_VALUES_AT_ONCE) {
            return false;
        }
        reached = null;
        return true;
    }

    private void tellLaterDays(long millis, long now) {
        Slice slice = new Slice(nanoTime);
        for (Untold rows : notedBehind(null)) {
            while (rows.later() != null && !rows.isTouched() && slice.millis() < millis) {
                tellLater(rows, now);
            }
        }
    }

    /** Some, in the order of their keys, so that none is told twice before all others are once. */
    private List<Untold> notedBehind(@Nullable Bytes key) {
        List<Untold> noted = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> some = untold().range(key, null)) {
            while (some.hasNext() && noted.size() < MOST_VALUES_AT_ONCE) {
                KeyValue<Bytes, byte[]> rows = some.next();
                if (!rows.key.equals(key)) {
                    noted.add(Untold.read(rows.value));
                }
            }
        }
        return noted;
    }

    /** Whether all of one value is told: of some there are more rows than a slice has time for. */
    private boolean tellTouched(Untold rows, Slice slice, long now) {
        MetricSeries touched = series(rows.row());
        Map<Grain, MetricSeries.Balances> balances = new TreeMap<>();
        for (Bucket bucket = rows.next(reachedBucket); bucket != null; bucket = rows.next(bucket)) {
            if (slice.millis() >= SLICE_MILLIS) {
                note(rows);
                return false;
            }
            tell(touched, bucket, rows.take(bucket), true, balances, now);
            reachedBucket = bucket;
        }
        reachedBucket = null;
        tellShared(touched, Bucket.ALL, now);
        FunnelTally whole = touched.standing().whole();
        if (whole != null) {
            tellWhole(touched, whole, rows.whole(), now);
        }
        rows.toldWhole();
        note(rows);
        return true;
    }

    /** What stages hold, on some days that were not touched themselves. */
    private void tellLater(Untold rows, long now) {
        MetricSeries moved = series(rows.row());
        List<LocalDate> portion = new ArrayList<>();
        LocalDate next = null;
        for (LocalDate day : moved.daysFrom(Objects.requireNonNull(rows.later()))) {
            if (portion.size() == DAYS_AT_ONCE) {
                next = day;
                break;
            }
            portion.add(day);
        }
        Map<Bucket, Set<Stage>> buckets = new TreeMap<>();
        for (LocalDate day : portion) {
            buckets.put(Grain.DAY.bucket(day), moved.told(Grain.DAY.bucket(day)));
            LONGER.forEach(grain -> buckets.computeIfAbsent(grain.bucket(day), moved::told));
        }
        tell(moved, buckets, false, now);
        rows.toldLater(next);
        note(rows);
    }

    private void note(Untold rows) {
        Bytes key = Bytes.wrap(rows.row().toBytes());
        untold().put(key, rows.isTouched() || rows.later() != null ? rows.write() : null);
    }

    /** Which rows' time has come since the last look. Those that were told meanwhile know it already. */
    private void lookForFinal(long now) {
        if (!becameFinal.isEmpty()) {
            return;
        }
        byte[] kept = standings().get(FINAL_UP_TO);
        Instant from = Instant.ofEpochMilli(kept == null ? now : new PackedInput(kept).signed());
        finalUpTo = now;
        finalBuckets = becameFinal(from, Instant.ofEpochMilli(now));
        if (finalBuckets.isEmpty()) {
            keepFinalUpTo();
            return;
        }
        try (KeyValueIterator<Bytes, byte[]> all = standings().all()) {
            all.forEachRemaining(value -> {
                if (value.key.get().length > 0) {
                    becameFinal.add(RowKey.read(new PackedInput(value.value)));
                }
            });
        }
    }

    /** Whether all are told. That is kept only then: after a crash before, they are looked for again. */
    private boolean tellBecameFinal(Slice slice, long now) {
        while (!becameFinal.isEmpty()) {
            if (slice.millis() >= SLICE_MILLIS) {
                return false;
            }
            MetricSeries told = series(becameFinal.remove());
            Map<Bucket, Set<Stage>> touched = new TreeMap<>();
            for (Bucket bucket : finalBuckets) {
                if (told.hasDays(bucket)) {
                    touched.put(bucket, told.told(bucket));
                }
            }
            tell(told, touched, true, now);
            if (becameFinal.isEmpty()) {
                keepFinalUpTo();
            }
        }
        return true;
    }

    private void keepFinalUpTo() {
        standings().put(FINAL_UP_TO, new PackedOutput().signed(finalUpTo).toByteArray());
    }

    private Set<Bucket> becameFinal(Instant from, Instant to) {
        Set<Bucket> buckets = new TreeSet<>();
        LocalDate last = Bucket.dayOf(to.minus(settings.finality()), definition.zone());
        // A month ends up to 31 days after a day that is in it.
        LocalDate day =
                Bucket.dayOf(from.minus(settings.finality()), definition.zone()).minusDays(32);
        for (; !day.isAfter(last); day = day.plusDays(1)) {
            for (Grain grain : new Grain[] {Grain.DAY, Grain.WEEK, Grain.MONTH}) {
                Bucket bucket = grain.bucket(day);
                if (isFinal(bucket, to) && !isFinal(bucket, from)) {
                    buckets.add(bucket);
                }
            }
        }
        return buckets;
    }
}

package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.metric.MetricDays;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadFold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leads of a task add to the metrics. It is told in portions, once for all leads that changed since the last one: so a lead that
 * changed many times is folded once, and a day that many leads change is told once. Which leads those are is kept beside the leads, and
 * what was told of each: a commit at any moment leaves every change either told or to be told. Of a lead, only events that bear on its fold
 * are kept, and no others are looked at.
 */
final class MetricLeads implements Processor<@Nullable String, byte @Nullable [], Integer, byte[]> {

    static final String STORE = "metric-leads";

    /** Leads that changed since they were told. */
    static final String STALE = "stale-leads";
    /** What stands in the days for each lead, to be taken out as it was added. */
    static final String TOLD = "told-metrics";

    private static final Logger LOG = LoggerFactory.getLogger(MetricLeads.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    /** Under load, between two portions: what is folded less often takes more changes at once. */
    private static final long LEAST_PAUSE_MILLIS = 2_000;

    private static final int MOST_AT_ONCE = 5_000;
    /** Who catches up makes each portion as large as it may be: a day's row costs as much to add one lead as to add a hundred. */
    private static final long PAUSE_WHEN_BEHIND_MILLIS = 30_000;

    private static final int MOST_AT_ONCE_WHEN_BEHIND = 20_000;
    /** So long a task works at a portion at the most: a thread that has several and comes to no commit loses its transaction. */
    private static final long LONGEST_MILLIS = 2_000;

    private static final int FORM_VERSION = 1;
    /** Raised when leads come to tell more than they did: then all of them are told anew. */
    private static final int TELLING = 2;
    /** No lead has this id. Here it stands for what all of them were told with. */
    private static final String EVERYBODY = "";

    private static final byte[] PRESENT = {1};

    private final Folding folding;
    private final MetricSettings settings;
    private final int owners;
    private final Share share;
    private final Traffic traffic;
    private final LongSupplier nanoTime;
    private @Nullable ProcessorContext<Integer, byte[]> context;
    private @Nullable KeyValueStore<String, byte[]> leads;
    private @Nullable KeyValueStore<String, byte[]> stale;
    private @Nullable KeyValueStore<String, byte[]> told;
    private With with = With.NOTHING;
    private long restUntil;
    /** Since events were old, until none of the leads that they changed is left. */
    private boolean catchesUp;

    private long toldAt;
    /** Of a portion that was begun, so many are still to be told. */
    private int leftOfPortion;

    MetricLeads(
            Folding folding, MetricSettings settings, int owners, Share share, Traffic traffic, LongSupplier nanoTime) {
        this.folding = folding;
        this.settings = settings;
        this.owners = owners;
        this.share = share;
        this.traffic = traffic;
        this.nanoTime = nanoTime;
    }

    /** What leads were told with. */
    private record With(String definition, List<Dimension> dimensions, byte[] packed) {

        static final With NOTHING = new With("", List.of(), new byte[0]);

        static With of(String definition, List<String> attributes) {
            PackedOutput output = new PackedOutput().octet(TELLING).text(definition);
            output.unsigned(attributes.size());
            attributes.forEach(output::text);
            List<Dimension> dimensions = new ArrayList<>();
            Dimension.BUILT_IN.forEach(name -> dimensions.add(new Dimension(name)));
            attributes.stream()
                    .filter(name -> !Dimension.BUILT_IN.contains(name))
                    .forEach(name -> dimensions.add(new Dimension(name)));
            return new With(definition, dimensions, output.toByteArray());
        }

        static List<String> attributes(byte @Nullable [] packed) {
            List<String> attributes = new ArrayList<>();
            if (packed != null) {
                PackedInput input = new PackedInput(packed);
                input.octet();
                input.text();
                for (long left = input.unsigned(); left > 0; left--) {
                    attributes.add(input.text());
                }
            }
            return attributes;
        }
    }

    /**
     * What one lead adds, and to which rows.
     *
     * @param whole null where somebody else tells it of all its rows
     */
    private record Counted(List<RowKey> rows, @Nullable FunnelTally whole, MetricDays days) {

        static final Counted NOWHERE = new Counted(List.of(), null, MetricDays.exact());

        static Counted read(byte @Nullable [] packed) {
            if (packed == null) {
                return NOWHERE;
            }
            PackedInput input = new PackedInput(packed);
            int version = input.octet();
            if (version != FORM_VERSION) {
                throw new IllegalStateException(
                        "a lead's metrics of form %d, this program reads form %d".formatted(version, FORM_VERSION));
            }
            List<RowKey> rows = new ArrayList<>();
            for (long left = input.unsigned(); left > 0; left--) {
                rows.add(RowKey.read(input));
            }
            FunnelTally whole = input.octet() == 1 ? FunnelTally.read(input) : null;
            return new Counted(rows, whole, MetricDays.read(input));
        }

        byte[] write() {
            PackedOutput output = new PackedOutput().octet(FORM_VERSION).unsigned(rows.size());
            rows.forEach(row -> row.write(output));
            output.octet(whole == null ? 0 : 1);
            if (whole != null) {
                whole.write(output);
            }
            days.write(output);
            return output.toByteArray();
        }
    }

    /** The changes of one row that are not told yet. */
    private static final class Gathered {

        private final @Nullable FunnelTally whole;
        private final MetricDays days = MetricDays.bounded();

        Gathered(boolean alone) {
            whole = alone ? new FunnelTally() : null;
        }

        void merge(@Nullable FunnelTally tally, MetricDays change) {
            if (whole != null && tally != null) {
                whole.merge(tally);
            }
            days.merge(change);
        }

        void retract(@Nullable FunnelTally tally, MetricDays change) {
            if (whole != null && tally != null) {
                whole.retract(tally);
            }
            days.retract(change);
        }

        boolean isEmpty() {
            return days.isEmpty() && (whole == null || whole.stages().isEmpty());
        }
    }

    @Override
    public void init(ProcessorContext<Integer, byte[]> processorContext) {
        context = processorContext;
        leads = processorContext.getStateStore(STORE);
        stale = processorContext.getStateStore(STALE);
        told = processorContext.getStateStore(TOLD);
        share.join();
        folding.forget();
        with = With.NOTHING;
        restUntil = 0;
        catchesUp = false;
        leftOfPortion = 0;
        toldAt = processorContext.currentSystemTimeMs();
        processorContext.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::tellUnlessResting);
    }

    @Override
    public void close() {
        share.leave();
    }

    private ProcessorContext<Integer, byte[]> context() {
        return Objects.requireNonNull(context);
    }

    private KeyValueStore<String, byte[]> leads() {
        return Objects.requireNonNull(leads);
    }

    private KeyValueStore<String, byte[]> stale() {
        return Objects.requireNonNull(stale);
    }

    private KeyValueStore<String, byte[]> told() {
        return Objects.requireNonNull(told);
    }

    /** What cannot be read, or finds no room in its lead, is told by the leads' own task. */
    @Override
    public void process(Record<@Nullable String, byte @Nullable []> received) {
        try {
            LogRecord event = LogRecord.of(received.key(), received.value(), received.headers());
            if (folding.bearsOnFold(event.type())) {
                take(event, received.timestamp());
            }
        } catch (LogRecord.UnreadableRecord e) {
            LOG.debug("passed over", e);
        }
    }

    private void take(LogRecord event, long timestamp) throws LogRecord.UnreadableRecord {
        byte[] packed = leads().get(event.leadId());
        if (packed != null && event.sequence() <= LeadState.Progress.of(packed).sequence()) {
            return;
        }
        if (LeadState.isFull(packed, event)) {
            return;
        }
        Entry entry = event.entry();
        if (folding.isKept(entry)) {
            leads().put(
                            event.leadId(),
                            LeadState.read(packed).withEntry(event, entry).write());
            changed(event.leadId());
            traffic.event(context().currentSystemTimeMs(), timestamp);
        }
    }

    /** The lead has to be told anew. */
    private void changed(String leadId) {
        stale().put(leadId, PRESENT);
    }

    private void tellUnlessResting(long now) {
        boolean busy = traffic.isBusy(now);
        boolean behind = traffic.isBehind(now);
        catchesUp |= behind;
        boolean pauses = behind && leftOfPortion == 0 && now < toldAt + PAUSE_WHEN_BEHIND_MILLIS;
        if (busy && (now < restUntil || pauses)) {
            return;
        }
        Slice slice = new Slice(nanoTime);
        follow();
        if (leftOfPortion == 0) {
            leftOfPortion = catchesUp ? MOST_AT_ONCE_WHEN_BEHIND : MOST_AT_ONCE;
        }
        int number = tell(leftOfPortion, slice, now);
        boolean allTold = !hasStale();
        leftOfPortion = allTold ? 0 : leftOfPortion - number;
        catchesUp = behind || (catchesUp && !allTold);
        if (leftOfPortion == 0) {
            toldAt = now;
        }
        long took = slice.millis();
        long rest = behind && leftOfPortion > 0 ? took : Math.max(LEAST_PAUSE_MILLIS, took + share.restAfter(took));
        restUntil = number > 0 && busy ? now + rest : 0;
    }

    private boolean hasStale() {
        try (KeyValueIterator<String, byte[]> changed = stale().all()) {
            return changed.hasNext();
        }
    }

    /** With another definition or other dimensions, every lead has to be told anew. */
    private void follow() {
        Optional<List<String>> attributes = settings.attributes().get();
        byte[] before = told().get(EVERYBODY);
        With now = With.of(settings.definition().hash(), attributes.orElseGet(() -> With.attributes(before)));
        if (Arrays.equals(now.packed(), with.packed())) {
            return;
        }
        if (before == null || !Arrays.equals(now.packed(), before)) {
            try (KeyValueIterator<String, byte[]> all = leads().all()) {
                all.forEachRemaining(lead -> changed(lead.key));
            }
            told().put(EVERYBODY, now.packed());
        }
        with = now;
    }

    /** As many as there is time for; returns how many. */
    private int tell(int most, Slice slice, long now) {
        List<String> portion = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> changed = stale().all()) {
            while (changed.hasNext() && portion.size() < most) {
                portion.add(changed.next().key);
            }
        }
        if (portion.isEmpty()) {
            return 0;
        }
        Map<RowKey, Gathered> gathered = new LinkedHashMap<>();
        long position = -1;
        Instant asOf = Instant.EPOCH;
        int number = 0;
        for (String leadId : portion) {
            if (number > 0 && slice.millis() >= LONGEST_MILLIS) {
                break;
            }
            number++;
            LeadState state = LeadState.read(leads().get(leadId));
            position = Math.max(position, state.progress().position());
            asOf = asOf.isAfter(state.progress().asOf())
                    ? asOf
                    : state.progress().asOf();
            Counted before = Counted.read(told().get(leadId));
            Counted after = folding.fold(leadId, state).map(this::counted).orElse(Counted.NOWHERE);
            gather(before, after, gathered);
            told().put(leadId, after.rows().isEmpty() ? null : after.write());
            stale().delete(leadId);
        }
        for (Map.Entry<RowKey, Gathered> row : gathered.entrySet()) {
            if (!row.getValue().isEmpty()) {
                forward(new MetricChange(row.getKey(), position, asOf, row.getValue().whole, row.getValue().days), now);
            }
        }
        return number;
    }

    private void forward(MetricChange change, long now) {
        int owner = change.row().owner(owners);
        change.write().forEach(record -> context().forward(new Record<>(owner, record, now)));
    }

    private Counted counted(LeadFold fold) {
        List<RowKey> rows = with.dimensions().stream()
                .map(dimension -> new RowKey(dimension.name(), dimension.valueOf(fold)))
                .toList();
        FunnelTally whole = rows.size() > Dimension.BUILT_IN.size() ? FunnelTally.of(fold) : null;
        return new Counted(rows, whole, MetricDays.of(fold, settings.definition()));
    }

    private static void gather(Counted before, Counted after, Map<RowKey, Gathered> gathered) {
        if (before.rows().equals(after.rows())) {
            MetricDays days = MetricDays.exact().merge(after.days()).retract(before.days());
            FunnelTally whole = after.whole();
            if (whole != null && before.whole() != null) {
                FunnelTally change = new FunnelTally();
                change.merge(whole);
                change.retract(before.whole());
                whole = change;
            }
            for (RowKey row : after.rows()) {
                gathered(row, gathered).merge(whole, days);
            }
            return;
        }
        before.rows().forEach(row -> gathered(row, gathered).retract(before.whole(), before.days()));
        after.rows().forEach(row -> gathered(row, gathered).merge(after.whole(), after.days()));
    }

    /** Of the dimensions that every series has, the rows of all of time are told event by event. */
    private static Gathered gathered(RowKey row, Map<RowKey, Gathered> gathered) {
        return gathered.computeIfAbsent(row, key -> new Gathered(!Dimension.BUILT_IN.contains(key.dimension())));
    }
}

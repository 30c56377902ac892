package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Folds each lead anew when an event bears on its fold, and says what that changes. Activities alone restate nothing: they
 * only raise the sequence that is kept.
 */
final class LeadsProcessor implements Processor<@Nullable String, byte @Nullable [], String, LeadChange> {

    static final String STORE = "leads";

    private static final RowKey EVERYTHING = new RowKey(Dimension.ALL.name(), Dimension.ALL.name());
    /** No lead has this id. */
    private static final String COVERAGE = "";

    private static final Duration COVERAGE_PERIOD = Duration.ofMillis(250);
    private static final JsonMapper JSON = new JsonMapper();

    private final Folding folding;
    private final TopologyCounts counts;
    private final int owners;
    private @Nullable ProcessorContext<String, LeadChange> context;
    private @Nullable KeyValueStore<String, byte[]> store;
    private Coverage coverage = Coverage.NONE;

    LeadsProcessor(Folding folding, TopologyCounts counts, int owners) {
        this.folding = folding;
        this.counts = counts;
        this.owners = owners;
    }

    /**
     * How far this task has come, and up to where the row of all leads was told. Kept with the leads: an event that changes no row is
     * covered all the same, after a crash too.
     */
    private record Coverage(long position, Instant asOf, long told) {

        static final Coverage NONE = new Coverage(-1, Instant.EPOCH, -1);

        Coverage with(LogRecord event) {
            return new Coverage(
                    Math.max(position, event.position()),
                    asOf.isAfter(event.recordedAt()) ? asOf : event.recordedAt(),
                    told);
        }

        Coverage toldNow() {
            return new Coverage(position, asOf, position);
        }

        byte[] write() {
            return new PackedOutput()
                    .signed(position)
                    .signed(PackedEntry.micros(asOf))
                    .signed(told)
                    .toByteArray();
        }

        static Coverage read(byte @Nullable [] packed) {
            if (packed == null) {
                return NONE;
            }
            PackedInput input = new PackedInput(packed);
            return new Coverage(input.signed(), PackedEntry.instant(input.signed()), input.signed());
        }
    }

    @Override
    public void init(ProcessorContext<String, LeadChange> processorContext) {
        context = processorContext;
        store = processorContext.getStateStore(STORE);
        folding.forget();
        coverage = Coverage.read(leads().get(COVERAGE));
        processorContext.schedule(COVERAGE_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::tellCoverage);
    }

    private KeyValueStore<String, byte[]> leads() {
        return Objects.requireNonNull(store);
    }

    @Override
    public void process(Record<@Nullable String, byte @Nullable []> received) {
        LogRecord event;
        try {
            event = LogRecord.of(received.key(), received.value(), received.headers());
        } catch (LogRecord.UnreadableRecord e) {
            counts.countUnreadable(place(), String.valueOf(e.getMessage()));
            return;
        }
        byte[] packed = leads().get(event.leadId());
        long last = packed == null ? -1 : LeadState.Progress.of(packed).sequence();
        if (event.sequence() <= last) {
            counts.countPassedOver();
            return;
        }
        if (event.sequence() > last + 1) {
            counts.countGap(event.leadId(), last + 1, event.sequence());
        }
        coverage = coverage.with(event);
        leads().put(event.leadId(), next(event, packed, received.timestamp()));
        leads().put(COVERAGE, coverage.write());
    }

    private byte[] next(LogRecord event, byte @Nullable [] packed, long timestamp) {
        if (!folding.reads(event.type())) {
            return LeadState.advance(packed, event);
        }
        if (LeadState.isFull(packed, event)) {
            counts.countTooMuch(event.leadId(), event.sequence());
            return LeadState.advance(packed, event);
        }
        Entry entry;
        try {
            entry = event.entry();
        } catch (LogRecord.UnreadableRecord e) {
            counts.countUnreadable(place(), String.valueOf(e.getMessage()));
            return LeadState.advance(packed, event);
        }
        LeadState before = LeadState.read(packed);
        LeadState after = folding.next(before, event, entry);
        if (!Objects.equals(after.counted(), before.counted())) {
            tellRows(event, before, after, timestamp);
        }
        if (folding.shows() && !after.showsAs(before)) {
            show(event.leadId(), before, after, timestamp);
        }
        return after.write();
    }

    private void show(String leadId, LeadState before, LeadState after, long timestamp) {
        byte[] json = after.toJson(leadId).map(JSON::writeValueAsBytes).orElse(null);
        if (json != null || before.counted() != null) {
            forward(leadId, new LeadChange.Shown(json), timestamp);
        }
    }

    private void tellRows(LogRecord event, LeadState before, LeadState after, long timestamp) {
        RowChanges.of(before.counted(), after.counted(), after.progress(), owners)
                .forEach((owner, changes) ->
                        forward(event.leadId(), new LeadChange.ForRows(owner, changes.write()), timestamp));
    }

    private void tellCoverage(long now) {
        if (coverage.told() < coverage.position()) {
            RowChanges covered = new RowChanges(coverage.position(), coverage.asOf(), List.of());
            forward(COVERAGE, new LeadChange.ForRows(EVERYTHING.owner(owners), covered.write()), now);
            coverage = coverage.toldNow();
            leads().put(COVERAGE, coverage.write());
        }
    }

    /** Without the event's headers: they are no part of what comes of it. */
    private void forward(String leadId, LeadChange change, long timestamp) {
        Objects.requireNonNull(context).forward(new Record<>(leadId, change, timestamp));
    }

    private String place() {
        return Objects.requireNonNull(context)
                .recordMetadata()
                .map(record -> "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset()))
                .orElse("a record");
    }
}

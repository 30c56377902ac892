package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.lead.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Adds changes up in the rows it owns. A change is put by before it is added, and stays there until the rows it belongs to are
 * written: a commit may come at any moment and leaves either the one or the other.
 */
final class RowsProcessor implements Processor<Integer, byte[], String, byte[]> {

    static final String STORE = "rows";
    static final String PENDING = "pending";

    /** How often changed rows are written. */
    private static final Duration PERIOD = Duration.ofMillis(100);
    /** Rows are written no later than after so many changes. */
    private static final long MOST_PENDING = 5_000;
    /** Of a packet only the latest form between two commits is logged: that is one record for many changes. */
    private static final int MOST_IN_PACKET = 32;
    /** Of the time under load, writing takes no more than a fourth: then each row takes more changes at once. */
    private static final int REST = 3;
    /** Beyond it, rows leave memory after they were written. */
    private static final int MOST_IN_MEMORY = 20_000;

    private static final RowKey EVERYTHING = new RowKey(Dimension.ALL.name(), Dimension.ALL.name());
    private static final int FORM_VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    private final String policy;
    private final TopologyCounts counts;
    private final LongSupplier nanoTime;
    private final Map<RowKey, Row> rows = new HashMap<>();
    private final Set<RowKey> changed = new LinkedHashSet<>();
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<Bytes, byte[]> written;
    private @Nullable KeyValueStore<Long, byte[]> pending;
    private long pendingCount;
    /** Pending changes lie in packets, numbered from 0 on; the last one takes more. */
    private PackedOutput packet = new PackedOutput();

    private long packetNumber;
    private int inPacket;
    private long restUntil;

    RowsProcessor(String policy, TopologyCounts counts, LongSupplier nanoTime) {
        this.policy = policy;
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    /** A row in memory. */
    private static final class Row {

        private final FunnelTally tally;
        private long revision;
        private Instant asOf;
        private long position;
        private final EnumSet<Stage> changed = EnumSet.noneOf(Stage.class);

        Row(FunnelTally tally, long revision, Instant asOf, long position) {
            this.tally = tally;
            this.revision = revision;
            this.asOf = asOf;
            this.position = position;
        }

        static Row read(byte @Nullable [] packed) {
            if (packed == null) {
                Row row = new Row(FunnelTally.bounded(), 0, Instant.EPOCH, -1);
                row.changed.addAll(EnumSet.allOf(Stage.class));
                return row;
            }
            PackedInput input = new PackedInput(packed);
            int version = input.octet();
            if (version != FORM_VERSION) {
                throw new IllegalStateException(
                        "a row of form %d, this program reads form %d".formatted(version, FORM_VERSION));
            }
            long revision = input.unsigned();
            Instant asOf = PackedEntry.instant(input.signed());
            long position = input.signed();
            return new Row(FunnelTally.read(input), revision, asOf, position);
        }

        byte[] write() {
            PackedOutput output = new PackedOutput().octet(FORM_VERSION);
            output.unsigned(revision).signed(PackedEntry.micros(asOf)).signed(position);
            tally.write(output);
            return output.toByteArray();
        }

        void cover(RowChanges changes) {
            asOf = asOf.isAfter(changes.recordedAt()) ? asOf : changes.recordedAt();
            position = Math.max(position, changes.position());
        }
    }

    @Override
    public void init(ProcessorContext<String, byte[]> processorContext) {
        context = processorContext;
        written = processorContext.getStateStore(STORE);
        pending = processorContext.getStateStore(PENDING);
        // The same object comes back to life after its task was found corrupted.
        rows.clear();
        changed.clear();
        pendingCount = 0;
        packetNumber = 0;
        restUntil = 0;
        try (KeyValueIterator<Long, byte[]> left = pendingChanges().all()) {
            while (left.hasNext()) {
                var next = left.next();
                PackedInput changes = new PackedInput(next.value);
                while (!changes.isAtEnd()) {
                    apply(RowChanges.read(changes.block()));
                    pendingCount++;
                }
                packetNumber = Math.max(packetNumber, next.key + 1);
            }
        }
        beginPacket();
        processorContext.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::writeUnlessResting);
    }

    private ProcessorContext<String, byte[]> processorContext() {
        return Objects.requireNonNull(context);
    }

    private KeyValueStore<Bytes, byte[]> writtenRows() {
        return Objects.requireNonNull(written);
    }

    private KeyValueStore<Long, byte[]> pendingChanges() {
        return Objects.requireNonNull(pending);
    }

    @Override
    public void process(Record<Integer, byte[]> received) {
        RowChanges changes;
        try {
            changes = RowChanges.read(received.value());
        } catch (IllegalArgumentException e) {
            counts.countUnreadable("a change of rows", String.valueOf(e.getMessage()));
            return;
        }
        putBy(received.value());
        apply(changes);
        if (pendingCount >= MOST_PENDING) {
            writeChanged(processorContext().currentSystemTimeMs());
        }
    }

    private void beginPacket() {
        packet = new PackedOutput();
        inPacket = 0;
    }

    private void putBy(byte[] changes) {
        packet.block(changes);
        pendingChanges().put(packetNumber, packet.toByteArray());
        pendingCount++;
        if (++inPacket == MOST_IN_PACKET) {
            packetNumber++;
            beginPacket();
        }
    }

    private void apply(RowChanges changes) {
        for (RowChanges.RowChange change : changes.rows()) {
            Row row = row(change.row());
            row.tally.merge(change.change());
            row.changed.addAll(change.change().stages());
            row.cover(changes);
            changed.add(change.row());
        }
        if (changes.rows().isEmpty()) {
            Row everything = row(EVERYTHING);
            if (everything.position < changes.position()) {
                everything.cover(changes);
                everything.changed.add(Stage.CAPTURED);
                changed.add(EVERYTHING);
            }
        }
    }

    private Row row(RowKey key) {
        return rows.computeIfAbsent(key, absent -> Row.read(writtenRows().get(Bytes.wrap(absent.toBytes()))));
    }

    private void writeUnlessResting(long now) {
        if (now >= restUntil) {
            writeChanged(now);
        }
    }

    private void writeChanged(long now) {
        if (pendingCount == 0) {
            return;
        }
        Slice slice = new Slice(nanoTime);
        for (RowKey key : changed) {
            Row row = row(key);
            row.revision++;
            writtenRows().put(Bytes.wrap(key.toBytes()), row.write());
            for (Stage stage : row.changed) {
                FunnelStage shown = new FunnelStage(policy, key.dimension(), key.value(), stage);
                byte[] json = JSON.writeValueAsBytes(shown.toJson(row.tally, row.revision, row.asOf, row.position));
                processorContext().forward(new Record<>(shown.key(), json, now));
            }
            row.changed.clear();
        }
        changed.clear();
        for (long number = 0; number <= packetNumber; number++) {
            pendingChanges().delete(number);
        }
        pendingCount = 0;
        packetNumber = 0;
        beginPacket();
        if (rows.size() > MOST_IN_MEMORY) {
            rows.clear();
        }
        restUntil = now + (1 + REST) * slice.millis();
    }
}

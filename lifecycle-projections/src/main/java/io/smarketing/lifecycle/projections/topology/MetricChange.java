package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.metric.MetricDays;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What many leads change in the days of one dimension's value.
 *
 * @param position the greatest place in the log of the events that are in it
 * @param asOf when the latest of them was recorded
 * @param whole what they change in the rows of all of time, where nobody else tells it
 */
record MetricChange(
        RowKey row, long position, Instant asOf, @Nullable FunnelTally whole, MetricDays days) {

    private static final int FORM_VERSION = 1;
    /** Well below what a topic takes as one record. */
    private static final int MOST_BYTES = 400_000;

    /** In as many records as it takes. */
    List<byte[]> write() {
        List<byte[]> records = new ArrayList<>();
        writeTo(records);
        return records;
    }

    private void writeTo(List<byte[]> records) {
        PackedOutput output = new PackedOutput().octet(FORM_VERSION);
        row.write(output);
        output.signed(position).signed(PackedEntry.micros(asOf)).octet(whole == null ? 0 : 1);
        if (whole != null) {
            whole.write(output);
        }
        days.write(output);
        byte[] record = output.toByteArray();
        if (record.length <= MOST_BYTES || days.days().size() < 2) {
            records.add(record);
            return;
        }
        List<MetricDays> halves = days.halves();
        new MetricChange(row, position, asOf, whole, halves.get(0)).writeTo(records);
        new MetricChange(row, position, asOf, null, halves.get(1)).writeTo(records);
    }

    /**
     * Reads one record.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static MetricChange read(byte[] packed) {
        PackedInput input = new PackedInput(packed);
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalArgumentException("a change of metrics of version %d".formatted(version));
        }
        RowKey row = RowKey.read(input);
        long position = input.signed();
        Instant asOf = PackedEntry.instant(input.signed());
        FunnelTally whole = input.octet() == 1 ? FunnelTally.read(input) : null;
        return new MetricChange(row, position, asOf, whole, MetricDays.read(input));
    }
}

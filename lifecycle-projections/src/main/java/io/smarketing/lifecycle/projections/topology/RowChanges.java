package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one event does to the rows of one owner, in one record: the change of the lead for rows that it stays in, its retraction from
 * those that it leaves, its addition to those that it enters. Without rows it says how far the log is covered.
 *
 * @param position of the event in the log
 * @param recordedAt of the event
 */
record RowChanges(long position, Instant recordedAt, List<RowChange> rows) {

    private static final int FORM_VERSION = 1;

    /** What a row is to take; rows share tallies. */
    record RowChange(RowKey row, FunnelTally change) {}

    /** By owner, what has to happen that a lead is counted as {@code after} instead of {@code before}. */
    static Map<Integer, RowChanges> of(
            LeadState.@Nullable Counted before,
            LeadState.@Nullable Counted after,
            LeadState.Progress progress,
            int owners) {
        FunnelTally change = new FunnelTally();
        FunnelTally retraction = new FunnelTally();
        if (before != null) {
            retraction.retract(before.tally());
            change.retract(before.tally());
        }
        if (after != null) {
            change.merge(after.tally());
        }
        boolean unchanged = change.stages().isEmpty();
        Map<Integer, RowChanges> byOwner = new TreeMap<>();
        for (String dimension : Dimension.BUILT_IN) {
            RowKey left = before == null
                    ? null
                    : new RowKey(dimension, before.standing().value(dimension));
            RowKey entered = after == null
                    ? null
                    : new RowKey(dimension, after.standing().value(dimension));
            if (left != null && left.equals(entered)) {
                if (!unchanged) {
                    put(left, change, progress, owners, byOwner);
                }
                continue;
            }
            if (left != null) {
                put(left, retraction, progress, owners, byOwner);
            }
            if (entered != null) {
                put(entered, Objects.requireNonNull(after).tally(), progress, owners, byOwner);
            }
        }
        return byOwner;
    }

    private static void put(
            RowKey row, FunnelTally tally, LeadState.Progress progress, int owners, Map<Integer, RowChanges> byOwner) {
        byOwner.computeIfAbsent(
                        row.owner(owners),
                        owner -> new RowChanges(progress.position(), progress.asOf(), new ArrayList<>()))
                .rows()
                .add(new RowChange(row, tally));
    }

    byte[] write() {
        PackedOutput output = new PackedOutput().octet(FORM_VERSION);
        output.unsigned(position).signed(PackedEntry.micros(recordedAt)).unsigned(rows.size());
        List<FunnelTally> written = new ArrayList<>();
        for (RowChange row : rows) {
            row.row().write(output);
            int place = written.indexOf(row.change());
            output.unsigned(place < 0 ? written.size() : place);
            if (place < 0) {
                row.change().write(output);
                written.add(row.change());
            }
        }
        return output.toByteArray();
    }

    /**
     * Reads what was written.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static RowChanges read(byte[] packed) {
        PackedInput input = new PackedInput(packed);
        int version = input.octet();
        if (version != FORM_VERSION) {
            throw new IllegalArgumentException("changes of version %d".formatted(version));
        }
        long position = input.unsigned();
        Instant recordedAt = PackedEntry.instant(input.signed());
        List<FunnelTally> tallies = new ArrayList<>();
        List<RowChange> rows = new ArrayList<>();
        for (long left = input.unsigned(); left > 0; left--) {
            RowKey row = RowKey.read(input);
            int place = Math.toIntExact(input.unsigned());
            if (place == tallies.size()) {
                tallies.add(FunnelTally.read(input));
            }
            rows.add(new RowChange(row, tallies.get(place)));
        }
        return new RowChanges(position, recordedAt, rows);
    }
}

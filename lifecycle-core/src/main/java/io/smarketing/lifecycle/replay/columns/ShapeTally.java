package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.DurationSamples;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Leads of a segment by row and by what becomes of their shape; named and multiplied out at the end. Not thread-safe. */
final class ShapeTally {

    /** Rows beyond are counted one lead at a time: a table for each would be larger than what it counts. */
    private static final int MOST_ROWS = 512;

    private static final int INITIAL = 64;

    private final FunnelTallies rows;
    private final int[][] counts = new int[MOST_ROWS][0];
    /** By number, as far as they were met. */
    private Shapes.@Nullable Entry[] entries = new Shapes.Entry[INITIAL];

    ShapeTally(FunnelTallies rows) {
        this.rows = rows;
    }

    /**
     * Adds a lead without marks, or takes it out again.
     *
     * @param instants of the lead, as {@link Shapes} numbers them
     * @param times 1 or -1
     */
    void addUnmarked(int number, Shapes.Entry unmarked, long[] instants, int times) {
        RowTally row = count(number, unmarked, times);
        durations(row, unmarked.durations(), instants, times > 0 ? 0 : Shapes.REMOVED);
    }

    /** Has marks change what became of a lead that was added without. */
    void change(int number, Shapes.Entry marked, long[] instants) {
        RowTally row = count(number, marked, 1);
        durations(row, marked.durations(), instants, 0);
    }

    /** @param turned {@link Shapes#REMOVED} to take out what would be added, and the other way round */
    private static void durations(RowTally row, int[] told, long[] instants, int turned) {
        for (int one : told) {
            long duration = instants[(one >> Shapes.TO_SHIFT) & Shapes.FIELD] - instants[one & Shapes.FIELD];
            DurationSamples samples = row.durations[(one >> Shapes.STAGE_SHIFT) & Shapes.STAGE_FIELD];
            if (((one ^ turned) & Shapes.REMOVED) == 0) {
                samples.add(duration);
            } else {
                samples.remove(duration);
            }
        }
    }

    private RowTally count(int number, Shapes.Entry entry, int times) {
        RowTally row = rows.row(number);
        if (number >= MOST_ROWS) {
            addTo(row, entry, times);
            return row;
        }
        int place = entry.number();
        int[] byEntry = counts[number];
        if (place >= byEntry.length) {
            byEntry = Arrays.copyOf(byEntry, Math.max(place + 1, Math.max(INITIAL, 2 * byEntry.length)));
            counts[number] = byEntry;
        }
        byEntry[place] += times;
        if (place >= entries.length) {
            entries = Arrays.copyOf(entries, Math.max(place + 1, 2 * entries.length));
        }
        if (entries[place] == null) {
            entries[place] = entry;
        }
        return row;
    }

    private static void addTo(RowTally row, Shapes.Entry entry, int leads) {
        Shapes.addTo(row, entry, leads);
        Shapes.Entry unmarked = entry.unmarked();
        if (unmarked != null) {
            Shapes.addTo(row, unmarked, -leads);
        }
    }

    /** Nothing is added afterwards. */
    void leave() {
        for (int number = 0; number < counts.length; number++) {
            int[] byEntry = counts[number];
            for (int place = 0; place < byEntry.length; place++) {
                if (byEntry[place] != 0) {
                    addTo(rows.row(number), Objects.requireNonNull(entries[place]), byEntry[place]);
                }
            }
            counts[number] = new int[0];
        }
    }
}

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
    /** Of durations: what stands above {@link Shapes#STAGE_SHIFT}, the stage and whether they are taken out. */
    private static final int KINDS = 2 * (Shapes.STAGE_FIELD + 1);

    /** Durations that are noted before they are passed on. */
    private static final int NOTED = 64;

    private static final long[] NOTHING = {};

    private final FunnelTallies rows;
    private final int[][] counts = new int[MOST_ROWS][0];
    /** By number, as far as they were met. */
    private Shapes.@Nullable Entry[] entries = new Shapes.Entry[INITIAL];

    /** By row and kind, durations that are not passed on yet. */
    private long[][] buffers = {};

    private int[] lengths = {};

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
        count(number, unmarked, times);
        durations(number, unmarked.durations(), instants, times > 0 ? 0 : Shapes.REMOVED);
    }

    /** Has marks change what became of a lead that was added without. */
    void change(int number, Shapes.Entry marked, long[] instants) {
        count(number, marked, 1);
        durations(number, marked.durations(), instants, 0);
    }

    /** @param turned {@link Shapes#REMOVED} to take out what would be added, and the other way round */
    private void durations(int number, int[] told, long[] instants, int turned) {
        if (number >= MOST_ROWS) {
            durationsAtOnce(rows.row(number), told, instants, turned);
            return;
        }
        for (int one : told) {
            long duration = instants[(one >> Shapes.TO_SHIFT) & Shapes.FIELD] - instants[one & Shapes.FIELD];
            int place = number * KINDS + ((one ^ turned) >> Shapes.STAGE_SHIFT);
            int length = lengths[place];
            if (length == buffers[place].length) {
                length = empty(place);
            }
            buffers[place][length] = duration;
            lengths[place] = length + 1;
        }
    }

    private static void durationsAtOnce(RowTally row, int[] told, long[] instants, int turned) {
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

    /** Passes on what is noted there, and makes room for more. */
    private int empty(int place) {
        long[] noted = buffers[place];
        int kind = place % KINDS;
        DurationSamples samples = rows.row(place / KINDS).durations[kind & Shapes.STAGE_FIELD];
        if (kind <= Shapes.STAGE_FIELD) {
            samples.addAll(noted, lengths[place]);
        } else {
            samples.removeAll(noted, lengths[place]);
        }
        lengths[place] = 0;
        if (noted.length == 0) {
            buffers[place] = new long[NOTED];
        }
        return 0;
    }

    private void count(int number, Shapes.Entry entry, int times) {
        if (number >= MOST_ROWS) {
            Shapes.addTo(rows.row(number), entry, times);
            return;
        }
        int place = entry.number();
        int[] byEntry = counts[number];
        if (place >= byEntry.length) {
            byEntry = grow(number, place);
        }
        if (byEntry[place] == 0) {
            meet(place, entry);
        }
        byEntry[place] += times;
    }

    private int[] grow(int number, int place) {
        int[] byEntry = counts[number];
        if (byEntry.length == 0 && (number + 1) * KINDS > lengths.length) {
            int length = Math.max((number + 1) * KINDS, 2 * lengths.length);
            int known = lengths.length;
            lengths = Arrays.copyOf(lengths, length);
            buffers = Arrays.copyOf(buffers, length);
            Arrays.fill(buffers, known, length, NOTHING);
        }
        byEntry = Arrays.copyOf(byEntry, Math.max(place + 1, Math.max(INITIAL, 2 * byEntry.length)));
        counts[number] = byEntry;
        return byEntry;
    }

    private void meet(int place, Shapes.Entry entry) {
        if (place >= entries.length) {
            entries = Arrays.copyOf(entries, Math.max(place + 1, 2 * entries.length));
        }
        entries[place] = entry;
    }

    /** Nothing is added afterwards. */
    void leave() {
        for (int place = 0; place < lengths.length; place++) {
            if (lengths[place] > 0) {
                empty(place);
            }
        }
        for (int number = 0; number < counts.length; number++) {
            int[] byEntry = counts[number];
            for (int place = 0; place < byEntry.length; place++) {
                if (byEntry[place] != 0) {
                    Shapes.addTo(rows.row(number), Objects.requireNonNull(entries[place]), byEntry[place]);
                }
            }
            counts[number] = new int[0];
        }
    }
}

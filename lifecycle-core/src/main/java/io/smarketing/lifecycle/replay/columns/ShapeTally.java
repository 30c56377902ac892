package io.smarketing.lifecycle.replay.columns;

/** Leads of a segment by row and by what becomes of their shape; named and multiplied out at the end. Not thread-safe. */
final class ShapeTally {

    /** Rows beyond are counted one lead at a time: a table for each would be larger than what it counts. */
    private static final int MOST_ROWS = 512;

    private final Shapes shapes;
    private final FunnelTallies rows;
    private final int[][] counts = new int[MOST_ROWS][0];

    ShapeTally(Shapes shapes, FunnelTallies rows) {
        this.shapes = shapes;
        this.rows = rows;
    }

    /**
     * Adds a lead.
     *
     * @param instants of the lead, as {@link Shapes} numbers them
     */
    void add(int number, int entry, long[] instants) {
        RowTally row = rows.row(number);
        if (number < MOST_ROWS) {
            int[] byEntry = counts[number];
            if (byEntry.length == 0) {
                byEntry = new int[shapes.entries()];
                counts[number] = byEntry;
            }
            byEntry[entry]++;
        } else {
            shapes.addTo(row, entry, 1);
        }
        for (int told : shapes.durations(entry)) {
            long duration = instants[(told >> Shapes.TO_SHIFT) & Shapes.FIELD] - instants[told & Shapes.FIELD];
            int stage = told >> Shapes.STAGE_SHIFT;
            if (stage == Shapes.CAPTURED_TO_WON) {
                row.capturedToWon.add(duration);
            } else {
                row.timeInStage[stage].add(duration);
            }
        }
    }

    /** Nothing is added afterwards. */
    void leave() {
        for (int number = 0; number < counts.length; number++) {
            int[] byEntry = counts[number];
            for (int entry = 0; entry < byEntry.length; entry++) {
                if (byEntry[entry] > 0) {
                    shapes.addTo(rows.row(number), entry, byEntry[entry]);
                }
            }
            counts[number] = new int[0];
        }
    }
}

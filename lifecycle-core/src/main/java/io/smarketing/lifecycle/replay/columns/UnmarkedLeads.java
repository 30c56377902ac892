package io.smarketing.lifecycle.replay.columns;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all leads of a segment whose shape is known would be without marks, by the values of a dimension: no policy changes it, so it is found once, and a replay
 * changes what its marks change. Thread-safe.
 */
final class UnmarkedLeads {

    private final Segment segment;
    private final Partial leads;
    private final Map<Codes, long[]> lastCodes = new ConcurrentHashMap<>();

    /** Goes through the segment once, and sorts its durations. */
    UnmarkedLeads(Segment segment, DimensionRows.OfSegment dimension) {
        this.segment = segment;
        this.leads = new Partial();
        Chunk chunk = new Chunk(segment);
        LeadShape shape = new LeadShape(segment, chunk, dimension.byCode());
        ShapeTally rows = new ShapeTally(leads.shared);
        for (int number = 0; number < segment.chunks(); number++) {
            chunk.begin(number);
            for (int i = 0; i < chunk.leads(); i++) {
                if (shape.isKnown(i)) {
                    shape.read(i);
                    leads.addUnmarked(shape, rows, segment.words().size(), 1);
                }
            }
        }
        rows.leave();
        leads.leave(segment);
        leads.sort();
    }

    /**
     * Adds them all.
     *
     * @param numbers of the rows, by the dimension's codes
     * @param tables whose undecided rules are counted
     */
    void addTo(Partial partial, int[] numbers, FitTable[] tables) {
        partial.add(leads, numbers);
        for (FitTable table : tables) {
            if (table.hasUnknowns() && table.isOfOneColumn()) {
                partial.addUnknowns(table, lastCodes.computeIfAbsent(table.column(), absent -> count(table)));
            }
        }
    }

    /** How many of them have each code at last, in the one column that a table reads. */
    private long[] count(FitTable table) {
        long[] counts = new long[table.entries()];
        Codes shapes = segment.column(Layout.SHAPE);
        Codes changes = segment.column(Layout.CHANGES);
        int state = -1;
        for (int lead = 0; lead < segment.leads(); lead++) {
            state += 1 + changes.get(lead);
            if (shapes.get(lead) != Layout.OTHER_SHAPE) {
                counts[table.entry(lead, state)]++;
            }
        }
        return counts;
    }
}

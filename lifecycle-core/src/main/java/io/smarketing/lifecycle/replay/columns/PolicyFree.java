package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What no policy changes of a segment, and replays have found before: how often leads did what, which marks history holds, where leads lie that are stored as events, and what all leads would be without marks, by the dimensions that
 * were asked for last. Thread-safe.
 */
final class PolicyFree {

    static final int MOST_DIMENSIONS = 4;

    /** Of a dimension with more values in the segment no leads are kept: each value takes some kilobytes, however few leads it has. */
    static final int MOST_VALUES = 1_000;

    /** The dimension asked for longest ago first. */
    private final Map<Dimension, UnmarkedLeads> unmarked = new LinkedHashMap<>();

    private @Nullable ActivityCounts counts;
    private @Nullable RecordedMarks recorded;
    private int @Nullable [] widePlaces;

    /** Finds them where they are not known; who asks meanwhile waits. */
    synchronized ActivityCounts counts(Segment segment) {
        ActivityCounts known = counts == null ? ActivityCounts.of(segment) : counts;
        counts = known;
        return known;
    }

    /** Finds them where they are not known; who asks meanwhile waits. */
    synchronized int[] widePlaces(Segment segment) {
        int[] known = widePlaces == null ? WideLeads.places(segment) : widePlaces;
        widePlaces = known;
        return known;
    }

    /** Finds them where they are not known; who asks meanwhile waits. */
    synchronized RecordedMarks recorded(Segment segment) {
        RecordedMarks known = recorded == null ? new RecordedMarks(segment) : recorded;
        recorded = known;
        return known;
    }

    /** Finds them where they are not known; who asks meanwhile waits. */
    synchronized UnmarkedLeads unmarked(Segment segment, Dimension dimension, DimensionRows.OfSegment rows) {
        UnmarkedLeads known = unmarked.remove(dimension);
        UnmarkedLeads leads = known == null ? new UnmarkedLeads(segment, rows) : known;
        unmarked.put(dimension, leads);
        if (unmarked.size() > MOST_DIMENSIONS) {
            unmarked.remove(unmarked.keySet().iterator().next());
        }
        return leads;
    }
}

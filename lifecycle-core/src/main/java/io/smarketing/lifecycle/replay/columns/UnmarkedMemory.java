package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import java.util.LinkedHashMap;
import java.util.Map;

/** A segment's leads without marks, by the dimensions that were asked for last. Thread-safe. */
final class UnmarkedMemory {

    static final int MOST_DIMENSIONS = 4;

    /** The one asked for longest ago first. */
    private final Map<Dimension, UnmarkedLeads> latest = new LinkedHashMap<>();

    /** Finds them where they are not known; who asks meanwhile waits. */
    synchronized UnmarkedLeads of(Segment segment, Dimension dimension, DimensionRows.OfSegment rows) {
        UnmarkedLeads known = latest.remove(dimension);
        UnmarkedLeads leads = known == null ? new UnmarkedLeads(segment, rows) : known;
        latest.put(dimension, leads);
        if (latest.size() > MOST_DIMENSIONS) {
            latest.remove(latest.keySet().iterator().next());
        }
        return leads;
    }
}

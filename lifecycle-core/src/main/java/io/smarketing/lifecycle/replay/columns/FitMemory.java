package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.FitPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What rules of attributes gave to a segment's leads, of those that were asked last: a change of another rule asks none of them again. Holds so many answers that
 * they take a few megabytes. Thread-safe.
 */
final class FitMemory {

    private static final int MOST_ENTRIES = 1 << 15;

    /** The one asked for longest ago first. */
    private final Map<FitPart, FitTable> latest = new LinkedHashMap<>();

    private int entries;

    /** Asks where it is not known; who asks meanwhile waits. */
    synchronized FitTable of(FitPart part, Segment segment) {
        FitTable known = latest.remove(part);
        if (known != null) {
            latest.put(part, known);
            return known;
        }
        FitTable table = new FitTable(part, segment);
        latest.put(part, table);
        entries += table.entries();
        while (entries > MOST_ENTRIES) {
            FitPart oldest = latest.keySet().iterator().next();
            entries -= Objects.requireNonNull(latest.remove(oldest)).entries();
        }
        return table;
    }
}

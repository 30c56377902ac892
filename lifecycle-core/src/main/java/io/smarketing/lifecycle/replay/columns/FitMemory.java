package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.FitPart;
import java.util.LinkedHashMap;
import java.util.Map;

/** What rules of attributes gave to a segment's leads, of those that were asked last: a change of another rule asks none of them again. Thread-safe. */
final class FitMemory {

    private static final int MOST_TABLES = 16;

    /** The one asked for longest ago first. */
    private final Map<FitPart, FitTable> latest = new LinkedHashMap<>();

    /** Asks where it is not known; who asks meanwhile waits. */
    synchronized FitTable of(FitPart part, Segment segment) {
        FitTable known = latest.remove(part);
        FitTable table = known == null ? new FitTable(part, segment) : known;
        latest.put(part, table);
        if (latest.size() > MOST_TABLES) {
            latest.remove(latest.keySet().iterator().next());
        }
        return table;
    }
}

package io.smarketing.lifecycle.replay;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the candidate policy makes of a cycle's mark, against the baseline. Disjoint. */
public enum MarkSet {
    KEPT,
    EARLIER,
    LATER,
    GAINED,
    DROPPED,
    NEITHER;

    /** Of the instants of a cycle's mark on both sides, null where it has none. */
    public static MarkSet of(@Nullable Instant baseline, @Nullable Instant candidate) {
        if (baseline == null) {
            return candidate == null ? NEITHER : GAINED;
        } else if (candidate == null) {
            return DROPPED;
        }
        int order = candidate.compareTo(baseline);
        return order == 0 ? KEPT : order < 0 ? EARLIER : LATER;
    }

    /** Whether the candidate decides otherwise than the baseline. */
    public boolean isFlipped() {
        return this != KEPT && this != NEITHER;
    }

    /** As JSON names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.MarkSet;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a replay asks.
 *
 * @param baseline null for the marks that history holds; these were made in order of arrival, and so is the candidate judged then
 * @param knownAt facts recorded later are left out; null for none
 * @param listed which leads the result lists one by one
 */
public record ReplayQuestion(
        Policy candidate,
        @Nullable Policy baseline,
        Judge.Order order,
        @Nullable Instant knownAt,
        Dimension dimension,
        CaptureRange range,
        Listed listed) {

    /** Leads to be listed. */
    public enum Listed {
        ALL,
        /** Those that the candidate decides otherwise. */
        FLIPPED,
        NONE
    }

    public ReplayQuestion {
        order = baseline == null ? Judge.Order.ARRIVAL : order;
    }

    /** Lists every lead, or none. */
    public ReplayQuestion(
            Policy candidate,
            @Nullable Policy baseline,
            Judge.Order order,
            @Nullable Instant knownAt,
            Dimension dimension,
            CaptureRange range,
            boolean withLeads) {
        this(candidate, baseline, order, knownAt, dimension, range, withLeads ? Listed.ALL : Listed.NONE);
    }

    /** Whether some leads are listed. */
    boolean withLeads() {
        return listed != Listed.NONE;
    }

    boolean lists(MarkSet set) {
        return listed == Listed.ALL || (listed == Listed.FLIPPED && set.isFlipped());
    }
}

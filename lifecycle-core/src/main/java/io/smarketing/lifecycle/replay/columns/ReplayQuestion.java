package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.Replay;
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

    /** The same of leads told apart by another dimension; no lead is listed. */
    public ReplayQuestion by(Dimension other) {
        return new ReplayQuestion(candidate, baseline, order, knownAt, other, range, Listed.NONE);
    }

    /** The plain fold that answers it about leads as they were known then. */
    public Replay plainFold() {
        return baseline == null
                ? Replay.againstRecorded(candidate, dimension, range::holds)
                : Replay.against(baseline, candidate, order, dimension, range::holds);
    }

    /** Whether some leads are listed. */
    boolean withLeads() {
        return listed != Listed.NONE;
    }

    boolean lists(MarkSet set) {
        return listed == Listed.ALL || (listed == Listed.FLIPPED && set.isFlipped());
    }
}

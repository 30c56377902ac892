package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a replay asks.
 *
 * @param baseline null for the marks that history holds; these were made in order of arrival, and so is the candidate judged then
 * @param knownAt facts recorded later are left out; null for none
 * @param withLeads whether the result lists every lead
 */
public record ReplayQuestion(
        Policy candidate,
        @Nullable Policy baseline,
        Judge.Order order,
        @Nullable Instant knownAt,
        Dimension dimension,
        CaptureRange range,
        boolean withLeads) {

    public ReplayQuestion {
        order = baseline == null ? Judge.Order.ARRIVAL : order;
    }
}

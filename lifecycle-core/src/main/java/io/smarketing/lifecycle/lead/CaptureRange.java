package io.smarketing.lifecycle.lead;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Leads by when they were captured. It never cuts their facts.
 *
 * @param from only leads captured from then on; null for all
 * @param to only leads captured before then; null for all
 */
public record CaptureRange(@Nullable Instant from, @Nullable Instant to) {

    /** Whether no lead can have been captured in it. */
    public boolean isEmpty() {
        return from != null && to != null && !from.isBefore(to);
    }

    public boolean holds(LeadFold lead) {
        return (from == null || !lead.capturedAt().isBefore(from))
                && (to == null || lead.capturedAt().isBefore(to));
    }
}

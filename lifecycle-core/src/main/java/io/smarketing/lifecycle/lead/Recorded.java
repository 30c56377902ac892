package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the aggregate stores: an event with its envelope. Its stored name is that of the event inside, never this class's.
 *
 * @param judgedBy the policy that judged the event, also where the score did not change; on another system's mark, the
 *     policy that set it aside
 * @param fingerprint of what was sent; null on the engine's own verdicts
 */
public record Recorded(
        String leadId,
        EventId eventId,
        Instant occurredAt,
        Instant recordedAt,
        LeadEvent event,
        @Nullable PolicyRef judgedBy,
        @Nullable Fingerprint fingerprint) {

    /** As the lead's history has it, at its place there. */
    public Entry entry(long sequence) {
        return new Entry(sequence, eventId, occurredAt, recordedAt, event, judgedBy);
    }
}

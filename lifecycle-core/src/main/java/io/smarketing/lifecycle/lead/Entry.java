package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event as it stands in a lead's history.
 *
 * @param sequence per lead, from 0, without gaps
 * @param occurredAt when it happened, to the microsecond
 * @param recordedAt when the engine got to know it
 * @param judgedBy the policy that judged it, if one did
 */
public record Entry(
        long sequence,
        EventId eventId,
        Instant occurredAt,
        Instant recordedAt,
        LeadEvent event,
        @Nullable PolicyRef judgedBy) {

    public Entry(long sequence, EventId eventId, Instant occurredAt, Instant recordedAt, LeadEvent event) {
        this(sequence, eventId, occurredAt, recordedAt, event, null);
    }

    /** The same event at another place in its lead's history. */
    Entry at(long place) {
        return place == sequence ? this : new Entry(place, eventId, occurredAt, recordedAt, event, judgedBy);
    }
}

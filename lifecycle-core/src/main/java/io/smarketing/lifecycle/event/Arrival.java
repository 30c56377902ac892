package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as it came in, well formed, not yet in any history.
 *
 * @param occurredAt CloudEvents {@code time}, cut to the microsecond
 * @param recordedTime the extension of that name in lower case, when the event brings one
 */
public record Arrival(
        String leadId,
        EventId eventId,
        Instant occurredAt,
        @Nullable Instant recordedTime,
        LeadEvent event,
        Fingerprint fingerprint) {}

package io.smarketing.lifecycle.lead;

import java.time.Instant;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * Another system says what happened. It is taken in whatever order it comes; only the lead's capture has to be known.
 *
 * @param recordedAt the engine's clock
 * @param fingerprint tells a repetition from another event under the same name
 */
public record RecordEvent(
        @TargetAggregateIdentifier String leadId,
        EventId eventId,
        Instant occurredAt,
        Instant recordedAt,
        LeadEvent event,
        Fingerprint fingerprint)
        implements LeadCommand {}

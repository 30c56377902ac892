package io.smarketing.lifecycle.lead;

import java.time.Instant;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * A person decides: accepts, rejects, contacts, wins, loses. Refused where the stage does not allow it.
 *
 * @param eventId made from the person's idempotency key: a retry gets the first answer
 * @param at the engine's clock
 * @param fingerprint of the decision without its time: a retry comes later and says the same
 */
public record Decide(
        @TargetAggregateIdentifier String leadId,
        EventId eventId,
        Instant at,
        LeadEvent.Fact decision,
        Fingerprint fingerprint)
        implements LeadCommand {}

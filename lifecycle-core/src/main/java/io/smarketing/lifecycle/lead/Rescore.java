package io.smarketing.lifecycle.lead;

import java.time.Instant;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * A lead that is still open is evaluated again by the policy in force. Refused where the lead is not open.
 *
 * @param eventId made from the job: a job that goes on after a crash marks no lead twice
 * @param at the engine's clock
 */
public record Rescore(@TargetAggregateIdentifier String leadId, EventId eventId, Instant at) implements LeadCommand {}

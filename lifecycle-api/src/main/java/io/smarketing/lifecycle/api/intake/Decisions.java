package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.util.List;
import org.springframework.stereotype.Component;

/** The way of people's decisions to the writers. */
@Component
public class Decisions {

    /** The emitter of decisions; the event's id is the person's idempotency key. */
    public static final String SOURCE = Admission.ENGINE + ":decisions";

    private final LeadWriters writers;
    private final CloudEventCodec codec;

    Decisions(LeadWriters writers, CloudEventCodec codec) {
        this.writers = writers;
        this.codec = codec;
    }

    /** Has a decision recorded, if the lead's stage allows it. */
    public Outcome decide(String leadId, EventId eventId, LeadEvent.Fact decision) {
        try {
            codec.refuseTooLarge(decision);
        } catch (Refusal refusal) {
            return new Outcome.Refused(refusal);
        }
        Work work = new Work.Decision(leadId, eventId, decision, codec.fingerprint(leadId, decision));
        try {
            return writers.doAll(List.of(work)).get(0);
        } catch (LeadWriters.Unavailable e) {
            throw Problems.unavailable(String.valueOf(e.getMessage()), 2);
        }
    }
}

package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the writers are given to do. */
sealed interface Work {

    /** Whose it is: one lead's work is done by one writer, in the order in which it came. */
    String leadId();

    /** A well-formed event that came in at a door. */
    record Delivery(Door door, Arrival arrival, Original original) implements Work {

        @Override
        public String leadId() {
            return arrival.leadId();
        }
    }

    /** What came in at a door and is no event that can be taken; counted, and remembered under its name if it has one. */
    record Broken(Door door, Refusal refusal, Optional<EventId> eventId) implements Work {

        @Override
        public String leadId() {
            return eventId.map(EventId::id).orElse("");
        }
    }

    /** What a person decided. */
    record Decision(String leadId, EventId eventId, LeadEvent.Fact decision, Fingerprint fingerprint) implements Work {}

    /** A lead to be evaluated again, for a rescore job. */
    record Rescoring(String leadId, EventId eventId) implements Work {}

    /** A lead that is captured while facts of it are parked: they are to be recorded. */
    record Release(String leadId) implements Work {}

    /** What is to be recorded, whether it has just come or waited for its capture. */
    record Parked(
            long id, Door door, Arrival arrival, @Nullable Original original) {}
}

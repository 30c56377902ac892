package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What is the same at every door: reading an event, and keeping out what only the engine itself may say. */
@Component
class Admission {

    /** The engine's verdicts and people's decisions are named under it. */
    static final String ENGINE = "urn:io.smarketing:lifecycle";

    private final CloudEventCodec codec;

    Admission(CloudEventCodec codec) {
        this.codec = codec;
    }

    /** An event in structured mode. */
    Work structured(Door door, byte[] json, Original original) {
        try {
            return new Work.Delivery(door, admit(codec.decode(json, Instant.now())), original);
        } catch (Refusal refusal) {
            return new Work.Broken(door, refusal, codec.idOf(json));
        }
    }

    /** An event in binary mode. */
    Work binary(Door door, Map<String, String> attributes, byte[] data, Original original) {
        try {
            return new Work.Delivery(door, admit(codec.decode(attributes, data, Instant.now())), original);
        } catch (Refusal refusal) {
            String source = attributes.getOrDefault("source", "");
            String id = attributes.getOrDefault("id", "");
            boolean named = CloudEventCodec.isName(source) && CloudEventCodec.isName(id);
            return new Work.Broken(door, refusal, named ? Optional.of(new EventId(source, id)) : Optional.empty());
        }
    }

    private static Arrival admit(Arrival arrival) throws Refusal {
        if (arrival.eventId().source().startsWith(ENGINE)) {
            throw new Refusal(
                    "reserved-source",
                    "source",
                    "'%s' is the engine's own name".formatted(arrival.eventId().source()),
                    "name the system that emits; verdicts of an engine are not sent again, its facts are judged anew");
        }
        LeadEvent event = arrival.event();
        if (event instanceof LeadEvent.Rescored || event instanceof LeadEvent.Erased) {
            throw new Refusal(
                    "reserved-type",
                    "type",
                    "events of this type are made by the engine alone",
                    "leave them out; rescoring and erasure have ways of their own");
        }
        boolean namesPolicy = (event instanceof LeadEvent.MarkedMql mark && mark.policy() != null)
                || (event instanceof LeadEvent.Scored scored && scored.policy() != null);
        if (namesPolicy) {
            throw new Refusal(
                    "reserved-policy",
                    "data.policy",
                    "a verdict that names a policy is made by the engine alone",
                    "leave `policy` out: another system's verdict is recorded as external");
        }
        return arrival;
    }
}

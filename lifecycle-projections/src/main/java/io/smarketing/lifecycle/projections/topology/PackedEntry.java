package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.PackedValue;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Visit;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is kept beside its lead: only what can bear on the fold, and nothing personal. The numbers here are what
 * stands on disk: {@link LeadState}'s version tells a form from the next.
 */
final class PackedEntry {

    private static final int CAPTURED = 0;
    private static final int ENRICHED = 1;
    private static final int ACCEPTED = 2;
    private static final int REJECTED = 3;
    private static final int CONTACTED = 4;
    private static final int WON = 5;
    private static final int LOST = 6;
    private static final int VOIDED = 7;
    private static final int MARKED_MQL = 8;
    private static final int ACTIVITY = 9;

    private PackedEntry() {}

    /** Whether an event of the type can bear on visits, attributes or deviations. */
    static boolean isKept(EventType type) {
        return switch (type) {
            case CAPTURED, ENRICHED, ACCEPTED, REJECTED, CONTACTED, WON, LOST, VOIDED, MARKED_MQL -> true;
            case ACTIVITY, SCORED, RESCORED, ERASED -> false;
        };
    }

    static void write(Entry entry, PackedOutput output) {
        output.unsigned(entry.sequence());
        text(entry.eventId(), output);
        output.signed(micros(entry.occurredAt())).signed(micros(entry.recordedAt()));
        policy(entry.judgedBy(), output);
        event(entry.event(), output);
    }

    private static void event(LeadEvent event, PackedOutput output) {
        if (event instanceof LeadEvent.Captured captured) {
            output.octet(CAPTURED)
                    .optionalText(captured.source())
                    .optionalText(captured.campaign())
                    .optionalText(captured.persona());
            attributes(captured.attributes(), output);
            LeadEvent.Money cost = captured.cost();
            decimal(cost == null ? null : cost.amount(), output);
            output.optionalText(cost == null ? null : cost.currency());
        } else if (event instanceof LeadEvent.Enriched enriched) {
            output.octet(ENRICHED);
            attributes(enriched.attributes(), output);
        } else if (event instanceof LeadEvent.Accepted accepted) {
            output.octet(ACCEPTED).optionalText(accepted.by());
        } else if (event instanceof LeadEvent.Rejected rejected) {
            output.octet(REJECTED).optionalText(rejected.by()).optionalText(rejected.reason());
        } else if (event instanceof LeadEvent.Contacted contacted) {
            output.octet(CONTACTED)
                    .optionalText(contacted.by())
                    .optionalText(contacted.channel())
                    .optionalText(contacted.outcome());
        } else if (event instanceof LeadEvent.Won won) {
            output.octet(WON);
            decimal(won.amount(), output);
            output.optionalText(won.currency());
        } else if (event instanceof LeadEvent.Lost lost) {
            output.octet(LOST).optionalText(lost.by()).optionalText(lost.reason());
        } else if (event instanceof LeadEvent.Voided voided) {
            output.octet(VOIDED);
            text(voided.event(), output);
            output.optionalText(voided.by()).optionalText(voided.reason());
        } else if (event instanceof LeadEvent.MarkedMql mark) {
            output.octet(MARKED_MQL);
            decimal(mark.score(), output);
            policy(mark.policy(), output);
        } else if (event instanceof LeadEvent.Activity activity) {
            output.octet(ACTIVITY)
                    .text(activity.activity())
                    .optionalText(activity.asset())
                    .unsigned(activity.count());
        } else {
            throw new IllegalArgumentException("%s bears on no fold".formatted(EventType.of(event)));
        }
    }

    static Entry read(PackedInput input) {
        long sequence = input.unsigned();
        EventId eventId = eventId(input);
        Instant occurredAt = instant(input.signed());
        Instant recordedAt = instant(input.signed());
        PolicyRef judgedBy = policy(input);
        return new Entry(sequence, eventId, occurredAt, recordedAt, event(input), judgedBy);
    }

    private static LeadEvent event(PackedInput input) {
        int type = input.octet();
        return switch (type) {
            case CAPTURED -> {
                String source = input.optionalText();
                String campaign = input.optionalText();
                String persona = input.optionalText();
                Map<String, @Nullable Object> attributes = attributes(input);
                BigDecimal amount = decimal(input);
                String currency = input.optionalText();
                LeadEvent.Money cost =
                        amount == null && currency == null ? null : new LeadEvent.Money(amount, currency);
                yield new LeadEvent.Captured(source, campaign, persona, attributes, null, cost);
            }
            case ENRICHED -> new LeadEvent.Enriched(attributes(input), null);
            case ACCEPTED -> new LeadEvent.Accepted(input.optionalText());
            case REJECTED -> new LeadEvent.Rejected(input.optionalText(), input.optionalText());
            case CONTACTED -> new LeadEvent.Contacted(input.optionalText(), input.optionalText(), input.optionalText());
            case WON -> new LeadEvent.Won(decimal(input), input.optionalText());
            case LOST -> new LeadEvent.Lost(input.optionalText(), input.optionalText());
            case VOIDED -> new LeadEvent.Voided(eventId(input), input.optionalText(), input.optionalText());
            case MARKED_MQL -> new LeadEvent.MarkedMql(decimal(input), policy(input));
            case ACTIVITY ->
                new LeadEvent.Activity(input.text(), input.optionalText(), Math.toIntExact(input.unsigned()));
            default -> throw new IllegalArgumentException("an entry of type " + type);
        };
    }

    private static void text(EventId eventId, PackedOutput output) {
        output.text(eventId.source()).text(eventId.id());
    }

    private static EventId eventId(PackedInput input) {
        return new EventId(input.text(), input.text());
    }

    private static void decimal(@Nullable BigDecimal number, PackedOutput output) {
        output.optionalText(number == null ? null : number.toString());
    }

    private static @Nullable BigDecimal decimal(PackedInput input) {
        String number = input.optionalText();
        return number == null ? null : new BigDecimal(number);
    }

    private static void policy(@Nullable PolicyRef policy, PackedOutput output) {
        output.optionalText(policy == null ? null : policy.name());
        if (policy != null) {
            output.text(policy.version());
        }
    }

    private static @Nullable PolicyRef policy(PackedInput input) {
        String name = input.optionalText();
        return name == null ? null : new PolicyRef(name, input.text());
    }

    private static void attributes(Map<String, @Nullable Object> attributes, PackedOutput output) {
        output.unsigned(attributes.size());
        attributes.forEach((name, value) -> PackedValue.write(value, output.text(name)));
    }

    private static Map<String, @Nullable Object> attributes(PackedInput input) {
        Map<String, @Nullable Object> attributes = new HashMap<>();
        for (long left = input.unsigned(); left > 0; left--) {
            attributes.put(input.text(), PackedValue.read(input));
        }
        return attributes;
    }

    /** Events carry no more than microseconds. */
    static long micros(Instant instant) {
        return Visit.micros(Instant.EPOCH, instant);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

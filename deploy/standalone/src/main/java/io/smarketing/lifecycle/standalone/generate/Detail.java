package io.smarketing.lifecycle.standalone.generate;

import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What an event says beside its lead. */
sealed interface Detail {

    Kind kind();

    /** As it is read from what {@link #write} writes, without personal data, and with what intake derives from that. */
    LeadEvent leadEvent();

    /** Writes the members of {@code data} that follow leadId. */
    void write(JsonGenerator json);

    /** A form was filled in; {@code costCents} is 0 where the lead cost nothing. */
    record Captured(
            @Nullable String source,
            @Nullable String campaign,
            @Nullable String persona,
            List<Attribute> attributes,
            @Nullable Contact contact,
            int costCents,
            String currency)
            implements Detail {

        @Override
        public Kind kind() {
            return Kind.CAPTURED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Captured(source, campaign, persona, Attribute.values(attributes, contact), null, null);
        }

        @Override
        public void write(JsonGenerator json) {
            writeIfKnown(json, "source", source);
            writeIfKnown(json, "campaign", campaign);
            writeIfKnown(json, "persona", persona);
            Attribute.write(json, attributes);
            if (contact != null) {
                contact.write(json);
            }
            if (costCents > 0) {
                json.writeObjectPropertyStart("cost");
                json.writeName("amount");
                json.writeNumber(BigDecimal.valueOf(costCents, 2));
                json.writeStringProperty("currency", currency);
                json.writeEndObject();
            }
        }
    }

    record Enriched(List<Attribute> attributes, @Nullable Contact contact) implements Detail {

        @Override
        public Kind kind() {
            return Kind.ENRICHED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Enriched(Attribute.values(attributes, contact), null);
        }

        @Override
        public void write(JsonGenerator json) {
            Attribute.write(json, attributes);
            if (contact != null) {
                contact.write(json);
            }
        }
    }

    record Visited(String activity, @Nullable String asset, int count) implements Detail {

        @Override
        public Kind kind() {
            return Kind.ACTIVITY;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Activity(activity, asset, count);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeStringProperty("activity", activity);
            writeIfKnown(json, "asset", asset);
            json.writeNumberProperty("count", count);
        }
    }

    record Scored(int fit, int engagement, int previous, boolean disqualified) implements Detail {

        @Override
        public Kind kind() {
            return Kind.SCORED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Scored(
                    BigDecimal.valueOf(fit + (long) engagement),
                    BigDecimal.valueOf(fit),
                    BigDecimal.valueOf(engagement),
                    disqualified ? "not-a-buyer" : null,
                    BigDecimal.valueOf(previous),
                    null,
                    List.of());
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeNumberProperty("score", fit + engagement);
            json.writeNumberProperty("fit", fit);
            json.writeNumberProperty("engagement", engagement);
            if (disqualified) {
                json.writeObjectPropertyStart("disqualified");
                json.writeStringProperty("reason", "not-a-buyer");
                json.writeEndObject();
            }
            json.writeNumberProperty("previous", previous);
        }
    }

    record MarkedMql(int score) implements Detail {

        @Override
        public Kind kind() {
            return Kind.MARKED_MQL;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.MarkedMql(BigDecimal.valueOf(score), null);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeNumberProperty("score", score);
            json.writeStringProperty("decidedBy", "external");
        }
    }

    record Accepted(String by) implements Detail {

        @Override
        public Kind kind() {
            return Kind.ACCEPTED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Accepted(by);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeStringProperty("by", by);
        }
    }

    record Rejected(String by, String reason) implements Detail {

        @Override
        public Kind kind() {
            return Kind.REJECTED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Rejected(by, reason);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeStringProperty("by", by);
            json.writeStringProperty("reason", reason);
        }
    }

    record Contacted(String by, String channel, boolean reached) implements Detail {

        @Override
        public Kind kind() {
            return Kind.CONTACTED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Contacted(by, channel, reached ? LeadEvent.Contacted.REACHED : "no_answer");
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeStringProperty("by", by);
            json.writeStringProperty("channel", channel);
            json.writeStringProperty("outcome", reached ? "reached" : "no_answer");
        }
    }

    /** Sold, for {@code amount} whole units of the currency. */
    record Won(int amount, String currency) implements Detail {

        @Override
        public Kind kind() {
            return Kind.WON;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Won(BigDecimal.valueOf(amount), currency);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeNumberProperty("amount", amount);
            json.writeStringProperty("currency", currency);
        }
    }

    record Lost(String by, String reason) implements Detail {

        @Override
        public Kind kind() {
            return Kind.LOST;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Lost(by, reason);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeStringProperty("by", by);
            json.writeStringProperty("reason", reason);
        }
    }

    record Voided(Fact event, String by, String reason) implements Detail {

        @Override
        public Kind kind() {
            return Kind.VOIDED;
        }

        @Override
        public LeadEvent leadEvent() {
            return new LeadEvent.Voided(new EventId(event.emitter().urn(), event.eventId()), by, reason);
        }

        @Override
        public void write(JsonGenerator json) {
            json.writeObjectPropertyStart("event");
            json.writeStringProperty("source", event.emitter().urn());
            json.writeStringProperty("id", event.eventId());
            json.writeEndObject();
            json.writeStringProperty("by", by);
            json.writeStringProperty("reason", reason);
        }
    }

    /** A text, an Integer, or null where the attribute is erased. */
    record Attribute(String name, @Nullable Object value) {

        private static Map<String, @Nullable Object> values(List<Attribute> attributes, @Nullable Contact contact) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (Attribute attribute : attributes) {
                Object value = attribute.value;
                values.put(attribute.name, value instanceof Integer number ? (Object) number.longValue() : value);
            }
            String email = contact == null ? null : contact.email;
            if (email != null) {
                values.put("emailDomain", email.substring(email.lastIndexOf('@') + 1));
            }
            return values;
        }

        private static void write(JsonGenerator json, List<Attribute> attributes) {
            json.writeObjectPropertyStart("attributes");
            for (Attribute attribute : attributes) {
                json.writeName(attribute.name);
                if (attribute.value instanceof Integer number) {
                    json.writeNumber(number);
                } else if (attribute.value instanceof String text) {
                    json.writeString(text);
                } else {
                    json.writeNull();
                }
            }
            json.writeEndObject();
        }
    }

    record Contact(
            @Nullable String email,
            @Nullable String name,
            @Nullable String phone,
            @Nullable String company) {

        private void write(JsonGenerator json) {
            json.writeObjectPropertyStart("contact");
            writeIfKnown(json, "email", email);
            writeIfKnown(json, "name", name);
            writeIfKnown(json, "phone", phone);
            writeIfKnown(json, "company", company);
            json.writeEndObject();
        }
    }

    private static void writeIfKnown(JsonGenerator json, String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
    }
}

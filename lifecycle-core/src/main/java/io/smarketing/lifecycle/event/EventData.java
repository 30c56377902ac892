package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.Amount;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code data} of each type. A field of the wrong type refuses the event, but attributes never do: what they hold is
 * judged later. Fields that are not known are passed over.
 */
final class EventData {

    private static final String EMAIL_DOMAIN = "emailDomain";
    private static final int MOST_LONG_DIGITS = 19;

    private final JsonMapper mapper;
    private final boolean own;

    /** Reads data; {@code own} is what the engine wrote itself. */
    EventData(JsonMapper mapper, boolean own) {
        this.mapper = mapper;
        this.own = own;
    }

    LeadEvent read(EventType type, JsonNode data) throws Refusal {
        return switch (type) {
            case CAPTURED -> {
                LeadEvent.Contact contact = contact(data);
                yield new LeadEvent.Captured(
                        text(data, "source"),
                        text(data, "campaign"),
                        text(data, "persona"),
                        attributes(data, contact),
                        contact,
                        money(data));
            }
            case ENRICHED -> {
                LeadEvent.Contact contact = contact(data);
                yield new LeadEvent.Enriched(attributes(data, contact), contact);
            }
            case ACTIVITY ->
                new LeadEvent.Activity(
                        requiredText(
                                data,
                                "activity",
                                "data.activity",
                                "missing-activity",
                                "name it, as \"activity\":\"demo_request\""),
                        text(data, "asset"),
                        count(data));
            case ACCEPTED -> new LeadEvent.Accepted(text(data, "by"));
            case REJECTED -> new LeadEvent.Rejected(text(data, "by"), text(data, "reason"));
            case CONTACTED -> new LeadEvent.Contacted(text(data, "by"), text(data, "channel"), text(data, "outcome"));
            case WON -> new LeadEvent.Won(amount(data, "amount", "data.amount"), text(data, "currency"));
            case LOST -> new LeadEvent.Lost(text(data, "by"), text(data, "reason"));
            case VOIDED -> new LeadEvent.Voided(voidedEvent(data), text(data, "by"), text(data, "reason"));
            case SCORED ->
                new LeadEvent.Scored(
                        amount(data, "score", "data.score"),
                        amount(data, "fit", "data.fit"),
                        amount(data, "engagement", "data.engagement"),
                        disqualified(data),
                        amount(data, "previous", "data.previous"),
                        policy(data),
                        contributions(data));
            case MARKED_MQL -> new LeadEvent.MarkedMql(amount(data, "score", "data.score"), policy(data));
            case RESCORED -> new LeadEvent.Rescored(policy(data));
            case ERASED -> new LeadEvent.Erased();
        };
    }

    private static @Nullable String text(JsonNode data, String field) throws Refusal {
        return text(data, field, "data." + field);
    }

    private static @Nullable String text(JsonNode object, String field, String path) throws Refusal {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw invalid(path, "is no string", "write it in quotes or leave it out");
        }
        return value.stringValue();
    }

    private static Refusal invalid(String path, String what, String mend) {
        return new Refusal("invalid-data", path, "'%s' %s".formatted(path, what), mend);
    }

    private static String requiredText(JsonNode object, String field, String path, String code, String mend)
            throws Refusal {
        String text = text(object, field, path);
        if (text == null || text.isBlank()) {
            throw new Refusal(code, path, "'%s' is missing".formatted(path), mend);
        }
        return text;
    }

    private static @Nullable BigDecimal number(JsonNode object, String field, String path) throws Refusal {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw invalid(path, "is no number", "write it without quotes, as 1250.50");
        }
        return value.decimalValue();
    }

    /** A number that can be added up; what is stored already is read as it is. */
    private @Nullable BigDecimal amount(JsonNode object, String field, String path) throws Refusal {
        BigDecimal number = number(object, field, path);
        if (!own) {
            refuseBeyond(number, path);
        }
        return number;
    }

    static void refuseBeyond(@Nullable BigDecimal number, String path) throws Refusal {
        if (number == null) {
            return;
        }
        if (!Amount.isInRange(number)) {
            throw invalid(
                    path,
                    "is beyond what is added up",
                    "write a number from %,d to %,d".formatted(Long.MIN_VALUE, Long.MAX_VALUE));
        }
        if (!Amount.isPlain(number)) {
            throw invalid(
                    path,
                    "has too many decimals",
                    "write at most %d digits behind the point".formatted(Amount.MOST_DECIMALS));
        }
    }

    private static @Nullable JsonNode object(JsonNode data, String field) throws Refusal {
        JsonNode value = data.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isObject()) {
            throw invalid("data." + field, "is no object", "write {…} or leave it out");
        }
        return value;
    }

    private static int count(JsonNode data) throws Refusal {
        JsonNode value = data.get("count");
        if (value == null || value.isNull()) {
            return 1;
        }
        Object count = value.isNumber() ? scalar(value.decimalValue()) : "";
        if (count instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE) {
            return (int) (long) number;
        }
        throw invalid("data.count", "is no count", "write a whole number from 1 to %d".formatted(Integer.MAX_VALUE));
    }

    private static EventId voidedEvent(JsonNode data) throws Refusal {
        JsonNode event = object(data, "event");
        String mend = "name the event that was a mistake, as \"event\":{\"source\":\"urn:crm\",\"id\":\"4711\"}";
        if (event == null) {
            throw new Refusal("missing-event", "data.event", "'data.event' is missing", mend);
        }
        return new EventId(
                requiredText(event, "source", "data.event.source", "missing-event", mend),
                requiredText(event, "id", "data.event.id", "missing-event", mend));
    }

    private static @Nullable String disqualified(JsonNode data) throws Refusal {
        JsonNode disqualified = object(data, "disqualified");
        if (disqualified == null) {
            return null;
        }
        String reason = text(disqualified, "reason", "data.disqualified.reason");
        return reason == null ? "" : reason;
    }

    private static @Nullable PolicyRef policy(JsonNode data) throws Refusal {
        JsonNode policy = object(data, "policy");
        if (policy == null) {
            return null;
        }
        String name = requiredText(
                policy,
                "name",
                "data.policy.name",
                "invalid-data",
                "name the policy, or leave `policy` out when another system decided");
        String version = version(policy.get("version"));
        if (version.isBlank()) {
            throw invalid("data.policy.version", "is missing", "name the policy's version, as \"version\":\"3\"");
        }
        return new PolicyRef(name, version);
    }

    /** A number is named the same in every notation: 3 and 3.0 are one version. */
    private static String version(@Nullable JsonNode version) {
        if (version != null && version.isString()) {
            return version.stringValue();
        } else if (version != null && version.isNumber()) {
            return String.valueOf(scalar(version.decimalValue().stripTrailingZeros()));
        }
        return "";
    }

    private static List<Contribution> contributions(JsonNode data) throws Refusal {
        JsonNode list = data.get("contributions");
        if (list == null || list.isNull()) {
            return List.of();
        }
        if (!list.isArray()) {
            throw invalid("data.contributions", "is no list", "write [{\"rule\":\"demo\",\"points\":30}]");
        }
        List<Contribution> contributions = new ArrayList<>();
        for (JsonNode item : list) {
            String rule = item.isObject() ? text(item, "rule", "data.contributions.rule") : null;
            BigDecimal points = item.isObject() ? number(item, "points", "data.contributions.points") : null;
            if (rule == null || points == null || !(scalar(points) instanceof Long whole)) {
                throw invalid(
                        "data.contributions", "holds something else", "write [{\"rule\":\"demo\",\"points\":30}]");
            }
            contributions.add(new Contribution(rule, whole));
        }
        return contributions;
    }

    /** A sealed contact is read from what the engine itself wrote; from outside it is a field nobody knows. */
    private LeadEvent.@Nullable Contact contact(JsonNode data) throws Refusal {
        JsonNode sealed = own ? data.get("sealedContact") : null;
        if (sealed != null && sealed.isString()) {
            return new LeadEvent.Contact.Sealed(sealed.stringValue());
        }
        JsonNode contact = object(data, "contact");
        if (contact == null) {
            return null;
        }
        return new LeadEvent.Contact.Open(
                text(contact, "email", "data.contact.email"),
                text(contact, "name", "data.contact.name"),
                text(contact, "phone", "data.contact.phone"),
                text(contact, "company", "data.contact.company"));
    }

    private LeadEvent.@Nullable Money money(JsonNode data) throws Refusal {
        JsonNode cost = object(data, "cost");
        return cost == null
                ? null
                : new LeadEvent.Money(
                        amount(cost, "amount", "data.cost.amount"), text(cost, "currency", "data.cost.currency"));
    }

    private static Map<String, @Nullable Object> attributes(JsonNode data, LeadEvent.@Nullable Contact contact)
            throws Refusal {
        JsonNode object = object(data, "attributes");
        String domain = emailDomain(contact);
        if ((object == null || object.isEmpty()) && domain == null) {
            return Map.of();
        }
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        if (object != null) {
            object.forEachEntry((name, value) -> attributes.put(name, attribute(value)));
        }
        if (domain != null) {
            attributes.put(EMAIL_DOMAIN, domain);
        }
        return Collections.unmodifiableMap(attributes);
    }

    /** The part behind the last @, in lower case; null when there is none. */
    private static @Nullable String emailDomain(LeadEvent.@Nullable Contact contact) {
        String email = contact instanceof LeadEvent.Contact.Open open ? open.email() : null;
        int at = email == null ? -1 : email.lastIndexOf('@');
        if (email == null || at < 0) {
            return null;
        }
        String domain = email.substring(at + 1).strip().toLowerCase(Locale.ROOT);
        return domain.isEmpty() ? null : domain;
    }

    private static @Nullable Object attribute(JsonNode value) {
        if (value.isNull()) {
            return null;
        } else if (value.isString()) {
            return value.stringValue();
        } else if (value.isBoolean()) {
            return value.booleanValue();
        } else if (value.isNumber()) {
            return scalar(value.decimalValue());
        }
        return new LeadEvent.Composite(value.toString());
    }

    /** Long when the number has no fraction and fits, else the number itself. */
    private static Object scalar(BigDecimal number) {
        if (number.signum() == 0) {
            return 0L;
        }
        // Looked at before anything is expanded: 1e999999999 is a short text and a long number.
        if ((long) number.precision() - number.scale() > MOST_LONG_DIGITS) {
            return number;
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            return number;
        }
    }

    void write(LeadEvent event, ObjectNode data) {
        if (event instanceof LeadEvent.Captured captured) {
            put(data, "source", captured.source());
            put(data, "campaign", captured.campaign());
            put(data, "persona", captured.persona());
            putAttributes(data, captured.attributes());
            putContact(data, captured.contact());
            LeadEvent.Money cost = captured.cost();
            if (cost != null) {
                ObjectNode object = data.putObject("cost");
                put(object, "amount", cost.amount());
                put(object, "currency", cost.currency());
            }
        } else if (event instanceof LeadEvent.Enriched enriched) {
            putAttributes(data, enriched.attributes());
            putContact(data, enriched.contact());
        } else if (event instanceof LeadEvent.Activity activity) {
            put(data, "activity", activity.activity());
            put(data, "asset", activity.asset());
            if (activity.count() != 1) {
                data.put("count", activity.count());
            }
        } else if (event instanceof LeadEvent.Accepted accepted) {
            put(data, "by", accepted.by());
        } else if (event instanceof LeadEvent.Rejected rejected) {
            put(data, "by", rejected.by());
            put(data, "reason", rejected.reason());
        } else if (event instanceof LeadEvent.Contacted contacted) {
            put(data, "by", contacted.by());
            put(data, "channel", contacted.channel());
            put(data, "outcome", contacted.outcome());
        } else if (event instanceof LeadEvent.Won won) {
            put(data, "amount", won.amount());
            put(data, "currency", won.currency());
        } else if (event instanceof LeadEvent.Lost lost) {
            put(data, "by", lost.by());
            put(data, "reason", lost.reason());
        } else if (event instanceof LeadEvent.Voided voided) {
            ObjectNode object = data.putObject("event");
            object.put("source", voided.event().source());
            object.put("id", voided.event().id());
            put(data, "by", voided.by());
            put(data, "reason", voided.reason());
        } else if (event instanceof LeadEvent.Scored scored) {
            put(data, "score", scored.score());
            put(data, "fit", scored.fit());
            put(data, "engagement", scored.engagement());
            String disqualified = scored.disqualified();
            if (disqualified != null) {
                data.putObject("disqualified").put("reason", disqualified);
            }
            put(data, "previous", scored.previous());
            putPolicy(data, scored.policy());
            ArrayNode contributions = data.putArray("contributions");
            scored.contributions()
                    .forEach(item ->
                            contributions.addObject().put("rule", item.rule()).put("points", item.points()));
        } else if (event instanceof LeadEvent.MarkedMql marked) {
            put(data, "score", marked.score());
            putPolicy(data, marked.policy());
            if (marked.isExternal()) {
                data.put("decidedBy", "external");
            }
        } else if (event instanceof LeadEvent.Rescored rescored) {
            putPolicy(data, rescored.policy());
        }
    }

    private static void put(ObjectNode object, String field, @Nullable String value) {
        if (value != null) {
            object.put(field, value);
        }
    }

    private static void put(ObjectNode object, String field, @Nullable BigDecimal value) {
        if (value != null) {
            object.put(field, value);
        }
    }

    private static void putPolicy(ObjectNode data, @Nullable PolicyRef policy) {
        if (policy != null) {
            data.putObject("policy").put("name", policy.name()).put("version", policy.version());
        }
    }

    private static void putContact(ObjectNode data, LeadEvent.@Nullable Contact contact) {
        if (contact instanceof LeadEvent.Contact.Sealed sealed) {
            data.put("sealedContact", sealed.ciphertext());
        } else if (contact instanceof LeadEvent.Contact.Open open) {
            ObjectNode object = data.putObject("contact");
            put(object, "email", open.email());
            put(object, "name", open.name());
            put(object, "phone", open.phone());
            put(object, "company", open.company());
        }
    }

    private void putAttributes(ObjectNode data, Map<String, @Nullable Object> attributes) {
        if (attributes.isEmpty()) {
            return;
        }
        ObjectNode object = data.putObject("attributes");
        attributes.forEach((name, value) -> {
            if (value == null) {
                object.putNull(name);
            } else if (value instanceof LeadEvent.Composite composite) {
                object.set(name, mapper.readTree(composite.json()));
            } else if (value instanceof String text) {
                object.put(name, text);
            } else if (value instanceof Boolean flag) {
                object.put(name, flag);
            } else if (value instanceof Long whole) {
                object.put(name, whole);
            } else if (value instanceof BigDecimal number) {
                object.put(name, number);
            } else {
                throw new IllegalArgumentException(
                        "attribute " + name + " is a " + value.getClass().getName());
            }
        });
    }
}

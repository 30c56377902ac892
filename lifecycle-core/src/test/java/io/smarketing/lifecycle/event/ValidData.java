package io.smarketing.lifecycle.event;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Event data that is right: by a seed, with every optional field there, null or missing. */
final class ValidData {

    private static final List<EventType> TYPES = List.of(EventType.values());
    private static final List<String> TEXTS = List.of(
            "", " ", "a", "demo_request", "Grüße", "日本", "😀", "a\nb", "\"quoted\"", "back\\slash", "null", "0", "x@y");
    private static final List<String> NAMES =
            List.of("a", "demo_request", "urn:crm", " x ", "日本", "😀", "4711", "\u00a0");

    private final Random random;

    private ValidData(Random random) {
        this.random = random;
    }

    static EventType anyType(Random random) {
        return TYPES.get(random.nextInt(TYPES.size()));
    }

    static ObjectNode of(EventType type, Random random) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        new ValidData(random).fill(type, data);
        return data;
    }

    /** A whole event, sent long ago. */
    static ObjectNode event(EventType type, Random random) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("specversion", "1.0");
        event.put("id", "e-" + random.nextInt(1_000_000));
        event.put("source", "urn:crm");
        event.put("type", type.wireName());
        event.put("subject", "L-" + random.nextInt(1_000_000));
        event.put(
                "time",
                "2025-%02d-%02dT%02d:30:00Z"
                        .formatted(1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(24)));
        event.set("data", of(type, random));
        return event;
    }

    private void fill(EventType type, ObjectNode data) {
        switch (type) {
            case CAPTURED -> {
                text(data, "source");
                text(data, "campaign");
                text(data, "persona");
                attributes(data);
                contact(data);
                object(data, "cost", cost -> {
                    number(cost, "amount");
                    text(cost, "currency");
                });
            }
            case ENRICHED -> {
                attributes(data);
                contact(data);
            }
            case ACTIVITY -> {
                data.put("activity", name());
                text(data, "asset");
                optional(data, "count", object -> {
                    switch (random.nextInt(3)) {
                        case 0 -> object.put("count", 1 + random.nextInt(Integer.MAX_VALUE));
                        case 1 -> object.put("count", new BigDecimal("3.0"));
                        default -> object.put("count", new BigDecimal("2e3"));
                    }
                });
            }
            case ACCEPTED -> text(data, "by");
            case REJECTED, LOST -> {
                text(data, "by");
                text(data, "reason");
            }
            case CONTACTED -> {
                text(data, "by");
                text(data, "channel");
                text(data, "outcome");
            }
            case WON -> {
                number(data, "amount");
                text(data, "currency");
            }
            case VOIDED -> {
                data.putObject("event").put("source", name()).put("id", name());
                text(data, "by");
                text(data, "reason");
            }
            case SCORED -> {
                number(data, "score");
                number(data, "fit");
                number(data, "engagement");
                object(data, "disqualified", disqualified -> text(disqualified, "reason"));
                number(data, "previous");
                policy(data);
                optional(data, "contributions", object -> {
                    ArrayNode list = object.putArray("contributions");
                    for (int i = random.nextInt(4); i > 0; i--) {
                        list.addObject().put("rule", text()).put("points", random.nextLong());
                    }
                });
            }
            case MARKED_MQL -> {
                number(data, "score");
                policy(data);
                text(data, "decidedBy");
            }
            case RESCORED -> policy(data);
            case ERASED -> {
                // says nothing but that it happened
            }
        }
        if (random.nextInt(8) == 0) {
            data.put("not-known-" + random.nextInt(9), random.nextInt());
        }
    }

    private void attributes(ObjectNode data) {
        object(data, "attributes", attributes -> {
            for (int i = random.nextInt(5); i > 0; i--) {
                String name = random.nextInt(20) == 0 ? text() : "attribute" + random.nextInt(20);
                switch (random.nextInt(8)) {
                    case 0 -> attributes.put(name, random.nextInt(1_000));
                    case 1 -> attributes.put(name, new BigDecimal("5.50"));
                    case 2 -> attributes.put(name, new BigDecimal("1e999999999"));
                    case 3 -> attributes.put(name, random.nextBoolean());
                    case 4 -> attributes.putNull(name);
                    case 5 -> attributes.putArray(name).add(1).addNull().add("x");
                    case 6 -> attributes.putObject(name).put("deep", 1.5).putNull("nothing");
                    default -> attributes.put(name, text());
                }
            }
        });
    }

    private void contact(ObjectNode data) {
        object(data, "contact", contact -> {
            optional(
                    contact,
                    "email",
                    object -> object.put("email", random.nextBoolean() ? "jane@Example.com" : text()));
            text(contact, "name");
            text(contact, "phone");
            text(contact, "company");
        });
    }

    private void policy(ObjectNode data) {
        object(data, "policy", policy -> {
            policy.put("name", name());
            switch (random.nextInt(3)) {
                case 0 -> policy.put("version", random.nextInt(9));
                case 1 -> policy.put("version", new BigDecimal("1.10"));
                default -> policy.put("version", name());
            }
        });
    }

    private void text(ObjectNode object, String field) {
        optional(object, field, owner -> owner.put(field, text()));
    }

    private void number(ObjectNode object, String field) {
        optional(object, field, owner -> {
            switch (random.nextInt(4)) {
                case 0 -> owner.put(field, random.nextLong());
                case 1 -> owner.put(field, BigDecimal.valueOf(random.nextInt(100_000), 2));
                case 2 -> owner.put(field, new BigDecimal("-9223372036854775807.123456789012345678000"));
                default -> owner.put(field, random.nextInt(100));
            }
        });
    }

    private void object(ObjectNode owner, String field, Consumer<ObjectNode> content) {
        optional(owner, field, object -> content.accept(object.putObject(field)));
    }

    private void optional(ObjectNode object, String field, Consumer<ObjectNode> write) {
        switch (random.nextInt(6)) {
            case 0 -> {
                // left out
            }
            case 1 -> object.putNull(field);
            default -> write.accept(object);
        }
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }
}

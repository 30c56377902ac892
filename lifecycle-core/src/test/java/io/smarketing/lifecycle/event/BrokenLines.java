package io.smarketing.lifecycle.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lines that are no events, in every way we know of, made from good events by a seed. No line holds a line end, and each is
 * broken whatever the clock says, as long as it says a year from 2026 to 2999.
 */
public final class BrokenLines {

    /**
     * One line, without its end.
     *
     * @param kind what is broken about it, in words
     * @param line mostly JSON in UTF-8, but for what is broken
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Broken(String kind, byte[] line) {}

    private record Kind(String code, String field, Function<Random, byte[]> make) {}

    private interface Change {
        void apply(ObjectNode event, Random random);
    }

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Map<String, Kind> KINDS = kinds();

    private BrokenLines() {}

    /** As many lines as asked for, the kinds in turn. */
    public static List<Broken> lines(long seed, int count) {
        Random random = new Random(seed);
        List<String> names = List.copyOf(KINDS.keySet());
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String name = names.get(i % names.size());
                    return new Broken(name, kind(name).make().apply(random));
                })
                .toList();
    }

    public static Set<String> kindsOfLines() {
        return KINDS.keySet();
    }

    /** The code of the refusal that a line of the kind deserves. */
    public static String codeOf(String kind) {
        return kind(kind).code();
    }

    /** The field that the refusal names; empty where the whole line is at fault. */
    public static String fieldOf(String kind) {
        return kind(kind).field();
    }

    private static Kind kind(String name) {
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw new IllegalArgumentException(name);
        }
        return kind;
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        unreadable(kinds);
        noEvents(kinds);
        envelopes(kinds);
        times(kinds);
        dataOfNoUse(kinds);
        fieldsOfTheWrongType(kinds);
        factsWithoutTheirPoint(kinds);
        return kinds;
    }

    private static void unreadable(Map<String, Kind> kinds) {
        text(
                kinds,
                "words",
                "unreadable-json",
                "",
                random -> any(random, "hello", "captured;L-1;2026", "{hello}", "-"));
        bytes(kinds, "cut off", "unreadable-json", "", random -> {
            byte[] line = line(good(random));
            return Arrays.copyOf(line, 1 + random.nextInt(line.length - 1));
        });
        text(kinds, "two events", "unreadable-json", "", random -> good(random) + any(random, "", " ") + good(random));
        text(
                kinds,
                "rest behind it",
                "unreadable-json",
                "",
                random -> good(random) + any(random, ",", "]", "}", " x", ";"));
        text(
                kinds,
                "comma before the end",
                "unreadable-json",
                "",
                random -> good(random).toString().replaceFirst("}$", ",}"));
        text(
                kinds,
                "single quotes",
                "unreadable-json",
                "",
                random -> good(random).toString().replace('"', '\''));
        text(
                kinds,
                "comment",
                "unreadable-json",
                "",
                random -> "{/* an event */" + good(random).toString().substring(1));
        text(
                kinds,
                "no number",
                "unreadable-json",
                "",
                random -> withExtension(
                        random, any(random, "NaN", "Infinity", "01", "+1", "1.", ".5", "1e", "0x10", "1_000")));
        text(
                kinds,
                "raw control character",
                "unreadable-json",
                "",
                random -> withExtension(random, "\"a" + any(random, "\t", "\u0000", "\u001f", "\b") + "b\""));
        text(
                kinds,
                "bad escape",
                "unreadable-json",
                "",
                random -> withExtension(random, any(random, "\"\\x41\"", "\"\\u12\"", "\"\\")));
        text(
                kinds,
                "key twice",
                "unreadable-json",
                "",
                random -> "{\"id\":\"other\"," + good(random).toString().substring(1));
        text(
                kinds,
                "key twice by escape",
                "unreadable-json",
                "",
                random -> "{\"\\u0069d\":\"other\"," + good(random).toString().substring(1));
        text(
                kinds,
                "key twice, deep inside",
                "unreadable-json",
                "",
                random -> withExtension(random, "{\"a\":{\"b\":1,\"b\":1}}"));
        bytes(
                kinds,
                "bytes of no UTF-8",
                "unreadable-json",
                "",
                random -> withBytes(random, new byte[][] {
                    {(byte) 0xFF},
                    {(byte) 0xFE, 'a'},
                    {(byte) 0x80},
                    {(byte) 0xC3, 'a'},
                    {(byte) 0xE2, (byte) 0x82, 'a'}
                }));
        bytes(
                kinds,
                "overlong UTF-8",
                "unreadable-json",
                "",
                random -> withBytes(random, new byte[][] {
                    {(byte) 0xC0, (byte) 0x80},
                    {(byte) 0xC1, (byte) 0xA1},
                    {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
                    {(byte) 0xF0, (byte) 0x80, (byte) 0x80, (byte) 0x80}
                }));
        bytes(
                kinds,
                "UTF-8 beyond Unicode",
                "unreadable-json",
                "",
                random -> withBytes(random, new byte[][] {
                    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                    {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                    {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80}
                }));
        bytes(
                kinds,
                "Latin-1",
                "unreadable-json",
                "",
                random -> withExtension(random, "\"Grüße\"").getBytes(StandardCharsets.ISO_8859_1));
        bytes(
                kinds,
                "UTF-16",
                "unreadable-json",
                "",
                random -> good(random)
                        .toString()
                        .getBytes(random.nextBoolean() ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16));
        text(
                kinds,
                "10,000 levels of lists",
                "unreadable-json",
                "",
                random -> withExtension(random, "[".repeat(10_000) + "]".repeat(10_000)));
        text(
                kinds,
                "10,000 levels of objects",
                "unreadable-json",
                "",
                random -> withExtension(random, "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)));
        text(
                kinds,
                "10,000 levels, never closed",
                "unreadable-json",
                "",
                random -> any(random, "[", "{\"a\":").repeat(10_000));
        text(
                kinds,
                "number of 5,000 digits",
                "unreadable-json",
                "",
                random -> withExtension(random, any(random, "", "-", "0.") + "7".repeat(5_000)));
        text(
                kinds,
                "exponent of eleven digits",
                "unreadable-json",
                "",
                random -> withExtension(
                        random, any(random, "1e99999999999", "1e-99999999999", "1.5E+12345678901", "1e2147483648")));
        text(
                kinds,
                "key of 60,000 characters",
                "unreadable-json",
                "",
                random -> "{\"" + "k".repeat(60_000) + "\":1,"
                        + good(random).toString().substring(1));
        text(
                kinds,
                "too large",
                "too-large",
                "",
                random -> withExtension(
                        random, "\"" + "x".repeat(CloudEventCodec.MOST_BYTES + random.nextInt(1_000)) + "\""));
    }

    private static void noEvents(Map<String, Kind> kinds) {
        text(kinds, "scalar", "not-an-event", "", random -> any(random, "1", "\"captured\"", "true", "0.5e3"));
        text(kinds, "null", "not-an-event", "", random -> "null");
        text(kinds, "list", "not-an-event", "", random -> any(random, "[]", "[" + good(random) + "]", "[1,2]"));
    }

    private static void envelopes(Map<String, Kind> kinds) {
        for (String field : List.of("specversion", "id", "source", "type", "subject", "time")) {
            json(kinds, field + " left out", "missing-" + field, field, (event, random) -> event.remove(field));
            json(kinds, field + " null", "missing-" + field, field, (event, random) -> event.putNull(field));
            json(
                    kinds,
                    field + " blank",
                    "missing-" + field,
                    field,
                    (event, random) -> event.put(field, any(random, "", " ", "\t", " \n ", "\u2003", "\u3000\u2028")));
            json(
                    kinds,
                    field + " of the wrong type",
                    "invalid-field",
                    field,
                    (event, random) ->
                            event.set(field, parsed(any(random, "1", "1.0", "true", "[]", "{}", "[\"x\"]"))));
            json(kinds, field + " with a control character", "invalid-field", field, (event, random) -> {
                String text = event.path(field).stringValue();
                int at = random.nextInt(text.length() + 1);
                String control = any(random, "\u0000", "\n", "\t", "\u001b", "\u007f", "\u0085");
                event.put(field, text.substring(0, at) + control + text.substring(at));
            });
            json(
                    kinds,
                    field + " of more than 1,024 characters",
                    "invalid-field",
                    field,
                    (event, random) -> event.put(
                            field, event.path(field).stringValue() + "x".repeat(1_024 + random.nextInt(100))));
        }
        json(
                kinds,
                "id with half a surrogate pair",
                "invalid-field",
                "id",
                (event, random) -> event.put("id", any(random, "\ud83d", "a\ude00b", "\ude00\ud83d")));
        json(
                kinds,
                "another specversion",
                "unsupported-specversion",
                "specversion",
                (event, random) -> event.put("specversion", any(random, "0.3", "1.0.2", "2.0", "1", "v1.0", " 1.0")));
        json(kinds, "type misspelt", "unknown-type", "type", (event, random) -> {
            String type = event.path("type").stringValue();
            int at = "io.smarketing.lead.".length() + random.nextInt(3);
            event.put("type", type.substring(0, at) + any(random, "x", "-", "e") + type.substring(at));
        });
        json(
                kinds,
                "type in capitals",
                "unknown-type",
                "type",
                (event, random) ->
                        event.put("type", event.path("type").stringValue().replace("lead", "Lead")));
        json(
                kinds,
                "type of another revision",
                "unknown-type",
                "type",
                (event, random) -> event.put(
                        "type", event.path("type").stringValue().replace(".v1", any(random, ".v2", "", ".v10"))));
        json(
                kinds,
                "foreign type",
                "unknown-type",
                "type",
                (event, random) ->
                        event.put("type", any(random, "com.example.someevent", "captured", "LeadCaptured", "*")));
        json(
                kinds,
                "e-mail address as lead",
                "personal-lead-id",
                "subject",
                (event, random) -> event.put(
                        "subject", any(random, "jane.doe@example.com", "J@X", "jane+crm@mail.example.co.uk", "ü@é")));
        json(
                kinds,
                "content of another type",
                "unsupported-content-type",
                "datacontenttype",
                (event, random) -> event.put(
                        "datacontenttype",
                        any(
                                random,
                                "text/xml",
                                "application/xml",
                                "json",
                                "",
                                "text/json",
                                "application/jsonl",
                                "text/plain\r\nX-Injected: 1",
                                "text/" + "x".repeat(5_000),
                                "application/vnd.apache.thrift.binary",
                                "xapplication/json")));
        json(
                kinds,
                "datacontenttype of the wrong type",
                "invalid-field",
                "datacontenttype",
                (event, random) ->
                        event.set("datacontenttype", parsed(any(random, "1", "true", "{}", "[\"application/json\"]"))));
    }

    private static void times(Map<String, Kind> kinds) {
        for (String field : List.of("time", "recordedtime")) {
            json(
                    kinds,
                    field + " that is none",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field,
                            any(
                                    random,
                                    "yesterday",
                                    "1767225600",
                                    "1767225600000",
                                    "01.03.2026 09:30",
                                    "2026-03-01",
                                    "2026-03",
                                    "2026",
                                    "09:30:00Z",
                                    "20260301T093000Z",
                                    "Sun, 1 Mar 2026 09:30:00 GMT")));
            json(
                    kinds,
                    field + " without an offset",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field, any(random, "2026-03-01T09:30:00", "2026-03-01T09:30:00.5", "2026-03-01T09:30")));
            json(
                    kinds,
                    field + " with another offset",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field,
                            "2026-03-01T09:30:00" + any(random, "+0100", "+1", "+1:00", "UTC", " CET", "+01:00:00")));
            json(
                    kinds,
                    field + " with something behind it",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field,
                            any(
                                            random,
                                            "2026-03-01T09:30:00Z",
                                            "2026-03-01T09:30:00z",
                                            "2026-03-01T09:30:00.5Z",
                                            "2026-03-01T09:30:00+01:00")
                                    + any(random, " ", "Z", "x", "[Europe/Berlin]", "+01:00", "/P1D")));
            json(
                    kinds,
                    field + " with a leap second",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field,
                            any(
                                    random,
                                    "2016-12-31T23:59:60Z",
                                    "2017-01-01T05:29:60+05:30",
                                    "2026-03-01T09:30:60Z",
                                    "2016-12-31t23:59:60.999z")));
            json(
                    kinds,
                    field + " without seconds or with too fine ones",
                    "invalid-time",
                    field,
                    (event, random) -> event.put(
                            field,
                            any(
                                    random,
                                    "2026-03-01T09:30Z",
                                    "2026-03-01T09:30+01:00",
                                    "2026-03-01T09:30:00.0123456789Z",
                                    "2026-03-01T09:30:00.Z",
                                    "2026-03-01T09:30:00,5Z")));
        }
        json(
                kinds,
                "time of no calendar day",
                "invalid-time",
                "time",
                (event, random) -> event.put(
                        "time",
                        any(
                                random,
                                "2026-02-29T09:30:00Z",
                                "2026-13-01T09:30:00Z",
                                "2026-00-10T09:30:00Z",
                                "2026-04-31T09:30:00Z",
                                "2026-03-01T24:00:00Z",
                                "2026-03-01T09:60:00Z",
                                "0000-01-01T00:00:00+01:00",
                                "2026-03-01T09:30:00+24:00",
                                "2026-03-01T09:30:00+18:01")));
        json(
                kinds,
                "time of the future",
                "clock-ahead",
                "time",
                (event, random) -> event.put(
                        "time",
                        any(random, "3001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "3500-06-01T12:00:00+02:00")));
    }

    private static void dataOfNoUse(Map<String, Kind> kinds) {
        json(
                kinds,
                "data of the wrong type",
                "invalid-data",
                "data",
                (event, random) ->
                        event.set("data", parsed(any(random, "[]", "1.5", "\"I'm just a string\"", "true", "[{}]"))));
        json(
                kinds,
                "data and data_base64",
                "invalid-data",
                "data_base64",
                (event, random) -> event.put("data_base64", any(random, "e30=", "", "!")));
        json(kinds, "data_base64 that is none", "invalid-data", "data_base64", (event, random) -> {
            event.remove("data");
            event.set(
                    "data_base64",
                    parsed(any(
                            random,
                            "\"e30*\"",
                            "\"e3\\n0=\"",
                            "\"=\"",
                            "\"e30===\"",
                            "1",
                            "{}",
                            "true",
                            "\"... base64 encoded string ...\"")));
        });
        json(kinds, "data_base64 of no object", "invalid-data", "data_base64", (event, random) -> {
            event.remove("data");
            event.put("data_base64", any(random, "[]", "1", "\"text\"", "[{}]").getBytes(StandardCharsets.UTF_8));
        });
        json(kinds, "data_base64 of no JSON", "unreadable-json", "data_base64", (event, random) -> {
            event.remove("data");
            byte[] content = any(random, "{", "xml", "{\"a\":1,\"a\":2}", "{\"a\":\"Grüße\"}", "{}{}")
                    .getBytes(StandardCharsets.ISO_8859_1);
            event.put("data_base64", content);
        });
        json(
                kinds,
                "subject and data.leadId differ",
                "subject-mismatch",
                "data.leadId",
                (event, random) -> data(event)
                        .put(
                                "leadId",
                                any(random, "another", "", event.path("subject").stringValue() + " ")));
        json(kinds, "data.leadId of the wrong type", "subject-mismatch", "data.leadId", (event, random) -> {
            event.put("subject", "4711");
            data(event).set("leadId", parsed(any(random, "4711", "true", "{}", "[\"4711\"]")));
        });
        json(kinds, "half a surrogate pair", "invalid-data", "data.note", (event, random) -> {
            String half = any(random, "\ud83d", "a\ude00b", "\ude00\ud83d");
            data(event)
                    .set(
                            "note",
                            random.nextBoolean()
                                    ? JSON.valueToTree(half)
                                    : JSON.createObjectNode()
                                            .set("a", JSON.createArrayNode().add(half)));
        });
        json(kinds, "exponent beyond writing", "invalid-data", "data.note", (event, random) -> {
            JsonNode number = parsed(any(random, "1e2000000000", "1e-2000000000", "-7e1000000001"));
            data(event)
                    .set(
                            "note",
                            random.nextBoolean()
                                    ? number
                                    : JSON.createArrayNode().add(number));
        });
    }

    private static void fieldsOfTheWrongType(Map<String, Kind> kinds) {
        String[] noText = {"1", "1.5", "true", "[]", "[\"x\"]", "{}"};
        String[] noNumber = {"\"1\"", "\"1250.50\"", "\"\"", "true", "[1]", "{}"};
        String[] noObject = {"1", "\"text\"", "\"\"", "true", "[]", "[{}]"};
        for (String field : List.of(
                "source",
                "campaign",
                "persona",
                "contact.email",
                "contact.name",
                "contact.phone",
                "contact.company",
                "cost.currency")) {
            wrongType(kinds, EventType.CAPTURED, field, noText);
        }
        wrongType(kinds, EventType.CAPTURED, "attributes", noObject);
        wrongType(kinds, EventType.CAPTURED, "contact", noObject);
        wrongType(kinds, EventType.CAPTURED, "cost", noObject);
        wrongType(kinds, EventType.CAPTURED, "cost.amount", noNumber);
        wrongType(kinds, EventType.ENRICHED, "attributes", noObject);
        wrongType(kinds, EventType.ENRICHED, "contact", noObject);
        wrongType(kinds, EventType.ACTIVITY, "activity", noText);
        wrongType(kinds, EventType.ACTIVITY, "asset", noText);
        wrongType(
                kinds,
                EventType.ACTIVITY,
                "count",
                "0",
                "-1",
                "1.5",
                "0.0",
                "1e-1",
                "2147483648",
                "1e999999999",
                "99999999999999999999",
                "\"1\"",
                "\"\"",
                "true",
                "[1]",
                "{}");
        wrongType(kinds, EventType.ACCEPTED, "by", noText);
        wrongType(kinds, EventType.REJECTED, "by", noText);
        wrongType(kinds, EventType.REJECTED, "reason", noText);
        wrongType(kinds, EventType.CONTACTED, "by", noText);
        wrongType(kinds, EventType.CONTACTED, "channel", noText);
        wrongType(kinds, EventType.CONTACTED, "outcome", noText);
        wrongType(kinds, EventType.WON, "amount", noNumber);
        wrongType(kinds, EventType.WON, "currency", noText);
        wrongType(kinds, EventType.LOST, "by", noText);
        wrongType(kinds, EventType.LOST, "reason", noText);
        wrongType(kinds, EventType.VOIDED, "event", noObject);
        wrongType(kinds, EventType.VOIDED, "event.source", noText);
        wrongType(kinds, EventType.VOIDED, "event.id", noText);
        wrongType(kinds, EventType.VOIDED, "by", noText);
        wrongType(kinds, EventType.VOIDED, "reason", noText);
        for (String field : List.of("score", "fit", "engagement", "previous")) {
            wrongType(kinds, EventType.SCORED, field, noNumber);
        }
        wrongType(kinds, EventType.SCORED, "disqualified", noObject);
        wrongType(kinds, EventType.SCORED, "disqualified.reason", noText);
        wrongType(
                kinds,
                EventType.SCORED,
                "contributions",
                "1",
                "\"demo\"",
                "true",
                "{}",
                "[1]",
                "[\"demo\"]",
                "[null]",
                "[{}]",
                "[{\"rule\":\"demo\"}]",
                "[{\"points\":1}]",
                "[{\"rule\":\"demo\",\"points\":1.5}]",
                "[{\"rule\":\"demo\",\"points\":9223372036854775808}]");
        wrongType(kinds, EventType.MARKED_MQL, "score", noNumber);
        wrongType(kinds, EventType.MARKED_MQL, "policy", noObject);
        wrongType(kinds, EventType.MARKED_MQL, "policy.name", noText);
        wrongType(kinds, EventType.RESCORED, "policy.version", "null", "\"\"", "\" \"", "true", "[]", "{}");
    }

    private static void wrongType(Map<String, Kind> kinds, EventType type, String field, String... values) {
        String path = "data." + field;
        json(kinds, type.word() + " with a wrong " + path, "invalid-data", path, (event, random) -> {
            become(event, type);
            ObjectNode object = data(event);
            String name = field;
            int dot = field.indexOf('.');
            if (dot > 0) {
                // A whole object, so that nothing but the one field is at fault.
                String owner = field.substring(0, dot);
                name = field.substring(dot + 1);
                object = object.putObject(owner);
                if (owner.equals("event")) {
                    object.put("source", "urn:crm").put("id", "1");
                } else if (owner.equals("policy")) {
                    object.put("name", "b2b-default").put("version", "1");
                }
            }
            object.set(name, parsed(any(random, values)));
        });
    }

    private static void factsWithoutTheirPoint(Map<String, Kind> kinds) {
        json(kinds, "activity without its activity", "missing-activity", "data.activity", (event, random) -> {
            become(event, EventType.ACTIVITY);
            leaveOut(data(event), "activity", random);
        });
        json(kinds, "activity without data", "missing-activity", "data.activity", (event, random) -> {
            become(event, EventType.ACTIVITY);
            leaveOut(event, "data", random);
        });
        json(kinds, "voided without its event", "missing-event", "data.event", (event, random) -> {
            become(event, EventType.VOIDED);
            data(event).remove("event");
            if (random.nextBoolean()) {
                data(event).putNull("event");
            }
        });
        for (String part : List.of("source", "id")) {
            json(
                    kinds,
                    "voided without the " + part + " of its event",
                    "missing-event",
                    "data.event." + part,
                    (event, random) -> {
                        become(event, EventType.VOIDED);
                        leaveOut((ObjectNode) data(event).path("event"), part, random);
                    });
        }
        json(kinds, "policy without a name", "invalid-data", "data.policy.name", (event, random) -> {
            become(event, EventType.MARKED_MQL);
            leaveOut(data(event).putObject("policy").put("name", "n").put("version", "1"), "name", random);
        });
        json(kinds, "policy without a version", "invalid-data", "data.policy.version", (event, random) -> {
            become(event, EventType.SCORED);
            leaveOut(data(event).putObject("policy").put("name", "n").put("version", "1"), "version", random);
        });
    }

    private static void leaveOut(ObjectNode object, String field, Random random) {
        object.remove(field);
        switch (random.nextInt(3)) {
            case 0 -> object.putNull(field);
            case 1 -> {
                if (!field.equals("data")) {
                    object.put(field, " ");
                }
            }
            default -> {
                // left out
            }
        }
    }

    private static void become(ObjectNode event, EventType type) {
        event.put("type", type.wireName());
        event.set("data", JSON.createObjectNode());
        if (type == EventType.ACTIVITY) {
            data(event).put("activity", "demo_request");
        } else if (type == EventType.VOIDED) {
            data(event).putObject("event").put("source", "urn:crm").put("id", "1");
        }
    }

    private static void json(Map<String, Kind> kinds, String name, String code, String field, Change change) {
        bytes(kinds, name, code, field, random -> {
            ObjectNode event = good(random);
            change.apply(event, random);
            return line(event);
        });
    }

    private static void text(
            Map<String, Kind> kinds, String name, String code, String field, Function<Random, String> make) {
        bytes(kinds, name, code, field, random -> make.apply(random).getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(
            Map<String, Kind> kinds, String name, String code, String field, Function<Random, byte[]> make) {
        if (kinds.put(name, new Kind(code, field, make)) != null) {
            throw new IllegalStateException(name);
        }
    }

    private static ObjectNode good(Random random) {
        return ValidData.event(ValidData.anyType(random), random);
    }

    private static byte[] line(ObjectNode event) {
        // As text, for Jackson writes no halves of surrogate pairs in UTF-8.
        StringBuilder ascii = new StringBuilder();
        event.toString().chars().forEach(c -> {
            if (c < 128) {
                ascii.append((char) c);
            } else {
                ascii.append("\\u%04x".formatted(c));
            }
        });
        return ascii.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A good event with one more attribute of the envelope, which is written as it stands. */
    private static String withExtension(Random random, String json) {
        return "{\"extension\":" + json + "," + good(random).toString().substring(1);
    }

    private static byte[] withBytes(Random random, byte[][] choices) {
        byte[] before = "{\"extension\":\"a".getBytes(StandardCharsets.UTF_8);
        byte[] bad = choices[random.nextInt(choices.length)];
        byte[] after = ("b\"," + good(random).toString().substring(1)).getBytes(StandardCharsets.UTF_8);
        byte[] line = Arrays.copyOf(before, before.length + bad.length + after.length);
        System.arraycopy(bad, 0, line, before.length, bad.length);
        System.arraycopy(after, 0, line, before.length + bad.length, after.length);
        return line;
    }

    private static ObjectNode data(ObjectNode event) {
        return (ObjectNode) event.path("data");
    }

    private static JsonNode parsed(String json) {
        return JSON.readTree(json);
    }

    private static String any(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}

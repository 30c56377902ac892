package io.smarketing.lifecycle.event;

import com.ethlo.time.ITU;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes CloudEvents 1.0 in structured JSON mode. Thread-safe. */
public final class CloudEventCodec {

    /** How far ahead of the clock an event may claim to have happened. */
    public static final Duration CLOCK_AHEAD = Duration.ofMinutes(5);

    /** Largest event, in bytes of JSON. */
    public static final int MOST_BYTES = 1 << 20;

    private static final int LONGEST_NAME = 1_024;
    private static final int DEEPEST = 500;
    private static final long MOST_EXPONENT = 1_000_000_000;
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    private static final Pattern JSON_CONTENT =
            Pattern.compile("application/([a-z0-9.+-]+\\+)?json(\\s*;.*)?", Pattern.CASE_INSENSITIVE);

    private final JsonMapper mapper;
    private final JsonMapper base64DataMapper;
    private final EventData eventData;

    public CloudEventCodec() {
        this.mapper = mapper();
        // What came as data_base64 is written as data, one level deeper.
        this.base64DataMapper = mapper(DEEPEST - 1);
        this.eventData = new EventData(mapper, false);
    }

    /** How everything the engine reads and writes is parsed. */
    static JsonMapper mapper() {
        return mapper(DEEPEST);
    }

    private static JsonMapper mapper(int deepest) {
        return JsonMapper.builder(JsonFactory.builder()
                        .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(deepest)
                                .build())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /**
     * Reads one event.
     *
     * @param json UTF-8
     * @param now the clock's reading, against events from the future
     */
    public Arrival decode(byte[] json, Instant now) throws Refusal {
        return decode(json, 0, json.length, now);
    }

    /** The same for a part of a buffer. */
    public Arrival decode(byte[] json, int offset, int length, Instant now) throws Refusal {
        if (length > MOST_BYTES) {
            throw tooLarge(length);
        }
        boolean marked = length >= 3
                && json[offset] == (byte) 0xEF
                && json[offset + 1] == (byte) 0xBB
                && json[offset + 2] == (byte) 0xBF;
        int byteOrderMark = marked ? 3 : 0;
        return decode(readTree(mapper, json, offset + byteOrderMark, length - byteOrderMark, ""), now);
    }

    private static Refusal tooLarge(int length) {
        return new Refusal(
                "too-large",
                "",
                "the event has %,d bytes".formatted(length),
                "send at most %,d bytes per event; large content belongs elsewhere, with its id in `asset`"
                        .formatted(MOST_BYTES));
    }

    private static JsonNode readTree(JsonMapper mapper, byte[] json, int offset, int length, String field)
            throws Refusal {
        JsonNode tree;
        try {
            tree = mapper.readTree(json, offset, length);
        } catch (StreamConstraintsException e) {
            throw new Refusal(
                    "unreadable-json",
                    field,
                    "the JSON goes beyond a limit: %s".formatted(Quote.of(JsonMistakes.message(e))),
                    "nest at most %d levels; no event needs numbers or names of thousands of characters"
                            .formatted(DEEPEST));
        } catch (JacksonException e) {
            TokenStreamLocation place = e.getLocation();
            throw new Refusal(
                    "unreadable-json",
                    field,
                    "no readable JSON%s: %s"
                            .formatted(
                                    place == null ? "" : " at column " + place.getColumnNr(),
                                    Quote.of(JsonMistakes.message(e))),
                    "write one JSON object in UTF-8, every key once");
        } catch (NumberFormatException e) {
            throw new Refusal(
                    "unreadable-json",
                    field,
                    "no readable JSON: the exponent of a number is too large",
                    "write numbers with exponents of at most nine digits");
        }
        if (!isUtf8(json, offset, length)) {
            throw new Refusal(
                    "unreadable-json",
                    field,
                    "no readable JSON: the bytes are no UTF-8",
                    "write one JSON object in UTF-8, every key once");
        }
        return tree;
    }

    /** Looks again at what is read: Jackson passes over overlong forms and code points beyond Unicode. */
    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int ascii = offset;
        while (ascii < end && bytes[ascii] >= 0) {
            ascii++;
        }
        if (ascii == end) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, ascii, end - ascii));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /**
     * Reads one event in binary mode.
     *
     * @param attributes of the envelope, by their names without prefix; {@code datacontenttype} among them
     * @param data JSON, UTF-8; empty where there is none
     */
    public Arrival decode(Map<String, String> attributes, byte[] data, Instant now) throws Refusal {
        if (data.length > MOST_BYTES) {
            throw tooLarge(data.length);
        }
        ObjectNode event = mapper.createObjectNode();
        attributes.forEach(event::put);
        if (data.length > 0) {
            event.set("data", readTree(base64DataMapper, data, 0, data.length, "data"));
        }
        return decode(event, now);
    }

    /** What a broken event says it is; empty where it does not say so readably. */
    public Optional<EventId> idOf(byte[] json) {
        try {
            JsonNode event = mapper.readTree(json);
            String source = event.path("source").asString("");
            String id = event.path("id").asString("");
            return isName(source) && isName(id) ? Optional.of(new EventId(source, id)) : Optional.empty();
        } catch (JacksonException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether a text can be a name in an envelope: a source, an id, a lead's id. */
    public static boolean isName(String text) {
        return !text.isBlank() && text.length() <= LONGEST_NAME && !hasControl(text) && isUnicode(text);
    }

    /** Whether an id says who the lead is. */
    public static boolean isPersonal(String leadId) {
        return leadId.indexOf('@') > 0 && EMAIL.matcher(leadId).matches();
    }

    /** Refuses a number that could not be added up, by the name of its field. */
    public static void refuseBeyond(@Nullable BigDecimal number, String field) throws Refusal {
        EventData.refuseBeyond(number, field);
    }

    /** What a person decides becomes an event, and may be no larger than those that come as events. */
    public void refuseTooLarge(LeadEvent.Fact decision) throws Refusal {
        ObjectNode data = mapper.createObjectNode();
        eventData.write(decision, data);
        int length = mapper.writeValueAsBytes(data).length;
        if (length > MOST_BYTES) {
            throw tooLarge(length);
        }
    }

    /** The fingerprint of what a person decides: without a time, for a retry comes later. */
    public Fingerprint fingerprint(String leadId, LeadEvent.Fact decision) {
        ObjectNode data = mapper.createObjectNode();
        eventData.write(decision, data);
        return Fingerprints.of(EventType.of(decision), leadId, Instant.EPOCH, data);
    }

    /** Reads an event that is parsed already. */
    public Arrival decode(JsonNode event, Instant now) throws Refusal {
        if (!event.isObject()) {
            throw new Refusal(
                    "not-an-event", "", "this is no JSON object", "write one CloudEvent, {\"specversion\":\"1.0\", …}");
        }
        String version = required(event, "specversion", "missing-specversion", "write \"specversion\":\"1.0\"");
        if (!version.equals("1.0")) {
            throw new Refusal(
                    "unsupported-specversion",
                    "specversion",
                    "specversion '%s' is not supported".formatted(version),
                    "send CloudEvents 1.0");
        }
        String id = required(event, "id", "missing-id", "give the event an id, unique within its source");
        String source = required(event, "source", "missing-source", "name the emitter, as \"source\":\"urn:crm\"");
        EventType type = type(event);
        String leadId = leadId(event);
        Instant occurredAt = time(event, "time", "missing-time");
        if (occurredAt.isAfter(now.plus(CLOCK_AHEAD))) {
            throw new Refusal(
                    "clock-ahead",
                    "time",
                    "%s lies in the future".formatted(occurredAt),
                    "set the emitter's clock, or send the event once it has happened");
        }
        Instant recordedTime = event.hasNonNull("recordedtime") ? time(event, "recordedtime", "missing-time") : null;
        JsonNode data = data(event);
        refuseUnwritable(data);
        JsonNode innerLeadId = data.get("leadId");
        if (innerLeadId != null
                && !innerLeadId.isNull()
                && !(innerLeadId.isString() && innerLeadId.stringValue().equals(leadId))) {
            throw new Refusal(
                    "subject-mismatch",
                    "data.leadId",
                    "data.leadId is not the subject '%s'".formatted(leadId),
                    "name the same lead in both, or leave data.leadId out");
        }
        return new Arrival(
                leadId,
                new EventId(source, id),
                occurredAt,
                recordedTime,
                eventData.read(type, data),
                Fingerprints.of(type, leadId, occurredAt, data));
    }

    private static String required(JsonNode event, String field, String code, String mend) throws Refusal {
        JsonNode value = event.get(field);
        if (value == null || value.isNull()) {
            throw new Refusal(code, field, "'%s' is missing".formatted(field), mend);
        }
        if (!value.isString()) {
            throw new Refusal("invalid-field", field, "'%s' is no string".formatted(field), mend);
        }
        String text = value.stringValue();
        if (text.isBlank()) {
            throw new Refusal(code, field, "'%s' is empty".formatted(field), mend);
        }
        if (!isName(text)) {
            throw new Refusal(
                    "invalid-field",
                    field,
                    "'%s' is longer than %d characters or has control characters or halves of characters"
                            .formatted(field, LONGEST_NAME),
                    mend);
        }
        return text;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static EventType type(JsonNode event) throws Refusal {
        String name = required(event, "type", "missing-type", "name the type, as io.smarketing.lead.captured.v1");
        var type = EventType.ofWireName(name);
        if (type.isEmpty()) {
            throw new Refusal(
                    "unknown-type",
                    "type",
                    "the type '%s' is unknown".formatted(name),
                    YamlDocument.nearest(name, EventType.wireNames())
                            .map("did you mean %s?"::formatted)
                            .orElse("one of " + String.join(", ", EventType.wireNames())));
        }
        return type.get();
    }

    private static String leadId(JsonNode event) throws Refusal {
        String leadId = required(event, "subject", "missing-subject", "name the lead, as \"subject\":\"L-4711\"");
        if (isPersonal(leadId)) {
            throw new Refusal(
                    "personal-lead-id",
                    "subject",
                    "the lead's id is an e-mail address",
                    "use an id that says nothing of the person, as the CRM's; the address belongs in data.contact.email");
        }
        return leadId;
    }

    private static Instant time(JsonNode event, String field, String code) throws Refusal {
        String text = required(event, field, code, "write when it happened, as \"2026-03-01T09:30:00Z\"");
        if (text.startsWith(":60", 16)) {
            throw new Refusal(
                    "invalid-time",
                    field,
                    "'%s' is a leap second, which cannot be kept".formatted(text),
                    "write the second before it or the second after it");
        }
        try {
            // UTC, the place's offset unknown: RFC 3339 has it, ITU refuses it.
            String known = text.endsWith("-00:00") ? text.substring(0, text.length() - 6) + "Z" : text;
            Instant time = ITU.parseDateTime(known).toInstant().truncatedTo(ChronoUnit.MICROS);
            // ITU 1.14 passes over whatever follows a whole second in UTC.
            boolean hasRest = text.length() > 20 && Character.toUpperCase(text.charAt(19)) == 'Z';
            if (!hasRest && !time.isBefore(FIRST) && !time.isAfter(LAST)) {
                return time;
            }
        } catch (DateTimeException e) {
            // told below
        }
        throw new Refusal(
                "invalid-time",
                field,
                "'%s' is no time".formatted(text),
                "write RFC 3339 with an offset, as 2026-03-01T09:30:00Z or 2026-03-01T10:30:00.123456+01:00");
    }

    private JsonNode data(JsonNode event) throws Refusal {
        JsonNode contentType = event.get("datacontenttype");
        if (contentType != null && !contentType.isNull()) {
            String mend = "send data as application/json";
            if (!contentType.isString()) {
                throw new Refusal("invalid-field", "datacontenttype", "'datacontenttype' is no string", mend);
            }
            if (!JSON_CONTENT.matcher(contentType.stringValue()).matches()) {
                throw new Refusal(
                        "unsupported-content-type",
                        "datacontenttype",
                        "the data is '%s'".formatted(Quote.of(contentType.stringValue())),
                        mend);
            }
        }
        JsonNode data = event.get("data");
        JsonNode encoded = event.get("data_base64");
        String field = "data";
        if (encoded != null && !encoded.isNull()) {
            field = "data_base64";
            if (data != null && !data.isNull()) {
                throw new Refusal("invalid-data", field, "there are both data and data_base64", "send one of them");
            }
            data = decodeBase64(encoded);
        }
        if (data == null || data.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!data.isObject()) {
            throw new Refusal("invalid-data", field, "'%s' is no JSON object".formatted(field), "write \"data\":{…}");
        }
        return data;
    }

    private JsonNode decodeBase64(JsonNode encoded) throws Refusal {
        try {
            if (encoded.isString()) {
                byte[] json = Base64.getDecoder().decode(encoded.stringValue());
                return readTree(base64DataMapper, json, 0, json.length, "data_base64");
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new Refusal("invalid-data", "data_base64", "this is no base64", "encode the JSON as RFC 4648 says");
    }

    /** Refuses what Jackson reads and nobody could write so that it can be read again. */
    private static void refuseUnwritable(JsonNode data) throws Refusal {
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            if (!isWritable(field.getValue()) || !isUnicode(field.getKey())) {
                String path = "data." + Quote.of(field.getKey());
                throw new Refusal(
                        "invalid-data",
                        path,
                        "'%s' holds half a character or a number with an exponent beyond %,d"
                                .formatted(path, MOST_EXPONENT),
                        "write \\u escapes of surrogates in pairs, and numbers with exponents of at most nine digits");
            }
        }
    }

    private static boolean isWritable(JsonNode value) {
        if (value.isString()) {
            return isUnicode(value.stringValue());
        } else if (value.isIntegralNumber() || value.isBoolean() || value.isNull()) {
            return true;
        } else if (value.isBigDecimal()) {
            BigDecimal number = value.decimalValue();
            return Math.abs((long) number.precision() - number.scale()) <= MOST_EXPONENT;
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            if (!isUnicode(field.getKey())) {
                return false;
            }
        }
        for (JsonNode item : value) {
            if (!isWritable(item)) {
                return false;
            }
        }
        return true;
    }

    /** False when there is half of a surrogate pair. */
    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /**
     * An event as a CloudEvent, to be written in structured mode.
     *
     * @param recordedTime written as an extension, unless null
     */
    public ObjectNode encode(
            String leadId, EventId eventId, Instant occurredAt, @Nullable Instant recordedTime, LeadEvent event) {
        ObjectNode node = envelope(leadId, eventId, EventType.of(event), occurredAt.toString());
        if (recordedTime != null) {
            node.put("recordedtime", recordedTime.toString());
        }
        ObjectNode data = node.putObject("data");
        data.put("leadId", leadId);
        eventData.write(event, data);
        return node;
    }

    /** An envelope without data yet. */
    public ObjectNode envelope(String leadId, EventId eventId, EventType type, String time) {
        ObjectNode node = mapper.createObjectNode();
        node.put("specversion", "1.0");
        node.put("id", eventId.id());
        node.put("source", eventId.source());
        node.put("type", type.wireName());
        node.put("subject", leadId);
        node.put("time", time);
        return node;
    }

    /** One line of JSON, without its end. */
    public byte[] bytes(ObjectNode event) {
        return mapper.writeValueAsBytes(event);
    }
}

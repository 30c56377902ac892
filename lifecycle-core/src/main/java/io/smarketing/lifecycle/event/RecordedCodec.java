package io.smarketing.lifecycle.event;

import com.ethlo.time.ITU;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what the engine has recorded, and reads it again: a CloudEvent in structured mode as it is stored, and its
 * attributes and data apart as it travels in binary mode. Beside the envelope there are the extensions {@code recordedtime},
 * {@code judgedby} ({@code name@version}) and {@code fingerprint}. The type's name tells the revision of the data; older ones
 * are read as if they had been written today. Thread-safe.
 */
public final class RecordedCodec {

    private static final String DATA = "data";
    private static final int USUAL_BYTES = 600;

    private final JsonMapper mapper = CloudEventCodec.mapper();
    private final EventData eventData = new EventData(mapper, true);
    private final Upcasters upcasters;
    private volatile Told told = new Told(Instant.EPOCH, Instant.EPOCH.toString());

    public RecordedCodec() {
        this(Upcasters.KNOWN);
    }

    RecordedCodec(Upcasters upcasters) {
        this.upcasters = upcasters;
    }

    /** In structured mode, UTF-8. */
    public byte[] write(Recorded recorded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator generator = mapper.createGenerator(bytes)) {
            generator.writeStartObject();
            attributes(recorded, generator::writeStringProperty);
            generator.writeName(DATA);
            generator.writeTree(data(recorded));
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** The attributes of the envelope, in binary mode to be sent as headers. */
    public Map<String, String> attributes(Recorded recorded) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes(recorded, attributes::put);
        return attributes;
    }

    private void attributes(Recorded recorded, BiConsumer<String, String> attributes) {
        attributes.accept("specversion", "1.0");
        attributes.accept("id", recorded.eventId().id());
        attributes.accept("source", recorded.eventId().source());
        attributes.accept("type", EventType.of(recorded.event()).wireName());
        attributes.accept("subject", recorded.leadId());
        attributes.accept("time", recorded.occurredAt().toString());
        attributes.accept("recordedtime", text(recorded.recordedAt()));
        PolicyRef judgedBy = recorded.judgedBy();
        if (judgedBy != null) {
            attributes.accept("judgedby", judgedBy.toString());
        }
        Fingerprint fingerprint = recorded.fingerprint();
        if (fingerprint != null) {
            attributes.accept("fingerprint", fingerprint.toUuid().toString());
        }
    }

    /** As {@link Instant#toString}; what is recorded together is recorded at the same instant. */
    public String text(Instant recordedAt) {
        Told last = told;
        if (!last.instant().equals(recordedAt)) {
            last = new Told(recordedAt, recordedAt.toString());
            told = last;
        }
        return last.text();
    }

    private record Told(Instant instant, String text) {}

    /** The data of the event, as JSON. */
    public ObjectNode data(Recorded recorded) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("leadId", recorded.leadId());
        eventData.write(recorded.event(), data);
        return data;
    }

    /** The attributes and the data of what {@link #write} wrote, apart; the data byte for byte as they were written. */
    public Parts parts(byte[] structured) throws UnreadableRecord {
        Map<String, String> attributes = new LinkedHashMap<>();
        byte[] data = null;
        try (JsonParser parser = mapper.createParser(structured)) {
            boolean flat = parser.nextToken() == JsonToken.START_OBJECT;
            for (String name = flat ? parser.nextName() : null; name != null; name = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (name.equals(DATA) && value == JsonToken.START_OBJECT && data == null) {
                    int begin = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    data = Arrays.copyOfRange(
                            structured, begin, (int) parser.currentLocation().getByteOffset());
                } else {
                    flat &= value == JsonToken.VALUE_STRING && attributes.put(name, parser.getString()) == null;
                }
            }
            if (flat && data != null && parser.nextToken() == null) {
                return new Parts(attributes, data);
            }
        } catch (JacksonException e) {
            throw new UnreadableRecord("no JSON: " + JsonMistakes.message(e), e);
        }
        return unusualParts(structured);
    }

    /** Of what looks otherwise than what is written. */
    private Parts unusualParts(byte[] structured) throws UnreadableRecord {
        ObjectNode node = object(structured);
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> attribute : node.properties()) {
            if (!attribute.getKey().equals(DATA)) {
                attributes.put(attribute.getKey(), attribute.getValue().asString());
            }
        }
        return new Parts(attributes, mapper.writeValueAsBytes(node.path(DATA)));
    }

    /**
     * A recorded event in binary mode.
     *
     * @param data JSON, UTF-8
     */
    public record Parts(Map<String, String> attributes, byte[] data) {}

    /** Reads structured mode. */
    public Recorded read(byte[] structured) throws UnreadableRecord {
        ObjectNode node = object(structured);
        return read(name -> node.path(name).asString(""), node.path(DATA));
    }

    /** Reads binary mode. */
    public Recorded read(Parts parts) throws UnreadableRecord {
        return read(name -> parts.attributes().getOrDefault(name, ""), object(parts.data()));
    }

    private ObjectNode object(byte[] json) throws UnreadableRecord {
        try {
            if (mapper.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new UnreadableRecord("no JSON object", null);
        } catch (JacksonException e) {
            throw new UnreadableRecord("no JSON: " + JsonMistakes.message(e), e);
        } catch (NumberFormatException e) {
            throw new UnreadableRecord("a number in it is too large or too small", e);
        }
    }

    private Recorded read(UnaryOperator<String> attributes, JsonNode data) throws UnreadableRecord {
        try {
            String typeName = attributes.apply("type");
            EventType.Form form = EventType.Form.of(typeName)
                    .orElseThrow(() -> new UnreadableRecord("the type '%s' is unknown".formatted(typeName), null));
            LeadEvent event = eventData.read(form.type(), newest(form, data, attributes));
            String fingerprint = attributes.apply("fingerprint");
            return new Recorded(
                    attributes.apply("subject"),
                    new EventId(attributes.apply("source"), attributes.apply("id")),
                    instant(attributes.apply("time")),
                    instant(attributes.apply("recordedtime")),
                    event,
                    policy(attributes.apply("judgedby")),
                    fingerprint.isEmpty() ? null : Fingerprint.of(UUID.fromString(fingerprint)));
        } catch (Refusal e) {
            throw new UnreadableRecord(e.message(), e);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new UnreadableRecord(String.valueOf(e.getMessage()), e);
        }
    }

    private JsonNode newest(EventType.Form form, JsonNode data, UnaryOperator<String> attributes)
            throws UnreadableRecord {
        int newest = upcasters.revision(form.type());
        if (form.revision() == newest) {
            return data;
        } else if (form.revision() > newest) {
            throw new UnreadableRecord(
                    "the event '%s' is of revision %d, and this program knows revisions up to %d: update the program"
                            .formatted(form.type().word(), form.revision(), newest),
                    null);
        } else if (!(data instanceof ObjectNode object)) {
            throw new UnreadableRecord("the data is no JSON object", null);
        } else {
            try {
                return upcasters.upcast(form.type(), form.revision(), object, attributes);
            } catch (RuntimeException e) {
                // Steps rely on what the engine wrote; a record that was damaged since must stop nobody else.
                throw new UnreadableRecord(
                        "the event '%s' of revision %d cannot be brought to revision %d: %s"
                                .formatted(form.type().word(), form.revision(), newest, e.getMessage()),
                        e);
            }
        }
    }

    /** Several times faster than {@link Instant#parse}, and histories are read over and over. */
    private static Instant instant(String text) {
        return ITU.parseDateTime(text).toInstant();
    }

    private static @Nullable PolicyRef policy(String judgedBy) {
        int at = judgedBy.lastIndexOf('@');
        return at < 0 ? null : new PolicyRef(judgedBy.substring(0, at), judgedBy.substring(at + 1));
    }

    /** What stands in the store or in a topic of the engine and was not written by it, or was damaged since. */
    public static final class UnreadableRecord extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableRecord(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}

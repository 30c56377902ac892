package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.event.JsonMistakes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of the topics' rows: decimals keep their digits, text is what PostgreSQL can hold. */
final class FlatJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final char REPLACEMENT = '\uFFFD';

    private FlatJson() {}

    static JsonNode read(String json) throws UnreadableRow {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new UnreadableRow("this is no JSON: " + JsonMistakes.message(e));
        }
    }

    static JsonNode read(byte[] json) throws UnreadableRow {
        return read(new String(json, StandardCharsets.UTF_8));
    }

    static ObjectNode readObject(byte[] json) throws UnreadableRow {
        if (read(json) instanceof ObjectNode object) {
            return object;
        }
        throw new UnreadableRow("this is no JSON object");
    }

    /** Null where the field is missing or null. */
    static @Nullable String text(JsonNode object, String field) throws UnreadableRow {
        JsonNode text = object.path(field);
        if (text.isMissingNode() || text.isNull()) {
            return null;
        } else if (text.isString()) {
            return text.stringValue();
        }
        throw new UnreadableRow("'%s' is no text".formatted(field));
    }

    /** Null where the field is missing or null. */
    static @Nullable Instant instant(JsonNode object, String field) throws UnreadableRow {
        String text = text(object, field);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new UnreadableRow("'%s' is no instant: %s".formatted(field, text));
        }
    }

    /** The JSON text of an object that was read from some bytes, with every text in it as PostgreSQL can hold it. */
    static String storable(ObjectNode object, byte[] written) {
        String json = new String(written, StandardCharsets.UTF_8);
        // What it cannot hold has to be written with an escape.
        return json.contains("\\u") ? storable(object).toString() : json;
    }

    /** The same with every text as PostgreSQL can hold it. */
    static ObjectNode storable(ObjectNode object) {
        ObjectNode storable = object.objectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (value.isString()) {
                storable.put(storable(field.getKey()), storable(value.stringValue()));
            } else if (value instanceof ObjectNode nested) {
                storable.set(storable(field.getKey()), storable(nested));
            } else {
                storable.set(storable(field.getKey()), value);
            }
        }
        return storable;
    }

    /** PostgreSQL has no U+0000 and no halves of surrogate pairs. */
    static String storable(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean high = Character.isHighSurrogate(c);
            if (high && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, REPLACEMENT);
            }
        }
        return mended == null ? text : mended.toString();
    }

    static @Nullable String storableOrNull(@Nullable String text) {
        return text == null ? null : storable(text);
    }
}

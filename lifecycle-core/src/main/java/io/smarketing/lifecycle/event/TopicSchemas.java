package io.smarketing.lifecycle.event;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contracts of the topics, to hold records against: the JSON Schemas of their keys, headers and values, and that these agree with each
 * other, which no schema can say. Needs json-schema-validator on the class path. Thread-safe.
 */
public final class TopicSchemas {

    private static final String ENVELOPE = "/schemas/lead-event.schema.json";
    private static final String KEY = "key";
    private static final String HEADERS = "headers";
    private static final String CONTENT_TYPE = "content-type";
    private static final String STRUCTURED = "application/cloudevents";
    private static final String JSON_TYPE = "application/json";
    private static final String ATTRIBUTE = "ce_";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<Topic, JsonNode> schemas = new EnumMap<>(Topic.class);
    private final SchemaRegistry registry;

    public TopicSchemas() {
        for (Topic topic : Topic.values()) {
            schemas.put(topic, JSON.readTree(content(topic.schemaResource())));
        }
        // Lossless narrowing is what draft 2020-12 says: 1.0 is an integer.
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().losslessNarrowing(true).build()));
    }

    private static String content(String resource) {
        try (InputStream stream = TopicSchemas.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema of the topic's values, with those of its keys and headers in it. */
    public JsonNode schema(Topic topic) {
        return Objects.requireNonNull(schemas.get(topic));
    }

    /**
     * What a record does that the contract of its topic does not allow, a sentence each; empty when it keeps it. Of a dead letter the value
     * is not looked at: it may be anything.
     *
     * @param headers in UTF-8; of several under one name the last
     */
    public List<String> violations(
            Topic topic, byte @Nullable [] key, Map<String, String> headers, byte @Nullable [] value) {
        List<String> violations = new ArrayList<>();
        JsonNode readKey = key(topic, key, violations);
        ObjectNode readHeaders = JsonNodeFactory.instance.objectNode();
        headers.forEach(readHeaders::put);
        check(topic.schemaResource(), "#/$defs/" + HEADERS, readHeaders, HEADERS, violations);
        if (topic == Topic.DEAD_LETTERS) {
            return violations;
        }
        JsonNode readValue;
        try {
            readValue = value == null || value.length == 0 ? JsonNodeFactory.instance.nullNode() : JSON.readTree(value);
        } catch (JacksonException e) {
            violations.add("value: no JSON, or a name in it twice: " + JsonMistakes.message(e));
            return violations;
        }
        switch (topic) {
            case LEAD_INTAKE -> checkIntake(headers, value, readValue, violations);
            case LEAD_EVENTS -> checkEvent(headers, readValue, violations);
            default -> check(topic.schemaResource(), "#", readValue, "value", violations);
        }
        if (!readValue.isNull()) {
            checkAgreement(topic, readKey, readHeaders, readValue, violations);
        }
        return violations;
    }

    private JsonNode key(Topic topic, byte @Nullable [] key, List<String> violations) {
        JsonNode read = JsonNodeFactory.instance.nullNode();
        if (key != null) {
            String text = new String(key, StandardCharsets.UTF_8);
            read = JsonNodeFactory.instance.stringNode(text);
            JsonNode schema = schema(topic).path("$defs").path(KEY);
            if (schema.path("type").asString("").equals("array")) {
                read = array(text, violations);
            }
        }
        check(topic.schemaResource(), "#/$defs/" + KEY, read, KEY, violations);
        return read;
    }

    /** Two spellings of one key would be two rows. */
    private static JsonNode array(String text, List<String> violations) {
        try {
            JsonNode array = JSON.readTree(text);
            if (!array.toString().equals(text)) {
                violations.add("key: %s is not as short as %s".formatted(text, array));
            }
            return array;
        } catch (JacksonException e) {
            violations.add("key: %s is no JSON".formatted(text));
            return JsonNodeFactory.instance.nullNode();
        }
    }

    /** In binary mode the envelope is put together again. */
    private void checkIntake(
            Map<String, String> headers, byte @Nullable [] value, JsonNode readValue, List<String> violations) {
        JsonNode event = readValue;
        ObjectNode envelope = JsonNodeFactory.instance.objectNode();
        headers.forEach((name, text) -> {
            if (name.startsWith(ATTRIBUTE)) {
                envelope.put(name.substring(ATTRIBUTE.length()), text);
            }
        });
        String type = headers.getOrDefault(CONTENT_TYPE, JSON_TYPE);
        boolean isStructured = type.toLowerCase(Locale.ROOT).startsWith(STRUCTURED);
        if (!isStructured && !envelope.isEmpty() && value != null) {
            event = envelope.put("datacontenttype", type).set("data", readValue);
        }
        check(ENVELOPE, "#", event, "event", violations);
    }

    private void checkEvent(Map<String, String> headers, JsonNode value, List<String> violations) {
        String type = headers.getOrDefault(ATTRIBUTE + "type", "");
        if (schema(Topic.LEAD_EVENTS).path("$defs").has(type)) {
            check(Topic.LEAD_EVENTS.schemaResource(), "#/$defs/" + type, value, "value", violations);
        } else {
            violations.add("headers: no schema of the topic is called '%s'".formatted(type));
        }
    }

    private static void checkAgreement(
            Topic topic, JsonNode key, ObjectNode headers, JsonNode value, List<String> violations) {
        switch (topic) {
            case LEAD_EVENTS -> {
                agree("ce_subject", headers.path("ce_subject"), key, violations);
                agree("leadId", value.path("leadId"), key, violations);
            }
            case LEAD_STATE -> agree("leadId", value.path("leadId"), key, violations);
            case FUNNEL_STAGES ->
                agree(List.of("policy", "grain", "bucket", "dimension", "value", "stage"), value, key, violations);
            case FUNNEL_SHARED ->
                agree(List.of("policy", "grain", "bucket", "dimension", "value"), value, key, violations);
            case POLICY_VERSIONS -> agree(List.of("name", "version"), value, key, violations);
            case POLICY_ACTIVATIONS -> agree("name", value.path("name"), key, violations);
            case REPLAY_RESULTS -> agree("id", value.path("id"), key, violations);
            default -> {
                // On the way in, keys are the emitters' business.
            }
        }
    }

    private static void agree(List<String> fields, JsonNode value, JsonNode key, List<String> violations) {
        for (int i = 0; i < fields.size(); i++) {
            agree(fields.get(i), value.path(fields.get(i)), key.path(i), violations);
        }
    }

    private static void agree(String field, JsonNode said, JsonNode key, List<String> violations) {
        if (!said.equals(key)) {
            violations.add("key: it says %s, and %s is %s".formatted(key, field, said));
        }
    }

    private void check(String resource, String fragment, JsonNode node, String part, List<String> violations) {
        Schema schema = registry.getSchema(SchemaLocation.of("classpath:" + resource.substring(1) + fragment));
        try {
            for (Error error : schema.validate(node)) {
                violations.add("%s%s: %s".formatted(part, error.getInstanceLocation(), error.getMessage()));
            }
        } catch (JsonNodeException e) {
            // json-schema-validator 3.0.9 fails where it compares an integer beyond 64 bits with a bound.
            violations.add("%s: a number beyond all bounds: %s".formatted(part, JsonMistakes.message(e)));
        }
    }
}

package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schemas say what the codec does, neither more nor less. */
class EventSchemasTest {

    private static final long SEED = 20260301;
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final String ENVELOPE = "/schemas/lead-event.schema.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaRegistry REGISTRY = registry();

    /** Values that are right in one place and wrong in another. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "1",
            "-1",
            "1.0",
            "1e0",
            "1.5",
            "0e9",
            "0e-9",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "1e999999999",
            "1e-999999999",
            "\"\"",
            "\" \"",
            "\"1\"",
            "\"text\"",
            "\"\\t\\n\\u000b\\u001f\"",
            "\"\\u00a0\"",
            "\"\\u2007\"",
            "\"\\u2009\\u3000\"",
            "\"\\ufeff\"",
            "\"\\u0000\"",
            "\"😀\"",
            "[]",
            "[1]",
            "[null]",
            "[{}]",
            "[{\"rule\":\"r\",\"points\":1}]",
            "[{\"rule\":\"r\",\"points\":1.0}]",
            "[{\"rule\":\"r\",\"points\":1.5}]",
            "[{\"rule\":null,\"points\":1}]",
            "{}",
            "{\"source\":\"s\",\"id\":\"i\"}",
            "{\"source\":\"s\",\"id\":\" \"}",
            "{\"name\":\"n\",\"version\":1}",
            "{\"name\":\"n\",\"version\":null}",
            "{\"name\":\"n\",\"version\":\"\\u2028\"}",
            "{\"reason\":null}",
            "{\"reason\":1}");

    private final CloudEventCodec codec = new CloudEventCodec();

    private static SchemaRegistry registry() {
        // Lossless narrowing is what draft 2020-12 says: 1.0 is an integer.
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().losslessNarrowing(true).build()));
    }

    private static List<String> resources() {
        List<String> resources = new ArrayList<>();
        resources.add(ENVELOPE);
        Arrays.stream(EventType.values()).map(EventType::schemaResource).forEach(resources::add);
        return resources;
    }

    private static String content(String resource) {
        try (InputStream stream = EventSchemasTest.class.getResourceAsStream(resource)) {
            assertThat(stream).as(resource).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema schema(String resource) {
        return REGISTRY.getSchema(SchemaLocation.of("classpath:" + resource.substring(1)));
    }

    private static boolean isValid(String resource, JsonNode value) {
        try {
            return schema(resource).validate(value).isEmpty();
        } catch (JsonNodeException e) {
            // json-schema-validator 3.0.9 fails where it compares an integer beyond 64 bits with a bound.
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void everyTypeHasASchemaUnderItsName(EventType type) {
        assertThat(type.schemaResource()).isEqualTo("/schemas/" + type.wireName() + ".schema.json");
        JsonNode schema = JSON.readTree(content(type.schemaResource()));
        assertThat(schema.has("$id"))
                .as("a schema is named by its file, so that references can be followed as paths")
                .isFalse();
        assertThat(schema.path("$schema").stringValue()).isEqualTo(SpecificationVersion.DRAFT_2020_12.getDialectId());
    }

    @Test
    void everySchemaIsItselfValidAndUsesNoUnknownKeyword() {
        Schema draft = REGISTRY.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));
        for (String resource : resources()) {
            JsonNode schema = JSON.readTree(content(resource));
            assertThat(draft.validate(schema)).as(resource).isEmpty();
            assertThat(unknownKeywords(schema)).as(resource).isEmpty();
        }
    }

    private static Set<String> unknownKeywords(JsonNode schema) {
        Set<String> applicators = Set.of("items", "not", "if", "then");
        Set<String> known = Set.of(
                "$schema",
                "$ref",
                "title",
                "description",
                "examples",
                "default",
                "type",
                "const",
                "enum",
                "pattern",
                "format",
                "minLength",
                "maxLength",
                "minimum",
                "maximum",
                "required",
                "additionalProperties",
                "contentEncoding",
                "contentMediaType");
        Set<String> unknown = new TreeSet<>();
        schema.forEachEntry((keyword, value) -> {
            if (keyword.equals("properties") || keyword.equals("$defs") || keyword.endsWith("Of")) {
                value.values().forEach(inner -> unknown.addAll(unknownKeywords(inner)));
            } else if (applicators.contains(keyword)) {
                unknown.addAll(unknownKeywords(value));
            } else if (!known.contains(keyword)) {
                unknown.add(keyword);
            }
        });
        return unknown;
    }

    @Test
    void everySchemaAndEveryPropertyIsDescribed() {
        for (String resource : resources()) {
            JsonNode schema = JSON.readTree(content(resource));
            assertThat(schema.path("title").asString("")).as(resource).isNotBlank();
            assertDescribed(resource, schema);
        }
    }

    private static void assertDescribed(String path, JsonNode schema) {
        assertThat(schema.path("description").asString("")).as(path).isNotBlank();
        schema.path("properties").forEachEntry((name, property) -> assertDescribed(path + " " + name, property));
        schema.path("items")
                .path("properties")
                .forEachEntry((name, property) -> assertDescribed(path + " " + name, property));
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void everyExampleIsRightBySchemaAndByCodec(EventType type) {
        Schema schema = schema(type.schemaResource());
        JsonNode examples = JSON.readTree(content(type.schemaResource())).path("examples");
        assertThat(examples.size()).isPositive();
        for (JsonNode example : examples) {
            assertThat(schema.validate(example)).as(example.toString()).isEmpty();
            assertThat(refusal(type, "L-4711", example)).as(example.toString()).isNull();
        }
    }

    @Test
    void theExampleOfTheEnvelopeIsRightBySchemaAndByCodec() {
        JsonNode example = JSON.readTree(content(ENVELOPE)).path("examples").path(0);
        assertThat(schema(ENVELOPE).validate(example)).isEmpty();
        assertThat(decoded((ObjectNode) example).leadId()).isEqualTo("L-4711");
    }

    @Test
    void everyFieldThatWeWriteIsInTheSchema() {
        Random random = new Random(SEED);
        Set<String> missing = new TreeSet<>();
        for (int i = 0; i < 2_000; i++) {
            EventType type = ValidData.anyType(random);
            Arrival arrival = decoded(event(type, "L-1", ValidData.of(type, random)));
            ObjectNode written = codec.encode(
                    arrival.leadId(), arrival.eventId(), arrival.occurredAt(), arrival.occurredAt(), arrival.event());
            assertThat(schema(ENVELOPE).validate(written)).isEmpty();
            collectUndescribed(JSON.readTree(content(ENVELOPE)), written, "event", missing);
            collectUndescribed(
                    JSON.readTree(content(type.schemaResource())), written.path("data"), type.word(), missing);
        }
        assertThat(missing).isEmpty();
    }

    private static void collectUndescribed(JsonNode schema, JsonNode value, String path, Set<String> missing) {
        if (schema.has("properties") && value.isObject()) {
            value.forEachEntry((name, field) -> {
                JsonNode property = schema.path("properties").path(name);
                if (property.isMissingNode()) {
                    missing.add(path + "." + name);
                }
                collectUndescribed(property, field, path + "." + name, missing);
            });
        }
        value.values().forEach(item -> collectUndescribed(schema.path("items"), item, path + "[]", missing));
    }

    @Test
    void rightDataIsRightBySchemaAndByCodec() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3_000; i++) {
            EventType type = ValidData.anyType(random);
            ObjectNode data = ValidData.of(type, random);
            assertThat(schema(type.schemaResource()).validate(data))
                    .as("%s %s", type, data)
                    .isEmpty();
            Refusal refusal = refusal(type, "L-1", data);
            assertThat(refusal).as("%s %s", type, data).isNull();
        }
    }

    /** Two exceptions: that data.leadId is the subject, only the envelope can tell; decimals, no schema can count. */
    @Test
    void damagedDataIsWrongBySchemaExactlyWhenTheCodecRefusesIt() {
        Random random = new Random(SEED);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            EventType type = ValidData.anyType(random);
            JsonNode data = damaged(ValidData.of(type, random), random);
            Refusal refusal = refusal(type, "L-1", data);
            boolean otherLead = refusal != null
                    && refusal.code().equals("subject-mismatch")
                    && data.path("leadId").isString();
            boolean manyDecimals = refusal != null && refusal.message().endsWith("has too many decimals");
            boolean valid = isValid(type.schemaResource(), data);
            if (!otherLead && !manyDecimals) {
                assertThat(valid)
                        .as("%s %s by the codec: %s", type, data, refusal == null ? "right" : refusal.message())
                        .isEqualTo(refusal == null);
            }
            outcomes.merge(refusal == null ? "right" : refusal.code() + " " + refusal.field(), 1, Integer::sum);
        }
        assertThat(outcomes.getOrDefault("right", 0)).isBetween(5_000, 15_000);
        assertThat(outcomes.keySet())
                .as("every field of every type was wrong at least once")
                .contains(
                        "invalid-data data",
                        "invalid-data data.source",
                        "invalid-data data.campaign",
                        "invalid-data data.persona",
                        "invalid-data data.attributes",
                        "invalid-data data.contact",
                        "invalid-data data.contact.email",
                        "invalid-data data.contact.name",
                        "invalid-data data.contact.phone",
                        "invalid-data data.contact.company",
                        "invalid-data data.cost",
                        "invalid-data data.cost.amount",
                        "invalid-data data.cost.currency",
                        "missing-activity data.activity",
                        "invalid-data data.activity",
                        "invalid-data data.asset",
                        "invalid-data data.count",
                        "invalid-data data.by",
                        "invalid-data data.reason",
                        "invalid-data data.channel",
                        "invalid-data data.outcome",
                        "invalid-data data.amount",
                        "invalid-data data.currency",
                        "missing-event data.event",
                        "missing-event data.event.source",
                        "missing-event data.event.id",
                        "invalid-data data.event",
                        "invalid-data data.event.source",
                        "invalid-data data.event.id",
                        "invalid-data data.score",
                        "invalid-data data.fit",
                        "invalid-data data.engagement",
                        "invalid-data data.previous",
                        "invalid-data data.disqualified",
                        "invalid-data data.disqualified.reason",
                        "invalid-data data.policy",
                        "invalid-data data.policy.name",
                        "invalid-data data.policy.version",
                        "invalid-data data.contributions",
                        "invalid-data data.contributions.rule",
                        "invalid-data data.contributions.points",
                        "subject-mismatch data.leadId");
    }

    private static JsonNode damaged(ObjectNode data, Random random) {
        if (random.nextInt(200) == 0) {
            JsonNode other = anyValue(random);
            // Missing data is an empty object, but that the envelope says.
            return other.isNull() ? data : other;
        }
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            damageOnce(data, random);
        }
        return data;
    }

    private static void damageOnce(ObjectNode object, Random random) {
        List<String> names = new ArrayList<>(object.propertyNames());
        names.add("leadId");
        String name = names.get(random.nextInt(names.size()));
        JsonNode value = object.path(name);
        if (value instanceof ObjectNode inner && !inner.isEmpty() && random.nextInt(3) > 0) {
            damageOnce(inner, random);
        } else if (value instanceof ArrayNode list && !list.isEmpty() && random.nextBoolean()) {
            int index = random.nextInt(list.size());
            if (list.get(index) instanceof ObjectNode inner && random.nextInt(3) > 0) {
                damageOnce(inner, random);
            } else {
                list.set(index, anyValue(random));
            }
        } else if (random.nextInt(5) == 0) {
            object.remove(name);
        } else {
            object.set(name, anyValue(random));
        }
    }

    private static JsonNode anyValue(Random random) {
        return JSON.readTree(VALUES.get(random.nextInt(VALUES.size())));
    }

    @Test
    void theEnvelopeSchemaTakesWhatTheCodecTakes() {
        Random random = new Random(SEED);
        List<String> times = List.of(
                "2026-03-01T09:30:00Z",
                "2026-03-01t09:30:00.5z",
                "2026-03-01 09:30:00.123456789+05:30",
                "2026-03-01T09:30:00-00:00");
        for (int i = 0; i < 1_000; i++) {
            EventType type = ValidData.anyType(random);
            ObjectNode event = event(type, "L-" + i, ValidData.of(type, random));
            event.put("time", times.get(random.nextInt(times.size())));
            event.put("recordedtime", random.nextBoolean() ? times.get(random.nextInt(times.size())) : null);
            event.put("datacontenttype", random.nextBoolean() ? "application/json; charset=utf-8" : null);
            event.put("traceparent", "passed over");
            if (random.nextInt(4) == 0) {
                event.put("data_base64", JSON.writeValueAsBytes(event.remove("data")));
            } else if (random.nextInt(4) == 0 && type != EventType.ACTIVITY && type != EventType.VOIDED) {
                event.putNull("data");
            }
            decoded(event);
            assertThat(schema(ENVELOPE).validate(JSON.readTree(JSON.writeValueAsBytes(event))))
                    .as(event.toString())
                    .isEmpty();
        }
    }

    @Test
    void theEnvelopeSchemaRefusesEveryBrokenLineButThoseThatNoSchemaCanTell() {
        Set<String> beyondSchemas = new TreeSet<>();
        Set<String> told = new TreeSet<>();
        for (BrokenLines.Broken broken : BrokenLines.lines(SEED, 2_000)) {
            if (BrokenLines.codeOf(broken.kind()).matches("unreadable-json|too-large")) {
                continue;
            }
            JsonNode event = JSON.readTree(broken.line());
            (isValid(ENVELOPE, event) ? beyondSchemas : told).add(broken.kind());
        }
        assertThat(told).hasSizeGreaterThan(60);
        assertThat(beyondSchemas)
                .containsExactlyInAnyOrder(
                        "time of no calendar day",
                        "time of the future",
                        "subject and data.leadId differ",
                        "data_base64 of no object",
                        "half a surrogate pair",
                        "id with half a surrogate pair",
                        "exponent beyond writing");
    }

    private @Nullable Refusal refusal(EventType type, String leadId, JsonNode data) {
        try {
            codec.decode(JSON.writeValueAsBytes(event(type, leadId, data)), NOW);
            return null;
        } catch (Refusal refusal) {
            return refusal;
        }
    }

    private Arrival decoded(ObjectNode event) {
        try {
            return codec.decode(JSON.writeValueAsBytes(event), NOW);
        } catch (Refusal refusal) {
            throw new AssertionError(event + ": " + refusal.message(), refusal);
        }
    }

    private static ObjectNode event(EventType type, String leadId, JsonNode data) {
        ObjectNode event = JSON.createObjectNode();
        event.put("specversion", "1.0").put("id", "1").put("source", "urn:test");
        event.put("type", type.wireName()).put("subject", leadId).put("time", "2026-03-01T09:30:00Z");
        event.set("data", data);
        return event;
    }
}

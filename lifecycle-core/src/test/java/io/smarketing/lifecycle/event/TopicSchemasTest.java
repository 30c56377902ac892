package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The contracts of the topics are closed, described, and hold for what the engine records. */
class TopicSchemasTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TopicSchemas SCHEMAS = new TopicSchemas();
    private static final Instant TIME = Instant.parse("2026-03-01T09:30:00Z");

    /** A key that each example of a value goes with. */
    private static byte[] keyOf(Topic topic, JsonNode value) {
        List<String> fields = switch (topic) {
            case FUNNEL_STAGES -> List.of("policy", "grain", "bucket", "dimension", "value", "stage");
            case FUNNEL_SHARED -> List.of("policy", "grain", "bucket", "dimension", "value");
            case POLICY_VERSIONS -> List.of("name", "version");
            default -> List.of();
        };
        String plain = switch (topic) {
            case LEAD_STATE -> "leadId";
            case REPLAY_RESULTS -> "id";
            default -> "name";
        };
        String text = value.path(plain).asString("");
        if (!fields.isEmpty()) {
            var array = JsonNodeFactory.instance.arrayNode();
            fields.forEach(field -> array.add(value.get(field)));
            text = array.toString();
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> violations(Topic topic, JsonNode value) {
        return SCHEMAS.violations(topic, keyOf(topic, value), Map.of(), JSON.writeValueAsBytes(value));
    }

    /** Topics whose values are rows of the engine's own. */
    private static Stream<Topic> rows() {
        return Stream.of(
                Topic.LEAD_STATE,
                Topic.FUNNEL_STAGES,
                Topic.FUNNEL_SHARED,
                Topic.POLICY_VERSIONS,
                Topic.POLICY_ACTIVATIONS,
                Topic.REPLAY_RESULTS);
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void everyTopicHasASchemaUnderItsNameWithThoseOfKeyAndHeaders(Topic topic) {
        JsonNode schema = SCHEMAS.schema(topic);
        assertThat(schema.path("$schema").asString()).isEqualTo(SpecificationVersion.DRAFT_2020_12.getDialectId());
        assertThat(schema.path("title").asString()).isEqualTo("Topic " + topic.topicName());
        assertThat(schema.at("/$defs/key").isObject()).isTrue();
        assertThat(schema.at("/$defs/headers").isObject()).isTrue();
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                        .validate(schema))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void everyFieldIsDescribedAndEveryObjectOfTheEnginesIsClosed(Topic topic) {
        boolean emitters = topic == Topic.LEAD_INTAKE || topic == Topic.DEAD_LETTERS;
        List<String> complaints = new ArrayList<>();
        complain(topic.topicName(), SCHEMAS.schema(topic), !emitters, complaints);
        assertThat(complaints).isEmpty();
    }

    private static void complain(String path, JsonNode schema, boolean closed, List<String> complaints) {
        boolean whole = schema.path("type").toString().contains("object") && schema.has("properties");
        if (whole && schema.path("description").asString("").isBlank()) {
            complaints.add(path + " is not described");
        }
        boolean isClosed = !schema.path("additionalProperties").asBoolean(true)
                || !schema.path("unevaluatedProperties").asBoolean(true);
        // The root of funnel.stages leaves it to its two forms.
        if (closed && whole && !isClosed) {
            complaints.add(path + " is open");
        }
        schema.path("properties").forEachEntry((name, property) -> {
            if (whole && property.path("description").asString("").isBlank()) {
                complaints.add("%s.%s is not described".formatted(path, name));
            }
            complain(path + "." + name, property, closed, complaints);
        });
        schema.path("patternProperties").forEachEntry((name, property) -> {
            if (property.path("description").asString("").isBlank()) {
                complaints.add("%s.%s is not described".formatted(path, name));
            }
        });
        schema.path("$defs").forEachEntry((name, def) -> {
            if (def.path("description").asString("").isBlank()) {
                complaints.add("%s#%s is not described".formatted(path, name));
            }
            complain(path + "#" + name, def, closed, complaints);
        });
        complainOfItems(path + "[]", schema.path("items"), closed, complaints);
    }

    private static void complainOfItems(String path, JsonNode items, boolean closed, List<String> complaints) {
        if (items.isObject()) {
            complain(path, items, closed, complaints);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyExampleKeepsTheContractAndNoFieldOfItCanGoOrBeOfAnotherKind(Topic topic) {
        assertThat(SCHEMAS.schema(topic).path("examples").size()).isPositive();
        for (JsonNode example : SCHEMAS.schema(topic).path("examples")) {
            assertThat(violations(topic, example)).as(example.toString()).isEmpty();
            for (String field : example.propertyNames()) {
                ObjectNode other = ((ObjectNode) example.deepCopy()).set(field, JSON.readTree("[{}]"));
                assertThat(violations(topic, other)).as("%s another", field).isNotEmpty();
                // Replays from before it was recorded have no analyst.
                if (!field.matches(".*To(Mql|Accepted).*|rejectedFor:.*|analyst")) {
                    ObjectNode without = (ObjectNode) example.deepCopy();
                    without.remove(field);
                    assertThat(violations(topic, without))
                            .as("%s missing", field)
                            .isNotEmpty();
                }
            }
            assertThat(violations(topic, ((ObjectNode) example.deepCopy()).put("more", 1)))
                    .as("a field that nobody knows")
                    .isNotEmpty();
        }
    }

    @Test
    void aKeyThatSaysSomethingElseThanItsValueOrIsSpelledOtherwiseBreaksTheContract() {
        JsonNode row = SCHEMAS.schema(Topic.FUNNEL_STAGES).at("/examples/0");
        byte[] value = JSON.writeValueAsBytes(row);
        for (String key : List.of(
                "[\"active\",\"all\",null,\"source\",\"web\",\"WON\"]",
                "[\"active\", \"all\", null, \"source\", \"web\", \"MQL\"]",
                "[\"active\",\"all\",\"null\",\"source\",\"web\",\"MQL\"]",
                "active",
                "")) {
            assertThat(SCHEMAS.violations(Topic.FUNNEL_STAGES, key.getBytes(StandardCharsets.UTF_8), Map.of(), value))
                    .as(key)
                    .isNotEmpty();
        }
        assertThat(SCHEMAS.violations(Topic.FUNNEL_STAGES, keyOf(Topic.FUNNEL_STAGES, row), Map.of("a", "b"), value))
                .as("a header")
                .isNotEmpty();
    }

    @Test
    void onlyALeadCanBeNoMore() {
        for (Topic topic : rows().toList()) {
            JsonNode example = SCHEMAS.schema(topic).at("/examples/0");
            List<String> violations = SCHEMAS.violations(topic, keyOf(topic, example), Map.of(), null);
            assertThat(violations.isEmpty()).as(topic.topicName()).isEqualTo(topic == Topic.LEAD_STATE);
        }
    }

    /** As the relay writes them; contacts are sealed by then. */
    @Test
    void whateverIsRecordedKeepsTheContractOfLeadEventsAndNothingElseIsInIt() {
        Random random = new Random(20260301);
        RecordedCodec codec = new RecordedCodec();
        CloudEventCodec outside = new CloudEventCodec();
        Set<String> written = new TreeSet<>();
        for (int i = 0; i < 3_000; i++) {
            EventType type = ValidData.anyType(random);
            ObjectNode sent = JSON.createObjectNode();
            sent.put("specversion", "1.0")
                    .put("id", "e")
                    .put("source", "urn:crm")
                    .put("type", type.wireName());
            sent.put("subject", "L-1").put("time", "2026-03-01T09:30:00Z");
            sent.set("data", ValidData.of(type, random));
            Recorded recorded = recorded(outside, sent, random.nextBoolean());
            Map<String, String> headers = headers(codec.attributes(recorded), i);
            ObjectNode data = codec.data(recorded);
            data.propertyNames().forEach(name -> written.add(type.wireName() + "." + name));
            assertThat(violations(headers, data)).as(data.toString()).isEmpty();
            assertThat(violations(headers, data.deepCopy().put("more", 1))).isNotEmpty();
            headers.put("ce_more", "1");
            assertThat(violations(headers, data)).isNotEmpty();
        }
        assertThat(written).contains("io.smarketing.lead.captured.v1.sealedContact");
        assertThat(written).noneMatch(name -> name.endsWith(".contact"));
    }

    private static Map<String, String> headers(Map<String, String> attributes, int place) {
        Map<String, String> headers = new LinkedHashMap<>();
        attributes.forEach((name, value) -> headers.put("ce_" + name, value));
        headers.put("ce_sequence", "0");
        headers.put("ce_position", String.valueOf(place));
        headers.put("content-type", "application/json");
        return headers;
    }

    private static List<String> violations(Map<String, String> headers, ObjectNode data) {
        return SCHEMAS.violations(
                Topic.LEAD_EVENTS, "L-1".getBytes(StandardCharsets.UTF_8), headers, JSON.writeValueAsBytes(data));
    }

    private static Recorded recorded(CloudEventCodec codec, ObjectNode sent, boolean judged) {
        try {
            Arrival arrival = codec.decode(JSON.writeValueAsBytes(sent), TIME);
            return new Recorded(
                    "L-1",
                    new EventId("urn:crm", "e"),
                    TIME,
                    TIME.plusNanos(123_456_000),
                    sealed(arrival.event()),
                    judged ? new PolicyRef("b2b", "43dab6f5b98b") : null,
                    judged ? new Fingerprint(1, -2) : null);
        } catch (Refusal e) {
            throw new AssertionError(sent.toString(), e);
        }
    }

    private static LeadEvent sealed(LeadEvent event) {
        if (event instanceof LeadEvent.Captured captured) {
            return new LeadEvent.Captured(
                    captured.source(),
                    captured.campaign(),
                    captured.persona(),
                    captured.attributes(),
                    sealed(captured.contact()),
                    captured.cost());
        } else if (event instanceof LeadEvent.Enriched enriched) {
            return new LeadEvent.Enriched(enriched.attributes(), sealed(enriched.contact()));
        }
        return event;
    }

    private static LeadEvent.@Nullable Contact sealed(LeadEvent.@Nullable Contact contact) {
        return contact == null ? null : new LeadEvent.Contact.Sealed("AQIDBAUGBwgJCgsMDQ4PEA==");
    }

    @Test
    void whatEmittersSendKeepsTheContractInEitherModeAndABrokenEventDoesNot() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            ObjectNode event = ValidData.event(ValidData.anyType(random), random);
            byte[] key = event.path("subject").stringValue().getBytes(StandardCharsets.UTF_8);
            Map<String, String> structured = Map.of("content-type", "application/cloudevents+json; charset=UTF-8");
            assertThat(SCHEMAS.violations(Topic.LEAD_INTAKE, key, structured, JSON.writeValueAsBytes(event)))
                    .as(event.toString())
                    .isEmpty();
            assertThat(SCHEMAS.violations(Topic.LEAD_INTAKE, null, Map.of(), JSON.writeValueAsBytes(event)))
                    .as("without a word: %s", event)
                    .isEmpty();
            Map<String, String> binary = new LinkedHashMap<>(Map.of("content-type", "application/json"));
            event.forEachEntry((name, value) -> {
                if (value.isString()) {
                    binary.put("ce_" + name, value.stringValue());
                }
            });
            byte[] data = JSON.writeValueAsBytes(event.path("data"));
            assertThat(SCHEMAS.violations(Topic.LEAD_INTAKE, key, binary, data))
                    .as(event.toString())
                    .isEmpty();
            binary.put("ce_time", "yesterday");
            assertThat(SCHEMAS.violations(Topic.LEAD_INTAKE, key, binary, data)).isNotEmpty();
        }
    }
}

package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The AsyncAPI document tells of the topics as they are, and whatever it refers to is there. */
class AsyncApiTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path DOCS = Path.of("../docs");
    private static final Path SCHEMAS = Path.of("src/main/resources/schemas");
    private static final JsonNode DOCUMENT = document();

    private static JsonNode document() {
        Object yaml = new Load(LoadSettings.builder().build()).loadFromString(read(DOCS.resolve("asyncapi.yaml")));
        return JSON.valueToTree(yaml);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, JsonNode> channels() {
        Map<String, JsonNode> channels = new TreeMap<>();
        DOCUMENT.path("channels")
                .forEachEntry(
                        (name, channel) -> channels.put(channel.path("address").asString(), channel));
        return channels;
    }

    private static JsonNode channel(Topic topic) {
        return Objects.requireNonNull(channels().get(topic.topicName()), topic.topicName());
    }

    private static JsonNode resolved(JsonNode reference) {
        return DOCUMENT.at(reference.path("$ref").stringValue().substring(1));
    }

    @Test
    void thereIsAChannelForEveryTopicAndForNothingElse() {
        assertThat(DOCUMENT.path("asyncapi").stringValue()).isEqualTo("3.0.0");
        assertThat(channels().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Topic.values()).map(Topic::topicName).toList());
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void aChannelIsKeptAsItsTopicIs(Topic topic) {
        JsonNode kafka = channel(topic).at("/bindings/kafka");
        assertThat(kafka.path("topic").stringValue()).isEqualTo(topic.topicName());
        JsonNode settings = kafka.path("topicConfiguration");
        assertThat(settings.path("cleanup.policy").valueStream().map(JsonNode::stringValue))
                .containsExactly(topic.isCompacted() ? "compact" : "delete");
        if (topic.isCompacted()) {
            assertThat(settings.has("retention.ms")).isFalse();
        } else {
            assertThat(settings.path("retention.ms").longValue())
                    .isEqualTo(topic.retention().map(Duration::toMillis).orElse(-1L));
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void everyMessageOfAChannelHasTheKeyTheHeadersAndTheValueOfItsTopic(Topic topic) {
        String schema = "../lifecycle-core/src/main/resources" + topic.schemaResource();
        JsonNode messages = channel(topic).path("messages");
        assertThat(messages.size()).isPositive();
        for (JsonNode reference : messages) {
            JsonNode message = resolved(reference);
            assertThat(message.path("summary").asString(""))
                    .as(reference.toString())
                    .isNotBlank();
            JsonNode trait = resolved(message.path("traits").path(0));
            assertThat(trait.at("/headers/schema/$ref").stringValue()).isEqualTo(schema + "#/$defs/headers");
            assertThat(trait.at("/bindings/kafka/key/$ref").stringValue()).isEqualTo(schema + "#/$defs/key");
            String payload = message.at("/payload/schema/$ref").asString("");
            if (topic == Topic.LEAD_INTAKE) {
                assertThat(payload).contains("/schemas/").doesNotContain("lead.intake");
            } else if (message.path("name").stringValue().equals("lead-gone")) {
                assertThat(message.at("/payload/type").stringValue()).isEqualTo("null");
            } else {
                assertThat(payload).startsWith(schema);
            }
        }
    }

    @Test
    void everyTypeOfEventIsAMessageOfLeadEventsWithASchemaOfItsName() {
        JsonNode schema = JSON.readTree(read(SCHEMAS.resolve("lead.events.schema.json")));
        Set<String> messages = new TreeSet<>();
        for (JsonNode reference : channel(Topic.LEAD_EVENTS).path("messages")) {
            JsonNode message = resolved(reference);
            String name = message.path("name").stringValue();
            messages.add(name);
            assertThat(message.at("/payload/schema/$ref").stringValue()).endsWith("#/$defs/" + name);
            assertThat(schema.at("/$defs/" + name + "/$ref").stringValue()).isEqualTo(name + ".schema.json");
        }
        assertThat(messages).containsExactlyInAnyOrderElementsOf(EventType.wireNames());
    }

    @Test
    void everyChannelHasAnOperation() {
        Set<String> used = new TreeSet<>();
        DOCUMENT.path("operations").forEachEntry((name, operation) -> {
            assertThat(operation.path("action").stringValue()).as(name).isIn("send", "receive");
            used.add(resolved(operation.path("channel")).path("address").stringValue());
        });
        assertThat(used).isEqualTo(channels().keySet());
    }

    @Test
    void everyReferenceLeadsSomewhereInTheDocumentAndInTheSchemas() throws IOException {
        List<String> lost = new ArrayList<>();
        int[] followed = {0};
        follow(DOCS.resolve("asyncapi.yaml"), DOCUMENT, DOCUMENT, lost, followed);
        try (var files = Files.list(SCHEMAS)) {
            for (Path file : files.toList()) {
                JsonNode schema = JSON.readTree(read(file));
                follow(file, schema, schema, lost, followed);
            }
        }
        assertThat(lost).isEmpty();
        assertThat(followed[0]).isGreaterThan(200);
    }

    private static void follow(Path file, JsonNode whole, JsonNode part, List<String> lost, int[] followed) {
        part.forEachEntry((name, value) -> {
            if (name.equals("$ref") && value.isString()) {
                followed[0]++;
                if (leadsNowhere(file, whole, value.stringValue())) {
                    lost.add(file.getFileName() + ": " + value.stringValue());
                }
            }
        });
        part.values().forEach(inner -> follow(file, whole, inner, lost, followed));
    }

    private static boolean leadsNowhere(Path file, JsonNode whole, String reference) {
        int sign = reference.indexOf('#');
        String path = sign < 0 ? reference : reference.substring(0, sign);
        JsonNode target = whole;
        if (!path.isEmpty()) {
            Path other = file.resolveSibling(path);
            if (!Files.isRegularFile(other)) {
                return true;
            }
            target = JSON.readTree(read(other));
        }
        return sign >= 0 && target.at(reference.substring(sign + 1)).isMissingNode();
    }
}

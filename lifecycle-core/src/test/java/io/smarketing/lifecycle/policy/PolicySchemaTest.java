package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors complete by knows the keys that the reader knows, and refuses what a schema can see. */
class PolicySchemaTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode DOCUMENT = document();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(DOCUMENT);

    /** Mistakes of these words need more than a schema: what is declared, computed, or parsed. */
    private static final List<String> BEYOND_A_SCHEMA = List.of(
            "fit[0].when:",
            "fit[1].when:",
            "stands here twice",
            "stands here already",
            "is taken",
            "is not declared",
            "is no declared attribute",
            "no lead reaches",
            "is no time zone",
            "ends before it begins",
            "overlaps other hours",
            "is no time of day",
            "the week goes from",
            "the period is empty",
            "'P36501D' is no period",
            "'2026-02-30' is no date");

    private static JsonNode document() {
        try {
            return JSON.readTree(Files.readString(Path.of("../docs/policy.schema.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<?> findings(String yaml) {
        Object value = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return SCHEMA.validate(JSON.valueToTree(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"b2b-default", "product-led"})
    void theExamplesAreValidAndNameTheSchema(String example) throws IOException {
        String text = Files.readString(Path.of("../docs/examples/" + example + ".yaml"));
        assertThat(text).startsWith("# yaml-language-server: $schema=../policy.schema.json\n");
        assertThat(findings(text)).isEmpty();
    }

    @Test
    void theSoundPolicyIsValidAlsoWithItsSchemaNamedWithin() {
        assertThat(findings(PolicyMistake.sound())).isEmpty();
        assertThat(findings("$schema: ../policy.schema.json\n" + PolicyMistake.sound()))
                .isEmpty();
    }

    static Stream<PolicyMistake> visible() {
        return PolicyMistake.table("wrong.txt").stream()
                .filter(mistake -> BEYOND_A_SCHEMA.stream().noneMatch(mistake.expected()::contains));
    }

    @ParameterizedTest
    @MethodSource("visible")
    void refusesWhatASchemaCanSee(PolicyMistake mistake) {
        assertThat(findings(mistake.document())).isNotEmpty();
    }

    @Test
    void mostMistakesOfFormAreVisible() {
        assertThat(visible()).hasSizeGreaterThan(40);
    }

    static Stream<PolicyMistake> doubtful() {
        return PolicyMistake.table("doubtful.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("doubtful")
    void acceptsWhatTheReaderOnlyWarnsOf(PolicyMistake mistake) {
        assertThat(findings(mistake.document())).isEmpty();
    }

    /** Where an unknown key is put, and the schema's place for it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: sound | zzzzzzzz: 1\\nname: sound | ``",
                "{id: size, | {zzzzzzzz: 1, id: size, | /properties/fit/items",
                "{id: demo, | {zzzzzzzz: 1, id: demo, | /properties/engagement/items",
                "{id: student, | {zzzzzzzz: 1, id: student, | /properties/disqualify/items",
                "captured: P14D | zzzzzzzz: P14D | /properties/stages",
                "acceptWithin: PT24H | zzzzzzzz: 1 | /properties/sla",
                "{zone: | {zzzzzzzz: 1, zone: | /properties/sla/properties/calendar",
                "{cooldown: P30D} | {zzzzzzzz: P30D} | /properties/recycle",
                "{metric: | {zzzzzzzz: 1, metric: | /properties/goals/items"
            })
    void itsKeysAreTheReadersKeys(String from, String to, String place) {
        String text = PolicyMistake.sound().replace(from, to.replace("\\n", "\n"));
        RefusedDocument refused = catchThrowableOfType(RefusedDocument.class, () -> PolicyReader.read("p.yaml", text));
        String known = refused.problems().stream()
                .filter(problem -> problem.message().contains("'zzzzzzzz' is not known here"))
                .map(Problem::mend)
                .findFirst()
                .orElseThrow();
        JsonNode properties = DOCUMENT.at(place + "/properties");
        assertThat(new TreeSet<>(properties.propertyNames()))
                .isEqualTo(new TreeSet<>(
                        Arrays.asList(known.replaceFirst("^known are ", "").split(", "))));
    }

    @Test
    void everyKeyIsExplainedAndEveryMappingIsClosed() {
        explained(DOCUMENT, "");
    }

    private static void explained(JsonNode schema, String path) {
        if (schema.path("type").asString("").equals("object")) {
            assertThat(schema.has("additionalProperties"))
                    .as("%s is closed", path)
                    .isTrue();
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String inner = path + "/" + property.getKey();
            assertThat(property.getValue().has("title") || property.getValue().has("$ref"))
                    .as(inner)
                    .isTrue();
            explained(property.getValue(), inner);
            explained(property.getValue().path("items"), inner);
        }
    }
}

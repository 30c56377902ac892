package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonMistakesTest {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(2)
                            .maxNumberLength(5)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Whoever reads it has written JSON, and no Java. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "[1", "[[[1]]]", "1234567", "{} {}", "hello", "{\"a\":'b'}", "\"a\nb\""})
    void sayWhatIsWrongWithoutTheReadersOwnNames(String json) {
        JacksonException mistake = catchThrowableOfType(JacksonException.class, () -> MAPPER.readTree(json));
        assertThat(JsonMistakes.message(mistake))
                .isNotBlank()
                .doesNotContain("Source", "REDACTED", "Feature", "JsonNode", "Constraints", "`");
    }
}

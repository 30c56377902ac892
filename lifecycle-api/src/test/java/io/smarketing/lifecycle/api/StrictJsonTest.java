package io.smarketing.lifecycle.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.InputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class StrictJsonTest {

    record Place(int partition, long offset) {}

    record Order(
            @Nullable String by,
            @Nullable BigDecimal amount,
            @Nullable Integer perSecond,
            @Nullable Boolean again,
            @Nullable List<Place> places) {}

    private static final JsonMapper MAPPER = mapper();

    private static JsonMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder();
        StrictJson.customize(builder);
        return builder.build();
    }

    private static Map<String, @Nullable Object> refused(String body) {
        JacksonException exception =
                catchThrowableOfType(JacksonException.class, () -> MAPPER.readValue(body, Order.class));
        assertThat(exception).as(body).isNotNull();
        ProblemDetail problem = UnreadableBody.problem(
                        new HttpMessageNotReadableException("unreadable", exception, new Nothing()))
                .getBody();
        assertThat(problem.getStatus()).isEqualTo(400);
        Map<String, @Nullable Object> properties = problem.getProperties();
        assertThat(properties).isNotNull().containsKey("mend");
        return Map.of(
                "code", String.valueOf(properties.get("code")),
                "field", String.valueOf(properties.getOrDefault("field", "")),
                "mend", String.valueOf(properties.get("mend")),
                "detail", String.valueOf(problem.getDetail()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"by":5}                                | by                  | 'by' is no text
            {"by":1.5}                              | by                  | 'by' is no text
            {"by":true}                             | by                  | 'by' is no text
            {"by":{}}                               | by                  | 'by' is no text
            {"by":["ann"]}                          | by                  | 'by' is no text
            {"amount":"12.5"}                       | amount              | 'amount' is no number
            {"amount":""}                           | amount              | 'amount' is no number
            {"amount":true}                         | amount              | 'amount' is no number
            {"perSecond":1.5}                       | perSecond           | 'perSecond' is no whole number of at most 2,147,483,647
            {"perSecond":"5"}                       | perSecond           | 'perSecond' is no whole number of at most 2,147,483,647
            {"perSecond":""}                        | perSecond           | 'perSecond' is no whole number of at most 2,147,483,647
            {"perSecond":5000000000}                | perSecond           | 'perSecond' is no whole number of at most 2,147,483,647
            {"again":"true"}                        | again               | 'again' is no truth value
            {"again":""}                            | again               | 'again' is no truth value
            {"again":1}                             | again               | 'again' is no truth value
            {"places":{}}                           | places              | 'places' is no array
            {"places":""}                           | places              | 'places' is no array
            {"places":[7]}                          | places[0]           | 'places[0]' is no JSON object
            {"places":[{"partition":0}]}            | places[0].offset    | 'places[0].offset' is no whole number of at most 9,223,372,036,854,775,807
            {"places":[{"partition":null,"offset":1}]} | places[0].partition | 'places[0].partition' is no whole number of at most 2,147,483,647
            []                                      | ``                  | the body is not one JSON object
            "ann"                                   | ``                  | the body is not one JSON object
            ""                                      | ``                  | the body is not one JSON object
            {} {}                                   | ``                  | the body is not one JSON object
            """)
    void aFieldOfAnotherTypeIsNamedWithWhatItHasToBe(String body, String field, String detail) {
        assertThat(refused(body))
                .containsEntry("code", "wrong-type")
                .containsEntry("field", field)
                .containsEntry("detail", detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"by\":\"a\\ud83d\"}", "{\"by\":\"\\ude00b\"}"})
    void halfACharacterIsNotKeptAsAQuestionMark(String body) {
        assertThat(refused(body))
                .containsEntry("code", "wrong-type")
                .containsEntry("field", "by")
                .containsEntry("detail", "'by' holds half a character");
    }

    @Test
    void whatIsQuotedCanBeWritten() {
        assertThat(refused("{\"\\ud83d\\n\":1}"))
                .containsEntry("code", "unknown-field")
                .containsEntry("field", "? ");
        assertThat(refused("{\"" + "x".repeat(1_000) + "\":1}")).containsEntry("field", "x".repeat(200) + "…");
    }

    @Test
    void aFieldThatDoesNotExistIsNamedWithThoseThatDo() {
        assertThat(refused("{\"bye\":\"ann\"}"))
                .containsEntry("code", "unknown-field")
                .containsEntry("field", "bye")
                .containsEntry("mend", "leave it out; there are by, amount, perSecond, again, places");
        assertThat(refused("{\"places\":[{\"partition\":0,\"offset\":1},{\"partition\":0,\"offset\":1,\"ofset\":1}]}"))
                .containsEntry("field", "places[1].ofset")
                .containsEntry("mend", "leave it out; there are partition, offset");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"by\":", "{\"by\":\"ann\",\"by\":\"bob\"}", "{by:1}"})
    void whatIsNoJsonIsToldWithItsPlace(String body) {
        assertThat(refused(body)).containsEntry("code", "unreadable-json").containsEntry("field", "");
    }

    @Test
    void whatGoesBeyondALimitIsToldWithoutAPlace() {
        assertThat(refused("{\"amount\":" + "1".repeat(1_001) + "}"))
                .containsEntry("code", "unreadable-json")
                .containsEntry(
                        "detail", "the body is no JSON: Number value length (1001) exceeds the maximum allowed (1000)");
    }

    @Test
    void whatIsWrittenAsItHasToBeIsTaken() {
        assertThat(MAPPER.readValue(
                        "{\"by\":\"\\ud83d\\ude00\",\"amount\":12,\"perSecond\":null,\"again\":true,\"places\":[{\"partition\":0,\"offset\":1}]}",
                        Order.class))
                .isEqualTo(new Order("😀", new BigDecimal("12"), null, true, List.of(new Place(0, 1))));
        assertThat(MAPPER.readValue("{\"by\":\"\"}", Order.class).by()).isEmpty();
        assertThat(MAPPER.readValue("{}", Order.class)).isEqualTo(new Order(null, null, null, null, null));
    }

    private static final class Nothing implements HttpInputMessage {

        @Override
        public InputStream getBody() {
            return InputStream.nullInputStream();
        }

        @Override
        public HttpHeaders getHeaders() {
            return new HttpHeaders();
        }
    }
}

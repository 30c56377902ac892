package io.smarketing.lifecycle.projections.funnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.lead.Stage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class FunnelAnswerTest {

    @Test
    void flatRowsBecomeTheRowOfTheFunnelAnswer() throws UnreadableRow {
        List<StageRow> rows = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            rows.add(row("web", stage, figures(stage)));
        }

        assertThat(FunnelAnswer.of("active", "source", rows, Integer.MAX_VALUE))
                .hasToString("""
                {"policy":"active","asOf":"2026-03-01T10:00:00.5Z","logPosition":16,"zone":"Europe/Berlin",\
                "dimension":"source","rows":[{"value":"web","stages":[\
                {"stage":"CAPTURED","ever":10,"entered":9,"reached":8,"open":1,"exits":{"forward":1,"back":2,\
                "rejected":3,"lost":4,"won":5,"recycled":6,"reopened":7},"timeInStage":{"n":2,\
                "meanSeconds":1.500000,"p50Seconds":0.000001,"p75Seconds":2.000000,"p90Seconds":100000000.000000}},\
                {"stage":"MQL",@2},{"stage":"ACCEPTED",@3},{"stage":"CONTACTED",@4},{"stage":"WON",@5},\
                {"stage":"REJECTED",@6},{"stage":"LOST",@7}],\
                "outcomes":{"won":5,"lost":7,"rejected":6,"open":10},\
                "cycle":{"n":5,"meanSeconds":86400.250000,"p50Seconds":86400.000000,"p90Seconds":90000.000000},\
                "deviations":{"captured-again":7,"after-exit":21},"quantileError":0.01}]}\
                """.replaceAll("@(\\d)", """
                "ever":0,"entered":0,"reached":0,"open":$1,"exits":{"forward":0,"back":0,"rejected":0,"lost":0,\
                "won":0,"recycled":0,"reopened":0},"timeInStage":{"n":0,"meanSeconds":null,"p50Seconds":null,\
                "p75Seconds":null,"p90Seconds":null}\
                """));
    }

    private static String figures(Stage stage) {
        String every = """
                "open":%d,"deviationCapturedAgain":1,"deviationAfterExit":3,"deviationLateMark":0,"quantileError":0.01,
                "zone":"Europe/Berlin","logPosition":%d,"asOf":"2026-03-01T%s","revision":3
                """.formatted(
                        stage.ordinal() + 1, 10 + stage.ordinal(), stage == Stage.WON ? "10:00:00.5Z" : "10:00:00Z");
        return switch (stage) {
            case CAPTURED -> """
                {"ever":10,"entered":9,"reached":8,"exitForward":1,"exitBack":2,"exitRejected":3,"exitLost":4,"exitWon":5,
                 "exitRecycled":6,"exitReopened":7,"n":2,"meanSeconds":1.5,"p50Seconds":0.000001,"p75Seconds":2,
                 "p90Seconds":1e8,"histogram":"AAAA",%s}
                """.formatted(every);
            case WON -> """
                {"n":0,"meanSeconds":null,"cycleN":5,"cycleMeanSeconds":86400.25,"cycleP50Seconds":86400.0000001,
                 "cycleP90Seconds":90000.000000,%s}
                """.formatted(every);
            default -> "{" + every + "}";
        };
    }

    private static StageRow row(@Nullable String value, Stage stage, String figures) throws UnreadableRow {
        String key = JsonNodeFactory.instance
                .arrayNode()
                .add("active")
                .add("all")
                .addNull()
                .add("source")
                .add(value)
                .add(stage.name())
                .toString();
        return StageRow.read(key, figures.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void valuesComeInTheOrderOfTheirUtf8BytesAndTheMissingOneLast() throws UnreadableRow {
        // By a String's own order the emoji, a pair of surrogates, would come before U+FFFC.
        ObjectNode answer = answer(null, "b", "😀", "\uFFFC", "", "ä", "B", "null");

        assertThat(values(answer)).containsExactly("", "B", "b", "null", "ä", "\uFFFC", "😀", null);
    }

    @Test
    void aMissingValueIsNotTheWordNull() throws UnreadableRow {
        ObjectNode answer = answer("null", null);

        assertThat(values(answer)).containsExactly("null", null);
    }

    @Test
    void aLimitTakesTheFirstValuesInOrder() throws UnreadableRow {
        List<StageRow> rows = List.of(row("b", Stage.MQL, "{}"), row("c", Stage.MQL, "{}"), row("a", Stage.MQL, "{}"));

        assertThat(values(FunnelAnswer.of("active", "source", rows, 2))).containsExactly("a", "b");
    }

    private static ObjectNode answer(@Nullable String... values) throws UnreadableRow {
        List<StageRow> rows = new ArrayList<>();
        for (String value : values) {
            rows.add(row(value, Stage.CAPTURED, "{}"));
        }
        return FunnelAnswer.of("active", "source", rows, Integer.MAX_VALUE);
    }

    private static List<@Nullable String> values(ObjectNode answer) {
        List<@Nullable String> values = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            JsonNode value = row.path("value");
            values.add(value.isNull() ? null : value.stringValue());
        }
        return values;
    }

    @Test
    void withoutRowsNothingIsKnownYet() {
        assertThat(FunnelAnswer.of("active", "owner", List.of(), 7))
                .hasToString("{\"policy\":\"active\",\"asOf\":null,\"logPosition\":0,\"zone\":\"UTC\","
                        + "\"dimension\":\"owner\",\"rows\":[]}");
    }

    @Test
    void aStageThatHasNotComeYetCountsAsZeros() throws UnreadableRow {
        ObjectNode answer =
                FunnelAnswer.of("active", "source", List.of(row("web", Stage.MQL, "{\"open\":3,\"reached\":4}")), 7);

        JsonNode row = answer.path("rows").path(0);
        assertThat(row.path("stages").size()).isEqualTo(7);
        assertThat(row.path("stages").path(0).path("reached").asLong()).isZero();
        assertThat(row.path("stages").path(1).path("reached").asLong()).isEqualTo(4);
        assertThat(row.path("outcomes").path("open").asLong()).isEqualTo(3);
    }

    @Test
    void aRowThatIsNotInTheFormOfTheTopicIsRefusedWithItsReason() {
        String key = "[\"active\",\"all\",null,\"all\",\"all\",\"MQL\"]";
        assertRefused("no json", "{}", "this is no JSON");
        assertRefused("{}", "{}", "a key is [policy, grain, bucket, dimension, value, stage]");
        assertRefused("[\"active\",\"all\",null,null,\"all\",\"MQL\"]", "{}", "the 4. is missing");
        assertRefused("[\"active\",\"all\",7,\"all\",\"all\",\"MQL\"]", "{}", "the 3. is no text");
        assertRefused("[\"active\",\"all\",null,\"all\",\"all\",\"SQL\"]", "{}", "the stage 'SQL' is unknown");
        assertRefused(key, "[]", "this is no JSON object");
        assertRefused(key, "{\"entered\":\"seven\"}", "'entered' is no whole number");
        assertRefused(key, "{\"entered\":1.5}", "'entered' is no whole number");
        assertRefused(key, "{\"p50Seconds\":true}", "'p50Seconds' is no number");
        assertRefused(key, "{\"asOf\":\"yesterday\"}", "'asOf' is no instant");
    }

    private static void assertRefused(String key, String figures, String reason) {
        assertThatThrownBy(() -> StageRow.read(key, figures.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableRow.class)
                .hasMessageContaining(reason);
    }
}

package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Funnel;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.FunnelTally;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Holds what the topic shows against the offline funnel of the same log. */
final class ShownFunnel {

    private static final double QUANTILE_ERROR = 0.01;
    /** Six digits, rounded. */
    private static final double ROUNDING = 0.000001;

    private ShownFunnel() {}

    /** Rows the offline funnel does not know have to be zeros: they were left by what was voided. */
    static void assertEqualsOffline(Map<String, JsonNode> shown, List<RandomLog.Written> log, String what) {
        assertEqualsOffline(shown, FunnelStage.ACTIVE, lead -> Marks.live(), log, what);
    }

    /** The rows of one policy's series against the funnel with the marks that the policy makes. */
    static void assertEqualsOffline(
            Map<String, JsonNode> shown,
            String policy,
            Function<LeadHistory, Marks> marks,
            List<RandomLog.Written> log,
            String what) {
        Map<String, JsonNode> left = new TreeMap<>(shown);
        for (String name : Dimension.BUILT_IN) {
            Funnel funnel = new Funnel(new Dimension(name));
            RandomLog.histories(log).stream()
                    .map(history -> LeadFold.of(history, marks.apply(history)))
                    .flatMap(Optional::stream)
                    .forEach(funnel::add);
            for (FunnelRow row : funnel.rows()) {
                long[] deviations = new long[Deviation.values().length];
                for (Stage stage : Stage.values()) {
                    String key = new FunnelStage(policy, name, row.value(), stage).key();
                    JsonNode json = left.remove(key);
                    assertThat(json).as("%s: %s", what, key).isNotNull();
                    assertStage(json, row, stage, what + ": " + key);
                    for (Deviation kind : Deviation.values()) {
                        deviations[kind.ordinal()] +=
                                json.path("deviation" + pascal(kind.word())).longValue();
                    }
                }
                assertThat(deviations).as("%s: deviations", what).isEqualTo(row.deviations());
            }
        }
        left.forEach((key, json) -> assertStage(
                json,
                new FunnelTally().row(null),
                Stage.valueOf(json.path("stage").stringValue()),
                what + ": " + key));
    }

    private static void assertStage(JsonNode json, FunnelRow row, Stage stage, String what) {
        FunnelRow.StageRow expected = row.stage(stage);
        assertThat(json.path("ever").longValue()).as(what).isEqualTo(expected.ever());
        assertThat(json.path("entered").longValue()).as(what).isEqualTo(expected.entered());
        assertThat(json.path("reached").longValue()).as(what).isEqualTo(expected.reached());
        assertThat(json.path("open").longValue()).as(what).isEqualTo(expected.open());
        for (ExitKind kind : ExitKind.values()) {
            assertThat(json.path("exit" + pascal(kind.word())).longValue())
                    .as("%s %s", what, kind)
                    .isEqualTo(expected.exits()[kind.ordinal()]);
        }
        FunnelRow.Times times = expected.timeInStage();
        assertThat(json.path("n").longValue()).as(what).isEqualTo(times.n());
        assertSame(json, "meanSeconds", times.mean(), what);
        assertNear(json, "p50Seconds", times.p50(), what);
        assertNear(json, "p75Seconds", times.p75(), what);
        assertNear(json, "p90Seconds", times.p90(), what);
        assertThat(json.path("histogram").isNull()).as(what).isEqualTo(times.n() == 0);
        assertThat(json.has("cycleN")).as(what).isEqualTo(stage == Stage.WON);
        if (stage == Stage.WON) {
            assertThat(json.path("cycleN").longValue())
                    .as(what)
                    .isEqualTo(row.cycle().n());
            assertSame(json, "cycleMeanSeconds", row.cycle().mean(), what);
            assertNear(json, "cycleP50Seconds", row.cycle().p50(), what);
            assertNear(json, "cycleP90Seconds", row.cycle().p90(), what);
        }
    }

    private static void assertSame(JsonNode json, String field, @Nullable BigDecimal expected, String what) {
        JsonNode value = json.path(field);
        assertThat(value.isNull() ? null : value.decimalValue())
                .as("%s %s", what, field)
                .usingComparator((a, b) -> a == null || b == null ? (a == b ? 0 : 1) : a.compareTo(b))
                .isEqualTo(expected);
    }

    private static void assertNear(JsonNode json, String field, @Nullable BigDecimal expected, String what) {
        JsonNode value = json.path(field);
        assertThat(value.isNull()).as("%s %s", what, field).isEqualTo(expected == null);
        if (expected != null) {
            assertThat(value.doubleValue())
                    .as("%s %s", what, field)
                    .isCloseTo(
                            expected.doubleValue(),
                            org.assertj.core.data.Offset.offset(expected.doubleValue() * QUANTILE_ERROR + ROUNDING));
        }
    }

    private static String pascal(String words) {
        StringBuilder name = new StringBuilder();
        for (String word : words.split("-")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return name.toString();
    }
}

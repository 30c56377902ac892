package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricCell;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricRow;
import io.smarketing.lifecycle.funnel.metric.Reading;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Holds what the topics tell of buckets against the offline metrics of the same leads. */
final class ShownMetrics {

    private static final Instant AS_OF = Instant.parse("2027-01-01T00:00:00Z");
    private static final double QUANTILE_ERROR = 0.010001;

    private final TopologyRun.Compacted shown;
    private final MetricDefinition definition;
    private final String what;

    ShownMetrics(TopologyRun.Compacted shown, MetricDefinition definition, String what) {
        this.shown = shown;
        this.definition = definition;
        this.what = what;
    }

    void assertEqualOffline(List<LeadFold> leads, List<String> dimensions) {
        Set<String> known = new HashSet<>();
        for (String dimension : dimensions) {
            MetricCube cube = new MetricCube(new Dimension(dimension), definition);
            leads.forEach(cube::add);
            for (Grain grain : Grain.values()) {
                Reading reading = cube.reading(grain, AS_OF, List.of());
                if (grain != Grain.ALL) {
                    cube.rows(Metric.FLOW, reading).forEach(row -> flow(dimension, row, known));
                    cube.rows(Metric.VELOCITY, reading).forEach(row -> velocity(dimension, row));
                    cube.rows(Metric.AGES, reading).forEach(row -> ages(dimension, row));
                }
                cube.rows(Metric.CONVERSION, reading).forEach(row -> conversion(dimension, row));
                cube.rows(Metric.ACCEPTANCE, reading).forEach(row -> acceptance(dimension, row));
                cube.rows(Metric.QUALITY, reading).forEach(row -> quality(dimension, row));
            }
        }
        shown.buckets().forEach((key, row) -> {
            assertThat(row.path("end").longValue())
                    .as("%s: %s", what, key)
                    .isEqualTo(row.path("start").longValue()
                            + row.path("in").longValue()
                            - row.path("out").longValue());
            if (!known.contains(key)) {
                // Left as zeros, or a row between others: nothing happened there.
                assertThat(row.path("in").longValue()
                                + row.path("out").longValue()
                                + row.path("openN").longValue())
                        .as("%s: %s", what, key)
                        .isZero();
            }
        });
        sumsOverValuesAreAll();
    }

    private MetricCell cell(String dimension, MetricCube.ValueRow row) {
        return new MetricCell(FunnelStage.ACTIVE, row.row().bucket(), dimension, row.value());
    }

    private static long number(MetricCube.ValueRow row, String name) {
        Object figure = row.row().figures().get(name);
        return figure == null ? 0 : ((Number) figure).longValue();
    }

    private @Nullable JsonNode stageRow(String dimension, MetricCube.ValueRow row) {
        return shown.buckets().get(cell(dimension, row).stageKey(stage(row)));
    }

    private static Stage stage(MetricCube.ValueRow row) {
        return Stage.valueOf(row.row().parts().getOrDefault("stage", ""));
    }

    private void flow(String dimension, MetricCube.ValueRow row, Set<String> known) {
        String key = cell(dimension, row).stageKey(stage(row));
        JsonNode json = shown.buckets().get(key);
        if (json == null) {
            assertThat(number(row, "in") + number(row, "out"))
                    .as("%s: no row %s", what, key)
                    .isZero();
            return;
        }
        known.add(key);
        row.row()
                .figures()
                .forEach((name, figure) -> assertThat(json.path(name).longValue())
                        .as("%s: %s %s", what, key, name)
                        .isEqualTo(((Number) Objects.requireNonNull(figure)).longValue()));
    }

    private void velocity(String dimension, MetricCube.ValueRow row) {
        String exit = row.row().parts().getOrDefault("exit", "");
        JsonNode json = stageRow(dimension, row);
        String place = what + ": " + row;
        assertThat(json).as(place).isNotNull();
        MetricRow figures = row.row();
        if (exit.equals("any")) {
            assertThat(json.path("n").longValue()).as(place).isEqualTo(number(row, "n"));
            same(json.path("meanSeconds"), figures.figures().get("meanSeconds"), 0, place);
            for (String quantile : List.of("p50Seconds", "p75Seconds", "p90Seconds")) {
                same(json.path(quantile), figures.figures().get(quantile), QUANTILE_ERROR, place);
            }
        } else {
            String name = exit.substring(0, 1).toUpperCase(Locale.ROOT) + exit.substring(1);
            assertThat(json.path("n" + name).asLong(0)).as(place).isEqualTo(number(row, "n"));
        }
    }

    private void ages(String dimension, MetricCube.ValueRow row) {
        JsonNode json = stageRow(dimension, row);
        String place = what + ": " + row;
        assertThat(json).as(place).isNotNull();
        long n = json.path("openN").longValue();
        assertThat(n).as(place).isEqualTo(number(row, "n"));
        BigDecimal mean = BigDecimal.valueOf(AS_OF.getEpochSecond())
                .multiply(BigDecimal.valueOf(n))
                .subtract(json.path("openSumSeconds").decimalValue())
                .divide(BigDecimal.valueOf(n), 6, RoundingMode.HALF_UP);
        assertThat(mean).as(place).isEqualByComparingTo((BigDecimal)
                Objects.requireNonNull(row.row().figures().get("meanSeconds")));
    }

    private static void same(JsonNode shown, @Nullable Object expected, double error, String place) {
        assertThat(shown.isNull() || shown.isMissingNode()).as(place).isEqualTo(expected == null);
        if (expected != null) {
            double value = ((Number) expected).doubleValue();
            assertThat(Math.abs(shown.doubleValue() - value))
                    .as(place)
                    .isLessThanOrEqualTo(Math.abs(value) * error + 0.0000005);
        }
    }

    private JsonNode sharedRow(String dimension, MetricCube.ValueRow row) {
        JsonNode json = shown.shared().get(cell(dimension, row).sharedKey());
        assertThat(json).as("%s: %s", what, row).isNotNull();
        return json;
    }

    private void conversion(String dimension, MetricCube.ValueRow row) {
        Map<String, String> parts = row.row().parts();
        JsonNode json = sharedRow(dimension, row);
        String base = capitalised(parts.getOrDefault("base", ""));
        String within = parts.getOrDefault("within", "");
        String name = base.toLowerCase(Locale.ROOT)
                + "To"
                + capitalised(parts.getOrDefault("stage", ""))
                + (parts.getOrDefault("mode", "").equals("any") ? "Any" : "")
                + (within.equals("ever") ? "Ever" : "Within" + within);
        assertThat(json.path(name).asLong(0)).as("%s: %s %s", what, name, row).isEqualTo(number(row, "converted"));
        assertThat(json.path("cohort" + base).asLong(0)).as("%s: %s", what, row).isEqualTo(number(row, "cohort"));
    }

    private static String capitalised(String stage) {
        return stage.charAt(0) + stage.substring(1).toLowerCase(Locale.ROOT);
    }

    private void acceptance(String dimension, MetricCube.ValueRow row) {
        JsonNode json = sharedRow(dimension, row);
        String reason = row.row().parts().getOrDefault("reason", "");
        if (!reason.equals("all")) {
            assertThat(json.path("rejectedFor:" + reason).longValue())
                    .as("%s: %s", what, row)
                    .isEqualTo(number(row, "rejected"));
            return;
        }
        for (String name : List.of(
                "marked",
                "answered",
                "accepted",
                "acceptedBeforeMark",
                "rejected",
                "unanswered",
                "untouched",
                "ended",
                "recycled")) {
            assertThat(json.path(name).longValue())
                    .as("%s: %s %s", what, name, row)
                    .isEqualTo(number(row, name));
        }
        same(json.path("acceptance"), row.row().figures().get("acceptance"), 0, what + row);
        same(json.path("recycleRate"), row.row().figures().get("recycleRate"), 0, what + row);
    }

    private void quality(String dimension, MetricCube.ValueRow row) {
        JsonNode json = sharedRow(dimension, row);
        for (String name :
                List.of("markedWon", "markedNotWon", "unmarkedWon", "unmarkedNotWon", "markedOpen", "unmarkedOpen")) {
            assertThat(json.path(name).longValue())
                    .as("%s: %s %s", what, name, row)
                    .isEqualTo(number(row, name));
        }
        same(json.path("precision"), row.row().figures().get("precision"), 0, what + row);
        same(json.path("recall"), row.row().figures().get("recall"), 0, what + row);
    }

    /** Every lead has one value of each dimension. */
    private void sumsOverValuesAreAll() {
        Map<String, long[]> sums = new HashMap<>();
        shown.buckets().values().forEach(row -> {
            String key = row.path("dimension").stringValue() + "|"
                    + row.path("grain").stringValue() + "|" + row.path("bucket").stringValue() + "|"
                    + row.path("stage").stringValue();
            long[] sum = sums.computeIfAbsent(key, absent -> new long[2]);
            sum[0] += row.path("in").longValue();
            sum[1] += row.path("out").longValue();
        });
        sums.forEach((key, sum) -> {
            long[] all = sums.get("all" + key.substring(key.indexOf('|')));
            assertThat(sum).as("%s: %s", what, key).isEqualTo(all);
        });
    }
}

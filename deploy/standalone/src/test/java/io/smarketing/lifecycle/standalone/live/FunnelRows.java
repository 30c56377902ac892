package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Compares funnel rows: everything exactly, quantiles within one per cent; a row of zeros is as good as none. */
final class FunnelRows {

    private static final Set<String> QUANTILES = Set.of("p50Seconds", "p75Seconds", "p90Seconds");
    private static final double BOUND = 0.01;

    private FunnelRows() {}

    static void assertSame(JsonNode live, JsonNode expected, String what) {
        Map<String, JsonNode> liveRows = byValue(live);
        Map<String, JsonNode> expectedRows = byValue(expected);
        assertThat(liveRows.keySet()).as(what).isEqualTo(expectedRows.keySet());
        expectedRows.forEach(
                (value, row) -> compare(Objects.requireNonNull(liveRows.get(value)), row, what + " " + value));
    }

    private static Map<String, JsonNode> byValue(JsonNode rows) {
        Map<String, JsonNode> byValue = new TreeMap<>();
        for (JsonNode row : rows) {
            if (row.at("/stages/0/ever").longValue() > 0) {
                byValue.put(
                        row.get("value").isNull()
                                ? "(missing)"
                                : "=" + row.get("value").stringValue(),
                        row);
            }
        }
        return byValue;
    }

    private static void compare(JsonNode live, JsonNode expected, String path) {
        if (expected.isObject()) {
            for (Map.Entry<String, JsonNode> field : expected.properties()) {
                JsonNode other = live.get(field.getKey());
                assertThat(other).as(path + "." + field.getKey()).isNotNull();
                if (QUANTILES.contains(field.getKey()) && field.getValue().isNumber()) {
                    double exact = field.getValue().doubleValue();
                    assertThat(Math.abs(other.doubleValue() - exact))
                            .as("%s.%s: %s is not near %s", path, field.getKey(), other, exact)
                            .isLessThanOrEqualTo(BOUND * exact + 1e-6);
                } else {
                    compare(other, field.getValue(), path + "." + field.getKey());
                }
            }
            if (path.endsWith("deviations")) {
                assertThat(live).as(path).isEqualTo(expected);
            }
        } else if (expected.isArray()) {
            assertThat(live.size()).as(path).isEqualTo(expected.size());
            for (int i = 0; i < expected.size(); i++) {
                compare(live.get(i), expected.get(i), path + "/" + i);
            }
        } else if (expected.isNumber()) {
            assertThat(live.isNumber() ? live.decimalValue() : null)
                    .as(path)
                    .isEqualByComparingTo(expected.decimalValue());
        } else {
            assertThat(live).as(path).isEqualTo(expected);
        }
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows of {@code funnel.shared}, added up by somebody who knows nothing of the engine but docs/topics.md. */
final class SubscribersMetrics {

    private static final Set<String> NO_COUNTS = Set.of("revision", "logPosition");

    private final Map<String, JsonNode> rows;

    /** From the rows of the topic, by key. */
    SubscribersMetrics(Map<String, JsonNode> rows) {
        this.rows = rows;
    }

    private SortedMap<String, JsonNode> rows(String policy, String grain, String dimension) {
        SortedMap<String, JsonNode> chosen = new TreeMap<>();
        for (JsonNode row : rows.values()) {
            if (row.get("policy").stringValue().equals(policy)
                    && row.get("grain").stringValue().equals(grain)
                    && row.get("dimension").stringValue().equals(dimension)) {
                chosen.put(
                        row.get("value") + " "
                                + (row.get("bucket").isNull()
                                        ? "all"
                                        : row.get("bucket").stringValue()),
                        row);
            }
        }
        return chosen;
    }

    /** What the whole numbers of a row say; what is absent is nothing. */
    private static void add(JsonNode row, Map<String, Long> sums) {
        row.forEachEntry((name, figure) -> {
            if (figure.isIntegralNumber() && !NO_COUNTS.contains(name) && figure.longValue() != 0) {
                sums.merge(name, figure.longValue(), Long::sum);
            }
        });
    }

    private static Map<String, Long> counts(JsonNode row) {
        Map<String, Long> counts = new TreeMap<>();
        add(row, counts);
        return counts;
    }

    /** Days to weeks, months and all of time, value by value; and the values of a day to the row of all leads. */
    void assertDaysAddUp(String policy, String dimension) {
        SortedMap<String, JsonNode> days = rows(policy, "day", dimension);
        assertThat(days).as("%s by %s", policy, dimension).isNotEmpty();
        for (String grain : new String[] {"week", "month", "all"}) {
            Map<String, Map<String, Long>> sums = new TreeMap<>();
            for (JsonNode day : days.values()) {
                String label = day.get("bucket").stringValue();
                String bucket = grain.equals("all") ? "all" : DaysAddUp.bucketOf(label, grain);
                add(day, sums.computeIfAbsent(day.get("value") + " " + bucket, absent -> new TreeMap<>()));
            }
            assertRows(rows(policy, grain, dimension), sums, "%s by %s, %s".formatted(policy, dimension, grain));
        }
        Map<String, Map<String, Long>> sums = new TreeMap<>();
        for (JsonNode day : days.values()) {
            String label = day.get("bucket").stringValue();
            add(day, sums.computeIfAbsent("\"all\" " + label, absent -> new TreeMap<>()));
        }
        assertRows(rows(policy, "day", "all"), sums, "%s by %s, added up to all leads".formatted(policy, dimension));
    }

    private static void assertRows(Map<String, JsonNode> rows, Map<String, Map<String, Long>> sums, String what) {
        rows.forEach((name, row) -> {
            Map<String, Long> counts = counts(row);
            assertThat(counts).as("%s: %s", what, name).isEqualTo(sums.getOrDefault(name, Map.of()));
            assertRate(row, "acceptance", counts, "accepted", "answered");
            assertRate(row, "recycleRate", counts, "recycled", "ended");
        });
        assertThat(rows.keySet()).as(what).containsAll(sums.keySet());
    }

    private static void assertRate(JsonNode row, String rate, Map<String, Long> counts, String part, String whole) {
        @Nullable BigDecimal expected = counts.getOrDefault(whole, 0L) == 0
                ? null
                : BigDecimal.valueOf(counts.getOrDefault(part, 0L))
                        .divide(BigDecimal.valueOf(Objects.requireNonNull(counts.get(whole))), 6, RoundingMode.HALF_UP);
        assertThat(AddedTimes.number(row, rate)).as("%s of %s", rate, row).isEqualTo(expected);
    }
}

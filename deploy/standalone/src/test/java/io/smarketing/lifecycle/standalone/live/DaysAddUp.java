package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Days against weeks and months, and the last of them against what stands at a stage now. */
final class DaysAddUp {

    private static final List<String> GRAINS = List.of("week", "month");

    private DaysAddUp() {}

    /** The bucket of a grain that a day is in, by its label. */
    static String bucketOf(String day, String grain) {
        LocalDate date = LocalDate.parse(day);
        return grain.equals("month")
                ? day.substring(0, day.length() - 3)
                : "%04d-W%02d"
                        .formatted(date.get(IsoFields.WEEK_BASED_YEAR), date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }

    static void toWeeksAndMonths(SubscribersFunnel funnel, String policy, String dimension) {
        Map<String, Map<String, Map<String, JsonNode>>> days = funnel.rows(policy, "day", dimension);
        Map<String, Map<String, JsonNode>> now = funnel.rows(policy, dimension);
        assertThat(now.keySet()).as("%s by %s", policy, dimension).containsAll(days.keySet());
        for (String stage : SubscribersFunnel.STAGES) {
            now.forEach((value, stages) -> {
                String what = "%s %s %s %s".formatted(policy, dimension, value, stage);
                SortedMap<String, JsonNode> ofStage = ofStage(days.getOrDefault(value, Map.of()), stage);
                long open =
                        Objects.requireNonNull(stages.get(stage)).get("open").longValue();
                assertThat(chained(ofStage, what))
                        .as("%s, the balance of the last day", what)
                        .isEqualTo(open);
            });
        }
        for (String grain : GRAINS) {
            Map<String, Map<String, Map<String, JsonNode>>> longer = funnel.rows(policy, grain, dimension);
            assertThat(longer.keySet()).isEqualTo(days.keySet());
            longer.forEach((value, buckets) -> {
                for (String stage : SubscribersFunnel.STAGES) {
                    String what = "%s %s %s %s".formatted(policy, dimension, value, stage);
                    assertAddUp(
                            ofStage(Objects.requireNonNull(days.get(value)), stage),
                            ofStage(buckets, stage),
                            grain,
                            what);
                }
            });
        }
    }

    /** By label, in order of time. */
    private static SortedMap<String, JsonNode> ofStage(Map<String, Map<String, JsonNode>> buckets, String stage) {
        SortedMap<String, JsonNode> rows = new TreeMap<>();
        buckets.values().forEach(stages -> {
            JsonNode row = stages.get(stage);
            if (row != null) {
                rows.put(row.get("bucket").stringValue(), row);
            }
        });
        return rows;
    }

    /** Each day begins where the one before has ended; the balance of the last one. */
    private static long chained(SortedMap<String, JsonNode> days, String what) {
        long held = 0;
        for (JsonNode day : days.values()) {
            assertThat(day.get("start").longValue())
                    .as("%s, start of %s", what, day)
                    .isEqualTo(held);
            assertThat(day.get("end").longValue())
                    .as("%s, end of %s", what, day)
                    .isEqualTo(held + day.get("in").longValue() - day.get("out").longValue());
            held = day.get("end").longValue();
        }
        return held;
    }

    private static void assertAddUp(
            SortedMap<String, JsonNode> days, SortedMap<String, JsonNode> longer, String grain, String what) {
        TreeMap<String, List<JsonNode>> parts = new TreeMap<>();
        days.forEach((day, row) -> parts.computeIfAbsent(bucketOf(day, grain), absent -> new ArrayList<>())
                .add(row));
        assertThat(longer.keySet()).as("%s, its %ss", what, grain).isEqualTo(parts.keySet());
        longer.forEach((label, row) -> {
            List<JsonNode> ofBucket = Objects.requireNonNull(parts.get(label));
            String place = what + " " + label;
            assertThat(row.get("start")).as(place).isEqualTo(ofBucket.get(0).get("start"));
            assertThat(row.get("end"))
                    .as(place)
                    .isEqualTo(ofBucket.get(ofBucket.size() - 1).get("end"));
            List<String> figures = new ArrayList<>(List.of("in", "out", "openN", "openSumSeconds"));
            for (String exit : SubscribersFunnel.EXITS) {
                String name = SubscribersFunnel.capitalised(exit);
                figures.addAll(List.of("out" + name, "n" + name, "sumSeconds" + name));
                AddedHistogram added = new AddedHistogram();
                ofBucket.forEach(part -> added.add(part.path("histogram" + name)));
                assertThat(new AddedHistogram()
                                .add(row.path("histogram" + name))
                                .buckets())
                        .as("%s, its times %s", place, exit)
                        .isEqualTo(added.buckets());
            }
            for (String figure : figures) {
                assertThat(AddedTimes.number(row, figure))
                        .as("%s %s", place, figure)
                        .isEqualTo(SubscribersFunnel.sum(ofBucket, figure));
            }
            AddedTimes.assertAddUp(ofBucket, row, "n", "%s", "histogram", place);
            AddedHistogram slots = new AddedHistogram();
            ofBucket.forEach(part -> slots.addSlots(part.get("openHistogram")));
            assertThat(new AddedHistogram().addSlots(row.get("openHistogram")).buckets())
                    .as("%s, when open visits began", place)
                    .isEqualTo(slots.buckets());
            assertThat(slots.n()).as(place).isEqualTo(row.get("openN").longValue());
        });
    }
}

package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Measurement;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricAnswer;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MetricsSideBySideTest {

    private static final int SEEDS = Integer.getInteger("metrics.seeds", 150);
    private static final List<Metric> ALL = Arrays.asList(Metric.values());
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final List<String> SIDES = List.of("baseline", "candidate");

    /** A random history and a random question about it. */
    private static final class Asked {

        final Policy candidate;
        final @Nullable Policy baseline;
        final Judge.Order order;
        final Dimension dimension;
        final Grain grain;
        final CaptureRange range;
        final @Nullable Instant asKnownAt;
        final List<LeadHistory> leads;
        final Instant lastRecordedAt;

        Asked(long seed) throws RefusedDocument {
            Random random = new Random(seed);
            candidate =
                    PolicyReader.read("candidate", RandomHistory.policy(seed)).policy();
            baseline = random.nextInt(3) == 0
                    ? null
                    : PolicyReader.read("baseline", RandomHistory.policy(seed + SEEDS))
                            .policy();
            order = random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
            dimension = new Dimension(List.of("all", "source", "owner").get(random.nextInt(3)));
            grain = Grain.values()[random.nextInt(Grain.values().length)];
            range = random.nextInt(3) == 0
                    ? new CaptureRange(Instant.parse("2025-03-01T12:00:00Z"), Instant.parse("2025-03-03T00:00:00Z"))
                    : new CaptureRange(null, null);
            asKnownAt = random.nextInt(3) == 0 ? Instant.parse(RandomHistory.asKnownAt(seed)) : null;
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            leads = asKnownAt == null ? history.leads() : history.knownAt(asKnownAt);
            lastRecordedAt = leads.stream()
                    .flatMap(lead -> lead.entries().stream())
                    .map(entry -> entry.recordedAt())
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH);
        }

        MetricsSideBySide sides(List<LeadHistory> some) {
            MetricsSideBySide sides = new MetricsSideBySide(dimension, BERLIN);
            sides.add(some, MetricsSideBySide.Sides.of(baseline, candidate, order, range::holds), () -> {});
            return sides;
        }

        /** As it is asked of one side. */
        List<JsonNode> alone(@Nullable Policy policy, Metric metric) {
            Judge.Order both = baseline == null ? Judge.Order.ARRIVAL : order;
            Function<LeadHistory, Marks> marks =
                    policy == null ? lead -> Marks.recorded() : Measurement.by(new Judge(policy, both));
            MetricDefinition definition = MetricDefinition.standard(BERLIN);
            MetricCube cube = new Measurement(dimension, definition, marks, range::holds).of(leads, () -> {});
            Instant asOf = asKnownAt == null ? lastRecordedAt : asKnownAt;
            MetricHead head = new MetricHead("one", asOf, asOf, 0, definition, grain, dimension);
            ObjectNode answer = new MetricAnswer(
                            metric, head, cube.rows(metric, cube.reading(grain, asOf, metric.horizons())))
                    .toJson();
            return answer.get("rows").valueStream().toList();
        }
    }

    /** The rows that a side has, as if it had been asked alone. */
    private static List<JsonNode> rows(JsonNode told, String side, Metric metric) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : told.get("metrics").get(metric.word())) {
            ObjectNode one = (ObjectNode) row.deepCopy();
            SIDES.forEach(one::remove);
            if (row.get(side) instanceof ObjectNode figures) {
                rows.add(one.setAll(figures));
            }
        }
        return rows;
    }

    @Test
    void eitherSideTellsWhatItTellsAloneDigitForDigitAndInItsOrder() throws RefusedDocument {
        int different = 0;
        int onOneSide = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Asked asked = new Asked(seed);
            ObjectNode told = asked.sides(asked.leads)
                    .compared(ALL, asked.grain, asked.asKnownAt)
                    .toJson();
            for (Metric metric : Metric.values()) {
                List<JsonNode> before = rows(told, "baseline", metric);
                List<JsonNode> after = rows(told, "candidate", metric);
                assertThat(before.toString())
                        .as("seed %d, %s, baseline", seed, metric)
                        .isEqualTo(asked.alone(asked.baseline, metric).toString());
                assertThat(after.toString())
                        .as("seed %d, %s, candidate", seed, metric)
                        .isEqualTo(asked.alone(asked.candidate, metric).toString());
                different += before.equals(after) ? 0 : 1;
                onOneSide += before.size() == after.size() ? 0 : 1;
            }
        }
        assertThat(different).isGreaterThan(SEEDS);
        assertThat(onOneSide).isPositive();
    }

    @Test
    void portionsMergeInAnyOrderToTheWhole() throws RefusedDocument {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Asked asked = new Asked(seed);
            List<MetricsSideBySide> portions = new ArrayList<>();
            for (int from = 0; from < asked.leads.size(); ) {
                int to = Math.min(asked.leads.size(), from + random.nextInt(4));
                portions.add(asked.sides(asked.leads.subList(from, to)));
                from = to;
            }
            Collections.shuffle(portions, random);
            MetricsSideBySide merged = asked.sides(List.of());
            portions.forEach(merged::merge);
            assertThat(merged.compared(ALL, asked.grain, asked.asKnownAt).toJson())
                    .as("seed %d", seed)
                    .isEqualTo(asked.sides(asked.leads)
                            .compared(ALL, asked.grain, asked.asKnownAt)
                            .toJson());
        }
    }

    @Test
    void theHeadTellsOfWhatAndWhenAndMetricsComeAsTheyWereAskedFor() throws RefusedDocument {
        Asked asked = new Asked(1);
        ComparedMetrics compared = asked.sides(asked.leads)
                .compared(
                        List.of(Metric.QUALITY, Metric.FLOW), Grain.ALL, Instant.parse("2025-04-01T00:00:00.000001Z"));
        assertThat(compared.toJson().propertyNames())
                .containsExactly("grain", "zone", "asOf", "asKnownAt", "dimension", "definition", "metrics");
        assertThat(compared.toJson().get("metrics").propertyNames()).containsExactly("quality", "flow");
        assertThat(compared.toJson().get("asOf").stringValue()).isEqualTo("2025-04-01T00:00:00.000001Z");
        assertThat(compared.toJson().at("/metrics/quality/0/bucket").isNull()).isTrue();
        ComparedMetrics now = asked.sides(asked.leads).compared(List.of(Metric.FLOW), Grain.ALL, null);
        assertThat(now.asOf()).isEqualTo(asked.lastRecordedAt).isEqualTo(now.asKnownAt());
    }

    @Test
    void ofNothingNothingIsKnown() {
        ComparedMetrics nothing = new MetricsSideBySide(Dimension.ALL, BERLIN).compared(ALL, Grain.DAY, null);
        assertThat(nothing.asKnownAt()).isNull();
        assertThat(nothing.metrics()).hasSize(ALL.size());
    }

    @Test
    void daysSinceTheYearOneAreRefusedAndAllOfTimeIsTold() throws RefusedDocument {
        Policy policy = PolicyReader.read("p", RandomHistory.policy(1)).policy();
        MetricsSideBySide sides = new MetricsSideBySide(Dimension.ALL, ZoneId.of("UTC"));
        sides.add(
                ReplayAgainstNaiveTest.history(
                                List.of(
                                        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/t\",\"type\":\"io.smarketing.lead.captured.v1\","
                                                + "\"subject\":\"A\",\"time\":\"0001-01-01T00:00:00Z\",\"recordedtime\":\"2025-03-01T00:00:00Z\",\"data\":{}}"))
                        .leads(),
                MetricsSideBySide.Sides.of(null, policy, Judge.Order.ARRIVAL, lead -> true),
                () -> {});
        assertThatThrownBy(() -> sides.compared(List.of(Metric.FLOW), Grain.DAY, null))
                .isInstanceOf(TooManyBuckets.class)
                .hasMessage("there would be 739,311 buckets by day");
        assertThat(sides.compared(List.of(Metric.FLOW), Grain.ALL, null).metrics())
                .isNotEmpty();
        assertThat(sides.compared(List.of(Metric.AGES), Grain.DAY, null).metrics())
                .isNotEmpty();
    }
}

package io.smarketing.lifecycle.funnel.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BridgeTest {

    private static final MetricDefinition DEFINITION = MetricDefinition.standard(ZoneId.of("Europe/Berlin"));
    private static final Instant EARLIER = Instant.parse("2026-04-20T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-07-01T00:00:00Z");

    private static Judge judge(String country) throws RefusedDocument {
        return new Judge(PolicyReader.read("test", """
                                name: p
                                threshold: 10
                                attributes: {country: string}
                                fit:
                                  - {id: home, when: "lead.country == '%s'", points: 10}
                                """.formatted(country)).policy(), Judge.Order.ARRIVAL);
    }

    private static MetricCube cube(List<LeadHistory> leads, Dimension dimension, Bridge.Side side) {
        MetricCube cube = new MetricCube(dimension, DEFINITION);
        for (LeadHistory lead : leads) {
            List<Entry> known = lead.entries().stream()
                    .filter(entry -> !entry.recordedAt().isAfter(side.knownAt()))
                    .toList();
            Judge judge = side.judge();
            LeadHistory.released(lead.leadId(), known)
                    .flatMap(history -> LeadFold.of(
                            history,
                            judge == null
                                    ? Marks.recorded()
                                    : judge.judge(history).marks()))
                    .ifPresent(cube::add);
        }
        return cube;
    }

    private static Map<String, Long> numbers(MetricCube cube, Metric metric, Reading reading) {
        Map<String, Long> numbers = new TreeMap<>();
        for (MetricCube.ValueRow row : cube.rows(metric, reading)) {
            row.row().figures().forEach((name, figure) -> {
                if (figure instanceof Long number && number != 0 && !name.equals(Flow.START)) {
                    numbers.put(
                            key(
                                    row.value(),
                                    row.row().bucket().label(),
                                    row.row().parts(),
                                    name),
                            number);
                }
            });
        }
        return numbers;
    }

    private static String key(@Nullable String value, String bucket, Map<String, String> parts, String figure) {
        return value + "|" + bucket + "|" + parts + "|" + figure;
    }

    /** Both ends are folded here from nothing, and the shares have to lead from one to the other. */
    @Test
    void theSharesAddUpToTheDifferenceAndEachToItsLeads() throws Exception {
        Set<Bridge.Cause> seen = EnumSet.noneOf(Bridge.Cause.class);
        for (long seed = 0; seed < 40; seed++) {
            RandomLeads random = new RandomLeads(seed);
            List<LeadHistory> leads = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                leads.add(random.history("L" + i));
            }
            boolean judged = seed % 2 == 0;
            Bridge.Side before = new Bridge.Side(EARLIER, EARLIER, judged ? judge("DE") : null);
            Bridge.Side after = new Bridge.Side(LATER, LATER, judged ? judge("US") : null);
            Dimension dimension = seed % 3 == 0 ? Dimension.ALL : new Dimension("country");
            Bridge bridge = new Bridge(dimension, DEFINITION, before, after, !judged, lead -> true);
            leads.forEach(lead -> bridge.add(lead.leadId(), lead.entries()));
            MetricCube was = cube(leads, dimension, before);
            MetricCube is = cube(leads, dimension, after);
            for (Metric metric : Metric.values()) {
                Reading then = is.reading(Grain.MONTH, EARLIER, metric.horizons());
                Reading now = is.reading(Grain.MONTH, LATER, metric.horizons());
                Map<String, Long> expected = numbers(is, metric, now);
                Map<String, Long> reached = numbers(was, metric, then.of(now.first(), now.last()));
                for (Bridge.Change change : bridge.changes(metric, Grain.MONTH, null, metric.horizons())) {
                    String key = key(change.value(), change.bucket().label(), change.parts(), change.figure());
                    assertThat(change.before()).as("seed %d, %s", seed, key).isEqualTo(reached.getOrDefault(key, 0L));
                    long sum = change.before();
                    for (Map.Entry<Bridge.Cause, Bridge.Share> share :
                            change.shares().entrySet()) {
                        sum += share.getValue().change();
                        seen.add(share.getKey());
                        if (share.getKey() != Bridge.Cause.TIME) {
                            assertThat(share.getValue().leads().values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum())
                                    .as("seed %d, %s because of %s", seed, key, share.getKey())
                                    .isEqualTo(share.getValue().change());
                        }
                    }
                    assertThat(change.after()).as("seed %d, %s", seed, key).isEqualTo(sum);
                    reached.put(key, sum);
                }
                reached.values().removeIf(number -> number == 0);
                assertThat(reached).as("seed %d, %s", seed, metric).isEqualTo(expected);
            }
        }
        assertThat(seen).isEqualTo(EnumSet.allOf(Bridge.Cause.class));
    }
}

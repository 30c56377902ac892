package io.smarketing.lifecycle.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an explanation says is what judging does. */
class ExplanationTest {

    private static final int SEEDS = 500;
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Policy POLICY = policy();

    private static Policy policy() {
        try {
            return PolicyReader.read("test", """
                            name: explained
                            threshold: 30
                            attributes: {employees: int, country: string}
                            fit:
                              - {id: size, when: "lead.employees >= 10", points: 10}
                            engagement:
                              - {id: view, activity: view, points: 4, cap: 10}
                              - {id: fresh, activity: view, points: 5, within: P2D}
                              - {id: fading, activity: demo, points: 20, halfLife: P1D}
                            disqualify:
                              - {id: abroad, when: "lead.country == 'US'", reason: abroad}
                            recycle: {cooldown: P5D}
                            """).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    private static Instant day(double days) {
        return START.plusSeconds((long) (days * 86_400));
    }

    private static LeadHistory history(Object... daysAndEvents) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < daysAndEvents.length; i += 2) {
            Instant at = day(((Number) daysAndEvents[i]).doubleValue());
            entries.add(new Entry(
                    entries.size(), new EventId("urn:t", "e" + i / 2), at, at, (LeadEvent) daysAndEvents[i + 1]));
        }
        return new LeadHistory("L", entries);
    }

    private static LeadEvent captured(Map<String, @Nullable Object> attributes) {
        return new LeadEvent.Captured("web", null, null, attributes, null, null);
    }

    private static LeadEvent did(String activity) {
        return new LeadEvent.Activity(activity, null, 1);
    }

    private static JsonNode explain(LeadHistory history, Instant at) {
        return new Judge(POLICY, Judge.Order.ARRIVAL)
                .explain(history, at)
                .orElseThrow()
                .toJson();
    }

    private static JsonNode rule(JsonNode explanation, String id) {
        for (JsonNode rule : explanation.get("rules")) {
            if (rule.get("id").stringValue().equals(id)) {
                return rule;
            }
        }
        throw new AssertionError(id);
    }

    @Test
    void everyRuleTellsItsPointsTheFactsThatCountedAndWhatIsUnknown() {
        LeadHistory history = history(
                0, captured(Map.of("country", "DE")), 1, did("view"), 2, did("view"), 3, did("demo"), 3, did("view"));
        JsonNode explanation = explain(history, day(4));
        // view 3 × 4 = 12, at most 10; fresh: that of day 3 alone, day 2 is exactly two days ago; fading: 20 halved
        // once.
        assertThat(explanation.get("score").intValue()).isEqualTo(10 + 5 + 10);
        assertThat(explanation.get("missing").intValue()).isEqualTo(5);
        assertThat(explanation.get("obstacles"))
                .extracting(JsonNode::stringValue)
                .containsExactly("below-threshold", "marked-in-this-cycle");
        JsonNode size = rule(explanation, "size");
        assertThat(size.get("answer").stringValue()).isEqualTo("unknown");
        assertThat(size.at("/unknown/0").stringValue()).isEqualTo("employees");
        JsonNode view = rule(explanation, "view");
        assertThat(view.get("points").intValue()).isEqualTo(10);
        assertThat(view.get("uncapped").intValue()).isEqualTo(12);
        assertThat(view.get("factCount").intValue()).isEqualTo(3);
        assertThat(rule(explanation, "fresh").at("/facts/0/id").stringValue()).isEqualTo("e4");
        assertThat(rule(explanation, "fading").at("/facts/0/points").intValue()).isEqualTo(10);
        assertThat(rule(explanation, "abroad").get("answer").stringValue()).isEqualTo("false");
        assertThat(rule(explanation, "abroad").at("/facts/0/id").stringValue()).isEqualTo("e0");
        // At the demo itself view 8, fresh 5 and the demo's 20 made 33.
        assertThat(explanation.at("/marks/0/score").intValue()).isEqualTo(33);
        assertThat(explanation.at("/marks/0/because/id").stringValue()).isEqualTo("e3");
    }

    @Test
    void anAttributeComesFromTheFactThatSaidItLast() {
        LeadHistory history = history(
                0,
                captured(Map.of("employees", 5L)),
                1,
                new LeadEvent.Enriched(Map.of("employees", 50L), null),
                2,
                new LeadEvent.Enriched(Map.of("country", "US"), null));
        JsonNode explanation = explain(history, day(2));
        assertThat(rule(explanation, "size").at("/facts/0/id").stringValue()).isEqualTo("e1");
        assertThat(rule(explanation, "size").at("/reads/employees").longValue()).isEqualTo(50);
        assertThat(explanation.get("disqualified").stringValue()).isEqualTo("abroad");
        assertThat(explanation.get("obstacles"))
                .extracting(JsonNode::stringValue)
                .containsExactly("below-threshold", "disqualified");
    }

    @Test
    void aCooldownTellsWhenItEnds() {
        LeadHistory history = history(
                0,
                captured(Map.of("employees", 50L)),
                1,
                did("demo"),
                2,
                new LeadEvent.Rejected("ann", null),
                3,
                did("demo"),
                3,
                did("view"));
        JsonNode explanation = explain(history, day(3));
        assertThat(explanation.at("/cycle/number").intValue()).isEqualTo(2);
        assertThat(explanation.at("/cycle/markPossibleFrom").stringValue()).isEqualTo(day(7).toString());
        assertThat(explanation.get("obstacles"))
                .extracting(JsonNode::stringValue)
                .containsExactly("cooldown");
        assertThat(rule(explanation, "fading").get("factCount").intValue())
                .as("the cycle's own")
                .isEqualTo(1);
    }

    @Test
    void aLeadWhoseCapturesAreVoidedHasNone() {
        LeadHistory history =
                history(0, captured(Map.of()), 1, new LeadEvent.Voided(new EventId("urn:t", "e0"), null, null));
        assertThat(new Judge(POLICY, Judge.Order.ARRIVAL).explain(history, day(2)))
                .isEmpty();
    }

    @Test
    void pointsAddUpToTheScoreAndAtTheLastEvaluationItIsTheOneThatWasJudged() {
        int compared = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            LeadHistory history = random(seed);
            for (Judge.Order order : Judge.Order.values()) {
                Judge judge = new Judge(POLICY, order);
                List<Judgement> judgements = judge.judge(history).judgements();
                Explanation explanation = judge.explain(history, Instant.MIN).orElseThrow();
                Explanation.Standing standing = explanation.standing();
                assertThat(standing.rules().stream()
                                .mapToLong(rule -> rule.points())
                                .sum())
                        .as("seed %d, %s", seed, order)
                        .isEqualTo(standing.evaluation().score());
                assertThat(explanation.judgements()).isEqualTo(judgements);
                if (!judgements.isEmpty()) {
                    Judgement last = judgements.get(judgements.size() - 1);
                    if (last.at().equals(standing.at())
                            && history.entries()
                                    .get(history.entries().size() - 1)
                                    .equals(last.cause())) {
                        assertThat(standing.evaluation().score())
                                .as("seed %d, %s", seed, order)
                                .isEqualTo(last.evaluation().score());
                        compared++;
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(SEEDS / 4);
    }

    private static LeadHistory random(long seed) {
        Random random = new Random(seed);
        List<Object> events = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            events.add(random.nextInt(3) == 0 ? random.nextInt(10) : i * 0.7);
            Map<String, @Nullable Object> attributes = new HashMap<>();
            attributes.put("employees", random.nextBoolean() ? (Object) (long) random.nextInt(20) : null);
            events.add(
                    i == 0
                            ? captured(attributes)
                            : switch (random.nextInt(6)) {
                                case 0 -> new LeadEvent.Enriched(attributes, null);
                                case 1 -> new LeadEvent.Rejected("ann", null);
                                case 2, 3 -> did("demo");
                                default -> did("view");
                            });
        }
        return history(events.toArray());
    }
}

package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.Rejudged;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The edges of a policy, one by one, worked out by hand. What the aggregate records, what judging in order of arrival
 * says, and in order of occurrence, are compared wherever they have to agree.
 */
class PolicyEdgesTest {

    private static final String LEAD = "L-1";
    private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
    private static final Duration MICROSECOND = Duration.ofNanos(1_000);

    /** Fit 20 for a size of 10 or more; 30 for a demo. */
    private static Policy sizeAndDemo(int threshold, String... more) {
        return policy("""
                name: size-and-demo
                threshold: %d
                attributes: {employees: int, industry: string}
                fit:
                  - {id: size, when: "lead.employees >= 10", points: 20}
                engagement:
                  - {id: demo, activity: demo, points: 30}
                %s
                """.formatted(threshold, String.join("\n", more)));
    }

    /** One rule for one activity, "view". */
    private static Policy views(String rule) {
        return policy("""
                name: views
                threshold: 1
                engagement:
                  - {id: view, activity: view, %s}
                """.formatted(rule));
    }

    private static Policy policy(String text) {
        try {
            return PolicyReader.read("test", text).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(text, e);
        }
    }

    private static Instant day(int day) {
        return START.plus(Duration.ofDays(day));
    }

    private static LeadEvent captured() {
        return new LeadEvent.Captured("web", null, null, Map.of(), null, null);
    }

    private static LeadEvent captured(long employees) {
        return new LeadEvent.Captured("web", null, null, Map.of("employees", employees), null, null);
    }

    private static LeadEvent enriched(String name, Object value) {
        return new LeadEvent.Enriched(Map.of(name, value), null);
    }

    private static LeadEvent demo() {
        return new LeadEvent.Activity("demo", null, 1);
    }

    private static LeadEvent view() {
        return views(1);
    }

    private static LeadEvent views(int count) {
        return new LeadEvent.Activity("view", null, count);
    }

    /** Happens and gives no points: only makes the lead be evaluated. */
    private static LeadEvent other() {
        return new LeadEvent.Activity("other", null, 1);
    }

    private static LeadEvent rejected() {
        return new LeadEvent.Rejected("ann", null);
    }

    /** What happened to one lead, in the order in which it came to be known, and under which policy. */
    private static final class Story {

        private final List<Consumer<LiveEngine>> steps = new ArrayList<>();
        private final List<Entry> facts = new ArrayList<>();

        Story under(@Nullable Policy policy) {
            steps.add(engine -> engine.activate(Optional.ofNullable(policy)));
            return this;
        }

        Story then(Instant at, LeadEvent event) {
            return then(at, "urn:test", "e" + facts.size(), event);
        }

        Story then(Instant at, String source, String id, LeadEvent event) {
            EventId eventId = new EventId(source, id);
            facts.add(new Entry(facts.size(), eventId, at, at, event));
            steps.add(engine -> engine.record(
                    new RecordEvent(LEAD, eventId, at, at, event, new Fingerprint(1, eventId.hashCode()))));
            return this;
        }

        LeadHistory history() {
            return new LeadHistory(LEAD, facts);
        }

        /**
         * What the engine records, each event judged by the policy that is active when it comes: the same whether the lead
         * stays in memory or is read anew before every event.
         */
        List<String> live() {
            List<String> kept = live(true);
            assertThat(live(false)).as("read anew before every event").isEqualTo(kept);
            return kept;
        }

        private List<String> live(boolean inOneTransaction) {
            LiveEngine engine = new LiveEngine();
            engine.take(
                    steps.stream()
                            .map(step -> (Runnable) () -> step.accept(engine))
                            .toList(),
                    inOneTransaction);
            return engine.history(LEAD).entries().stream()
                    .filter(Rejudged::isVerdict)
                    .map(Story::told)
                    .toList();
        }

        private static String told(Entry entry) {
            if (entry.event() instanceof LeadEvent.Scored scored) {
                return told(
                        entry.occurredAt(),
                        "scored",
                        Objects.requireNonNull(scored.score()).longValue(),
                        scored.disqualified());
            }
            BigDecimal score = Objects.requireNonNull(((LeadEvent.MarkedMql) entry.event()).score());
            return told(entry.occurredAt(), "marked", score.longValue(), null);
        }

        private static String told(Instant at, String what, long score, @Nullable String disqualified) {
            return at + " " + what + " " + score + (disqualified == null ? "" : " " + disqualified);
        }

        List<String> judged(Policy policy, Judge.Order order) {
            List<String> told = new ArrayList<>();
            for (Judgement judgement : new Judge(policy, order).judge(history()).judgements()) {
                long score = judgement.evaluation().score();
                if (judgement.scored()) {
                    told.add(told(
                            judgement.at(),
                            "scored",
                            score,
                            judgement.evaluation().disqualified()));
                }
                if (judgement.marked()) {
                    told.add(told(judgement.at(), "marked", score, null));
                }
            }
            return told;
        }

        /** What is decided under one policy, the same live and replayed in order of arrival. */
        List<String> arriving(Policy policy) {
            List<String> arrival = judged(policy, Judge.Order.ARRIVAL);
            steps.add(0, engine -> engine.activate(Optional.of(policy)));
            assertThat(live()).as("live").isEqualTo(arrival);
            return arrival;
        }

        /** What is decided of facts that come in time: the same in both orders and live. */
        List<String> everywhere(Policy policy) {
            List<String> arrival = arriving(policy);
            assertThat(judged(policy, Judge.Order.OCCURRENCE))
                    .as("in order of occurrence")
                    .isEqualTo(arrival);
            return arrival;
        }
    }

    private static String scored(Instant at, int score) {
        return at + " scored " + score;
    }

    private static String marked(Instant at, int score) {
        return at + " marked " + score;
    }

    @Test
    void aScoreOfExactlyTheThresholdMarks() {
        // 20 for the size + 30 for the demo = 50.
        Story story = new Story().then(day(0), captured(10)).then(day(1), demo());
        assertThat(story.everywhere(sizeAndDemo(50)))
                .containsExactly(scored(day(0), 20), scored(day(1), 50), marked(day(1), 50));
    }

    @Test
    void aScoreOfOnePointLessDoesNotMark() {
        Story story = new Story().then(day(0), captured(10)).then(day(1), demo());
        assertThat(story.everywhere(sizeAndDemo(51, "  - {id: view, activity: view, points: 5}")))
                .containsExactly(scored(day(0), 20), scored(day(1), 50));
    }

    @Test
    void anActivityExactlyWithinAgoNoLongerCounts() {
        // On day 3 the window is (day 1, day 3]: the view of day 1 stands on its open end.
        Story story = new Story().then(day(0), captured()).then(day(1), view()).then(day(3), other());
        assertThat(story.everywhere(views("points: 8, within: P2D")))
                .containsExactly(scored(day(1), 8), marked(day(1), 8), scored(day(3), 0));
    }

    @Test
    void anActivityOneMicrosecondLaterCounts() {
        Instant inside = day(1).plus(MICROSECOND);
        Story story = new Story()
                .then(day(0), captured())
                .then(inside, view())
                .then(day(3), other())
                .then(day(3).plus(MICROSECOND), other());
        assertThat(story.everywhere(views("points: 8, within: P2D")))
                .containsExactly(scored(inside, 8), marked(inside, 8), scored(day(3).plus(MICROSECOND), 0));
    }

    @Test
    void anActivityAtTheInstantOfTheEvaluationCounts() {
        // The window's other end is closed; one microsecond long, it holds nothing but that instant.
        Story story = new Story().then(day(0), captured()).then(day(0), view());
        assertThat(story.everywhere(views("points: 8, within: PT0.000001S")))
                .containsExactly(scored(day(0), 8), marked(day(0), 8));
    }

    @Test
    void aHalfLifeAtAgeZeroGivesAllPoints() {
        Story story = new Story().then(day(0), captured()).then(day(0), view());
        assertThat(story.everywhere(views("points: 8, halfLife: P1D"))).contains(scored(day(0), 8));
    }

    @Test
    void aHalfLifeAtOnePeriodGivesHalfAndCutsWhatIsLeftOfAPoint() {
        // 7, then 3.5 → 3, 1.75 → 1, 0.875 → 0.
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), view())
                .then(day(1), other())
                .then(day(2), other())
                .then(day(3), other());
        assertThat(story.everywhere(views("points: 7, halfLife: P1D")))
                .containsExactly(
                        scored(day(0), 7), marked(day(0), 7), scored(day(1), 3), scored(day(2), 1), scored(day(3), 0));
    }

    @Test
    void oneMicrosecondBeforeAPeriodAndAfterItAreDifferentSteps() {
        // Before, the last of 256 steps: 1000 × 2^(−255/256) = 501.35; at the period and 1/256 of it beyond, 500.
        Instant before = day(1).minus(MICROSECOND);
        Instant after = day(1).plus(MICROSECOND);
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), view())
                .then(before, other())
                .then(day(1), other())
                .then(after, other());
        assertThat(story.everywhere(views("points: 1000, halfLife: P1D")))
                .containsExactly(scored(day(0), 1000), marked(day(0), 1000), scored(before, 501), scored(day(1), 500));
    }

    @Test
    void aHalfLifeAfterHalfAPeriodGivesTheRootOfAHalf() {
        // 1000 × 2^(−1/2) = 707.1.
        Instant half = day(0).plus(Duration.ofHours(12));
        Story story = new Story().then(day(0), captured()).then(day(0), view()).then(half, other());
        assertThat(story.everywhere(views("points: 1000, halfLife: P1D"))).contains(scored(half, 707));
    }

    @Test
    void aHalfLifeAfter33PeriodsGivesNothing() {
        // 1,000,000 points × (2^31 − 1): 2^-32 of it is 499,999.9998 and cut; the period after, the weight itself is 0.
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), views(Integer.MAX_VALUE))
                .then(day(32), other())
                .then(day(33).minus(MICROSECOND), other())
                .then(day(33), other());
        assertThat(story.everywhere(views("points: 1000000, halfLife: P1D")).stream()
                        .skip(2))
                .containsExactly(scored(day(32), 499_999), scored(day(33).minus(MICROSECOND), 0));
    }

    @Test
    void decayCutsNegativePointsTowardsZero() {
        // −7, −3.5 → −3, −1.75 → −1, −0.875 → 0: cut towards zero, not down.
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), demo())
                .then(day(1), other())
                .then(day(2), other())
                .then(day(3), other());
        Policy policy = policy("""
                name: negative
                threshold: 100
                engagement:
                  - {id: demo, activity: demo, points: -7, halfLife: P1D}
                  - {id: view, activity: view, points: 5}
                """);
        assertThat(story.everywhere(policy))
                .containsExactly(scored(day(0), -7), scored(day(1), -3), scored(day(2), -1), scored(day(3), 0));
    }

    @Test
    void theCapBoundsWhatDecayLeft() {
        // 3 × 10 = 30, capped 15. A day later 30 ÷ 2 = 15, still 15: had the cap come first, 15 ÷ 2 = 7. Then 7.5 → 7.
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), views(3))
                .then(day(1), other())
                .then(day(2), other());
        assertThat(story.everywhere(views("points: 10, cap: 15, halfLife: P1D")))
                .containsExactly(scored(day(0), 15), marked(day(0), 15), scored(day(2), 7));
    }

    @Test
    void theCapBoundsWhatTheWindowLeft() {
        // Day 0: 10. Day 1: 20, capped 15. Day 3: the views of days 1 and 3, 15 again. Day 4: that of day 3 alone, 10.
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), view())
                .then(day(1), view())
                .then(day(3), view())
                .then(day(4), other());
        assertThat(story.everywhere(views("points: 10, cap: 15, within: P3D")))
                .containsExactly(scored(day(0), 10), marked(day(0), 10), scored(day(1), 15), scored(day(4), 10));
    }

    @Test
    void aCapBoundsNegativePointsToo() {
        Story story = new Story().then(day(0), captured()).then(day(1), new LeadEvent.Activity("bounce", null, 9));
        Policy policy = policy("""
                name: bounces
                threshold: 5
                engagement:
                  - {id: bounce, activity: bounce, points: -4, cap: 10}
                  - {id: view, activity: view, points: 5}
                """);
        assertThat(story.everywhere(policy)).containsExactly(scored(day(1), -10));
    }

    @Test
    void negativePointsPullBelowZeroAndTheFloorIsNotThere() {
        // −25 for the size, then + 30 for a demo: 5. With a floor at 0 it would have been 30, a mark.
        Policy policy = policy("""
                name: small
                threshold: 30
                attributes: {employees: int}
                fit:
                  - {id: small, when: "lead.employees < 10", points: -25}
                engagement:
                  - {id: demo, activity: demo, points: 30}
                """);
        Story story = new Story().then(day(0), captured(3)).then(day(1), demo()).then(day(2), demo());
        assertThat(story.everywhere(policy))
                .containsExactly(scored(day(0), -25), scored(day(1), 5), scored(day(2), 35), marked(day(2), 35));
    }

    private static final String STUDENTS = """
            disqualify:
              - {id: student, when: "lead.industry == 'education'", reason: not-a-buyer}
            """;

    @Test
    void aDisqualifiedLeadIsNotMarkedAndIsMarkedOnceItNoLongerHolds() {
        Story story = new Story()
                .then(day(0), captured(10))
                .then(day(1), enriched("industry", "education"))
                .then(day(2), demo())
                .then(day(3), enriched("industry", "software"));
        assertThat(story.everywhere(sizeAndDemo(50, STUDENTS)))
                .containsExactly(
                        scored(day(0), 20),
                        scored(day(1), 20) + " not-a-buyer",
                        scored(day(2), 50) + " not-a-buyer",
                        scored(day(3), 50),
                        marked(day(3), 50));
    }

    @Test
    void aMarkedLeadThatIsDisqualifiedAndBackKeepsItsOneMark() {
        Story story = new Story()
                .then(day(0), captured(10))
                .then(day(1), demo())
                .then(day(2), enriched("industry", "education"))
                .then(day(3), enriched("industry", "software"));
        assertThat(story.everywhere(sizeAndDemo(50, STUDENTS)))
                .containsExactly(
                        scored(day(0), 20),
                        scored(day(1), 50),
                        marked(day(1), 50),
                        scored(day(2), 50) + " not-a-buyer",
                        scored(day(3), 50));
    }

    @Test
    void anUnknownGivesNoPointsUntilItIsEnriched() {
        Policy policy = sizeAndDemo(50);
        Story story = new Story().then(day(0), captured()).then(day(1), demo());
        assertThat(new Judge(policy, Judge.Order.ARRIVAL).judge(story.history()).unknowns())
                .isEqualTo(Map.of("size", Set.of("employees")));

        story.then(day(2), enriched("employees", 12L));
        assertThat(new Judge(policy, Judge.Order.ARRIVAL).judge(story.history()).unknowns())
                .isEmpty();
        assertThat(story.everywhere(policy))
                .containsExactly(scored(day(1), 30), scored(day(2), 50), marked(day(2), 50));
    }

    @Test
    void anAttributeOfTheWrongTypeIsAsUnknownAsAMissingOne() {
        Story story = new Story()
                .then(day(0), captured())
                .then(day(1), enriched("employees", "twelve"))
                .then(day(2), enriched("employees", 12L));
        assertThat(story.everywhere(sizeAndDemo(20))).containsExactly(scored(day(2), 20), marked(day(2), 20));
    }

    /** Rejected on day 1; the cooldown of a day ends with day 2. */
    private static Story rejectedThenDemo(Instant demo) {
        return new Story()
                .then(day(0), captured(10))
                .then(day(0), demo())
                .then(day(1), rejected())
                .then(demo, demo());
    }

    private static final String COOLDOWN = "recycle: {cooldown: P1D}";

    @Test
    void aRejectedLeadIsNotMarkedAgainOneSecondBeforeTheCooldownEnds() {
        Instant before = day(2).minusSeconds(1);
        // The demo of the new cycle makes 50 again, which is what was recorded last: nothing is said at all.
        assertThat(rejectedThenDemo(before).everywhere(sizeAndDemo(50, COOLDOWN)))
                .containsExactly(scored(day(0), 20), scored(day(0), 50), marked(day(0), 50));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRejectedLeadIsMarkedAgainOnlyAfterTheCooldown(int secondsAfterItsEnd) {
        Instant at = day(2).plusSeconds(secondsAfterItsEnd);
        assertThat(rejectedThenDemo(at).everywhere(sizeAndDemo(50, COOLDOWN)))
                .containsExactly(scored(day(0), 20), scored(day(0), 50), marked(day(0), 50), marked(at, 50));
    }

    @Test
    void whatHappenedAtTheInstantOfTheRejectionBelongsToTheCycleThatEnds() {
        // Strictly after: the demo of day 1 itself counts no more, that of a microsecond later does.
        Story story = new Story()
                .then(day(0), captured(10))
                .then(day(1), rejected())
                .then(day(1), demo())
                .then(day(1).plus(MICROSECOND), demo());
        assertThat(story.arriving(sizeAndDemo(50)))
                .containsExactly(
                        scored(day(0), 20), scored(day(1).plus(MICROSECOND), 50), marked(day(1).plus(MICROSECOND), 50));
        // By kind the demo comes before the rejection: it qualifies in the first cycle.
        assertThat(story.judged(sizeAndDemo(50), Judge.Order.OCCURRENCE))
                .containsExactly(
                        scored(day(0), 20),
                        scored(day(1), 50),
                        marked(day(1), 50),
                        marked(day(1).plus(MICROSECOND), 50));
    }

    /** Takes the facts in each order in turn. */
    private static void permute(List<Integer> taken, int size, List<List<Integer>> all) {
        if (taken.size() == size) {
            all.add(List.copyOf(taken));
        }
        for (int i = 0; i < size; i++) {
            if (!taken.contains(i)) {
                List<Integer> longer = new ArrayList<>(taken);
                longer.add(i);
                permute(longer, size, all);
            }
        }
    }

    @Test
    void equalTimestampsAreFoldedByKindSourceAndId() {
        // On day 1, by kind: three enrichments, the demo, the rejection. By source, then id: /a e1 says 12, /a e2 says
        // 5,
        // /b e0 says 12. So the score goes 20, 0, 20, then 50 with the demo, which marks before the rejection ends the
        // cycle.
        List<List<Integer>> orders = new ArrayList<>();
        permute(List.of(), 5, orders);
        assertThat(orders).hasSize(120);
        for (List<Integer> order : orders) {
            Story story = new Story().then(day(0), captured());
            for (int i : order) {
                switch (i) {
                    case 0 -> story.then(day(1), "/a", "e1", enriched("employees", 12L));
                    case 1 -> story.then(day(1), "/a", "e2", enriched("employees", 5L));
                    case 2 -> story.then(day(1), "/b", "e0", enriched("employees", 12L));
                    case 3 -> story.then(day(1), "/a", "e0", demo());
                    default -> story.then(day(1), "/a", "d0", rejected());
                }
            }
            assertThat(story.judged(sizeAndDemo(50), Judge.Order.OCCURRENCE))
                    .as("arrived %s", order)
                    .containsExactly(
                            scored(day(1), 20),
                            scored(day(1), 0),
                            scored(day(1), 20),
                            scored(day(1), 50),
                            marked(day(1), 50));
        }
    }

    @Test
    void aLateActivityCountsAtItsPlaceInOccurrenceOrderAndNowInArrivalOrder() {
        Story story =
                new Story().then(day(0), captured(10)).then(day(3), other()).then(day(1), demo());
        assertThat(story.judged(sizeAndDemo(50), Judge.Order.OCCURRENCE))
                .containsExactly(scored(day(0), 20), scored(day(1), 50), marked(day(1), 50));
        assertThat(story.arriving(sizeAndDemo(50)))
                .containsExactly(scored(day(0), 20), scored(day(3), 50), marked(day(3), 50));
    }

    @Test
    void aLateActivityIsAsOldAsItIsWhenItComes() {
        // It comes on day 3 and is two days old then: outside of the window in order of arrival.
        Story story = new Story().then(day(0), captured()).then(day(3), other()).then(day(1), view());
        Policy policy = views("points: 8, within: P2D");
        assertThat(story.arriving(policy)).isEmpty();
        assertThat(story.judged(policy, Judge.Order.OCCURRENCE))
                .containsExactly(scored(day(1), 8), marked(day(1), 8), scored(day(3), 0));
    }

    @Test
    void aLateActivityOfTheFormerCycleDoesNotCountInTheNewOne() {
        Story story =
                new Story().then(day(0), captured(10)).then(day(2), rejected()).then(day(1), demo());
        assertThat(story.arriving(sizeAndDemo(50))).containsExactly(scored(day(0), 20));
        assertThat(story.judged(sizeAndDemo(50), Judge.Order.OCCURRENCE))
                .containsExactly(scored(day(0), 20), scored(day(1), 50), marked(day(1), 50));
    }

    @Test
    void aMarkStandsWhenItsCaptureIsVoidedAndTheLeadIsCapturedAgain() {
        Story story = new Story()
                .under(sizeAndDemo(20))
                .then(day(0), captured(10))
                .then(day(1), new LeadEvent.Voided(new EventId("urn:test", "e0"), null, null))
                .then(day(2), captured(10));
        assertThat(story.live()).containsExactly(scored(day(0), 20), marked(day(0), 20));
    }

    @Test
    void aPolicySwitchInsideACycleKeepsItsMark() {
        Policy lenient = sizeAndDemo(20);
        Policy strict = sizeAndDemo(50);
        Story story = new Story()
                .under(lenient)
                .then(day(0), captured(10))
                .under(strict)
                .then(day(1), demo())
                .under(lenient)
                .then(day(2), demo())
                .under(strict)
                .then(day(3), rejected())
                .then(day(4), other())
                .then(day(5), demo());
        // Each later policy finds the cycle marked; the next cycle is marked at 50, as the strict one wants it.
        assertThat(story.live())
                .containsExactly(
                        scored(day(0), 20),
                        marked(day(0), 20),
                        scored(day(1), 50),
                        scored(day(2), 80),
                        scored(day(4), 20),
                        scored(day(5), 50),
                        marked(day(5), 50));
    }

    @Test
    void aPolicySwitchIsSeenAtTheNextFactAndComparedWithTheLastRecordedScore() {
        Policy other = policy("""
                name: other
                threshold: 100
                attributes: {employees: int}
                fit:
                  - {id: big, when: "lead.employees >= 10", points: 25}
                engagement:
                  - {id: demo, activity: demo, points: 30, cap: 90}
                """);
        Story story = new Story()
                .under(sizeAndDemo(100))
                .then(day(0), captured(10))
                .under(null)
                .then(day(1), demo())
                .under(other)
                .then(day(2), other());
        // The demo came under no policy and is judged with the next fact: 25 + 30.
        assertThat(story.live()).containsExactly(scored(day(0), 20), scored(day(2), 55));
    }

    @Test
    void aRescoreMarksWhatANewPolicyQualifies() {
        Story story = new Story()
                .under(sizeAndDemo(50))
                .then(day(0), captured(10))
                .under(sizeAndDemo(20))
                .then(day(5), new LeadEvent.Rescored(null));
        assertThat(story.live()).containsExactly(scored(day(0), 20), marked(day(5), 20));
    }

    @Test
    void aRescoreFromBeforeTheClockIsJudgedAtTheClock() {
        Story story = new Story()
                .under(sizeAndDemo(50))
                .then(day(3), captured(10))
                .under(sizeAndDemo(20))
                .then(day(1), new LeadEvent.Rescored(null));
        assertThat(story.live()).containsExactly(scored(day(3), 20), marked(day(3), 20));
    }

    @Test
    void aRescoreMovesNoClock() {
        // The rescore looks from day 3, where the view of day 0 is out of the window. The next fact, of day 1, is
        // judged
        // at day 1 again, where the view counts: had the clock moved, it would be 0 still.
        Story story = new Story()
                .under(views("points: 8, within: P2D"))
                .then(day(0), captured())
                .then(day(0), view())
                .then(day(3), new LeadEvent.Rescored(null))
                .then(day(1), other());
        assertThat(story.live())
                .containsExactly(scored(day(0), 8), marked(day(0), 8), scored(day(3), 0), scored(day(1), 8));
    }

    @Test
    void aReplayPassesOverARescore() {
        Story story = new Story()
                .then(day(0), captured())
                .then(day(0), view())
                .then(day(3), new LeadEvent.Rescored(null))
                .then(day(1), other());
        for (Judge.Order order : Judge.Order.values()) {
            assertThat(story.judged(views("points: 8, within: P2D"), order))
                    .containsExactly(scored(day(0), 8), marked(day(0), 8));
        }
    }
}

package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EngagementTallyTest {

    private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
    private static final FitResult NO_FIT = policy().fit(name -> null);
    private static final int SEEDS = 40;

    private static Policy policy() {
        try {
            return PolicyReader.read("test", """
                            name: p
                            threshold: 1
                            engagement:
                              - {id: recent, activity: click, points: 3, within: P1D}
                              - {id: fading, activity: click, points: 100000, halfLife: PT1H}
                              - {id: both, activity: view, points: -7, within: P2D, halfLife: PT3H}
                              - {id: ever, activity: view, points: 1}
                            """).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    /** Occurrences come late by days and counts are large; some instants lie far ahead, and the next does not. */
    @Test
    void whatIsForgottenWouldNeverHaveWeighedAgain() {
        Policy policy = policy();
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            EngagementTally tally = new EngagementTally(policy);
            List<RuleExplanation.Done<Integer>> done = new ArrayList<>();
            Instant latest = START;
            for (int i = 0; i < 300; i++) {
                if (random.nextInt(200) == 0) {
                    tally.clear();
                    done.clear();
                    latest = START.minus(Duration.ofDays(random.nextInt(100)));
                }
                Instant at = latest.minus(Duration.ofMinutes(random.nextInt(6) == 0 ? random.nextInt(4_500) : 0))
                        .plus(Duration.ofMinutes(random.nextInt(240)));
                latest = at.isAfter(latest) ? at : latest;
                String activity = random.nextBoolean() ? "click" : "view";
                int count = 1 + random.nextInt(random.nextInt(10) == 0 ? Integer.MAX_VALUE - 1 : 3);
                tally.add(activity, at, count);
                done.add(new RuleExplanation.Done<>(i, activity, at, count));
                Instant asked = latest.plus(Duration.ofHours(random.nextInt(3) == 0 ? random.nextInt(100) : 0));
                List<Contribution> expected = new ArrayList<>();
                for (EngagementRule rule : policy.engagementRules()) {
                    long points = EngagementTally.explain(rule, done, asked).points();
                    if (points != 0) {
                        expected.add(new Contribution(rule.id(), points));
                    }
                }
                assertThat(tally.evaluate(NO_FIT, asked).contributions())
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aLeadThatIsActiveForYearsIsScoredInTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(8), () -> {
            EngagementTally tally = new EngagementTally(policy());
            Instant at = START;
            for (int i = 0; i < 150_000; i++) {
                at = at.plus(Duration.ofHours(1));
                tally.add("click", at, 1);
                assertThat(tally.evaluate(NO_FIT, at).engagement()).isPositive();
            }
        });
    }
}

package io.smarketing.lifecycle.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A lead that stays in memory and one that is read anew before every event are judged alike: for each random history, at
 * each place, whatever policy judged before. A failure names its seed.
 */
class JudgingResumedTest {

    private static final int SEEDS = Integer.getInteger("replay.seeds", 1_000);
    private static final String LEAD = "L-1";
    private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
    private static final PolicyRef ELSEWHERE = new PolicyRef("elsewhere", "1");

    private static final List<Policy> POLICIES = List.of(
            policy("low", 5, "externalMarks: ignored"),
            policy("high", 25, "externalMarks: ignored"),
            policy("trusting", 15, "externalMarks: trusted"),
            policy("hasty", 5, "externalMarks: trusted"));

    private static Policy policy(String name, int threshold, String externalMarks) {
        try {
            return PolicyReader.read("test", """
                            name: %s
                            threshold: %d
                            attributes: {employees: int}
                            fit:
                              - {id: size, when: "lead.employees >= 10", points: 10}
                            engagement:
                              - {id: demo, activity: demo, points: 10, cap: 30, halfLife: PT12H}
                              - {id: view, activity: view, points: 3, within: P1D}
                            disqualify:
                              - {id: none, when: "lead.employees == 0", reason: nobody}
                            recycle: {cooldown: PT6H}
                            %s
                            """.formatted(name, threshold, externalMarks))
                    .policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void goingOnFromAnyPlaceIsJudgingAllTheWay() {
        int taken = 0;
        int judged = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Entry> history = new ArrayList<>();
            @Nullable Judging kept = null;
            for (int i = 0; i < 25; i++) {
                if (random.nextInt(8) == 0) {
                    int next = random.nextInt(POLICIES.size() + 1);
                    kept = next == POLICIES.size() ? null : Judging.resume(POLICIES.get(next), history);
                }
                Policy policy = kept == null ? null : kept.policy();
                Entry entry = entry(random, history, policy);
                if (kept != null && policy != null) {
                    Judging anew = Judging.resume(policy, history);
                    Optional<Judgement> all = judge(kept, entry);
                    assertThat(judge(anew, entry))
                            .as("seed %d, event %d", seed, i)
                            .isEqualTo(all);
                    history.add(entry);
                    if (all.isPresent()) {
                        judged++;
                        record(history, all.get(), policy);
                    }
                } else {
                    history.add(entry);
                    taken += entry.event() instanceof LeadEvent.MarkedMql ? 1 : 0;
                }
            }
        }
        assertThat(taken).as("marks that came under no policy").isGreaterThan(SEEDS / 10);
        assertThat(judged).isGreaterThan(SEEDS);
    }

    private static Optional<Judgement> judge(Judging judging, Entry entry) {
        return entry.event() instanceof LeadEvent.Rescored ? judging.rescore(entry) : judging.arrive(entry);
    }

    private static void record(List<Entry> history, Judgement judgement, Policy policy) {
        for (LeadEvent.Verdict verdict : Lead.verdicts(judgement, policy)) {
            history.add(new Entry(
                    history.size(),
                    Lead.verdictId(LEAD, history.size()),
                    judgement.at(),
                    START,
                    verdict,
                    policy.reference()));
        }
    }

    private static Entry entry(Random random, List<Entry> history, @Nullable Policy policy) {
        long sequence = history.size();
        LeadEvent event = sequence == 0 ? captured(random) : event(random, history);
        return new Entry(
                sequence,
                new EventId("urn:test", "e" + sequence),
                START.plusSeconds(3_600L * 6 * random.nextInt(16)),
                START,
                event,
                policy != null && Lead.isJudged(event, policy) ? policy.reference() : null);
    }

    private static LeadEvent captured(Random random) {
        return new LeadEvent.Captured("web", null, null, Map.of("employees", 10L * random.nextInt(3)), null, null);
    }

    private static LeadEvent event(Random random, List<Entry> history) {
        return switch (random.nextInt(20)) {
            case 0 -> captured(random);
            case 1 -> new LeadEvent.Enriched(Map.of("employees", 10L * random.nextInt(3)), null);
            case 2, 3, 4, 5 -> new LeadEvent.Activity("demo", null, 1);
            case 6, 7, 8 -> new LeadEvent.Activity("view", null, 1 + random.nextInt(3));
            case 9, 10 -> new LeadEvent.Rejected("ann", null);
            case 11 -> new LeadEvent.Lost("ann", null);
            case 12 -> random.nextInt(4) == 0 ? new LeadEvent.Won(null, null) : new LeadEvent.Accepted("ann");
            case 13 -> new LeadEvent.MarkedMql(BigDecimal.TEN, null);
            case 14 -> new LeadEvent.MarkedMql(BigDecimal.TEN, random.nextBoolean() ? ELSEWHERE : null);
            case 15 ->
                new LeadEvent.Scored(
                        BigDecimal.valueOf(7),
                        null,
                        null,
                        null,
                        null,
                        random.nextBoolean() ? ELSEWHERE : null,
                        List.of());
            case 16 -> new LeadEvent.Rescored(null);
            default ->
                new LeadEvent.Voided(
                        random.nextInt(6) == 0
                                ? new EventId("urn:test", "e" + random.nextInt(30))
                                : history.get(random.nextInt(history.size())).eventId(),
                        null,
                        null);
        };
    }
}

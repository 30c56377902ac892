package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.ThresholdSweep;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One pass for all thresholds against a replay for each of them. A failure names its seed. */
class ThresholdSweepTest {

    private static final int SEEDS = Integer.getInteger("sweep.seeds", 60);
    private static final int THRESHOLDS = 50;
    private static final int MOST = 40;
    private static final int ACTIVITIES = 400;

    @Test
    void everyThresholdOfASweepIsAnsweredAsAReplayOfItAnswers() throws RefusedDocument {
        int swept = 0;
        long slow = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            HistoryColumns columns = HistoryColumns.of(history.leads(), 1 + random.nextInt(6));
            String policy = RandomHistory.policy(seed);
            boolean recorded = random.nextInt(3) == 0;
            @Nullable Policy baseline = recorded ? null : read(RandomHistory.policy(seed + 1L));
            Judge.Order order = random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
            Optional<ThresholdSweep> sweep =
                    ThresholdSweep.of(columns, question(read(policy), baseline, order), () -> false);
            assertThat(sweep.isPresent())
                    .as("seed %d", seed)
                    .isEqualTo(!read(policy).trustsExternalMarks());
            slow += sweep.map(ThresholdSweep::slowLeads).orElse(0L);
            for (int i = 0; sweep.isPresent() && i < THRESHOLDS; i++) {
                int threshold = 1 + random.nextInt(MOST);
                Policy moved = moved(policy, threshold);
                if (moved == null) {
                    continue;
                }
                ReplayAnswer replayed =
                        new ColumnarReplay(columns).run(question(moved, baseline, order), 1, leads -> {}, () -> false);
                ThresholdSweep.Answer answer = sweep.get().at(threshold);
                for (MarkSet set : MarkSet.values()) {
                    for (Cycle.Outcome outcome : Cycle.Outcome.values()) {
                        assertThat(answer.first(set, outcome))
                                .as("seed %d, threshold %d, first cycles, %s %s", seed, threshold, set, outcome)
                                .isEqualTo(replayed.report().sets().count(set, outcome));
                        assertThat(answer.other(set, outcome))
                                .as("seed %d, threshold %d, other cycles, %s %s", seed, threshold, set, outcome)
                                .isEqualTo(replayed.report().otherCycles().count(set, outcome));
                    }
                }
                assertThat(replayed.report().candidateRows().size()).isLessThanOrEqualTo(1);
                for (FunnelRow row : replayed.report().candidateRows()) {
                    for (Stage stage : Stage.values()) {
                        FunnelRow.StageRow expected = row.stage(stage);
                        assertThat(List.of(
                                        answer.ever(stage),
                                        answer.entered(stage),
                                        answer.reached(stage),
                                        answer.open(stage)))
                                .as("seed %d, threshold %d, %s", seed, threshold, stage)
                                .isEqualTo(List.of(
                                        expected.ever(), expected.entered(), expected.reached(), expected.open()));
                    }
                }
                swept++;
            }
        }
        assertThat(swept).as("thresholds that were compared").isGreaterThan(SEEDS * THRESHOLDS / 3);
        assertThat(slow).as("leads that the plain fold judged").isPositive();
    }

    /** One of them has too many contacts for the columns, so the plain fold judges it: seldom, and it can be stopped meanwhile. */
    @Test
    void aLeadWithManyScoresIsJudgedForFewOfThem() throws RefusedDocument {
        Policy policy = read("""
                name: active
                threshold: 20
                engagement:
                  - {id: view, activity: page_view, points: 1}
                """);
        Instant captured = Instant.parse("2025-01-01T00:00:00Z");
        List<String> lines = new ArrayList<>();
        for (int lead = 0; lead < 2; lead++) {
            lines.add(KeptLeadsTest.line(lines.size(), lead, "captured", captured, "{}"));
            for (int i = 1; i <= ACTIVITIES; i++) {
                Instant at = captured.plus(Duration.ofHours(i));
                lines.add(KeptLeadsTest.line(lines.size(), lead, "activity", at, "{\"activity\":\"page_view\"}"));
            }
            for (int i = 0; i < (lead == 0 ? 1 : 300); i++) {
                Instant at = captured.plus(Duration.ofHours(100)).plusSeconds(i);
                lines.add(KeptLeadsTest.line(lines.size(), lead, "contacted", at, "{}"));
            }
        }
        HistoryColumns columns =
                HistoryColumns.of(ReplayAgainstNaiveTest.history(lines).leads(), 2);
        ReplayQuestion question = question(policy, policy, Judge.Order.OCCURRENCE);
        AtomicInteger asked = new AtomicInteger();

        ThresholdSweep sweep = ThresholdSweep.of(columns, question, () -> asked.incrementAndGet() < 0)
                .orElseThrow();

        assertThat(sweep.slowLeads()).isEqualTo(1);
        assertThat(asked.get()).as("times that the plain fold judged").isLessThan(ACTIVITIES / 4);
        // Nobody is marked beyond as many points; earlier, at the same instant or later; before or after the first
        // contact.
        assertThat(IntStream.range(0, sweep.levels()).mapToLong(sweep::level).toArray())
                .isEqualTo(new long[] {19, 20, 100, ACTIVITIES});
        assertThat(sweep.at(20).first(MarkSet.KEPT, Cycle.Outcome.OPEN)).isEqualTo(2);
        assertThat(sweep.at(ACTIVITIES).first(MarkSet.LATER, Cycle.Outcome.OPEN))
                .isEqualTo(2);
        AtomicInteger left = new AtomicInteger(5);
        assertThatThrownBy(() -> ThresholdSweep.of(columns, question, () -> left.getAndDecrement() == 0))
                .isInstanceOf(CancellationException.class);
    }

    /** Null for a threshold that is refused, because no lead can reach it. */
    private static @Nullable Policy moved(String policy, int threshold) {
        try {
            return read(policy.replaceFirst("threshold: \\d+", "threshold: " + threshold));
        } catch (RefusedDocument e) {
            return null;
        }
    }

    private static Policy read(String policy) throws RefusedDocument {
        return PolicyReader.read("random", policy).policy();
    }

    private static ReplayQuestion question(Policy candidate, @Nullable Policy baseline, Judge.Order order) {
        return new ReplayQuestion(candidate, baseline, order, null, Dimension.ALL, new CaptureRange(null, null), false);
    }
}

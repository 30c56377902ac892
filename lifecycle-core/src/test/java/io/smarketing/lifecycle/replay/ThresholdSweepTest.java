package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One pass for all thresholds against a replay for each of them. A failure names its seed. */
class ThresholdSweepTest {

    private static final int SEEDS = Integer.getInteger("sweep.seeds", 60);
    private static final int THRESHOLDS = 50;
    private static final int MOST = 40;

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

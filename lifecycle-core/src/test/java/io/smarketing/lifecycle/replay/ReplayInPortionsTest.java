package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplayInPortionsTest {

    private static final int SEEDS = 200;

    private static List<String> ids(List<LeadResult> results) {
        return results.stream().map(LeadResult::leadId).toList();
    }

    @Test
    void leadsInPortionsGiveTheSameReportAsAllAtOnce() throws RefusedDocument {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Policy candidate =
                    PolicyReader.read("random", RandomHistory.policy(seed)).policy();
            List<LeadHistory> leads =
                    ReplayAgainstNaiveTest.history(RandomHistory.lines(seed)).leads();
            Replay replay = Replay.againstRecorded(candidate, new Dimension("source"), lead -> true);
            ReplayResult whole = replay.run(leads, () -> {});

            List<List<LeadHistory>> portions = new ArrayList<>();
            for (int from = 0; from < leads.size(); ) {
                int to = Math.min(leads.size(), from + random.nextInt(4));
                portions.add(leads.subList(from, to));
                from = to;
            }
            List<LeadResult> each = new ArrayList<>();
            ReplayResult inPortions = replay.run(
                    portions.iterator(),
                    (results, histories) -> {
                        assertThat(histories).extracting(LeadHistory::leadId).containsAll(ids(results));
                        each.addAll(results);
                    },
                    () -> {});

            assertThat(inPortions.toJson(false)).as("seed %d", seed).isEqualTo(whole.toJson(false));
            assertThat(each).as("seed %d", seed).isEqualTo(whole.leads());
            assertThat(inPortions.leads()).isEmpty();
        }
    }
}

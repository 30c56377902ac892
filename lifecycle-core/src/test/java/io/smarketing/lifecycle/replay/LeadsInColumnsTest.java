package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.LeadsInColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Why leads flipped, told from columns and from the events. A failure names its seed. */
class LeadsInColumnsTest {

    private static final int SEEDS = Integer.getInteger("columns.seeds", 2_100) / 14;
    private static final String TRUSTED = "marked by ";
    private static final String ANONYMOUS = "marked by another system, which is trusted";

    private static Policy policy(long seed) throws RefusedDocument {
        return PolicyReader.read("random", RandomHistory.policy(seed)).policy();
    }

    @Test
    void whyALeadFlippedIsToldFromColumnsAsFromTheEventsButForTheNamesOfEvents() throws RefusedDocument {
        int flipped = 0;
        int trusted = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            HistoryColumns columns = HistoryColumns.of(history.leads(), 1 + random.nextInt(6));
            ReplayQuestion question = question(seed, random, history);
            List<LeadResult> all = plain(question, history);
            List<LeadResult> asked =
                    all.stream().filter(lead -> random.nextBoolean()).toList();

            List<LeadResult> found = new LeadsInColumns(columns)
                    .explained(
                            question,
                            asked.stream().map(LeadResult::leadId).collect(Collectors.toCollection(TreeSet::new)));

            assertThat(found.stream().map(LeadsInColumnsTest::withoutNames).toList())
                    .as("seed %d, %s", seed, question)
                    .isEqualTo(
                            asked.stream().map(LeadsInColumnsTest::withoutNames).toList());
            flipped +=
                    (int) asked.stream().filter(lead -> lead.because() != null).count();
            for (int i = 0; i < found.size(); i++) {
                trusted += isTrusted(asked.get(i), found.get(i)) ? 1 : 0;
            }
        }
        assertThat(flipped).as("leads that flipped").isGreaterThan(SEEDS / 4);
        assertThat(trusted).as("leads that another system marked").isPositive();
    }

    /** Leads that are stored as events have the emitter's name; of the others it is said that there is one. */
    private static boolean isTrusted(LeadResult asked, LeadResult found) {
        Flip because = asked.because();
        Flip told = found.because();
        assertThat(told == null ? null : told.event()).isNull();
        if (because == null || told == null || !because.explanation().startsWith(TRUSTED)) {
            return false;
        }
        assertThat(told.explanation()).isIn(because.explanation(), ANONYMOUS);
        return told.explanation().equals(ANONYMOUS);
    }

    private static ReplayQuestion question(int seed, Random random, History history) throws RefusedDocument {
        List<Instant> recorded = new ArrayList<>();
        history.forEachArrived((lead, entries) -> entries.forEach(entry -> recorded.add(entry.recordedAt())));
        @Nullable Policy baseline = random.nextBoolean() ? null : policy(2L * seed + 1);
        return new ReplayQuestion(
                policy(2L * seed),
                baseline,
                random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE,
                random.nextInt(3) == 0 ? recorded.get(random.nextInt(recorded.size())) : null,
                Dimension.ALL,
                new CaptureRange(null, null),
                true);
    }

    private static List<LeadResult> plain(ReplayQuestion question, History history) {
        Instant known = question.knownAt();
        List<LeadHistory> leads = known == null ? history.leads() : history.knownAt(known);
        return question.plainFold().run(leads, () -> {}).leads();
    }

    private static LeadResult withoutNames(LeadResult lead) {
        Flip because = lead.because();
        if (because == null) {
            return lead;
        }
        String explanation = because.explanation().startsWith(TRUSTED) ? ANONYMOUS : because.explanation();
        return new LeadResult(
                lead.leadId(),
                lead.set(),
                lead.outcome(),
                lead.baselineMark(),
                lead.candidateMark(),
                new Flip(because.at(), null, because.rule(), explanation));
    }
}

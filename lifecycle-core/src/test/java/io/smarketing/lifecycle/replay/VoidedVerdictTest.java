package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Explanation;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A void takes a fact out of the fold; a verdict that it names stays, live as in a replay. */
class VoidedVerdictTest {

    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");

    private static Policy policy() throws RefusedDocument {
        return PolicyReader.read("test", """
                        name: demo
                        threshold: 30
                        engagement:
                          - {id: demo, activity: demo_request, points: 30, cap: 30}
                        """).policy();
    }

    private static Entry fact(long sequence, LeadEvent event) {
        Instant at = NINE.plusSeconds(60 * sequence);
        return new Entry(sequence, new EventId("crm", "e" + sequence), at, at, event);
    }

    private static LeadHistory history(Policy policy, EventId voided) {
        Entry demo = fact(1, new LeadEvent.Activity("demo_request", null, 1));
        Entry mark = new Entry(
                2,
                new EventId(Lead.ENGINE, "L/2"),
                demo.occurredAt(),
                demo.recordedAt(),
                new LeadEvent.MarkedMql(BigDecimal.valueOf(30), policy.reference()),
                policy.reference());
        return new LeadHistory(
                "L",
                List.of(
                        fact(0, new LeadEvent.Captured("web", null, null, Map.of(), null, null)),
                        demo,
                        mark,
                        fact(3, new LeadEvent.Voided(voided, "ann", "a mistake"))));
    }

    @Test
    void aMarkOfTheEngineThatAVoidNamesStaysLiveAsInAReplay() throws RefusedDocument {
        Policy policy = policy();
        LeadHistory lead = history(policy, new EventId(Lead.ENGINE, "L/2"));
        Judge judge = new Judge(policy, Judge.Order.ARRIVAL);
        for (Marks marks :
                List.of(Marks.live(), Marks.recorded(), judge.judge(lead).marks())) {
            assertThat(LeadFold.of(lead, marks).orElseThrow().visits())
                    .extracting(visit -> visit.stage() + " " + visit.entered())
                    .containsExactly("CAPTURED 2026-03-02T09:00:00Z", "MQL 2026-03-02T09:01:00Z");
        }
        assertThat(judge.explain(lead, NINE.plusSeconds(600))
                        .orElseThrow()
                        .standing()
                        .obstacles())
                .containsExactly(Explanation.Obstacle.MARKED_IN_THIS_CYCLE);
        assertSameInColumns(policy, lead, MarkSet.KEPT);
    }

    @Test
    void aMarkStaysWhenItsCauseIsVoided() throws RefusedDocument {
        Policy policy = policy();
        LeadHistory lead = history(policy, new EventId("crm", "e1"));
        assertThat(LeadFold.of(lead, Marks.live()).orElseThrow().stage()).isEqualTo(Stage.MQL);
        assertSameInColumns(policy, lead, MarkSet.KEPT);
    }

    private static void assertSameInColumns(Policy policy, LeadHistory lead, MarkSet expected) {
        for (@Nullable Policy baseline : new Policy[] {null, policy}) {
            ReplayQuestion question = new ReplayQuestion(
                    policy, baseline, Judge.Order.ARRIVAL, null, Dimension.ALL, new CaptureRange(null, null), false);
            ReplayAnswer columns = new ColumnarReplay(HistoryColumns.of(List.of(lead), 1_000))
                    .run(question, 1, done -> {}, () -> false);
            assertThat(columns.report().sets().count(expected)).isEqualTo(1);
            assertThat(columns.toJson(false))
                    .isEqualTo(question.plainFold().run(List.of(lead), () -> {}).toJson(false));
        }
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges leads that the kernel does not, by the plain fold itself. */
final class PlainLeads {

    private final ReplayQuestion question;
    private final DimensionRows dimension;
    private final Judge candidate;
    private final Judge candidateInTime;
    private final @Nullable Judge baseline;

    PlainLeads(ReplayQuestion question, DimensionRows dimension) {
        this.question = question;
        this.dimension = dimension;
        this.candidate = new Judge(question.candidate(), question.order());
        this.candidateInTime = new Judge(question.candidate(), Judge.Order.OCCURRENCE);
        Policy policy = question.baseline();
        this.baseline = policy == null ? null : new Judge(policy, question.order());
    }

    /** Adds a lead, unless it is not asked for or no capture of it stands. */
    void add(LeadHistory lead, Slow reason, Partial partial) {
        Verdicts verdicts = candidate.judge(lead);
        Optional<LeadFold> folded = LeadFold.of(lead, verdicts.marks());
        if (folded.isEmpty() || !question.range().holds(folded.get())) {
            return;
        }
        LeadFold candidateFold = folded.get();
        Marks baselineMarks =
                baseline == null ? Marks.recorded() : baseline.judge(lead).marks();
        LeadFold baselineFold = LeadFold.of(lead, baselineMarks).orElseThrow();
        int row = dimension.number(dimension.dimension().valueOf(candidateFold));
        partial.candidate.row(row).add(candidateFold);
        partial.baseline.row(row).add(baselineFold);
        partial.addUnknowns(verdicts.unknowns(), 1);
        partial.slow.merge(reason, 1L, Long::sum);
        List<Cycle> before = baselineFold.cycles();
        List<Cycle> after = candidateFold.cycles();
        for (int i = 0; i < after.size(); i++) {
            (i == 0 ? partial.first : partial.others)
                    .add(MarkSet.of(before.get(i).markedAt(), after.get(i).markedAt()), after.get(i));
        }
        if (baseline == null) {
            LeadFold inTime =
                    LeadFold.of(lead, candidateInTime.judge(lead).marks()).orElseThrow();
            partial.orderAlone[
                    MarkSet.of(after.get(0).markedAt(), inTime.cycles().get(0).markedAt())
                            .ordinal()]++;
        }
        MarkSet set = MarkSet.of(before.get(0).markedAt(), after.get(0).markedAt());
        partial.afterMark.add(row, set, after.get(0).response());
        if (question.lists(set)) {
            partial.leads.add(new LeadResult(
                    lead.leadId(),
                    set,
                    after.get(0).outcome(),
                    before.get(0).markedAt(),
                    after.get(0).markedAt(),
                    null));
        }
    }
}

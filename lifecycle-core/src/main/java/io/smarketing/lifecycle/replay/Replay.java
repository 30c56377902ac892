package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.Policy;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Judges histories under a candidate policy and under a baseline. Facts stay; verdicts and visits are made anew. This is the
 * plain fold: one lead after the other, event by event, nothing remembered between leads. Thread-safe.
 */
public final class Replay {

    private final Judge candidate;
    private final @Nullable Judge baseline;
    private final Dimension dimension;
    private final Predicate<LeadFold> selection;

    private Replay(
            Policy candidate,
            @Nullable Policy baseline,
            Judge.Order order,
            Dimension dimension,
            Predicate<LeadFold> selection) {
        this.candidate = new Judge(candidate, order);
        this.baseline = baseline == null ? null : new Judge(baseline, order);
        this.dimension = dimension;
        this.selection = selection;
    }

    /**
     * Both sides are judged anew, in the same order.
     *
     * @param selection leads by what does not depend on a policy
     */
    public static Replay against(
            Policy baseline, Policy candidate, Judge.Order order, Dimension dimension, Predicate<LeadFold> selection) {
        return new Replay(candidate, baseline, order, dimension, selection);
    }

    /** The baseline is the marks that history holds; they were made as facts came, so the candidate is judged in that order. */
    public static Replay againstRecorded(Policy candidate, Dimension dimension, Predicate<LeadFold> selection) {
        return new Replay(candidate, null, Judge.Order.ARRIVAL, dimension, selection);
    }

    /**
     * Replays leads, on all cores.
     *
     * @param leads in the order in which the result shall list them
     * @param progress is called once a lead, from many threads
     */
    public ReplayResult run(List<LeadHistory> leads, Runnable progress) {
        return leads.parallelStream()
                .collect(
                        () -> new ReplayResult(candidate, baseline, dimension),
                        (partial, lead) -> {
                            replay(lead, partial);
                            progress.run();
                        },
                        ReplayResult::merge);
    }

    /**
     * Replays leads that come in portions, for there may be more of them than memory holds: the result lists no lead.
     *
     * @param portions disjoint, each and all of them in the order of the leads
     * @param each is given the leads' results, portion by portion, with the portion they are of
     * @param progress is called once a lead, from many threads
     */
    public ReplayResult run(
            Iterator<List<LeadHistory>> portions,
            BiConsumer<List<LeadResult>, List<LeadHistory>> each,
            Runnable progress) {
        ReplayResult all = new ReplayResult(candidate, baseline, dimension);
        while (portions.hasNext()) {
            List<LeadHistory> leads = portions.next();
            ReplayResult portion = run(leads, progress);
            each.accept(portion.leads(), leads);
            all.mergeTallies(portion);
        }
        return all;
    }

    private void replay(LeadHistory lead, ReplayResult result) {
        Verdicts candidateVerdicts = candidate.judge(lead);
        Optional<LeadFold> candidateFold = LeadFold.of(lead, candidateVerdicts.marks());
        if (candidateFold.isEmpty() || !selection.test(candidateFold.get())) {
            return;
        }
        Verdicts baselineVerdicts = baseline == null ? null : baseline.judge(lead);
        Marks baselineMarks = baselineVerdicts == null ? Marks.recorded() : baselineVerdicts.marks();
        LeadFold baselineFold = LeadFold.of(lead, baselineMarks).orElseThrow();

        List<Cycle> before = baselineFold.cycles();
        List<Cycle> after = candidateFold.get().cycles();
        MarkSet set = MarkSet.of(before.get(0).markedAt(), after.get(0).markedAt());
        LeadResult leadResult = new LeadResult(
                lead.leadId(),
                set,
                after.get(0).outcome(),
                before.get(0).markedAt(),
                after.get(0).markedAt(),
                set.isFlipped()
                        ? new FlipReason(candidate.policy(), baselineVerdicts, candidateVerdicts)
                                .of(before.get(0), after.get(0))
                        : null);
        result.add(leadResult, after, baselineFold, candidateFold.get(), candidateVerdicts);
        for (int i = 1; i < after.size(); i++) {
            result.addOtherCycle(
                    MarkSet.of(before.get(i).markedAt(), after.get(i).markedAt()), after.get(i));
        }
        if (baseline == null) {
            Verdicts inTime = new Judge(candidate.policy(), Judge.Order.OCCURRENCE).judge(lead);
            LeadFold inTimeFold = LeadFold.of(lead, inTime.marks()).orElseThrow();
            result.addOrderAlone(MarkSet.of(
                    after.get(0).markedAt(), inTimeFold.cycles().get(0).markedAt()));
        }
    }
}

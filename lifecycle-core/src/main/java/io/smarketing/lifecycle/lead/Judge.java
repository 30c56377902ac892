package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges whole histories by one policy, in one order. Thread-safe. */
public final class Judge {

    /** The order of judging; visits are folded in fold order whatever it is. */
    public enum Order {
        /** Facts in fold order: what would have been decided had every fact come in time. */
        OCCURRENCE,
        /** Facts in sequence: what was decided, or would have been, with what was known then. */
        ARRIVAL
    }

    private final Policy policy;
    private final Order order;

    public Judge(Policy policy, Order order) {
        this.policy = policy;
        this.order = order;
    }

    public Policy policy() {
        return policy;
    }

    public Order order() {
        return order;
    }

    public Verdicts judge(LeadHistory history) {
        Judging judging = new Judging(policy);
        List<Judgement> judgements = judge(history, judging);
        return new Verdicts(judgements, Marks.judged(policy, marks(judgements)), judging.unknowns());
    }

    /**
     * Explains how a lead stands.
     *
     * @param history what was known at that instant
     * @return empty when no capture stands
     */
    public Optional<Explanation> explain(LeadHistory history, Instant at) {
        Judging judging = new Judging(policy);
        List<Judgement> judgements = judge(history, judging);
        return judging.explain(at).map(standing -> new Explanation(history, policy, order, standing, judgements));
    }

    private List<Judgement> judge(LeadHistory history, Judging judging) {
        List<Judgement> judgements = new ArrayList<>();
        switch (order) {
            case OCCURRENCE -> {
                for (Entry entry : FoldOrder.sorted(history.effective())) {
                    if (isFolded(entry.event(), policy)) {
                        judging.fold(entry).ifPresent(judgements::add);
                    }
                }
            }
            case ARRIVAL -> {
                for (Entry entry : history.entries()) {
                    judging.arrive(entry).ifPresent(judgements::add);
                }
            }
        }
        return judgements;
    }

    private List<Entry> marks(List<Judgement> judgements) {
        return judgements.stream()
                .filter(Judgement::marked)
                .map(judgement -> Marks.made(judgement, mark(policy, judgement.evaluation())))
                .toList();
    }

    /** What moves the clock and can deviate; everything else is passed over by judging. */
    static boolean isFolded(LeadEvent event, Policy policy) {
        if (event instanceof LeadEvent.MarkedMql mark) {
            return mark.isExternal() && policy.trustsExternalMarks();
        }
        return event instanceof LeadEvent.Enriched
                || event instanceof LeadEvent.Activity
                || Move.of(event).isPresent();
    }

    static LeadEvent.MarkedMql mark(Policy policy, Evaluation evaluation) {
        return new LeadEvent.MarkedMql(BigDecimal.valueOf(evaluation.score()), policy.reference());
    }
}

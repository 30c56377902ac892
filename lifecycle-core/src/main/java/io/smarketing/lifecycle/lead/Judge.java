package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

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
        List<Entry> marks = judgements.stream()
                .filter(Judgement::marked)
                .map(judgement -> Marks.made(judgement, mark(policy, judgement.evaluation())))
                .toList();
        return new Verdicts(judgements, Marks.judged(policy, marks), judging.unknowns());
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

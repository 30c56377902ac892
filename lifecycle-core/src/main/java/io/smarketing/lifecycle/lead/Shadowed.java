package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One lead as a policy would have it that is not in force: judged in order of arrival, event by event as they come, as
 * {@link Judge} judges the whole history. What any engine made of the lead is passed over. Not thread-safe.
 */
public final class Shadowed {

    private final String leadId;
    private final Policy policy;
    private final Judging judging;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> marks = new ArrayList<>();

    public Shadowed(String leadId, Policy policy) {
        this.leadId = leadId;
        this.policy = policy;
        this.judging = new Judging(policy);
    }

    /** Whether an event can bear on a shadow: facts, and other systems' marks. */
    public static boolean isKept(LeadEvent event) {
        return event instanceof LeadEvent.MarkedMql mark
                ? mark.isExternal()
                : event instanceof LeadEvent.Fact && !(event instanceof LeadEvent.Erased);
    }

    /**
     * Takes the next event in sequence; only what {@link #isKept} names need be given.
     *
     * @return whether the lead may be folded otherwise now
     */
    public boolean take(Entry entry) {
        entries.add(entry);
        Optional<Judgement> judgement = judging.arrive(entry);
        judgement
                .filter(Judgement::marked)
                .map(made -> Marks.made(made, Judge.mark(policy, made.evaluation())))
                .ifPresent(marks::add);
        boolean marked = judgement.map(Judgement::marked).orElse(false);
        return marked || !(entry.event() instanceof LeadEvent.Activity);
    }

    /** How many events it holds. */
    public int size() {
        return entries.size();
    }

    /** Empty when no capture stands. */
    public Optional<LeadFold> fold() {
        return LeadFold.of(new LeadHistory(leadId, entries), Marks.judged(policy, marks));
    }
}

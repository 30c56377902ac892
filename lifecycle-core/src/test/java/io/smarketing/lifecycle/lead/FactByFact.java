package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The judging that the aggregate keeps in memory, for tests of other packages. */
public final class FactByFact {

    private final Judging judging;

    public FactByFact(Policy policy) {
        judging = new Judging(policy);
    }

    /** The next event in sequence. */
    public Optional<Judgement> arrive(Entry entry) {
        return entry.event() instanceof LeadEvent.Rescored ? judging.rescore(entry) : judging.arrive(entry);
    }

    /** At the last evaluation. */
    public Map<String, Set<String>> unknowns() {
        return judging.unknowns();
    }
}

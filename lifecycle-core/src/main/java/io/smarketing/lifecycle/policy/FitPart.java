package io.smarketing.lifecycle.policy;

import java.util.ArrayList;
import java.util.List;

/** The rules of a policy that read the same attributes: leads with the same values of these get the same answer. */
public final class FitPart {

    private final List<String> attributes;
    private final List<FitRule> fit = new ArrayList<>();
    private final List<Disqualifier> disqualifiers = new ArrayList<>();

    FitPart(List<String> attributes) {
        this.attributes = attributes;
    }

    void add(FitRule rule) {
        fit.add(rule);
    }

    void add(Disqualifier rule) {
        disqualifiers.add(rule);
    }

    /** What the rules read; may be empty. */
    public List<String> attributes() {
        return List.copyOf(attributes);
    }

    /** What the rules of this part find. */
    public FitResult judge(LeadAttributes lead) {
        return Policy.judged(fit, disqualifiers, condition -> condition.evaluate(lead));
    }
}

package io.smarketing.lifecycle.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Whether other rules find the same of every lead, and name what they leave undecided alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FitPart that && attributes.equals(that.attributes) && asked().equals(that.asked());
    }

    @Override
    public int hashCode() {
        return asked().hashCode();
    }

    private List<Object> asked() {
        List<Object> asked = new ArrayList<>();
        for (FitRule rule : fit) {
            asked.add(List.of(
                    rule.id(),
                    rule.points(),
                    rule.when().canonicalText(),
                    rule.when().fields()));
        }
        for (Disqualifier rule : disqualifiers) {
            asked.add(
                    List.of(rule.id(), rule.when().canonicalText(), rule.when().fields()));
        }
        return asked;
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

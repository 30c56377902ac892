package io.smarketing.lifecycle.policy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of a lead's attributes; it holds until an attribute changes.
 *
 * @param points of all fit rules that hold
 * @param disqualifier the first disqualifier that holds, in the policy's order
 * @param unknowns by rule, the attributes that left the rule undecided
 */
public record FitResult(
        long points,
        List<Contribution> contributions,
        @Nullable Disqualification disqualifier,
        Map<String, Set<String>> unknowns) {

    public FitResult {
        contributions = List.copyOf(contributions);
        unknowns = Collections.unmodifiableMap(unknowns);
    }

    /**
     * What disqualifies.
     *
     * @param rule the disqualifier's id
     */
    public record Disqualification(String rule, String reason) {}
}

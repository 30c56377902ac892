package io.smarketing.lifecycle.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lead's score under a policy at one instant.
 *
 * @param contributions of the engagement rules; those of the fit rules are in {@code fitResult}
 */
public record Evaluation(long score, FitResult fitResult, long engagement, List<Contribution> contributions) {

    /** The reason, or null. */
    public @Nullable String disqualified() {
        FitResult.Disqualification disqualifier = fitResult.disqualifier();
        return disqualifier == null ? null : disqualifier.reason();
    }

    /** Every rule that gives points, fit rules first. */
    public List<Contribution> allContributions() {
        List<Contribution> all = new ArrayList<>(fitResult.contributions());
        all.addAll(contributions);
        return all;
    }
}

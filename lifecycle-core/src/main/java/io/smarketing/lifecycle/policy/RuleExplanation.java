package io.smarketing.lifecycle.policy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one rule stands for a lead at an instant.
 *
 * @param asks the condition, or the activity that counts
 * @param offers points when the condition holds, or per occurrence; 0 for a disqualifier
 * @param answer {@code true}, {@code false} or {@code unknown}; null for an engagement rule
 * @param points what the rule gives
 * @param uncapped what it would give without its cap
 * @param reads by attribute, the value that the condition saw; null where it is missing or of another type
 * @param undecidedBy the attributes without which the condition cannot be answered
 * @param shares the facts that counted: what the condition's attributes come from, or the activities in order of folding
 * @param reason of a disqualifier
 * @param <F> a fact
 */
public record RuleExplanation<F>(
        String id,
        Kind kind,
        String asks,
        long offers,
        @Nullable String answer,
        long points,
        @Nullable Long cap,
        long uncapped,
        Map<String, @Nullable Object> reads,
        Set<String> undecidedBy,
        List<Share<F>> shares,
        @Nullable String reason) {

    /** The section of the policy that the rule stands in. */
    public enum Kind {
        FIT,
        ENGAGEMENT,
        DISQUALIFY
    }

    /**
     * A fact that counted.
     *
     * @param points before the cap and before the sum is cut to whole points, six digits; null for what an attribute comes from
     */
    public record Share<F>(F fact, @Nullable BigDecimal points) {}

    /**
     * An activity of the running cycle.
     *
     * @param count how many times it was done
     */
    public record Done<F>(F fact, String activity, Instant at, long count) {}
}

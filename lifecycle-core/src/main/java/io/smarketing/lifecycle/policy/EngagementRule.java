package io.smarketing.lifecycle.policy;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Points for what a lead does.
 *
 * @param points per occurrence, may be negative
 * @param cap bounds the rule's total on both sides, as it stands at the evaluation
 * @param within only occurrences in (t − within, t] count
 * @param halfLife points halve per half-life
 */
record EngagementRule(
        String id,
        String activity,
        long points,
        OptionalLong cap,
        @Nullable Duration within,
        @Nullable Duration halfLife) {

    /** Whether the total depends on when the occurrences were, not on their number alone. */
    boolean ages() {
        return within != null || halfLife != null;
    }

    long capped(long total) {
        if (cap.isEmpty()) {
            return total;
        }
        return Math.max(-cap.getAsLong(), Math.min(cap.getAsLong(), total));
    }
}

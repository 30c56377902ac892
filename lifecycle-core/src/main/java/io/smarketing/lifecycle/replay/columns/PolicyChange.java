package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.Engagement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From one policy to another, over the same segment: which leads' marks may be others. Immutable and thread-safe.
 *
 * @param kinds the kinds of activities of which one of them counts more or less than the other
 * @param before tables of attributes' points that only the one has
 * @param after those that only the other has
 * @param raised whether the threshold is higher, so that a lead that was not marked is not marked either
 */
record PolicyChange(int kinds, List<FitTable> before, List<FitTable> after, boolean raised) {

    static final PolicyChange NONE = new PolicyChange(0, List.of(), List.of(), false);

    /** Null where it may change every lead. */
    static @Nullable PolicyChange of(LoweredPolicy before, LoweredPolicy after) {
        if (!before.fitsNumbers
                || !after.fitsNumbers
                || before.cooldown != after.cooldown
                || before.trustsExternalMarks != after.trustsExternalMarks
                || before.threshold > after.threshold) {
            return null;
        }
        int kinds = 0;
        for (Engagement rule : without(before.engagement, after.engagement)) {
            kinds |= after.kind(rule);
        }
        for (Engagement rule : without(after.engagement, before.engagement)) {
            kinds |= after.kind(rule);
        }
        return new PolicyChange(
                kinds,
                without(List.of(before.fit), List.of(after.fit)),
                without(List.of(after.fit), List.of(before.fit)),
                before.threshold < after.threshold);
    }

    /** Each of the others takes one away. */
    private static <T> List<T> without(List<T> all, List<T> others) {
        List<T> left = new ArrayList<>(all);
        others.forEach(left::remove);
        return List.copyOf(left);
    }

    boolean isNone() {
        return kinds == 0 && !changesFit() && !raised;
    }

    boolean changesFit() {
        return !before.isEmpty() || !after.isEmpty();
    }

    /** The less, the fewer leads have to be judged again. */
    int extent() {
        return Integer.bitCount(kinds) + (changesFit() ? Layout.MOST_KINDS : 0) + (raised ? 2 * Layout.MOST_KINDS : 0);
    }
}

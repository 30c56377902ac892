package io.smarketing.lifecycle.policy;

/**
 * An engagement rule in plain numbers, for whoever counts points without objects.
 *
 * @param cap {@link Long#MAX_VALUE} where the rule has none
 * @param withinMicros 0 without a window
 * @param halfLifeMicros 0 without decay
 */
public record Engagement(String activity, long points, long cap, long withinMicros, long halfLifeMicros) {

    /** Whether the total depends on when the occurrences were, not on their number alone. */
    public boolean ages() {
        return withinMicros != 0 || halfLifeMicros != 0;
    }
}

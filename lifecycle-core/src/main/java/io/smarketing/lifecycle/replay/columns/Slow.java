package io.smarketing.lifecycle.replay.columns;

import java.util.Locale;

/** Why a lead is judged by the plain fold and not by the kernel. */
public enum Slow {
    /** A capture or enrichment was voided, or a fact beside another of its kind and instant: stored as events. */
    VOIDED_ATTRIBUTES(true),
    /** Another capture opens the history in order of arrival than in order of occurrence: stored as events. */
    OTHER_OPENING(true),
    /** Another capture was recorded before the one that opens the history: stored as events. */
    OPENING_KNOWN_LATE(true),
    /** More facts, moves, attributes or repetitions than the columns' widths hold: stored as events. */
    BEYOND_WIDTHS(true),
    /** An instant is not a whole microsecond, or too far away: stored as events. */
    ODD_INSTANT(true),
    /** A fact was voided, and order of arrival counts it until then: a sweep of thresholds does not, nor a replay where attributes arrived in another order too. */
    VOIDED_IN_ARRIVAL(false),
    /** Captures and enrichments arrived in another order than they occurred in. */
    ATTRIBUTES_REORDERED(false),
    /** Of the captures and enrichments, a later one was known and an earlier one was not. */
    ATTRIBUTES_CUT(false),
    /** As known then, voids were known or not. */
    VOIDED_CUT(false),
    /** Sums, or the number of combinations of attributes, beyond 64 bits. */
    ARITHMETIC(false);

    private final boolean storedAsEvents;

    Slow(boolean storedAsEvents) {
        this.storedAsEvents = storedAsEvents;
    }

    /** Whether it is so whatever is asked: the lead's events are stored, not its columns. */
    public boolean isStoredAsEvents() {
        return storedAsEvents;
    }

    /** As JSON names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package io.smarketing.lifecycle.projections.topology;

import org.jspecify.annotations.Nullable;

/** What comes of an event: the lead's state to be shown, and changes of rows. */
sealed interface LeadChange {

    /**
     * A value of {@code lead.state}.
     *
     * @param json null when the lead is no more
     */
    record Shown(byte @Nullable [] json) implements LeadChange {}

    /**
     * For the owner of some rows.
     *
     * @param changes {@link RowChanges}, packed
     */
    record ForRows(int owner, byte[] changes) implements LeadChange {}
}

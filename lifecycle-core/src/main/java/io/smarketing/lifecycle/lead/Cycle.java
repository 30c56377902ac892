package io.smarketing.lifecycle.lead;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * From the capture, or from a rejection or loss, to the next rejection or loss, in fold order. The last cycle of a lead is
 * running.
 *
 * @param reason of the rejection, where the outcome is {@code REJECTED} and a reason was given
 * @param mark the first mark that fold order places in the cycle, or null
 * @param markedAt the clock's reading at the mark
 * @param answer what sales first said to the lead in the cycle, or null
 */
public record Cycle(
        Outcome outcome,
        @Nullable String reason,
        @Nullable Entry mark,
        @Nullable Instant markedAt,
        @Nullable Answer answer) {

    /**
     * The first acceptance or rejection of a cycle.
     *
     * @param fact accepted or rejected
     * @param afterMark false where the cycle was not marked yet when it was said
     */
    public record Answer(Entry fact, boolean afterMark) {

        public boolean isAccepted() {
            return fact.event() instanceof LeadEvent.Accepted;
        }

        /** Of a rejection, where one was given. */
        public @Nullable String reason() {
            return fact.event() instanceof LeadEvent.Rejected rejected ? rejected.reason() : null;
        }
    }

    /** What became of a lead in a cycle; a win outweighs what ended the cycle. */
    public enum Outcome {
        WON,
        LOST,
        REJECTED,
        OPEN,
        /** No accepted, contacted, rejected, won, lost in the cycle. */
        NEVER_WORKED
    }
}

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
 */
public record Cycle(
        Outcome outcome,
        @Nullable String reason,
        @Nullable Entry mark,
        @Nullable Instant markedAt) {

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

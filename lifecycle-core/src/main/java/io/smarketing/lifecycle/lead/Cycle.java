package io.smarketing.lifecycle.lead;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * From the capture, or from a rejection or loss, to the next rejection or loss, in fold order. The last cycle of a lead is
 * running.
 *
 * @param reason of the rejection, where the outcome is {@code REJECTED} and a reason was given
 * @param mark the first mark that fold order places in the cycle, or null
 * @param markedAt the clock's reading at the mark
 * @param answer what sales first said to the lead in the cycle, or null
 * @param response how soon sales worked the lead after the mark
 */
public record Cycle(
        Outcome outcome,
        @Nullable String reason,
        @Nullable Entry mark,
        @Nullable Instant markedAt,
        @Nullable Answer answer,
        Response response) {

    /**
     * Microseconds from the cycle's mark, so far. All are empty where the cycle has no mark, and where its mark lies before the capture.
     *
     * @param answered until sales first accepted, rejected, contacted, won or lost the lead: the time in MQL. Empty too where sales was at
     *     work before the mark, which opened no visit then
     * @param contacted until the first attempt at contact; one before the mark counts as 0
     * @param won until the win; one before the mark counts as 0
     */
    public record Response(OptionalLong answered, OptionalLong contacted, OptionalLong won) {

        static final Response NONE = new Response(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

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

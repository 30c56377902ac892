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
 * @param sinceMark the wait for a first attempt at contact, from the mark on; null without a mark, or where the lead was won by then
 * @param sinceAccepted the same from the first acceptance on
 */
public record Cycle(
        Outcome outcome,
        @Nullable String reason,
        @Nullable Entry mark,
        @Nullable Instant markedAt,
        @Nullable Answer answer,
        Response response,
        @Nullable Wait sinceMark,
        @Nullable Wait sinceAccepted) {

    /**
     * A lead's wait for the first attempt at contact in its cycle. One before the wait began counts as 0, one after the win is none. Where there is neither
     * of the two ends, it waits still.
     *
     * @param from the clock's reading when it began
     * @param timed false where that lies before the capture: then how long it took is not known
     * @param contacted microseconds until the first attempt
     * @param over without an attempt in all the cycle, microseconds until the lead was first won, rejected or lost
     */
    public record Wait(Instant from, boolean timed, OptionalLong contacted, OptionalLong over) {}

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

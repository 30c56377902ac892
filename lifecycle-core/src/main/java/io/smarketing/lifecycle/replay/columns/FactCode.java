package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Move;
import java.util.OptionalInt;

/**
 * What a fact is, in a byte. From {@link #FIRST_ACTIVITY} on, each code stands for an activity and how often it was done; which
 * one, the segment says. The order of the moves is that of the fold.
 */
final class FactCode {

    static final int ENRICHED = 0;
    static final int CAPTURED = 1;
    static final int EXTERNAL_MARK = 2;
    static final int ENGINE_MARK = 3;
    static final int ACCEPTED = 4;
    static final int CONTACTED = 5;
    static final int REJECTED = 6;
    static final int LOST = 7;
    static final int WON = 8;
    /** Not folded: takes another fact of its lead out of judging in order of arrival. */
    static final int VOIDED = 9;

    static final int FIRST_ACTIVITY = 10;

    private FactCode() {}

    /** Everything but enrichments and activities: what has a detail. */
    static boolean isMove(int code) {
        return code > ENRICHED && code < FIRST_ACTIVITY;
    }

    static boolean isMark(int code) {
        return code == EXTERNAL_MARK || code == ENGINE_MARK;
    }

    static boolean changesAttributes(int code) {
        return code <= CAPTURED;
    }

    /** Of all but activities; empty for what no fold reads. */
    static OptionalInt of(LeadEvent event) {
        if (event instanceof LeadEvent.Enriched) {
            return OptionalInt.of(ENRICHED);
        } else if (event instanceof LeadEvent.Captured) {
            return OptionalInt.of(CAPTURED);
        } else if (event instanceof LeadEvent.MarkedMql mark) {
            return OptionalInt.of(mark.isExternal() ? EXTERNAL_MARK : ENGINE_MARK);
        } else if (event instanceof LeadEvent.Accepted) {
            return OptionalInt.of(ACCEPTED);
        } else if (event instanceof LeadEvent.Contacted) {
            return OptionalInt.of(CONTACTED);
        } else if (event instanceof LeadEvent.Rejected) {
            return OptionalInt.of(REJECTED);
        } else if (event instanceof LeadEvent.Lost) {
            return OptionalInt.of(LOST);
        } else if (event instanceof LeadEvent.Won) {
            return OptionalInt.of(WON);
        }
        return OptionalInt.empty();
    }

    /** Of the codes of moves that a fold takes. */
    static Move move(int code) {
        return switch (code) {
            case CAPTURED -> Move.CAPTURED;
            case EXTERNAL_MARK, ENGINE_MARK -> Move.MARKED_MQL;
            case ACCEPTED -> Move.ACCEPTED;
            case CONTACTED -> Move.CONTACTED;
            case REJECTED -> Move.REJECTED;
            case LOST -> Move.LOST;
            case WON -> Move.WON;
            default -> throw new IllegalArgumentException("no move has the code " + code);
        };
    }
}

package io.smarketing.lifecycle.lead;

import java.util.Optional;

/** The events that can move a lead between stages. */
public enum Move {
    CAPTURED(Stage.CAPTURED),
    MARKED_MQL(Stage.MQL),
    ACCEPTED(Stage.ACCEPTED),
    CONTACTED(Stage.CONTACTED),
    REJECTED(Stage.REJECTED),
    LOST(Stage.LOST),
    WON(Stage.WON);

    private final Stage stage;

    Move(Stage stage) {
        this.stage = stage;
    }

    /** The stage that the move is named after. */
    public Stage stage() {
        return stage;
    }

    /** Whether the fact ends a cycle, deviation or not. */
    public boolean endsCycle() {
        return this == REJECTED || this == LOST;
    }

    /** Empty for what moves nothing: enrichments, activities, voids, markers, scores. */
    public static Optional<Move> of(LeadEvent event) {
        if (event instanceof LeadEvent.Captured) {
            return Optional.of(CAPTURED);
        } else if (event instanceof LeadEvent.MarkedMql) {
            return Optional.of(MARKED_MQL);
        } else if (event instanceof LeadEvent.Accepted) {
            return Optional.of(ACCEPTED);
        } else if (event instanceof LeadEvent.Contacted) {
            return Optional.of(CONTACTED);
        } else if (event instanceof LeadEvent.Rejected) {
            return Optional.of(REJECTED);
        } else if (event instanceof LeadEvent.Lost) {
            return Optional.of(LOST);
        } else if (event instanceof LeadEvent.Won) {
            return Optional.of(WON);
        }
        return Optional.empty();
    }
}

package io.smarketing.lifecycle.projections.funnel;

/** A record of a topic that is not in the form of its contract. */
final class UnreadableRow extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableRow(String message) {
        super(message);
    }
}

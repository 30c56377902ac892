package io.smarketing.lifecycle.lead;

/** Where a lead stands. The first five are in order; rejected and lost are exits and lie beyond no stage. */
public enum Stage {
    CAPTURED,
    MQL,
    ACCEPTED,
    CONTACTED,
    WON,
    REJECTED,
    LOST;

    /** Whether work on the lead may still go on. */
    public boolean isOpen() {
        return this == CAPTURED || this == MQL || this == ACCEPTED || this == CONTACTED;
    }

    /** Whether a lead at this stage has been at {@code other}, or past it. */
    public boolean isAtOrBeyond(Stage other) {
        return this == other || (!isExit() && !other.isExit() && ordinal() > other.ordinal());
    }

    private boolean isExit() {
        return this == REJECTED || this == LOST;
    }
}

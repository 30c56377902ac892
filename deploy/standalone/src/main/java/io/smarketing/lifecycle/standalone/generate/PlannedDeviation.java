package io.smarketing.lifecycle.standalone.generate;

/** The ways in which a fact may fit no transition. */
enum PlannedDeviation {
    CAPTURED_AGAIN("captured-again"),
    REPEATED("repeated"),
    LATE_MARK("late-mark"),
    AFTER_FINAL("after-final"),
    BACKWARD("backward"),
    AFTER_EXIT("after-exit"),
    BEFORE_CAPTURE("before-capture");

    private final String label;

    PlannedDeviation(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}

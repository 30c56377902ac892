package io.smarketing.lifecycle.lead;

import java.util.Locale;

/** A fact that came where the table of transitions does not expect it: recorded, counted, never refused. */
public enum Deviation {
    CAPTURED_AGAIN,
    REPEATED,
    LATE_MARK,
    BACKWARD,
    AFTER_EXIT,
    AFTER_FINAL,
    BEFORE_CAPTURE;

    /** As JSON names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

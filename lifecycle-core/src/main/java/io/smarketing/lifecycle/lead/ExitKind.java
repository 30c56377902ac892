package io.smarketing.lifecycle.lead;

import java.util.Locale;

/** How a visit to a stage ended. */
public enum ExitKind {
    FORWARD,
    BACK,
    REJECTED,
    LOST,
    WON,
    RECYCLED,
    REOPENED;

    /** As JSON names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

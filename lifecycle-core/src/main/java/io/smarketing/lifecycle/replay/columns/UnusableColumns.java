package io.smarketing.lifecycle.replay.columns;

import java.io.IOException;

/** Columns that cannot be used as they lie there: no number is taken from them, they have to be built anew. */
public final class UnusableColumns extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** There are none, or their making did not come to its end. */
        INCOMPLETE,
        /** Bytes differ from those that were written. */
        DAMAGED,
        /** Another version of the program wrote them. */
        OTHER_VERSION
    }

    private final Kind kind;

    UnusableColumns(Kind kind, String where, String what) {
        super("%s: %s (build the history columns anew)".formatted(where, what));
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}

package io.smarketing.lifecycle.standalone.generate;

/**
 * What a lead's history is made to show. All but NATURAL are dealt out by the lead's place in capture order, so that
 * their shares hold by construction from fifty leads on; the rare ones in one fifty of five only.
 */
enum Storyline {
    NATURAL(false),
    /** A visit arrives after one that occurred later. */
    LATE(false),
    /** Rejected, and marked again after the usual cooldown. */
    REMARKED(false),
    VISITED_BEFORE_CAPTURE(false),
    /** Called, accepted, won or marked before the form was imported. */
    WORKED_BEFORE_CAPTURE(false),
    /** The form is a demo request: captured and marked at one instant. */
    SAME_INSTANT(false),
    SENT_TWICE(true),
    CAPTURED_AGAIN(true),
    REPEATED(true),
    LATE_MARK(true),
    AFTER_FINAL(true),
    BACKWARD(true),
    AFTER_EXIT(true),
    REOPENED(true),
    SKIPPED(true),
    VOIDED(true);

    private static final int PERIOD = 50;
    private static final int RARE_PERIOD = 5 * PERIOD;

    private final boolean rare;

    Storyline(boolean rare) {
        this.rare = rare;
    }

    /** Of the lead captured as the {@code index}th. */
    static Storyline at(int index) {
        Storyline storyline = inFifty(index % PERIOD);
        return storyline.rare && index % RARE_PERIOD >= PERIOD ? NATURAL : storyline;
    }

    /** Counts up from one lead of a storyline to its next, to tell its variants in turn. */
    int turn(int index) {
        return index / (rare ? RARE_PERIOD : PERIOD);
    }

    private static Storyline inFifty(int place) {
        return switch (place) {
            case 1, 11, 22, 33, 44 -> LATE;
            case 3, 28 -> REMARKED;
            case 5, 30 -> SAME_INSTANT;
            case 6 -> VISITED_BEFORE_CAPTURE;
            case 9 -> WORKED_BEFORE_CAPTURE;
            case 12 -> CAPTURED_AGAIN;
            case 15 -> REPEATED;
            case 18 -> LATE_MARK;
            case 19 -> SENT_TWICE;
            case 21 -> AFTER_FINAL;
            case 24 -> BACKWARD;
            case 37 -> AFTER_EXIT;
            case 40 -> REOPENED;
            case 43 -> SKIPPED;
            case 46 -> VOIDED;
            default -> NATURAL;
        };
    }
}

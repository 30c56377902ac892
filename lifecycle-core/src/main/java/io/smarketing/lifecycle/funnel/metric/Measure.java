package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.metric.ConversionPath.Mode;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The names of what a tally holds, as numbers: a family in the highest byte, then up to three coordinates of a byte each. They are part
 * of the packed form: a family keeps its number for ever, new ones are added at the end.
 */
final class Measure {

    // Placed at the edge: visits that begin, and end.
    private static final int ENTERED = 1;
    private static final int LEFT = 2;
    /** Durations, placed where the visit ends. */
    private static final int TIME_LEFT = 3;
    /** Durations, placed where the visit began. */
    private static final int STAY = 4;
    /** Instants at which visits began that are open, placed there. */
    private static final int OPEN = 5;
    // Conversions, placed at the first entry of the base; each under the shortest window that holds it, so that windows
    // add up.
    private static final int COHORT = 6;
    private static final int CONVERTED = 7;
    /** Of those converted, the ones whose time is known, and the sum of their times in two parts. */
    private static final int TIMED = 8;

    private static final int SECONDS = 9;
    private static final int MICROS = 10;
    /** Durations. */
    private static final int TIME_TO_CONVERT = 11;
    // Cycles, placed at the mark.
    private static final int CYCLES = 12;
    // Leads, placed at the capture.
    private static final int LEADS = 13;
    // Waits for a first attempt at contact, placed where they begin.
    /** Durations, until it. */
    private static final int CONTACTED = 14;
    /** Durations, until there was nothing more to wait for. */
    private static final int OVER = 15;
    /** Instants at which waits began that last. */
    private static final int WAITING = 16;

    private static final int UNTIMED = 17;

    private static final Stage[] STAGES = Stage.values();

    static final int MARKED = CYCLES << 24;
    static final int ACCEPTED = MARKED + 1;
    static final int ACCEPTED_BEFORE_MARK = MARKED + 2;
    static final int REJECTED = MARKED + 3;
    /** Worked, but neither accepted nor rejected. */
    static final int UNANSWERED = MARKED + 4;
    /** Ended by a rejection or loss. */
    static final int ENDED = MARKED + 5;
    /** Ended, and the lead was marked again later. */
    static final int RECYCLED = MARKED + 6;

    private Measure() {}

    private static int of(int family, int first, int second, int third) {
        return family << 24 | first << 16 | second << 8 | third;
    }

    /** Whose visits it measures; null where it measures something else. */
    static @Nullable Stage stage(int measure) {
        return measure >>> 24 <= OPEN ? STAGES[measure >>> 16 & 0xFF] : null;
    }

    /** Whether minutes matter of an instant: of who waits for a call they do. */
    static boolean isOfMinutes(int measure) {
        return measure >>> 24 == WAITING;
    }

    static int entered(Stage stage) {
        return of(ENTERED, stage.ordinal(), 0, 0);
    }

    static int left(Stage stage, ExitKind exit) {
        return of(LEFT, stage.ordinal(), exit.ordinal(), 0);
    }

    static int timeLeft(Stage stage, ExitKind exit) {
        return of(TIME_LEFT, stage.ordinal(), exit.ordinal(), 0);
    }

    static int stay(Stage stage, ExitKind exit) {
        return of(STAY, stage.ordinal(), exit.ordinal(), 0);
    }

    static int open(Stage stage) {
        return of(OPEN, stage.ordinal(), 0, 0);
    }

    static int cohort(int path) {
        return of(COHORT, path, 0, 0);
    }

    private static int step(int step, Mode mode) {
        return step * Mode.values().length + mode.ordinal();
    }

    static int converted(int path, int step, Mode mode, int window) {
        return of(CONVERTED, path, step(step, mode), window);
    }

    static int timed(int path, int step, Mode mode, int window) {
        return of(TIMED, path, step(step, mode), window);
    }

    static int seconds(int path, int step, Mode mode, int window) {
        return of(SECONDS, path, step(step, mode), window);
    }

    static int micros(int path, int step, Mode mode, int window) {
        return of(MICROS, path, step(step, mode), window);
    }

    static int timeToConvert(int path, int step, Mode mode) {
        return of(TIME_TO_CONVERT, path, step(step, mode), 0);
    }

    static int contacted(Response.From from) {
        return of(CONTACTED, from.ordinal(), 0, 0);
    }

    static int over(Response.From from) {
        return of(OVER, from.ordinal(), 0, 0);
    }

    static int waiting(Response.From from) {
        return of(WAITING, from.ordinal(), 0, 0);
    }

    /** Waits of which it is not known how long they took. */
    static int untimed(Response.From from) {
        return of(UNTIMED, from.ordinal(), 0, 0);
    }

    /**
     * Leads by whether they were ever marked and what became of them.
     *
     * @param outcome WON, LOST, REJECTED, or CAPTURED for those of whom it is not known yet
     */
    static int leads(boolean marked, Stage outcome) {
        return of(LEADS, marked ? 1 : 0, outcome.ordinal(), 0);
    }
}

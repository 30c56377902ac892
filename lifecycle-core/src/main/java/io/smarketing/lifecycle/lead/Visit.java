package io.smarketing.lifecycle.lead;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stay of a lead at a stage. The last visit of a lead is open, all others are ended.
 *
 * @param number 1 for the first visit to the stage
 * @param entered an edge that occurred before the capture is placed at the capture
 * @param exited null while open
 * @param exit null while open
 * @param timed false when an edge was moved to the capture: such a visit counts, but has no duration
 */
public record Visit(
        Stage stage,
        int number,
        Instant entered,
        @Nullable Instant exited,
        @Nullable ExitKind exit,
        boolean timed) {

    public boolean isOpen() {
        return exited == null;
    }

    /** Time in stage in microseconds; empty while open and where an edge lies before the capture. */
    public OptionalLong duration() {
        Instant end = exited;
        return end == null || !timed ? OptionalLong.empty() : OptionalLong.of(micros(entered, end));
    }

    /** Elapsed microseconds. ChronoUnit counts nanoseconds on its way, and overflows beyond 292 years. */
    public static long micros(Instant from, Instant to) {
        return TimeUnit.SECONDS.toMicros(to.getEpochSecond() - from.getEpochSecond())
                + TimeUnit.NANOSECONDS.toMicros(to.getNano() - from.getNano());
    }
}

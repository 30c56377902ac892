package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.lead.CaptureRange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The captures that are asked for, in microseconds since 1970. Immutable. */
final class CaptureMicros {

    private static final Instant FIRST = Instant.ofEpochSecond(-(1L << 40));
    private static final Instant LAST = Instant.ofEpochSecond(1L << 40);
    private static final int NANOS_BELOW_MICRO = 999;

    private final long from;
    private final long to;

    CaptureMicros(CaptureRange range) {
        from = range.from() == null ? Long.MIN_VALUE : ceiling(range.from());
        to = range.to() == null ? Long.MAX_VALUE : ceiling(range.to());
    }

    boolean isAll() {
        return from == Long.MIN_VALUE && to == Long.MAX_VALUE;
    }

    boolean holds(long capturedAt) {
        return capturedAt >= from && capturedAt < to;
    }

    /** An instant as known at; {@link Long#MAX_VALUE} for all facts. */
    static long knownAt(@Nullable Instant instant) {
        return instant == null ? Long.MAX_VALUE : micros(instant);
    }

    /** Cut to the microsecond, as everything recorded is; instants beyond all facts stand for none or all. */
    private static long micros(Instant instant) {
        Instant late = instant.isAfter(LAST) ? LAST : instant;
        return Instants.micros(late.isBefore(FIRST) ? FIRST : late);
    }

    /** The first microsecond that is not before. */
    private static long ceiling(Instant instant) {
        return instant.isAfter(LAST) ? Long.MAX_VALUE : micros(instant.plusNanos(NANOS_BELOW_MICRO));
    }
}

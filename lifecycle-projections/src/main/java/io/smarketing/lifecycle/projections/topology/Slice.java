package io.smarketing.lifecycle.projections.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A piece of work that knows how long it has taken. The time that Kafka Streams tells stands still while a task works. */
final class Slice {

    private final LongSupplier nanoTime;
    private final long begun;

    /** @param nanoTime as {@link System#nanoTime} */
    Slice(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
    }

    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begun);
    }
}

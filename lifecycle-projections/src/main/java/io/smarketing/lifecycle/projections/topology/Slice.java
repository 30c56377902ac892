package io.smarketing.lifecycle.projections.topology;

import java.util.concurrent.TimeUnit;

/** A piece of work that knows how long it has taken. The time that Kafka Streams tells stands still while a task works. */
final class Slice {

    private final long begun = System.nanoTime();

    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }
}

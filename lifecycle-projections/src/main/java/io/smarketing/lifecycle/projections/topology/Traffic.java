package io.smarketing.lifecycle.projections.topology;

/** Whether events are coming in, at any task of this instance. Thread-safe. */
final class Traffic {

    /** For so long behind an event, more are expected. */
    private static final long BUSY_MILLIS = 1_000;

    private volatile long busyUntil;

    /** @param now in milliseconds, as Kafka Streams tells it */
    void seen(long now) {
        long until = now + BUSY_MILLIS;
        if (until > busyUntil) {
            busyUntil = until;
        }
    }

    boolean isBusy(long now) {
        return now < busyUntil;
    }
}

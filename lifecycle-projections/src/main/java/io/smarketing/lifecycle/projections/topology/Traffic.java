package io.smarketing.lifecycle.projections.topology;

/** What comes in, at any task of this instance. Thread-safe; times are milliseconds, as Kafka Streams tells them. */
final class Traffic {

    /** For so long behind one, more are expected. */
    private static final long EXPECTED_MILLIS = 1_000;
    /** Events that came to the log so long ago are caught up on: nobody sees rows of now in them. */
    private static final long BEHIND_MILLIS = 10_000;

    private volatile long busyUntil;
    private volatile long behindUntil;
    private volatile long changingUntil;

    /** @param timestamp when the event came to the log */
    void event(long now, long timestamp) {
        long until = now + EXPECTED_MILLIS;
        if (until > busyUntil) {
            busyUntil = until;
        }
        if (now - timestamp > BEHIND_MILLIS) {
            behindUntil = until;
        }
    }

    /** What events change has come to those who add it up. */
    void change(long now) {
        changingUntil = now + EXPECTED_MILLIS;
    }

    /** Whether events are coming in. */
    boolean isBusy(long now) {
        return now < busyUntil;
    }

    /** Whether some of them are old. */
    boolean isBehind(long now) {
        return now < behindUntil;
    }

    /** Whether more of what they change is to be expected, although no more of them may come. */
    boolean isChanging(long now) {
        return now < changingUntil;
    }
}

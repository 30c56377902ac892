package io.smarketing.lifecycle.projections.topology;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much of the processor's time the tasks of one stage take together while there is much to do, so that others are not held up. Each
 * rests behind its work, the longer the more of them there are. Thread-safe.
 */
final class Share {

    private static final int WHOLE = 100;

    private final int percent;
    private final AtomicInteger tasks = new AtomicInteger();

    /** @param percent of one core */
    Share(int percent) {
        this.percent = percent;
    }

    void join() {
        tasks.incrementAndGet();
    }

    void leave() {
        tasks.decrementAndGet();
    }

    /** How long a task has to rest that has worked for so long; in the unit of what it is given. */
    long restAfter(long worked) {
        return worked * Math.max(1, tasks.get()) * (WHOLE - percent) / percent;
    }
}

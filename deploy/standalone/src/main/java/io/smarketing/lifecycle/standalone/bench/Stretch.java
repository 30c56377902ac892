package io.smarketing.lifecycle.standalone.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Watches a count grow and tells its pace from the first step to the last: what a start costs is no part of it. */
final class Stretch {

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private Stretch() {}

    /** Counts a second, once the count has grown by {@code most}. */
    static double pace(LongSupplier count, long most) {
        long zero = count.getAsLong();
        long begun = System.nanoTime();
        long first = zero;
        long firstAt = begun;
        while (true) {
            long now = System.nanoTime();
            long reached = count.getAsLong();
            if (first == zero && reached > zero) {
                first = reached;
                firstAt = now;
            }
            if (reached - zero >= most) {
                return (reached - first) * (double) TimeUnit.SECONDS.toNanos(1) / (now - firstAt);
            }
            if (now - begun > PATIENCE_NANOS) {
                throw new IllegalStateException("only %,d of %,d came".formatted(reached - zero, most));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}

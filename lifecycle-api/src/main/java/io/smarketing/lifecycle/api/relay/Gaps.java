package io.smarketing.lifecycle.api.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How often, and for how long, the relay has waited for numbers that were missing. */
final class Gaps {

    private static final long NONE = Long.MIN_VALUE;

    private final LongAdder waitedOn = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private volatile long since = NONE;

    void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("lifecycle.relay.gaps", waitedOn, LongAdder::sum)
                .description("Gaps in the store's numbers that were waited on")
                .register(registry);
        FunctionCounter.builder("lifecycle.relay.gaps.seconds", this, gaps -> seconds(gaps.nanos.sum()))
                .description("Time for which such gaps were waited on")
                .register(registry);
        Gauge.builder("lifecycle.relay.gap.waiting", this, Gaps::waiting)
                .description("Seconds for which a gap is being waited on now; 0 when there is none")
                .register(registry);
    }

    void begin() {
        waitedOn.increment();
        since = System.nanoTime();
    }

    void end() {
        nanos.add(System.nanoTime() - since);
        since = NONE;
    }

    private double waiting() {
        long begun = since;
        return begun == NONE ? 0 : seconds(System.nanoTime() - begun);
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}

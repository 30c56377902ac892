package io.smarketing.lifecycle.projections.topology;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Topologies whose threads fail again and again: what they tell stands still. The doors do not depend on them. Thread-safe. */
@Component("topologiesHealthIndicator")
class TopologyFailures implements HealthIndicator, MeterBinder {

    static final int MANY = 3;
    /** A thread that replaces another is given its partitions within some fifteen seconds. */
    static final Duration SHORT_WHILE = Duration.ofMinutes(3);

    private final LongSupplier nanoTime;
    private final LongAdder all = new LongAdder();
    /** The latest of each application, the oldest first. */
    private final Map<String, Deque<Long>> latest = new HashMap<>();

    @Autowired
    TopologyFailures() {
        this(System::nanoTime);
    }

    TopologyFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void failed(String application) {
        all.increment();
        Deque<Long> times = latest.computeIfAbsent(application, name -> new ArrayDeque<>());
        times.add(nanoTime.getAsLong());
        if (times.size() > MANY) {
            times.remove();
        }
    }

    /** It runs no more: nothing of it is to be told. */
    synchronized void ended(String application) {
        latest.remove(application);
    }

    /** The applications that failed {@value #MANY} times within a short while that lasts. */
    synchronized List<String> failing() {
        List<String> failing = new ArrayList<>();
        long since = nanoTime.getAsLong() - SHORT_WHILE.toNanos();
        latest.forEach((application, times) -> {
            if (times.size() == MANY && times.getFirst() - since >= 0) {
                failing.add(application);
            }
        });
        return failing;
    }

    @Override
    public Health health() {
        List<String> failing = failing();
        return failing.isEmpty()
                ? Health.up().build()
                : Health.outOfService().withDetail("failing", failing).build();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("lifecycle.topology.failures", all, LongAdder::sum)
                .description("Threads of topologies that failed and were replaced, and starts that failed")
                .register(registry);
        Gauge.builder(
                        "lifecycle.topology.failing",
                        this,
                        failures -> failures.failing().size())
                .description("Topologies that fail again and again: what they tell stands still")
                .register(registry);
    }
}

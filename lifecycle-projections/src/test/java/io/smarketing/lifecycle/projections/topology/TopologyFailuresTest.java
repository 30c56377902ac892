package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class TopologyFailuresTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final TopologyFailures failures = new TopologyFailures(now::get);

    private void fail(String application, int times) {
        for (int i = 0; i < times; i++) {
            failures.failed(application);
        }
    }

    @Test
    void aTopologyThatFailsAgainAndAgainIsOutOfServiceUntilItHasRunForAWhile() {
        fail("one", TopologyFailures.MANY - 1);
        fail("other", 1);
        assertThat(failures.health().getStatus()).isEqualTo(Status.UP);

        fail("one", 1);
        assertThat(failures.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(failures.failing()).containsExactly("one");

        now.addAndGet(TopologyFailures.SHORT_WHILE.toNanos() + 1);
        assertThat(failures.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void failuresFarApartAreNone() {
        for (int i = 0; i < 10; i++) {
            fail("one", 1);
            now.addAndGet(TopologyFailures.SHORT_WHILE.toNanos() / 2 + 1);
        }
        assertThat(failures.failing()).isEmpty();
    }

    @Test
    void whatHasEndedIsNotTold() {
        fail("one", TopologyFailures.MANY);
        failures.ended("one");
        assertThat(failures.failing()).isEmpty();
    }

    @Test
    void metersTellAllFailuresAndHowManyTopologiesFail() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        failures.bindTo(registry);
        fail("one", TopologyFailures.MANY);
        fail("other", 1);
        assertThat(registry.get("lifecycle.topology.failures").functionCounter().count())
                .isEqualTo(TopologyFailures.MANY + 1);
        assertThat(registry.get("lifecycle.topology.failing").gauge().value()).isEqualTo(1);
    }
}

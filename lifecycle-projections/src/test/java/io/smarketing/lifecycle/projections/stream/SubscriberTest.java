package io.smarketing.lifecycle.projections.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubscriberTest {

    @Test
    void aStreamEndsAfterAnHour() {
        Subscriber subscriber = new Subscriber(new Wanted("active", Set.of("all")), null, Runnable::run);
        long now = System.nanoTime();
        subscriber.heartbeat(now + Duration.ofMinutes(59).toNanos());
        assertThat(subscriber.isGone()).isFalse();
        subscriber.heartbeat(now + Duration.ofMinutes(61).toNanos());
        assertThat(subscriber.isGone()).isTrue();
    }
}

package io.smarketing.lifecycle.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackgroundTaskTest {

    @Test
    void aTaskBeginsAgainAlsoAfterAnError() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch again = new CountDownLatch(1);
        BackgroundTask task = new BackgroundTask("test") {
            @Override
            protected void work() {
                if (begun.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("of the test");
                }
                again.countDown();
                end();
            }
        };

        task.start();

        assertThat(again.await(10, TimeUnit.SECONDS)).isTrue();
        task.stop();
        assertThat(begun.get()).isEqualTo(2);
        assertThat(task.isRunning()).isFalse();
    }
}

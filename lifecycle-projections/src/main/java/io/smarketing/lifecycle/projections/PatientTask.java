package io.smarketing.lifecycle.projections;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Works in a thread of its own for as long as the engine runs. What fails is tried again, with growing pauses, and told once. */
public abstract class PatientTask implements SmartLifecycle {

    private static final long STOPS_BY_ITSELF_MILLIS = 2_000;
    private static final long STOPS_WHEN_WOKEN_MILLIS = 5_000;

    private final Logger log = LoggerFactory.getLogger(getClass());
    private final String name;
    private final Duration firstPause;
    private final int mostDoublings;
    private volatile boolean running;
    private CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Thread thread;
    private int failures;

    /**
     * A task that is not begun yet.
     *
     * @param name of the thread
     * @param firstPause after the first failure; it doubles with each further one
     */
    protected PatientTask(String name, Duration firstPause, int mostDoublings) {
        this.name = name;
        this.firstPause = firstPause;
        this.mostDoublings = mostDoublings;
    }

    /** Returns once {@link #isRunning} is false, or to begin again. */
    protected abstract void work();

    /** Tells the first of some failures. */
    protected abstract void tellTrouble(Exception trouble);

    /** Wakes what waits where an interruption would do harm. */
    protected void wake() {}

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            stopped = new CountDownLatch(1);
            thread = new Thread(this::run, name);
            thread.start();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        stopped.countDown();
        wake();
        Thread working = thread;
        if (working != null) {
            try {
                working.join(STOPS_BY_ITSELF_MILLIS);
                // Only a question to a broker that does not answer takes longer.
                working.interrupt();
                working.join(STOPS_WHEN_WOKEN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                work();
            } catch (RuntimeException e) {
                waitFor(e);
            } catch (Error e) {
                // As one that has no memory left for a moment: what it was at is done again.
                log.error("what was being done has failed", e);
                waitFor(new IllegalStateException(e));
            }
        }
    }

    /** Lets some time pass before it is tried again. */
    protected final void waitFor(Exception trouble) {
        if (running) {
            if (failures > 0) {
                log.debug("still", trouble);
            } else {
                tellTrouble(trouble);
            }
            pause(firstPause.multipliedBy(1L << Math.min(failures++, mostDoublings)));
        }
    }

    /** Says that it works; true where it did not before. */
    protected final boolean recovered() {
        boolean failed = failures > 0;
        failures = 0;
        return failed;
    }

    /** Ends early when the task is to stop. */
    protected final void pause(Duration pause) {
        try {
            boolean stopping = stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            log.trace("stopping: {}", stopping);
        } catch (InterruptedException e) {
            log.debug("woken, to stop", e);
        }
    }
}

package io.smarketing.lifecycle.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Does one thing in a thread of its own for as long as the engine runs, and begins it again when it fails. */
public abstract class BackgroundTask implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundTask.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final long WENT_WELL_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final String name;
    private volatile boolean running;
    private @Nullable Thread thread;

    /**
     * A task that is not begun yet.
     *
     * @param name of the thread, and in the log
     */
    protected BackgroundTask(String name) {
        this.name = name;
    }

    /** Returns once {@link #isRunning} is false. */
    protected abstract void work();

    @Override
    public void start() {
        running = true;
        Thread started = new Thread(this::run, name);
        thread = started;
        started.start();
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (running) {
            long begun = System.nanoTime();
            try {
                work();
            } catch (RuntimeException | Error e) {
                if (e instanceof Error) {
                    LOG.error("{} has failed", name, e);
                }
                if (running) {
                    boolean wentWell = System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(WENT_WELL_MILLIS);
                    pause = wentWell ? FIRST_PAUSE_MILLIS : pause;
                    LOG.warn("{} begins again in {} ms, for {}", name, pause, e.toString());
                    pause(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    /** Lets some time pass in the task's own thread. */
    protected static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Ends for good, from within; what is under way is finished. */
    protected final void end() {
        running = false;
    }

    /** Ends, and waits for what is under way. */
    @Override
    public void stop() {
        end();
        Thread stopped = thread;
        if (stopped != null) {
            try {
                stopped.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.smarketing.lifecycle.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing for as long as the engine runs, and begins it again when it fails. */
public final class BackgroundTask {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundTask.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final String name;
    private final Runnable work;
    private volatile boolean running;
    private @Nullable Thread thread;

    /**
     * A task that is not begun yet.
     *
     * @param name of the thread, and in the log
     * @param work returns once {@link #isRunning} is false
     */
    public BackgroundTask(String name, Runnable work) {
        this.name = name;
        this.work = work;
    }

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
                work.run();
            } catch (RuntimeException e) {
                if (running) {
                    boolean wentWell = System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS);
                    pause = wentWell ? FIRST_PAUSE_MILLIS : pause;
                    LOG.warn("{} begins again in {} ms, for {}", name, pause, e.toString());
                    pause(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    /** Lets some time pass in the task's own thread. */
    public void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        return running;
    }

    /** Ends for good, from within; what is under way is finished. */
    public void end() {
        running = false;
    }

    /** Ends, and waits for what is under way. */
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

package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Looks after a server that runs as a process beside this one: when it ends without having been told to, it is started again. */
final class Supervision implements AutoCloseable {

    private static final long LOOK_EVERY_MILLIS = 100;
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final BooleanSupplier isRunning;
    private final Start start;
    private final Consumer<String> progress;
    private boolean closed;

    private Supervision(BooleanSupplier isRunning, Start start, Consumer<String> progress) {
        this.isRunning = isRunning;
        this.start = start;
        this.progress = progress;
    }

    /** Starts it again. */
    interface Start {
        void start() throws IOException;
    }

    /**
     * Begins to look.
     *
     * @param start tried until it succeeds
     * @param progress is told why a start fails
     */
    static Supervision of(BooleanSupplier isRunning, Start start, Consumer<String> progress) {
        Supervision supervision = new Supervision(isRunning, start, progress);
        Thread thread = new Thread(supervision::run, "supervision");
        thread.setDaemon(true);
        thread.start();
        return supervision;
    }

    private synchronized void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            if (isRunning.getAsBoolean()) {
                pause = FIRST_PAUSE_MILLIS;
                await(LOOK_EVERY_MILLIS);
                continue;
            }
            try {
                start.start();
            } catch (IOException | RuntimeException e) {
                progress.accept(String.valueOf(e.getMessage()));
                await(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    /** Lets {@link #close} in. */
    private void await(long millis) {
        try {
            TimeUnit.MILLISECONDS.timedWait(this, millis);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    /** Waits for a start that is under way; there is none after it. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}

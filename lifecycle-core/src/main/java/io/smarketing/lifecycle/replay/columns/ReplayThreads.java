package io.smarketing.lifecycle.replay.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The threads of one replay; a single one is the caller's. Not thread-safe. */
final class ReplayThreads implements AutoCloseable {

    private final int threads;
    private final @Nullable ExecutorService pool;
    private volatile boolean failed;

    ReplayThreads(int threads) {
        this.threads = threads;
        this.pool = threads == 1
                ? null
                : Executors.newFixedThreadPool(threads, task -> {
                    Thread thread = new Thread(task, "replay");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Does the same on each thread, and waits for all.
     *
     * @throws CancellationException when one of them did, or the caller was interrupted
     */
    <T> List<T> each(Supplier<T> work) {
        if (pool == null) {
            return List.of(work.get());
        }
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> told(work)));
            }
            List<T> found = new ArrayList<>();
            @Nullable ExecutionException failure = null;
            for (Future<T> future : futures) {
                try {
                    found.add(future.get());
                } catch (ExecutionException e) {
                    failure = failure == null || isCancelled(failure) ? e : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the replay was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CancellationException cancellation) {
                throw cancellation;
            } else if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(Objects.requireNonNull(e.getCause()));
        }
    }

    private static boolean isCancelled(ExecutionException failure) {
        return failure.getCause() instanceof CancellationException;
    }

    private <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        }
    }

    /** Whether one of the threads failed: what the others do is of no use any more. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }
}

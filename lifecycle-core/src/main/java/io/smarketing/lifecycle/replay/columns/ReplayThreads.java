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
                futures.add(pool.submit(work::get));
            }
            List<T> found = new ArrayList<>();
            for (Future<T> future : futures) {
                found.add(future.get());
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

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }
}

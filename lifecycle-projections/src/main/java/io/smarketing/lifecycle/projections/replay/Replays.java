package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Runs replays, one at a time, in the order in which they were asked for. One process runs them: when it starts, what another
 * left undone has failed.
 */
@Component
class Replays implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);

    /** More are not taken. */
    static final int MOST_WAITING = 20;

    /** With more leads than these, only those that flipped are kept one by one. */
    private static final long MOST_LISTED_IN_FULL = 200_000;

    private static final long PAUSE_MILLIS = 2_000;

    private final ReplayArchive archive;
    private final StoredHistory history;
    private final Policies policies;
    private final Map<UUID, Task> tasks = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor executor;
    private volatile boolean stopping;

    Replays(ReplayArchive archive, StoredHistory history, Policies policies) {
        this.archive = archive;
        this.history = history;
        this.policies = policies;
        this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "replays");
            thread.setDaemon(true);
            return thread;
        });
        archive.interrupted(now());
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /** Takes a request and answers at once. */
    synchronized UUID ask(ReplayRequest request) {
        if (tasks.size() > MOST_WAITING) {
            throw RefusedReplay.later(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "too-many-replays",
                    "%d replays wait already".formatted(MOST_WAITING),
                    30);
        }
        Task task = new Task(UUID.randomUUID(), request);
        archive.queued(task.id, request.shown().toString(), now());
        tasks.put(task.id, task);
        executor.execute(task);
        return task.id;
    }

    /** False when it is finished already, or is not known. */
    boolean cancel(UUID id) {
        if (!archive.cancelled(id, now())) {
            return false;
        }
        @Nullable Task task = tasks.get(id);
        if (task != null) {
            task.cancelled = true;
            if (executor.remove(task)) {
                tasks.remove(id);
            }
        }
        return true;
    }

    /** Leads that are done; zero for what does not run. */
    long done(UUID id) {
        @Nullable Task task = tasks.get(id);
        return task == null ? 0 : task.done.get();
    }

    @Override
    public void destroy() throws InterruptedException {
        stopping = true;
        executor.shutdownNow();
        if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("a replay does not end; it is marked as interrupted at the next start");
        }
    }

    /** The same will do later; anything else is a fault. */
    private static boolean isAway(DataAccessException e) {
        return e instanceof DataAccessResourceFailureException
                || e instanceof TransientDataAccessException
                || e instanceof RecoverableDataAccessException;
    }

    private final class Task implements Runnable {

        private final UUID id;
        private final ReplayRequest request;
        private final AtomicLong done = new AtomicLong();
        private volatile boolean cancelled;

        Task(UUID id, ReplayRequest request) {
            this.id = id;
            this.request = request;
        }

        @Override
        public void run() {
            try {
                perform();
            } catch (CancellationException e) {
                keepTrying(archive::dropUnlisted);
            } catch (ReplayRun.Failed e) {
                failed(String.valueOf(e.getMessage()));
            } catch (DataAccessException e) {
                LOG.warn("replay {} failed", id, e);
                failed(
                        isAway(e)
                                ? "the database did not answer; ask again"
                                : "the database refused something; the log of the engine says what");
            } catch (OutOfMemoryError e) {
                LOG.warn("replay {} failed", id, e);
                failed(
                        "there is not enough memory for the result; give the process more (-Xmx), or select fewer leads");
            } catch (RuntimeException e) {
                LOG.error("replay {} failed", id, e);
                failed("a fault of the engine: " + e);
            } finally {
                tasks.remove(id);
            }
        }

        private void perform() {
            if (!archive.started(id, now())) {
                return;
            }
            StoredHistory.Extent extent = history.extent();
            archive.reads(id, extent);
            try (StoredHistory.Portions portions = history.upTo(extent.position())) {
                ReplayRun run = new ReplayRun(policies, portions, this::step);
                ReplayRequest.@Nullable Comparison comparison = request.comparison();
                if (comparison == null) {
                    String result = run.audit().toJson().toString();
                    keepTrying(() -> archive.done(id, result, ReplayArchive.Listed.NONE, now()));
                } else {
                    ReplayArchive.Listed listed = extent.leads() <= MOST_LISTED_IN_FULL
                            ? ReplayArchive.Listed.ALL
                            : ReplayArchive.Listed.FLIPPED;
                    String result = run.replay(comparison, leads -> archive.leads(id, chosen(leads, listed)))
                            .toJson(false)
                            .toString();
                    keepTrying(() -> archive.done(id, result, listed, now()));
                }
            }
        }

        private void step() {
            if (cancelled || stopping) {
                throw new CancellationException();
            }
            done.incrementAndGet();
        }

        private static List<LeadResult> chosen(List<LeadResult> leads, ReplayArchive.Listed listed) {
            return listed == ReplayArchive.Listed.ALL
                    ? leads
                    : leads.stream()
                            .filter(lead -> lead.set() != MarkSet.KEPT && lead.set() != MarkSet.NEITHER)
                            .toList();
        }

        private void failed(String failure) {
            // What cannot be read may hold anything; PostgreSQL holds any character but this one.
            String writable = failure.replace('\0', '\uFFFD');
            keepTrying(() -> {
                archive.failed(id, writable, now());
                archive.dropUnlisted();
            });
        }

        /** Whoever waits for the replay learns how it ended, though the database be away for a while. */
        private void keepTrying(Runnable write) {
            while (!stopping) {
                try {
                    write.run();
                    return;
                } catch (DataAccessException e) {
                    if (!isAway(e)) {
                        throw e;
                    }
                    LOG.warn("the end of replay {} cannot be written yet: {}", id, e.getMessage());
                }
                try {
                    Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}

package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.intake.BatchTransaction.Trust;
import io.smarketing.lifecycle.api.store.LeadStore;
import io.smarketing.lifecycle.event.Refusal;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * The threads that write. Every door leads here: work of one lead is done by one thread, in order; what has gathered while the
 * last transaction committed makes the next one. Queues are bounded and push back.
 */
@Component
class LeadWriters implements SmartLifecycle {

    /** Begins before the doors open, ends after they are closed. */
    static final int PHASE = 0;

    private static final Logger LOG = LoggerFactory.getLogger(LeadWriters.class);
    private static final int MOST_WORKS = 1_000;
    private static final int QUEUED_REQUESTS = 64;
    private static final int PATIENCE_SECONDS = 10;
    private static final long OUTAGE_TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final BatchTransaction transaction;
    private final List<Writer> writers = new ArrayList<>();
    private final Effort effort = new Effort();
    private final AtomicLong outageTold = new AtomicLong(System.nanoTime() - OUTAGE_TOLD_EVERY_NANOS);
    private volatile boolean running;

    LeadWriters(BatchTransaction transaction, @Value("${lifecycle.intake.writers:2}") int count) {
        this.transaction = transaction;
        for (int i = 0; i < count; i++) {
            writers.add(new Writer(i));
        }
    }

    /** The store does not answer, or all queues are full; nothing can be said of the work. */
    static final class Unavailable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What the writers have done since the start. */
    static final class Effort {

        private final LongAdder batches = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder works = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private final LongAdder conflicts = new LongAdder();

        long batches() {
            return batches.sum();
        }

        long nanos() {
            return nanos.sum();
        }

        long works() {
            return works.sum();
        }

        long conflicts() {
            return conflicts.sum();
        }

        long failures() {
            return failures.sum();
        }
    }

    Effort effort() {
        return effort;
    }

    /**
     * What is submitted in one line is done in that order, lead by lead. Once a part of it cannot be done, what was submitted behind it is
     * not done either, or it would overtake. A line that is broken stays so: begin another.
     */
    static final class Line {

        private volatile boolean broken;
    }

    private record Request(List<Work> works, Line line, CompletableFuture<List<Outcome>> answer) {}

    /** Works that have been handed to the writers. */
    final class Submission {

        private final List<? extends Work> works;
        private final @Nullable Outcome[] outcomes;
        private CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        private Line line = new Line();

        private Submission(List<? extends Work> works) {
            this.works = works;
            this.outcomes = new Outcome[works.size()];
        }

        /**
         * Waits until they are done.
         *
         * @return outcomes in the order of the works, once all are committed
         * @throws Unavailable when the store is away or everything waits too long; part of the works may have been done
         */
        List<Outcome> outcomes() {
            return outcomes(Integer.MAX_VALUE);
        }

        /** The same, or {@link Unavailable} after some seconds. */
        List<Outcome> outcomes(int patienceSeconds) {
            try {
                var unused = done.get(patienceSeconds, TimeUnit.SECONDS);
                return List.of(outcomes);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Unavailable unavailable) {
                    throw new Unavailable(String.valueOf(unavailable.getMessage()), unavailable);
                }
                throw new IllegalStateException("the writer failed", e.getCause());
            } catch (TimeoutException e) {
                throw new Unavailable("the database takes longer than %d s".formatted(patienceSeconds), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unavailable("the engine is stopping", e);
            }
        }

        /** Nobody waits any more: what is not being done yet will not be. */
        void giveUp() {
            line.broken = true;
        }

        /** Whether {@link #outcomes} does not wait. */
        boolean isDone() {
            return done.isDone();
        }

        /** Hands those to the writers that have no outcome; the others must be done. Waits only where the queues are full. */
        void submit(Line newLine) {
            line = newLine;
            List<List<Integer>> places = new ArrayList<>();
            writers.forEach(writer -> places.add(new ArrayList<>()));
            for (int i = 0; i < works.size(); i++) {
                if (outcomes[i] == null) {
                    places.get(Math.floorMod(works.get(i).leadId().hashCode(), writers.size()))
                            .add(i);
                }
            }
            List<CompletableFuture<?>> answers = new ArrayList<>();
            int longest = places.stream().mapToInt(List::size).max().orElse(0);
            // Slices of all writers in turn, so that none waits for the other.
            for (int from = 0; from < longest; from += MOST_WORKS) {
                for (int writer = 0; writer < writers.size(); writer++) {
                    List<Integer> mine = places.get(writer);
                    if (from < mine.size()) {
                        List<Integer> slice = mine.subList(from, Math.min(from + MOST_WORKS, mine.size()));
                        answers.add(writers.get(writer)
                                .submit(worksAt(slice), line)
                                .thenAccept(some -> {
                                    for (int i = 0; i < some.size(); i++) {
                                        outcomes[slice.get(i)] = some.get(i);
                                    }
                                }));
                    }
                }
            }
            done = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        }

        private List<Work> worksAt(List<Integer> slice) {
            List<Work> slicedWorks = new ArrayList<>(slice.size());
            slice.forEach(place -> slicedWorks.add(works.get(place)));
            return slicedWorks;
        }
    }

    /**
     * Has work done for somebody who waits for the answer.
     *
     * @return outcomes in the order of the works, once all are committed
     * @throws Unavailable when the store is away or everything waits too long; part of the work may have been done, or still be
     */
    List<Outcome> doAll(List<? extends Work> works) {
        Submission submission = submit(works, new Line());
        try {
            return submission.outcomes(PATIENCE_SECONDS);
        } catch (Unavailable e) {
            // What has not been begun when nobody waits for it any more need not be.
            submission.giveUp();
            throw e;
        }
    }

    /**
     * Has work done, however long a store that is there takes for it.
     *
     * @throws Unavailable when the store is away; part of the work may have been done
     */
    List<Outcome> doAllPatiently(List<? extends Work> works) {
        return submit(works, new Line()).outcomes();
    }

    /** Has work done without waiting for it. */
    Submission submit(List<? extends Work> works, Line line) {
        Submission submission = new Submission(works);
        submission.submit(line);
        return submission;
    }

    private final class Writer implements Runnable {

        private final int number;
        private final BlockingQueue<Request> queue = new ArrayBlockingQueue<>(QUEUED_REQUESTS);
        private @Nullable Thread thread;

        Writer(int number) {
            this.number = number;
        }

        CompletableFuture<List<Outcome>> submit(List<Work> works, Line line) {
            Request request = new Request(works, line, new CompletableFuture<>());
            try {
                if (!running || !queue.offer(request, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    line.broken = true;
                    request.answer()
                            .completeExceptionally(new Unavailable(
                                    running ? "more comes in than can be written" : "the engine is stopping", null));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                line.broken = true;
                request.answer().completeExceptionally(new Unavailable("the engine is stopping", e));
            }
            return request.answer();
        }

        @Override
        public void run() {
            while (running || !queue.isEmpty()) {
                try {
                    Request first = queue.poll(100, TimeUnit.MILLISECONDS);
                    if (first != null) {
                        write(gather(first));
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private List<Request> gather(Request first) {
            List<Request> requests = new ArrayList<>();
            requests.add(first);
            int works = first.works().size();
            Request next = queue.peek();
            while (next != null && works + next.works().size() <= MOST_WORKS) {
                queue.remove();
                requests.add(next);
                works += next.works().size();
                next = queue.peek();
            }
            return requests;
        }

        private void write(List<Request> gathered) {
            List<Request> requests = new ArrayList<>(gathered);
            requests.removeIf(request -> {
                // Others break it at any time: who is left out here must have been told.
                boolean broken = request.line().broken;
                if (broken) {
                    request.answer()
                            .completeExceptionally(new Unavailable("what came before it could not be written", null));
                }
                return broken;
            });
            List<Work> works = new ArrayList<>();
            requests.forEach(request -> works.addAll(request.works()));
            if (works.isEmpty()) {
                return;
            }
            try {
                List<Outcome> outcomes = outcomes(works);
                int next = 0;
                for (Request request : requests) {
                    int end = next + request.works().size();
                    request.answer().complete(outcomes.subList(next, end));
                    next = end;
                }
            } catch (Unavailable e) {
                // What waits would only be told the same later.
                queue.drainTo(requests);
                fail(requests, e);
            } catch (RuntimeException | Error e) {
                LOG.error("a batch of {} could not be written", works.size(), e);
                fail(requests, e);
            }
        }

        private static void fail(List<Request> requests, Throwable reason) {
            requests.forEach(request -> request.line().broken = true);
            requests.forEach(request -> request.answer().completeExceptionally(reason));
        }

        private List<Outcome> outcomes(List<Work> works) {
            Trust trust = Trust.LEADS;
            while (true) {
                long begun = System.nanoTime();
                try {
                    List<Outcome> outcomes = transaction.run(works, number, trust);
                    effort.batches.increment();
                    effort.works.add(works.size());
                    effort.nanos.add(System.nanoTime() - begun);
                    return outcomes;
                } catch (RuntimeException e) {
                    effort.failures.increment();
                    if (isOutage(e)) {
                        tellOutage(e);
                        throw new Unavailable("the database does not answer", e);
                    } else if (trust == Trust.LEADS && LeadStore.isUniqueViolation(e)) {
                        effort.conflicts.increment();
                        trust = Trust.DATABASE;
                    } else {
                        LOG.info("a batch of {} is written one by one, for {}", works.size(), e.toString());
                        return works.stream().map(this::outcome).toList();
                    }
                }
            }
        }

        private Outcome outcome(Work work) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return alone(work);
                } catch (Unavailable e) {
                    throw e;
                } catch (RuntimeException e) {
                    if (attempt == 3) {
                        LOG.error("one piece of work of the lead {} cannot be done", work.leadId(), e);
                        Refusal refusal = new Refusal(
                                "not-storable",
                                "",
                                "the engine failed on it: " + e,
                                "this is a fault of the engine; the log tells more");
                        return poison(work, refusal);
                    }
                }
            }
        }

        /** It stops nobody else: counted and remembered as what it is. */
        private Outcome poison(Work work, Refusal refusal) {
            if (work instanceof Work.Delivery delivery) {
                Work.Broken broken = new Work.Broken(
                        delivery.door(), refusal, Optional.of(delivery.arrival().eventId()));
                return alone(broken);
            }
            return new Outcome.Refused(refusal);
        }

        private Outcome alone(Work work) {
            try {
                return transaction.run(List.of(work), number, Trust.DATABASE).get(0);
            } catch (RuntimeException e) {
                throw isOutage(e) ? new Unavailable("the database does not answer", e) : e;
            }
        }
    }

    /** Now and then, and without the rows it was about. */
    private void tellOutage(Throwable outage) {
        long now = System.nanoTime();
        long before = outageTold.get();
        if (now - before > OUTAGE_TOLD_EVERY_NANOS && outageTold.compareAndSet(before, now)) {
            String reason = String.valueOf(
                    NestedExceptionUtils.getMostSpecificCause(outage).getMessage());
            LOG.warn(
                    "the database does not answer, and what comes in waits or is answered 503: {}",
                    reason.lines().findFirst().orElse(""));
        }
    }

    /** Whether it is the database's state and not the work's content that made a transaction fail. */
    static boolean isOutage(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof CannotCreateTransactionException
                    || cause instanceof DataAccessResourceFailureException
                    || (cause instanceof TransientDataAccessException
                            && !(cause instanceof org.springframework.dao.ConcurrencyFailureException))
                    || cause instanceof SQLTransientException) {
                return true;
            }
            if (cause instanceof SQLException sql && isOutage(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Connection lost, out of resources, ended by an operator, read-only: classes of SQLSTATE. */
    private static boolean isOutage(@Nullable String state) {
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("53")
                        || state.startsWith("57")
                        || state.startsWith("58")
                        || state.equals("25006"));
    }

    @Override
    public void start() {
        running = true;
        for (Writer writer : writers) {
            Thread thread = new Thread(writer, "lead-writer-" + writer.number);
            writer.thread = thread;
            thread.start();
        }
    }

    /** What is queued is written before the threads end. */
    @Override
    public void stop() {
        running = false;
        for (Writer writer : writers) {
            Thread thread = writer.thread;
            try {
                if (thread != null) {
                    thread.join(TimeUnit.SECONDS.toMillis(20));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

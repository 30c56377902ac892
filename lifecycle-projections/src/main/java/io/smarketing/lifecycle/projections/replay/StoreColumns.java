package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The event store in columns, kept up with it by one thread in the background: made when there are none, gone on with now and then, and
 * always when somebody asks.
 */
@Component
class StoreColumns implements SmartInitializingSingleton, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(StoreColumns.class);

    /** Unasked, columns are gone on with when the store has grown by this part, so that it costs a part of what storing costs. */
    private static final int PART = 8;
    /** With so many segments merging comes before replays. */
    private static final int MOST_SEGMENTS = 200;
    /** While events are stored and nobody waits for columns, making them takes a fourth of a core. */
    private static final int REST = 3;

    private static final long LOOK_MILLIS = 100;

    private final StoredHistory history;
    private final ColumnsFolder folder;
    private final Duration keepUp;
    private final Thread thread;
    private final Object lock = new Object();
    private long asked;
    private Answer answer = new Answer(0, null, null);
    private long lastSeen;
    /** After a failure that nothing but somebody's doing ends: it is tried again when somebody asks. */
    private boolean resting;

    private volatile Work work = Work.NONE;
    private volatile boolean stopping;

    /** What became of all that was asked for up to a number. */
    private record Answer(
            long upTo,
            @Nullable HistoryColumns columns,
            @Nullable Throwable failure) {}

    /**
     * How far the making of columns is.
     *
     * @param kind "none" when nothing is made
     * @param total about as many events as will be read
     */
    record Work(String kind, long done, long total) {

        static final Work NONE = new Work("none", 0, 0);
    }

    @SuppressWarnings("ThreadPriorityCheck") // A wish, on which nothing depends.
    StoreColumns(
            StoredHistory history,
            @Value("${lifecycle.replays.columns-dir:${lifecycle.data:lifecycle-data}/columns}") Path folder,
            @Value("${lifecycle.replays.keep-up:PT1M}") Duration keepUp) {
        this.history = history;
        this.folder = new ColumnsFolder(folder, history);
        this.keepUp = keepUp;
        this.thread = new Thread(this::run, "history-columns");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** When all tables are there. */
    @Override
    public void afterSingletonsInstantiated() {
        thread.start();
    }

    /**
     * The columns of all that is stored when this is called, and perhaps of a little more.
     *
     * @throws IOException when the folder cannot be written or read
     * @throws CancellationException when the caller says so
     * @throws ReplayRun.Failed when an event cannot be read
     */
    HistoryColumns upToNow(BooleanSupplier cancelled) throws IOException {
        Answer found;
        synchronized (lock) {
            long mine = ++asked;
            lock.notifyAll();
            while (answer.upTo() < mine) {
                if (cancelled.getAsBoolean() || stopping) {
                    throw new CancellationException();
                }
                try {
                    lock.wait(LOOK_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException();
                }
            }
            found = answer;
        }
        if (found.failure() instanceof IOException e) {
            throw new IOException(e.getMessage(), e);
        } else if (found.failure() instanceof Error e) {
            throw e;
        } else if (found.failure() instanceof RuntimeException e) {
            throw e;
        } else if (found.columns() == null) {
            throw new IllegalStateException(found.failure());
        }
        return found.columns();
    }

    /** Null as long as there are none. */
    @Nullable HistoryColumns current() {
        synchronized (lock) {
            return answer.columns();
        }
    }

    /** Why what there was could not be used; null when it could. */
    @Nullable String madeAnewBecause() {
        return folder.madeAnewBecause();
    }

    Work work() {
        return work;
    }

    private boolean isAsked() {
        synchronized (lock) {
            return asked > answer.upTo();
        }
    }

    private void run() {
        long serves = 0;
        while (!stopping) {
            try {
                OptionalLong position = serves > 0 ? OptionalLong.of(history.position()) : duePosition();
                if (position.isPresent()) {
                    serve(serves, position.getAsLong());
                }
                merge();
            } catch (CancellationException e) {
                // Something else comes first.
            } catch (DataAccessException e) {
                failed(e, "they wait for the database", false);
            } catch (ReplayRun.Failed e) {
                failed(e, "they cannot be made, nor can replays", true);
            } catch (IOException | RuntimeException | Error e) {
                // Whoever waits has to hear of it, whatever it is: a mapped file that cannot be read is an
                // InternalError.
                failed(e, "replays read the event store itself as long as it is so", true);
            } finally {
                work = Work.NONE;
            }
            try {
                serves = awaitAskers(keepUp.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What is to be served; 0 when nobody asks for so long. */
    private long awaitAskers(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        synchronized (lock) {
            while (asked == answer.upTo()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return 0;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return asked;
        }
    }

    /** Where the store ends, if it is time to go on although nobody asks: it grew much, or rests since the last look. */
    private OptionalLong duePosition() {
        long last = history.lastSeen();
        boolean rests = last == lastSeen;
        lastSeen = last;
        HistoryColumns columns = current();
        long covered = columns == null ? 0 : columns.coverage().position();
        boolean due = !resting && (columns == null || last - covered > covered / PART || (rests && last > covered));
        return due ? history.positionInPassing() : OptionalLong.empty();
    }

    private void serve(long serves, long position) throws IOException {
        HistoryColumns columns = folder.upTo(position, new Progress(serves > 0 ? "going-on" : "keeping-up", false));
        resting = false;
        synchronized (lock) {
            answer = new Answer(Math.max(serves, answer.upTo()), columns, null);
            lock.notifyAll();
        }
    }

    private void merge() throws IOException {
        for (HistoryColumns merged = merged(); merged != null; merged = merged()) {
            synchronized (lock) {
                answer = new Answer(answer.upTo(), merged, null);
            }
        }
    }

    private @Nullable HistoryColumns merged() throws IOException {
        HistoryColumns columns = current();
        boolean mayWait = columns == null || columns.shares().size() < MOST_SEGMENTS;
        return (mayWait && isAsked()) ? null : folder.merged(new Progress("merging", mayWait));
    }

    /**
     * All who asked by now learn it; who asks later has it tried again.
     *
     * @param rest whether nothing but somebody's doing ends it
     */
    private void failed(Throwable failure, String consequence, boolean rest) {
        if (stopping) {
            return;
        }
        LOG.warn("the history columns are not up to date, {}: {}", consequence, failure.toString());
        LOG.debug("the history columns are not up to date", failure);
        resting = rest;
        synchronized (lock) {
            answer = new Answer(asked, answer.columns(), failure);
            lock.notifyAll();
        }
    }

    @Override
    public void destroy() throws InterruptedException {
        stopping = true;
        // Interrupting would close the file that is being written, which no more than an abandoned one does harm.
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }

    private final class Progress implements ColumnsFolder.Watch {

        private final String kind;
        private final boolean givesWay;
        private final AtomicLong done = new AtomicLong();
        private long total;
        private long lastSeenWorking;

        Progress(String kind, boolean givesWay) {
            this.kind = kind;
            this.givesWay = givesWay;
        }

        @Override
        public void begins(long events) {
            total = events;
            work = new Work(kind, 0, total);
        }

        @Override
        public void hasRead(long events) {
            work = new Work(kind, done.addAndGet(events), total);
        }

        @Override
        public boolean isInHaste() {
            return isAsked();
        }

        @Override
        public boolean isAbandoned() {
            return stopping || (givesWay && isAsked());
        }

        @Override
        public void worked(long nanos) {
            long last = history.lastSeen();
            boolean grows = last != lastSeenWorking;
            lastSeenWorking = last;
            if (grows) {
                try {
                    awaitAskers(REST * nanos);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException();
                }
            }
        }
    }
}

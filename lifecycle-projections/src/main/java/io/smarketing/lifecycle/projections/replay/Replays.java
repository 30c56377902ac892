package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs replays over the store's columns, several side by side; audits, which read the store itself, one at a time. Analysts share places and
 * processors evenly, and so do the replays of each. What a process left undone has failed when it starts again.
 */
@Component
class Replays implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);

    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int MOST_LISTING = 2;
    private static final int LEADS_AT_ONCE = 10_000;

    /** With more leads than these, only those that flipped are kept one by one. */
    private static final long MOST_LISTED_IN_FULL = 200_000;

    private static final long PAUSE_MILLIS = 2_000;

    private final ReplayArchive archive;
    private final StoredHistory history;
    private final Policies policies;
    private final StoreColumns columns;
    private final ReadColumns readColumns;
    private final String instance;
    private final FairTurns turns = new FairTurns(THREADS);
    /** For whoever writes or reads leads: the intake needs connections too. */
    private final FairTurns listings = new FairTurns(MOST_LISTING);

    private final Map<UUID, Task> tasks = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor replays = executor("replays", Places.Kind.REPLAY.places());
    private final ThreadPoolExecutor readers = executor("store-readers", Places.Kind.AUDIT.places());
    private final Places<Task> places;
    private volatile boolean stopping;

    Replays(
            ReplayArchive archive,
            StoredHistory history,
            Policies policies,
            StoreColumns columns,
            ReadColumns readColumns,
            @Value("${lifecycle.instance:1}") String instance,
            @Value("${lifecycle.replays.most-running-per-analyst:4}") int mostRunning,
            @Value("${lifecycle.replays.most-waiting-per-analyst:8}") int mostWaiting) {
        this.places = new Places<>(new Places.Limits(mostRunning, mostWaiting), this::begin);
        this.archive = archive;
        this.history = history;
        this.policies = policies;
        this.columns = columns;
        this.readColumns = readColumns;
        this.instance = instance;
        archive.interrupted(instance, now());
    }

    private static ThreadPoolExecutor executor(String name, int threads) {
        return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Takes a request and answers at once.
     *
     * @throws RefusedReplay 429, where too many wait already, of the analyst or of all
     */
    synchronized UUID ask(ReplayRequest request, String analyst) {
        Task task = new Task(UUID.randomUUID(), request, analyst);
        places.check(task.kind(), analyst);
        archive.queued(task.id, instance, analyst, request.shown().toString(), now());
        tasks.put(task.id, task);
        places.add(task);
        return task.id;
    }

    /**
     * Answers at once, and keeps nothing.
     *
     * @throws CancellationException when it says so
     */
    ReplayAnswer answer(ReplayQuestion question, HistoryColumns read, String analyst, BooleanSupplier cancelled) {
        return ColumnarReplay.remembering(read).run(question, THREADS, turns.of(analyst), leads -> {}, cancelled);
    }

    private void begin(Task task) {
        (task.kind() == Places.Kind.AUDIT ? readers : replays).execute(task);
    }

    /** False when it is finished already, or is not known. */
    boolean cancel(UUID id) {
        if (!archive.cancelled(id, now())) {
            return false;
        }
        stop(id);
        return true;
    }

    /** Stops what was cancelled, if it is this process that makes it. */
    void stop(UUID id) {
        @Nullable Task task = tasks.get(id);
        if (task != null) {
            task.cancelled = true;
            if (places.remove(task)) {
                tasks.remove(id);
            }
        }
    }

    /** What this process makes or has waiting. */
    Set<UUID> underWay() {
        return Set.copyOf(tasks.keySet());
    }

    /**
     * How far a replay is.
     *
     * @param stage "waiting" for others, "columns" while these are brought up to the store, "leads"; "workload" while dropped leads are read
     *     from the store, "metrics" while all leads are; "listing" while single leads are kept
     * @param done events while the stage is "columns", else leads
     * @param total null until it is known
     */
    record Progress(String stage, long done, @Nullable Long total) {}

    /** Null for what does not run. */
    @Nullable Progress progress(UUID id) {
        @Nullable Task task = tasks.get(id);
        return task == null ? null : task.progress();
    }

    @Override
    public void destroy() throws InterruptedException {
        stopping = true;
        places.close();
        replays.shutdownNow();
        readers.shutdownNow();
        if (!replays.awaitTermination(5, TimeUnit.SECONDS) || !readers.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("a replay does not end; it is marked as interrupted at the next start");
        }
    }

    /** The same will do later; anything else is a fault. */
    private static boolean isAway(DataAccessException e) {
        return e instanceof DataAccessResourceFailureException
                || e instanceof TransientDataAccessException
                || e instanceof RecoverableDataAccessException;
    }

    private final class Task implements Runnable, Places.Asked {

        private final UUID id;
        private final ReplayRequest request;
        private final String analyst;
        private final AtomicLong done = new AtomicLong();
        private volatile String stage = "waiting";
        private volatile @Nullable Long total;
        private volatile boolean cancelled;

        Task(UUID id, ReplayRequest request, String analyst) {
            this.id = id;
            this.request = request;
            this.analyst = analyst;
        }

        @Override
        public Places.Kind kind() {
            return request.comparison() == null ? Places.Kind.AUDIT : Places.Kind.REPLAY;
        }

        @Override
        public String analyst() {
            return analyst;
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
            } catch (RuntimeException | Error e) {
                LOG.error("replay {} failed", id, e);
                failed("a fault of the engine: " + e);
            } finally {
                tasks.remove(id);
                places.ended(this);
            }
        }

        private void perform() {
            if (!archive.started(id, now())) {
                return;
            }
            ReplayRequest.@Nullable Comparison comparison = request.comparison();
            if (comparison == null) {
                readStore(portions -> {
                    String result = new ReplayRun(policies, portions, this::step)
                            .audit()
                            .toJson()
                            .toString();
                    keepTrying(() -> archive.done(
                            id, new ReplayArchive.Found(result, null, null, null), ReplayArchive.Listed.NONE, now()));
                });
                return;
            }
            stage = "columns";
            HistoryColumns found;
            long asked = System.nanoTime();
            try {
                found = columns.upToNow(this::isStopped);
            } catch (IOException e) {
                LOG.warn("replay {} reads the event store itself: {}", id, e.getMessage());
                readStore(portions -> replay(comparison, portions));
                return;
            }
            replay(comparison, found, System.nanoTime() - asked);
        }

        private void readStore(Consumer<StoredHistory.Portions> reading) {
            StoredHistory.Extent extent = history.extent();
            begin(extent);
            try (StoredHistory.Portions portions = history.upTo(extent.position())) {
                reading.accept(portions);
            }
        }

        private void begin(StoredHistory.Extent extent) {
            archive.reads(id, extent);
            total = extent.leads();
            stage = "leads";
        }

        private void replay(ReplayRequest.Comparison comparison, HistoryColumns found, long waited) {
            begin(new StoredHistory.Extent(found.coverage().position(), found.leads()));
            if (!comparison.isDimensionDeclared() && !found.attributes().contains(comparison.dimension())) {
                throw ReplayRun.noDimension(comparison.dimension());
            }
            ReplayArchive.Listed listed = listed(total);
            long begun = System.nanoTime();
            ReplayAnswer answer = ColumnarReplay.remembering(found)
                    .run(
                            comparison.question(
                                    listed == ReplayArchive.Listed.ALL
                                            ? ReplayQuestion.Listed.ALL
                                            : ReplayQuestion.Listed.FLIPPED),
                            THREADS,
                            turns.of(analyst),
                            done::addAndGet,
                            this::isStopped);
            long ended = System.nanoTime();
            ObjectNode statistics = statistics(answer.statistics(), waited, ended - begun);
            String workload = comparison.workload()
                    ? workload(comparison, answer.leads(), found.coverage().position(), statistics)
                    : null;
            AskedMetrics asked = comparison.metrics();
            String metrics = asked == null
                    ? null
                    : metrics(asked, comparison, found.coverage().position(), found.leads(), statistics);
            keep(answer.leads());
            String result = answer.toJson(false).toString();
            readColumns.hold(id, found);
            keepTrying(() -> archive.done(
                    id, new ReplayArchive.Found(result, workload, metrics, statistics.toString()), listed, now()));
        }

        /** Columns do not have all that it takes: the statistics tell for how many leads the store was read. */
        private String workload(
                ReplayRequest.Comparison comparison, List<LeadResult> leads, long position, ObjectNode statistics) {
            long begun = System.nanoTime();
            long dropped = StoredWorkload.unread(leads).size();
            stage = "workload";
            total = dropped;
            done.set(0);
            Workload workload = new StoredWorkload(
                            ids -> history.leads(ids, position, () -> false),
                            comparison.asKnownAt(),
                            listings.of(analyst))
                    .of(leads, this::readMore);
            statistics.put("workloadMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            statistics.put("workloadLeads", dropped);
            return workload.toJson().toString();
        }

        /** Of the very facts that were replayed, by the plain fold. */
        private String metrics(
                AskedMetrics asked,
                ReplayRequest.Comparison comparison,
                long position,
                long leads,
                ObjectNode statistics) {
            long begun = System.nanoTime();
            stage = "metrics";
            total = leads;
            done.set(0);
            MetricsSideBySide sides = asked.sides(comparison.dimension());
            new StoredMetrics(history.store(position), comparison.asKnownAt(), listings.of(analyst))
                    .addAll(sides, comparison.sides(), this::readMore);
            String told = asked.told(sides, comparison.asKnownAt());
            statistics.put("metricsMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            return told;
        }

        private void readMore(long leads) {
            if (isStopped()) {
                throw new CancellationException();
            }
            done.addAndGet(leads);
        }

        private static ObjectNode statistics(ReplayAnswer.Statistics found, long waited, long judged) {
            ObjectNode statistics = JsonNodeFactory.instance.objectNode();
            statistics.put("columnsMillis", TimeUnit.NANOSECONDS.toMillis(waited));
            statistics.put("leadsMillis", TimeUnit.NANOSECONDS.toMillis(judged));
            statistics.put("kernelLeads", found.kernelLeads());
            statistics.put("knownLeads", found.knownLeads());
            ObjectNode slow = statistics.putObject("slowLeads");
            new TreeMap<>(found.slowLeads()).forEach((why, leads) -> slow.put(why.word(), leads));
            return statistics;
        }

        private void keep(List<LeadResult> leads) {
            stage = "listing";
            total = (long) leads.size();
            done.set(0);
            Turns mine = listings.of(analyst);
            for (int from = 0; from < leads.size(); from += LEADS_AT_ONCE) {
                List<LeadResult> some = leads.subList(from, Math.min(leads.size(), from + LEADS_AT_ONCE));
                if (isStopped()) {
                    throw new CancellationException();
                }
                mine.take();
                try {
                    archive.leads(id, some);
                } finally {
                    mine.giveBack();
                }
                done.addAndGet(some.size());
            }
        }

        /** Where there are no columns. */
        private void replay(ReplayRequest.Comparison comparison, StoredHistory.Portions portions) {
            ReplayArchive.Listed listed = listed(total);
            Workload workload = new Workload();
            AskedMetrics asked = comparison.metrics();
            MetricsSideBySide sides = asked == null ? null : asked.sides(comparison.dimension());
            String result = new ReplayRun(policies, portions, this::step)
                    .replay(comparison, (leads, histories) -> {
                        if (comparison.workload()) {
                            workload.merge(StoredWorkload.of(leads, histories));
                        }
                        if (sides != null) {
                            sides.add(histories, comparison.sides(), () -> {});
                        }
                        archive.leads(id, chosen(leads, listed));
                    })
                    .toJson(false)
                    .toString();
            String told = comparison.workload() ? workload.toJson().toString() : null;
            String metrics = asked == null || sides == null ? null : asked.told(sides, comparison.asKnownAt());
            keepTrying(() -> archive.done(id, new ReplayArchive.Found(result, told, metrics, null), listed, now()));
        }

        private static ReplayArchive.Listed listed(@Nullable Long leads) {
            return leads != null && leads <= MOST_LISTED_IN_FULL
                    ? ReplayArchive.Listed.ALL
                    : ReplayArchive.Listed.FLIPPED;
        }

        private boolean isStopped() {
            return cancelled || stopping;
        }

        Progress progress() {
            if (stage.equals("columns")) {
                StoreColumns.Work work = columns.work();
                return new Progress(stage, work.done(), work.total() == 0 ? null : (Long) work.total());
            }
            return new Progress(stage, done.get(), total);
        }

        private void step() {
            if (isStopped()) {
                throw new CancellationException();
            }
            done.incrementAndGet();
        }

        private static List<LeadResult> chosen(List<LeadResult> leads, ReplayArchive.Listed listed) {
            return listed == ReplayArchive.Listed.ALL
                    ? leads
                    : leads.stream().filter(lead -> lead.set().isFlipped()).toList();
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

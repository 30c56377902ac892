package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Replays histories in columns: the figures are those of {@link io.smarketing.lifecycle.replay.Replay}, byte for byte, whatever the
 * number of threads. Thread-safe.
 */
public final class ColumnarReplay {

    /** Of the heap, the marks of leads that are remembered take no more than one part in so many, nor do leads without marks. */
    private static final int SHARE_OF_HEAP = 8;

    /** Durations of a lead without marks, at eight bytes each: generated ones have two. */
    private static final int BYTES_UNMARKED = 24;

    private final HistoryColumns history;
    private final boolean keeps;
    private final boolean remembers;

    /** A replay that leaves nothing behind. */
    public ColumnarReplay(HistoryColumns history) {
        this(history, false, false);
    }

    private ColumnarReplay(HistoryColumns history, boolean keeps, boolean remembers) {
        this.history = history;
        this.keeps = keeps;
        this.remembers = remembers;
    }

    /**
     * Replays that keep, with the history, what no policy changes: what all leads would be without marks, by each of the dimensions that were asked for last. Further
     * replays then add up what marks change only. Takes some 24 bytes a lead and dimension; where that is more than an eighth of the heap nothing is kept.
     */
    public static ColumnarReplay keeping(HistoryColumns history) {
        return new ColumnarReplay(history, hasRoom(history, BYTES_UNMARKED * UnmarkedMemory.MOST_DIMENSIONS), false);
    }

    private static boolean hasRoom(HistoryColumns history, int bytesOfLead) {
        long leads = history.segments().stream().mapToLong(Segment::leads).sum();
        return leads * bytesOfLead <= Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    }

    /**
     * The same, which moreover remember the marks of the policies that were asked last, with the history: where little has changed from one of them, few
     * leads are judged again. Takes up to 32 bytes a lead; where that is more than an eighth of the heap nothing is remembered.
     */
    public static ColumnarReplay remembering(HistoryColumns history) {
        return new ColumnarReplay(
                history,
                hasRoom(history, BYTES_UNMARKED * UnmarkedMemory.MOST_DIMENSIONS),
                hasRoom(history, Long.BYTES * MarkMemory.MOST_POLICIES));
    }

    /** Work that a thread claims: a chunk of a segment, or all its leads that are stored as events. */
    private record Task(int segment, int chunk) {

        private static final int WIDE = -1;

        private int standing(Segment segment) {
            return chunk == WIDE
                    ? segment.standing(segment.leads(), segment.rows())
                    : segment.standing(chunk * Layout.CHUNK, Math.min((chunk + 1) * Layout.CHUNK, segment.leads()));
        }
    }

    private static void stopWhen(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("the replay was cancelled");
        }
    }

    /**
     * Replays on so many threads.
     *
     * @param progress hears how many more leads are done, from many threads
     * @param cancelled is asked now and then
     * @throws CancellationException when it says so
     */
    public ReplayAnswer run(ReplayQuestion question, int threads, LongConsumer progress, BooleanSupplier cancelled) {
        return run(question, threads, Turns.ALWAYS, progress, cancelled);
    }

    /** The same, each piece of work in its turn. */
    public ReplayAnswer run(
            ReplayQuestion question, int threads, Turns turns, LongConsumer progress, BooleanSupplier cancelled) {
        DimensionRows dimension = new DimensionRows(question.dimension());
        List<Segment> segments = history.segments();
        List<LoweredPolicy> candidates = new ArrayList<>();
        List<@Nullable LoweredPolicy> baselines = new ArrayList<>();
        List<KnownMarks> candidatesKnown = new ArrayList<>();
        List<KnownMarks> baselinesKnown = new ArrayList<>();
        List<DimensionRows.OfSegment> dimensions = new ArrayList<>();
        List<Task> tasks = new ArrayList<>();
        Policy baseline = question.baseline();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            stopWhen(cancelled);
            turns.take();
            try {
                candidates.add(new LoweredPolicy(question.candidate(), segment));
                baselines.add(baseline == null ? null : new LoweredPolicy(baseline, segment));
                candidatesKnown.add(remembers ? KnownMarks.of(segment, candidates.get(i)) : KnownMarks.none());
                baselinesKnown.add(remembers ? KnownMarks.of(segment, baselines.get(i)) : KnownMarks.none());
                dimensions.add(dimension.of(segment));
            } finally {
                turns.giveBack();
            }
            if (segment.wideLeads() > 0) {
                tasks.add(new Task(i, Task.WIDE));
            }
            for (int chunk = segment.chunks() - 1; chunk >= 0; chunk--) {
                // Leads with many facts stand at the end: they are begun with, so that all threads end together.
                tasks.add(new Task(i, chunk));
            }
        }
        List<@Nullable UnmarkedLeads> unmarked =
                unmarked(question, segments, candidates, baselines, dimensions, threads, turns, cancelled);
        PlainLeads plain = new PlainLeads(question, dimension);
        AtomicInteger next = new AtomicInteger();
        List<Partial> partials = onThreads(threads, () -> {
            Partial partial = new Partial();
            SegmentReplay replay = null;
            int at = -1;
            for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
                stopWhen(cancelled);
                Task task = tasks.get(i);
                Segment segment = segments.get(task.segment());
                turns.take();
                try {
                    if (replay == null || at != task.segment()) {
                        if (replay != null) {
                            replay.leave();
                        }
                        at = task.segment();
                        replay = new SegmentReplay(
                                segment,
                                question,
                                candidates.get(at),
                                baselines.get(at),
                                candidatesKnown.get(at),
                                baselinesKnown.get(at),
                                dimensions.get(at),
                                unmarked.get(at) != null,
                                plain,
                                partial);
                    }
                    if (task.chunk() == Task.WIDE) {
                        replay.wide();
                    } else {
                        replay.chunk(task.chunk());
                    }
                } finally {
                    turns.giveBack();
                }
                progress.accept(task.standing(segment));
            }
            if (replay != null) {
                replay.leave();
            }
            return partial;
        });
        Partial all = partials.get(0);
        partials.subList(1, partials.size()).forEach(all::merge);
        for (int i = 0; i < segments.size(); i++) {
            UnmarkedLeads leads = unmarked.get(i);
            if (leads != null) {
                leads.addTo(all, dimensions.get(i).numbers(), candidates.get(i).fit);
            }
        }
        if (question.knownAt() == null) {
            baselinesKnown.forEach(KnownMarks::keep);
            candidatesKnown.forEach(KnownMarks::keep);
        }
        return answer(question, dimension, all);
    }

    /** By segment, null where its leads are added one by one. */
    private List<@Nullable UnmarkedLeads> unmarked(
            ReplayQuestion question,
            List<Segment> segments,
            List<LoweredPolicy> candidates,
            List<@Nullable LoweredPolicy> baselines,
            List<DimensionRows.OfSegment> dimensions,
            int threads,
            Turns turns,
            BooleanSupplier cancelled) {
        List<@Nullable UnmarkedLeads> unmarked = new ArrayList<>(Collections.nCopies(segments.size(), null));
        boolean asksAll = question.knownAt() == null && new CaptureMicros(question.range()).isAll();
        if (!keeps || !asksAll) {
            return unmarked;
        }
        AtomicInteger next = new AtomicInteger();
        onThreads(threads, () -> {
            for (int i = next.getAndIncrement(); i < segments.size(); i = next.getAndIncrement()) {
                stopWhen(cancelled);
                LoweredPolicy baseline = baselines.get(i);
                if (candidates.get(i).fitsNumbers && (baseline == null || baseline.fitsNumbers)) {
                    turns.take();
                    try {
                        Segment segment = segments.get(i);
                        unmarked.set(i, segment.unmarked().of(segment, question.dimension(), dimensions.get(i)));
                    } finally {
                        turns.giveBack();
                    }
                }
            }
            return new Partial();
        });
        return unmarked;
    }

    private static ReplayAnswer answer(ReplayQuestion question, DimensionRows dimension, Partial all) {
        Policy baseline = question.baseline();
        ReplayReport report = new ReplayReport(
                question.candidate().reference().toString(),
                baseline == null ? "recorded" : baseline.reference().toString(),
                question.order(),
                all.first.all(),
                all.first.tally(),
                all.others.tally(),
                FunnelTallies.rows(all.shared, all.baseline, dimension),
                FunnelTallies.rows(all.shared, all.candidate, dimension),
                all.orderAlone(baseline == null),
                all.unknowns());
        List<LeadResult> leads = all.leads.stream()
                .sorted(Comparator.comparing(LeadResult::leadId, FoldOrder::compareUtf8))
                .toList();
        return new ReplayAnswer(report, leads, new ReplayAnswer.Statistics(all.kernelLeads, all.knownLeads, all.slow));
    }

    private interface Work {
        Partial run();
    }

    private static List<Partial> onThreads(int threads, Work work) {
        if (threads == 1) {
            return List.of(work.run());
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "replay");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Partial>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(work::run));
            }
            List<Partial> partials = new ArrayList<>();
            for (Future<Partial> future : futures) {
                partials.add(future.get());
            }
            return partials;
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
        } finally {
            pool.shutdownNow();
        }
    }
}

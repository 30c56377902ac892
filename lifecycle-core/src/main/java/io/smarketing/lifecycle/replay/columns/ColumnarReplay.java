package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Replays histories in columns: the figures are those of {@link io.smarketing.lifecycle.replay.Replay}, byte for byte, whatever the
 * number of threads. Thread-safe.
 */
public final class ColumnarReplay {

    /** Of the heap, the marks of leads that are remembered take no more than one part in so many, nor do leads without marks. */
    private static final int SHARE_OF_HEAP = 8;

    /** Durations of a lead without marks, at eight bytes each: generated ones have two or three. */
    private static final int BYTES_UNMARKED = 24;

    /** What is kept of a lead's activities, and of its cycles, at eight bytes each: generated leads have little more than one. */
    private static final int BYTES_OF_CYCLES = 16;

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
     * Replays that keep, with the history, what no policy changes: how often leads did what, and what all of them would be without marks, by each of the dimensions that
     * were asked for last. Further replays then add up what marks change only. Takes two bytes a fact, some 16 a lead, and 24 a lead and dimension; where that may be more
     * than an eighth of the heap nothing is kept.
     */
    public static ColumnarReplay keeping(HistoryColumns history) {
        return new ColumnarReplay(history, hasRoomToKeep(history), false);
    }

    private static boolean hasRoomToKeep(HistoryColumns history) {
        return hasRoom(history, BYTES_UNMARKED * PolicyFree.MOST_DIMENSIONS + BYTES_OF_CYCLES, Character.BYTES);
    }

    private static boolean hasRoom(HistoryColumns history, int bytesOfLead, int bytesOfFact) {
        long bytes = history.segments().stream()
                .mapToLong(segment -> (long) bytesOfLead * segment.leads() + bytesOfFact * segment.facts())
                .sum();
        return bytes <= Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    }

    /**
     * The same, which moreover remember the marks of the policies that were asked last, with the history: where little has changed from one of them, few
     * leads are judged again. Takes up to 32 bytes a lead; where that is more than an eighth of the heap nothing is remembered.
     */
    public static ColumnarReplay remembering(HistoryColumns history) {
        return new ColumnarReplay(
                history, hasRoomToKeep(history), hasRoom(history, Long.BYTES * MarkMemory.MOST_POLICIES, 0));
    }

    /**
     * Work that a thread claims: a chunk of a segment, or some of its leads that are stored as events.
     *
     * @param portion of its chunks, or of those that are stored as events
     */
    private record Task(int segment, boolean wide, int portion) {

        private int standing(Segment segment) {
            int first = wide ? segment.leads() + portion * WideLeads.PORTION : portion * Layout.CHUNK;
            int most = wide ? WideLeads.PORTION : Layout.CHUNK;
            return segment.standing(first, Math.min(first + most, wide ? segment.rows() : segment.leads()));
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
        try (ReplayThreads all = new ReplayThreads(threads)) {
            BooleanSupplier stopped = () -> all.hasFailed() || cancelled.getAsBoolean();
            List<SegmentQuestion> segments = prepare(question, dimension, all, turns, stopped);
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < segments.size(); i++) {
                Segment segment = segments.get(i).segment();
                for (int portion = 0; portion < WideLeads.portions(segment); portion++) {
                    tasks.add(new Task(i, true, portion));
                }
                for (int chunk = segment.chunks() - 1; chunk >= 0; chunk--) {
                    // Leads with many facts stand at the end: they are begun with, so that all threads end together.
                    tasks.add(new Task(i, false, chunk));
                }
            }
            PlainLeads plain = new PlainLeads(question, dimension);
            AtomicInteger next = new AtomicInteger();
            List<Partial> partials = all.each(() -> replay(segments, tasks, next, plain, turns, progress, stopped));
            Partial sum = partials.get(0);
            partials.subList(1, partials.size()).forEach(sum::merge);
            segments.forEach(segment -> segment.end(sum));
            return answer(question, dimension, sum);
        }
    }

    private List<SegmentQuestion> prepare(
            ReplayQuestion question,
            DimensionRows dimension,
            ReplayThreads threads,
            Turns turns,
            BooleanSupplier cancelled) {
        List<Segment> segments = history.segments();
        SegmentQuestion[] prepared = new SegmentQuestion[segments.size()];
        AtomicInteger next = new AtomicInteger();
        threads.each(() -> {
            for (int i = next.getAndIncrement(); i < prepared.length; i = next.getAndIncrement()) {
                stopWhen(cancelled);
                turns.take();
                try {
                    prepared[i] = SegmentQuestion.of(segments.get(i), question, dimension, keeps, remembers);
                } finally {
                    turns.giveBack();
                }
            }
            return true;
        });
        return List.of(prepared);
    }

    private static Partial replay(
            List<SegmentQuestion> segments,
            List<Task> tasks,
            AtomicInteger next,
            PlainLeads plain,
            Turns turns,
            LongConsumer progress,
            BooleanSupplier cancelled) {
        Partial partial = new Partial();
        SegmentReplay replay = null;
        int at = -1;
        for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
            stopWhen(cancelled);
            Task task = tasks.get(i);
            turns.take();
            try {
                if (replay == null || at != task.segment()) {
                    if (replay != null) {
                        replay.leave();
                    }
                    at = task.segment();
                    replay = new SegmentReplay(segments.get(at), plain, partial);
                }
                if (task.wide()) {
                    replay.wide(task.portion());
                } else {
                    replay.chunk(task.portion());
                }
            } finally {
                turns.giveBack();
            }
            progress.accept(task.standing(segments.get(at).segment()));
        }
        if (replay != null) {
            replay.leave();
        }
        return partial;
    }

    private static ReplayAnswer answer(ReplayQuestion question, DimensionRows dimension, Partial all) {
        Policy baseline = question.baseline();
        List<FunnelRow> candidateRows = FunnelTallies.rows(all.shared, all.candidate, dimension);
        ReplayReport report = new ReplayReport(
                question.candidate().reference().toString(),
                baseline == null ? "recorded" : baseline.reference().toString(),
                question.order(),
                all.first.all(),
                all.first.tally(),
                all.others.tally(),
                FunnelTallies.rows(all.shared, all.baseline, dimension),
                candidateRows,
                all.afterMark.rows(candidateRows, dimension),
                all.orderAlone(baseline == null),
                all.unknowns());
        List<LeadResult> leads = all.leads.stream()
                .sorted(Comparator.comparing(LeadResult::leadId, FoldOrder::compareUtf8))
                .toList();
        return new ReplayAnswer(report, leads, new ReplayAnswer.Statistics(all.kernelLeads, all.knownLeads, all.slow));
    }
}

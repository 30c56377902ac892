package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate would make of a history under every threshold: one pass over the columns finds each lead's scores that were higher than ever
 * before, and where the counts change; a threshold is then looked up. Immutable and thread-safe.
 */
public final class ThresholdSweep {

    private static final int COUNTS = Partial.SETS * Partial.OUTCOMES;

    /** Rising; the counts at a place hold for thresholds above the level before it, up to the level at it. */
    private final long[] levels;

    private final long[][] counts;

    private ThresholdSweep(long[] levels, long[][] counts) {
        this.levels = levels;
        this.counts = counts;
    }

    /**
     * Cycles by set and outcome under one threshold.
     *
     * @param counts first cycles, then all others
     */
    public record Answer(long[] counts) {

        public long first(MarkSet set, Cycle.Outcome outcome) {
            return counts[set.ordinal() * Partial.OUTCOMES + outcome.ordinal()];
        }

        public long other(MarkSet set, Cycle.Outcome outcome) {
            return counts[COUNTS + set.ordinal() * Partial.OUTCOMES + outcome.ordinal()];
        }
    }

    /**
     * Passes over a history once, on all cores. The question's dimension is not asked for, nor its candidate's threshold.
     *
     * @return empty where the answer would not be that of replays: the candidate trusts other systems' marks, or some lead has to be judged
     *     by the plain fold
     * @throws CancellationException when {@code cancelled} says so
     */
    public static Optional<ThresholdSweep> of(
            HistoryColumns history, ReplayQuestion question, BooleanSupplier cancelled) {
        boolean anyStoredAsEvents =
                history.segments().stream().anyMatch(segment -> segment.standing(segment.leads(), segment.rows()) > 0);
        if (question.candidate().trustsExternalMarks() || anyStoredAsEvents) {
            return Optional.empty();
        }
        List<Changes> all = history.segments().stream()
                .flatMap(segment -> {
                    LoweredPolicy candidate = new LoweredPolicy(question.candidate(), segment);
                    Policy policy = question.baseline();
                    LoweredPolicy baseline = policy == null ? null : new LoweredPolicy(policy, segment);
                    return IntStream.range(0, segment.chunks())
                            .parallel()
                            .mapToObj(chunk -> {
                                if (cancelled.getAsBoolean()) {
                                    throw new CancellationException("the sweep was cancelled");
                                }
                                Changes changes = new Changes();
                                changes.complete =
                                        new Pass(segment, question, candidate, baseline, changes).chunk(chunk);
                                return changes;
                            })
                            .toList()
                            .stream();
                })
                .toList();
        if (!all.stream().allMatch(changes -> changes.complete)) {
            return Optional.empty();
        }
        Changes sum = new Changes();
        all.forEach(sum::merge);
        return Optional.of(sum.cumulated());
    }

    /** The cycles under a threshold. */
    public Answer at(long threshold) {
        int place = Arrays.binarySearch(levels, threshold);
        return new Answer(counts[place < 0 ? -place - 1 : place].clone());
    }

    /** Where there is another answer on each side. */
    public int levels() {
        return levels.length;
    }

    /** How the counts change as the threshold rises beyond a level. */
    private static final class Changes {

        private final long[] lowest = new long[2 * COUNTS];
        private final Long2ObjectHashMap<long[]> beyond = new Long2ObjectHashMap<>();
        private boolean complete;

        private long[] beyond(long level) {
            return beyond.computeIfAbsent(level, absent -> new long[2 * COUNTS]);
        }

        void merge(Changes other) {
            add(lowest, other.lowest);
            other.beyond.forEach((level, change) -> add(beyond(level), change));
        }

        private static void add(long[] sums, long[] others) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += others[i];
            }
        }

        ThresholdSweep cumulated() {
            long[] levels =
                    beyond.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
            long[][] counts = new long[levels.length + 1][];
            counts[0] = lowest.clone();
            for (int i = 0; i < levels.length; i++) {
                counts[i + 1] = counts[i].clone();
                add(counts[i + 1], beyond(levels[i]));
            }
            return new ThresholdSweep(levels, counts);
        }
    }

    /** One chunk's leads. */
    private static final class Pass {

        private final Segment segment;
        private final Changes changes;
        private final Chunk chunk;
        private final LeadFacts lead;
        private final MarkKernel candidate;
        private final @Nullable MarkKernel baseline;
        private final boolean baselineTrusts;
        private final boolean fitsNumbers;
        private final ScoreStairs stairs = new ScoreStairs();
        private final MarkList marks = new MarkList();
        private final VisitKernel before = new VisitKernel();
        private final VisitKernel after = new VisitKernel();
        private final RowTally unread = new RowTally();
        private final CaptureMicros asked;

        Pass(
                Segment segment,
                ReplayQuestion question,
                LoweredPolicy candidate,
                @Nullable LoweredPolicy baseline,
                Changes changes) {
            this.segment = segment;
            this.changes = changes;
            this.chunk = new Chunk(segment);
            this.lead = new LeadFacts(
                    segment, chunk, question.order() == Judge.Order.ARRIVAL, CaptureMicros.knownAt(question.knownAt()));
            this.candidate = new MarkKernel(candidate);
            this.baseline = baseline == null ? null : new MarkKernel(baseline);
            this.baselineTrusts = baseline != null && baseline.trustsExternalMarks;
            this.fitsNumbers = candidate.fitsNumbers && (baseline == null || baseline.fitsNumbers);
            this.asked = new CaptureMicros(question.range());
        }

        /** False when a lead cannot be judged here. */
        boolean chunk(int number) {
            if (!fitsNumbers) {
                return false;
            }
            chunk.begin(number);
            lead.begin();
            Codes states = segment.column(Layout.CHANGES);
            candidate.begin(chunk, states);
            if (baseline != null) {
                baseline.begin(chunk, states);
            }
            while (lead.next()) {
                if (lead.read() && segment.stands(lead.lead()) && asked.holds(lead.capturedAt()) && !add()) {
                    return false;
                }
            }
            return true;
        }

        private boolean add() {
            if (lead.slow() != null || !candidate.stairs(lead, lead.order(), stairs)) {
                return false;
            }
            if (baseline == null) {
                marks.recorded(lead.moves());
            } else if (baseline.judge(lead, lead.order())) {
                marks.judged(lead, baseline, baselineTrusts);
            } else {
                return false;
            }
            fold(before);
            long[] levels = stairs.levels();
            for (int i = 0; i <= levels.length; i++) {
                if (i < levels.length) {
                    stairs.marks(levels[i], marks);
                } else {
                    marks.clear();
                }
                fold(after);
                count(i == 0 ? changes.lowest : changes.beyond(levels[i - 1]), 1);
                if (i < levels.length) {
                    count(changes.beyond(levels[i]), -1);
                }
            }
            return true;
        }

        private void fold(VisitKernel visits) {
            visits.fold(lead.moves(), marks, unread);
            unread.clearDurations();
        }

        private void count(long[] counts, int times) {
            for (int cycle = 0; cycle < after.cycles(); cycle++) {
                int set = SegmentReplay.set(before.markedAt(cycle), after.markedAt(cycle));
                counts[(cycle == 0 ? 0 : COUNTS) + set * Partial.OUTCOMES + after.outcome(cycle)] += times;
            }
        }
    }
}

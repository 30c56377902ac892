package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.lead.Visit;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate would make of a history under every threshold: one pass over the columns finds each lead's scores that were higher than ever
 * before, and where the counts change; a threshold is then looked up. Immutable and thread-safe.
 */
public final class ThresholdSweep {

    private static final int COUNTS = Partial.SETS * Partial.OUTCOMES;
    private static final Stage[] STAGE = Stage.values();
    // Behind the cycles, leads by stage.
    private static final int EVER = 2 * COUNTS;
    private static final int ENTERED = EVER + RowTally.STAGES;
    private static final int REACHED = ENTERED + RowTally.STAGES;
    private static final int OPEN = REACHED + RowTally.STAGES;
    private static final int ALL_COUNTS = OPEN + RowTally.STAGES;

    /** By the set of stages that a lead visited, those that it was at, or past. */
    private static final int[] REACHED_STAGES = reachedStages();

    /** Rising; the counts at a place hold for thresholds above the level before it, up to the level at it. */
    private final long[] levels;

    private final long[][] counts;
    private final long slowLeads;

    private static int[] reachedStages() {
        int[] reached = new int[1 << RowTally.STAGES];
        for (int visited = 0; visited < reached.length; visited++) {
            for (Stage stage : STAGE) {
                reached[visited] |= (RowTally.reaching(stage) & visited) == 0 ? 0 : 1 << stage.ordinal();
            }
        }
        return reached;
    }

    private ThresholdSweep(long[] levels, long[][] counts, long slowLeads) {
        this.levels = levels;
        this.counts = counts;
        this.slowLeads = slowLeads;
    }

    /**
     * Cycles by set and outcome, and leads by stage, under one threshold.
     *
     * @param counts first cycles, then all others, then leads
     */
    public record Answer(long[] counts) {

        public long first(MarkSet set, Cycle.Outcome outcome) {
            return counts[set.ordinal() * Partial.OUTCOMES + outcome.ordinal()];
        }

        public long other(MarkSet set, Cycle.Outcome outcome) {
            return counts[COUNTS + set.ordinal() * Partial.OUTCOMES + outcome.ordinal()];
        }

        /** Leads with at least one event of the stage. */
        public long ever(Stage stage) {
            return counts[EVER + stage.ordinal()];
        }

        /** Leads with at least one visit to the stage. */
        public long entered(Stage stage) {
            return counts[ENTERED + stage.ordinal()];
        }

        /** Leads that were at the stage or beyond. */
        public long reached(Stage stage) {
            return counts[REACHED + stage.ordinal()];
        }

        /** Leads that stand there. */
        public long open(Stage stage) {
            return counts[OPEN + stage.ordinal()];
        }
    }

    /**
     * Passes over a history once, on all cores. The question's dimension is not asked for, nor its candidate's threshold.
     *
     * @return empty where the candidate trusts other systems' marks
     * @throws CancellationException when {@code cancelled} says so
     */
    public static Optional<ThresholdSweep> of(
            HistoryColumns history, ReplayQuestion question, BooleanSupplier cancelled) {
        if (question.candidate().trustsExternalMarks()) {
            return Optional.empty();
        }
        PlainPass plain = new PlainPass(question, cancelled);
        List<Changes> all = history.segments().stream()
                .flatMap(segment -> {
                    LoweredPolicy candidate = new LoweredPolicy(question.candidate(), segment);
                    Policy policy = question.baseline();
                    LoweredPolicy baseline = policy == null ? null : new LoweredPolicy(policy, segment);
                    return IntStream.rangeClosed(0, segment.chunks())
                            .parallel()
                            .mapToObj(chunk -> {
                                if (cancelled.getAsBoolean()) {
                                    throw cancellation();
                                }
                                Changes changes = new Changes();
                                if (chunk < segment.chunks()) {
                                    new Pass(segment, question, candidate, baseline, plain, changes).chunk(chunk);
                                } else {
                                    WideLeads.forEach(
                                            segment, question.knownAt(), (lead, reason) -> plain.add(lead, changes));
                                }
                                return changes;
                            })
                            .toList()
                            .stream();
                })
                .toList();
        Changes sum = new Changes();
        all.forEach(sum::merge);
        return Optional.of(sum.cumulated());
    }

    /** The cycles under a threshold. */
    public Answer at(long threshold) {
        return answer(place(threshold));
    }

    /** Which of the answers, from 0 on, holds for a threshold. */
    public int place(long threshold) {
        int place = Arrays.binarySearch(levels, threshold);
        return place < 0 ? -place - 1 : place;
    }

    /** The answers, in the order of thresholds; there is one more than levels. */
    public Answer answer(int place) {
        return new Answer(counts[place].clone());
    }

    /** Where there is another answer on each side. */
    public int levels() {
        return levels.length;
    }

    /** Rising: up to there, that included, the answer at the same place holds, and beyond it the next. */
    public long level(int place) {
        return levels[place];
    }

    /** Leads that the plain fold judged, for those of their scores that change what they are counted by. */
    public long slowLeads() {
        return slowLeads;
    }

    /** How the counts change as the threshold rises beyond a level. */
    private static final class Changes {

        private final long[] lowest = new long[ALL_COUNTS];
        private final Long2ObjectHashMap<long[]> beyond = new Long2ObjectHashMap<>();
        private long slowLeads;

        private long[] beyond(long level) {
            return beyond.computeIfAbsent(level, absent -> new long[ALL_COUNTS]);
        }

        void merge(Changes other) {
            slowLeads += other.slowLeads;
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
            return new ThresholdSweep(levels, counts, slowLeads);
        }
    }

    private static void countStages(long[] counts, int ever, int entered, int open, int times) {
        count(counts, EVER, ever, times);
        count(counts, ENTERED, entered, times);
        count(counts, REACHED, REACHED_STAGES[entered], times);
        counts[OPEN + open] += times;
    }

    /** Each stage of a set. */
    private static void count(long[] counts, int from, int stages, int times) {
        for (int left = stages; left != 0; left &= left - 1) {
            counts[from + Integer.numberOfTrailingZeros(left)] += times;
        }
    }

    /** One chunk's leads. */
    private static final class Pass {

        private final Segment segment;
        private final PlainPass plain;
        private final Changes changes;
        private final Chunk chunk;
        private final LeadFacts lead;
        private final StatePoints candidatePoints;
        private final StatePoints baselinePoints;
        private final MarkKernel candidate;
        private final @Nullable MarkKernel baseline;
        private final boolean baselineTrusts;
        private final boolean fitsNumbers;
        private final ScoreStairs stairs = new ScoreStairs();
        private final MarkList marks = new MarkList();
        private final VisitKernel before = new VisitKernel();
        private VisitKernel told = new VisitKernel();
        private VisitKernel after = new VisitKernel();
        private final RowTally unread = new RowTally();
        private final CaptureMicros asked;

        Pass(
                Segment segment,
                ReplayQuestion question,
                LoweredPolicy candidate,
                @Nullable LoweredPolicy baseline,
                PlainPass plain,
                Changes changes) {
            this.segment = segment;
            this.plain = plain;
            this.changes = changes;
            this.chunk = new Chunk(segment);
            boolean arrival = question.order() == Judge.Order.ARRIVAL;
            this.lead = new LeadFacts(segment, chunk, arrival, CaptureMicros.knownAt(question.knownAt()));
            this.candidatePoints = new StatePoints(candidate);
            this.baselinePoints = baseline == null ? candidatePoints : new StatePoints(baseline);
            this.candidate = new MarkKernel(candidate, candidatePoints, arrival);
            this.baseline = baseline == null ? null : new MarkKernel(baseline, baselinePoints, arrival);
            this.baselineTrusts = baseline != null && baseline.trustsExternalMarks;
            this.fitsNumbers = candidate.fitsNumbers && (baseline == null || baseline.fitsNumbers);
            this.asked = new CaptureMicros(question.range());
        }

        void chunk(int number) {
            chunk.begin(number);
            lead.begin();
            candidatePoints.begin(chunk);
            baselinePoints.begin(chunk);
            candidate.begin(chunk);
            if (baseline != null) {
                baseline.begin(chunk);
            }
            while (lead.next()) {
                if (lead.read() && segment.stands(lead.lead()) && asked.holds(lead.capturedAt()) && !add()) {
                    plain.add(lead.history(""), changes);
                }
            }
        }

        /** False when the lead cannot be judged here. */
        private boolean add() {
            if (!fitsNumbers || lead.slow() != null || !candidate.stairs(lead, lead.order(), stairs)) {
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
                if (i == 0) {
                    count(changes.lowest, after, 1);
                } else if (isCountedOtherwise()) {
                    count(changes.beyond(levels[i - 1]), told, -1);
                    count(changes.beyond(levels[i - 1]), after, 1);
                } else {
                    continue;
                }
                VisitKernel counted = after;
                after = told;
                told = counted;
            }
            return true;
        }

        /** Most of the steps of a lead that is very active change nothing but the instant of its mark. */
        private boolean isCountedOtherwise() {
            if (after.stage() != told.stage() || after.ever() != told.ever() || after.entered() != told.entered()) {
                return true;
            }
            for (int cycle = 0; cycle < after.cycles(); cycle++) {
                if (set(after, cycle) != set(told, cycle)) {
                    return true;
                }
            }
            return false;
        }

        private int set(VisitKernel visits, int cycle) {
            return SegmentReplay.set(before.markedAt(cycle), visits.markedAt(cycle));
        }

        private void fold(VisitKernel visits) {
            visits.fold(lead.moves(), marks, unread);
            unread.clearDurations();
        }

        private void count(long[] counts, VisitKernel visits, int times) {
            for (int cycle = 0; cycle < visits.cycles(); cycle++) {
                counts[(cycle == 0 ? 0 : COUNTS) + set(visits, cycle) * Partial.OUTCOMES + visits.outcome(cycle)] +=
                        times;
            }
            countStages(counts, visits.ever(), visits.entered(), visits.stage(), times);
        }
    }

    /** Leads that the kernel does not judge. A lead's scores do not depend on the threshold, and between two of them it changes nothing. */
    private static final class PlainPass {

        private final ReplayQuestion question;
        private final Judge candidate;
        private final @Nullable Judge baseline;
        private final BooleanSupplier cancelled;

        PlainPass(ReplayQuestion question, BooleanSupplier cancelled) {
            this.question = question;
            this.candidate = new Judge(question.candidate(), question.order());
            Policy policy = question.baseline();
            this.baseline = policy == null ? null : new Judge(policy, question.order());
            this.cancelled = cancelled;
        }

        void add(LeadHistory lead, Changes changes) {
            Verdicts verdicts = candidate.judge(lead);
            Optional<LeadFold> folded = LeadFold.of(lead, verdicts.marks());
            if (folded.isEmpty() || !question.range().holds(folded.get())) {
                return;
            }
            changes.slowLeads++;
            Marks marks =
                    baseline == null ? Marks.recorded() : baseline.judge(lead).marks();
            List<Cycle> before = LeadFold.of(lead, marks).orElseThrow().cycles();
            // A verdict is told where the score is another than before, and before all it is 0.
            long[] levels = LongStream.concat(
                            LongStream.of(0),
                            verdicts.judgements().stream()
                                    .mapToLong(
                                            judgement -> judgement.evaluation().score()))
                    .distinct()
                    .sorted()
                    .toArray();
            Counted lowest = counted(lead, before, levels[0]);
            lowest.addTo(changes.lowest, 1);
            Counted highest = counted(lead, before, Long.MAX_VALUE);
            boolean risesOnly = lead.entries().stream().noneMatch(entry -> entry.event() instanceof LeadEvent.Voided);
            addBetween(new Steps(lead, before, levels, risesOnly, changes), 0, lowest, levels.length, highest);
        }

        /**
         * What a lead is counted by, level by level.
         *
         * @param levels as thresholds; behind them is one that no score reaches
         * @param risesOnly whether marks only come later as the threshold rises: a void may turn back the clock
         */
        private record Steps(LeadHistory lead, List<Cycle> before, long[] levels, boolean risesOnly, Changes changes) {}

        /** Where marks only come later, a lead that is counted alike at both ends is so between them. */
        private void addBetween(Steps steps, int from, Counted first, int to, Counted last) {
            if (cancelled.getAsBoolean()) {
                throw cancellation();
            }
            boolean alike = first.equals(last);
            if (alike && steps.risesOnly()) {
                return;
            }
            if (to - from == 1) {
                if (!alike) {
                    long[] counts = steps.changes().beyond(steps.levels()[from]);
                    first.addTo(counts, -1);
                    last.addTo(counts, 1);
                }
                return;
            }
            int middle = (from + to) >>> 1;
            Counted between = counted(steps.lead(), steps.before(), steps.levels()[middle]);
            addBetween(steps, from, first, middle, between);
            addBetween(steps, middle, between, to, last);
        }

        /**
         * What a lead is counted by under one threshold.
         *
         * @param cycles of each, its place among the counts
         * @param ever bit = ordinal of the stage
         * @param open the stage's ordinal
         */
        private record Counted(List<Integer> cycles, int ever, int entered, int open) {

            void addTo(long[] counts, int times) {
                cycles.forEach(place -> counts[place] += times);
                countStages(counts, ever, entered, open, times);
            }
        }

        private Counted counted(LeadHistory lead, List<Cycle> before, long threshold) {
            Judge judge = new Judge(question.candidate().withThreshold(threshold), question.order());
            LeadFold folded = LeadFold.of(lead, judge.judge(lead).marks()).orElseThrow();
            List<Cycle> after = folded.cycles();
            List<Integer> cycles = new ArrayList<>(after.size());
            for (int cycle = 0; cycle < after.size(); cycle++) {
                MarkSet set = MarkSet.of(
                        before.get(cycle).markedAt(), after.get(cycle).markedAt());
                int outcome = after.get(cycle).outcome().ordinal();
                cycles.add((cycle == 0 ? 0 : COUNTS) + set.ordinal() * Partial.OUTCOMES + outcome);
            }
            int ever = 0;
            for (Stage stage : folded.ever()) {
                ever |= 1 << stage.ordinal();
            }
            int entered = 0;
            for (Visit visit : folded.visits()) {
                entered |= 1 << visit.stage().ordinal();
            }
            return new Counted(cycles, ever, entered, folded.stage().ordinal());
        }
    }

    private static CancellationException cancellation() {
        return new CancellationException("the sweep was cancelled");
    }
}

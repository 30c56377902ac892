package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread's replay of chunks of one segment. Not thread-safe; what it reads of the segment may be shared. */
final class SegmentReplay {

    private static final MarkSet[] MARK_SET = MarkSet.values();
    private static final Cycle.Outcome[] OUTCOME = Cycle.Outcome.values();
    private final Segment segment;
    private final ReplayQuestion question;
    private final DimensionRows.OfSegment dimension;
    private final PlainLeads plain;
    private final Partial partial;
    private final LoweredPolicy lowered;
    private final Chunk chunk;
    private final LeadFacts lead;
    private final MarkKernel candidate;
    private final MarkKernel inTime;
    private final @Nullable MarkKernel baseline;
    private final KnownMarks.Reader candidateKnown;
    private final KnownMarks.Reader baselineKnown;
    private final boolean baselineTrusts;
    private final boolean fitsNumbers;
    private final MarkList candidateMarks = new MarkList();
    private final MarkList inTimeMarks = new MarkList();
    private final MarkList baselineMarks = new MarkList();
    private final VisitKernel candidateVisits = new VisitKernel();
    private final VisitKernel baselineVisits = new VisitKernel();
    private final boolean arrival;
    private final Shapes shapes;
    private final ShapeTally shared;
    private final ShapeTally candidateShapes;
    private final ShapeTally baselineShapes;
    private final Codes stepDetails;
    /** Of the lead at hand. */
    private final long[] instants = new long[Shapes.INSTANTS];

    private final long[][] unknownEntries;
    /** The leads of the chunk that were judged here, and the last states of their attributes. */
    private final int[] addedLeads = new int[Layout.CHUNK];

    private final int[] addedStates = new int[Layout.CHUNK];
    private int added;
    private final Names names;
    private final int words;
    private final CaptureMicros asked;

    /** Reads the names only when somebody asks. */
    private static final class Names {

        private final Segment segment;
        private List<String> names = List.of();

        Names(Segment segment) {
            this.segment = segment;
        }

        String of(int lead) {
            if (names.isEmpty()) {
                names = segment.names();
            }
            return names.get(segment.column(Layout.NAME).get(lead));
        }
    }

    SegmentReplay(
            Segment segment,
            ReplayQuestion question,
            LoweredPolicy lowered,
            @Nullable LoweredPolicy loweredBaseline,
            KnownMarks candidateKnown,
            KnownMarks baselineKnown,
            DimensionRows.OfSegment dimension,
            PlainLeads plain,
            Partial partial) {
        this.segment = segment;
        this.question = question;
        this.dimension = dimension;
        this.plain = plain;
        this.partial = partial;
        this.lowered = lowered;
        this.chunk = new Chunk(segment);
        this.lead = new LeadFacts(
                segment, chunk, question.order() == Judge.Order.ARRIVAL, CaptureMicros.knownAt(question.knownAt()));
        this.candidate = new MarkKernel(lowered);
        this.inTime = new MarkKernel(lowered);
        this.baseline = loweredBaseline == null ? null : new MarkKernel(loweredBaseline);
        this.candidateKnown = candidateKnown.reader();
        this.baselineKnown = baselineKnown.reader();
        this.fitsNumbers = lowered.fitsNumbers && (loweredBaseline == null || loweredBaseline.fitsNumbers);
        this.baselineTrusts = loweredBaseline != null && loweredBaseline.trustsExternalMarks;
        this.unknownEntries = Arrays.stream(lowered.fit)
                .map(table -> new long[table.hasUnknowns() ? table.entries() : 0])
                .toArray(long[][]::new);
        this.arrival = question.order() == Judge.Order.ARRIVAL;
        this.shapes = segment.shapes();
        this.shared = new ShapeTally(shapes, partial.shared);
        this.candidateShapes = new ShapeTally(shapes, partial.candidate);
        this.baselineShapes = new ShapeTally(shapes, partial.baseline);
        this.stepDetails = segment.column(Layout.STEP_DETAILS);
        this.names = new Names(segment);
        this.words = segment.words().size();
        this.asked = new CaptureMicros(question.range());
    }

    /** Replays the leads of a chunk. */
    void chunk(int number) {
        chunk.begin(number);
        lead.begin();
        Codes changes = segment.column(Layout.CHANGES);
        candidate.begin(chunk, changes);
        if (baseline == null) {
            inTime.begin(chunk, changes);
        } else {
            baseline.begin(chunk, changes);
        }
        added = 0;
        if (question.knownAt() == null) {
            candidateKnown.begin(chunk, changes);
            baselineKnown.begin(chunk, changes);
            for (int i = 0; i < chunk.leads(); i++) {
                if (isAsked(i) && !addByShape(i)) {
                    lead.go(i);
                    lead.read();
                    addByMoves();
                }
            }
        } else {
            while (lead.next()) {
                // When facts were recorded has to be read of leads that are not asked for, too.
                if (lead.read() && isAsked(lead.leadOfChunk())) {
                    addByMoves();
                }
            }
        }
        for (int i = 0; i < unknownEntries.length; i++) {
            if (unknownEntries[i].length > 0) {
                lowered.fit[i].count(addedLeads, addedStates, added, unknownEntries[i]);
            }
        }
    }

    private boolean isAsked(int leadOfChunk) {
        if (!segment.stands(chunk.firstLead() + leadOfChunk)) {
            return false;
        }
        return asked.isAll() || asked.holds(chunk.capturedAt(leadOfChunk));
    }

    /** Adds a lead whose shape is known and which either side marks once at most; false where it is not so. */
    private boolean addByShape(int i) {
        int shape = chunk.shapes.codes[i];
        boolean permuted = arrival && chunk.flags.codes[i] != 0;
        if (!fitsNumbers
                || shape == Layout.OTHER_SHAPE
                || (permuted && chunk.flags.codes[i] != Layout.PERMUTED)
                || (dimension.owner() && shape != Layout.NO_STEPS)) {
            return false;
        }
        int steps = shapes.steps()[shape];
        boolean marked = chunk.moves.codes[i] != steps;
        if (marked && (lowered.trustsExternalMarks || baselineTrusts)) {
            return false;
        }
        long after = permuted ? MarkMemory.UNKNOWN : candidateKnown.of(i);
        long before = permuted ? MarkMemory.UNKNOWN : baselineKnown.of(i);
        long alone = VisitKernel.NONE;
        if (after != MarkMemory.UNKNOWN && before != MarkMemory.UNKNOWN) {
            alone = after;
            partial.knownLeads++;
        } else if (marked || mayMark(candidate, after, i) || (baseline != null && mayMark(baseline, before, i))) {
            lead.go(i);
            lead.read();
            if (!judge(after, before)) {
                return false;
            }
            if (candidateMarks.count() > 1 || baselineMarks.count() > 1) {
                add();
                return true;
            }
            after = candidateMarks.only();
            before = baselineMarks.only();
            alone = permuted && baseline == null && inTimeMarks.count() > 0 ? inTimeMarks.at(0) : after;
            alone = permuted && baseline == null && inTimeMarks.count() == 0 ? VisitKernel.NONE : alone;
        } else {
            after = VisitKernel.NONE;
            before = VisitKernel.NONE;
        }
        if (!permuted) {
            candidateKnown.found(i, after);
            baselineKnown.found(i, before);
        }
        int lastState = chunk.statesFrom[i + 1] - 1;
        int row = dimension.row(chunk.firstLead() + i, lastState);
        readSteps(i, steps);
        int entryAfter = entry(shape, after);
        int entryBefore = after == before ? entryAfter : entry(shape, before);
        instants[Shapes.MARK] = after;
        if (after == before) {
            shared.add(row, entryAfter, instants);
        } else {
            candidateShapes.add(row, entryAfter, instants);
            instants[Shapes.MARK] = before;
            baselineShapes.add(row, entryBefore, instants);
        }
        int markedAfter = shapes.markedCycle(entryAfter);
        int markedBefore = shapes.markedCycle(entryBefore);
        int[] outcomes = shapes.outcomes(shape);
        int[] reasonSteps = shapes.reasonSteps(shape);
        for (int cycle = 0; cycle < outcomes.length; cycle++) {
            int reason = reasonSteps[cycle] < 0 ? 0 : stepDetails.get(chunk.stepsFrom[i] + reasonSteps[cycle]);
            (cycle == 0 ? partial.first : partial.others)
                    .add(
                            set(
                                    cycle == markedBefore ? before : VisitKernel.NONE,
                                    cycle == markedAfter ? after : VisitKernel.NONE),
                            outcomes[cycle],
                            reason,
                            words);
        }
        long firstAfter = markedAfter == 0 ? after : VisitKernel.NONE;
        if (baseline == null) {
            boolean isFirst = alone != VisitKernel.NONE && shapes.markedCycle(entry(shape, alone)) == 0;
            partial.orderAlone[set(firstAfter, isFirst ? alone : VisitKernel.NONE)]++;
        }
        partial.kernelLeads++;
        addedLeads[added] = chunk.firstLead() + i;
        addedStates[added++] = lastState;
        long firstBefore = markedBefore == 0 ? before : VisitKernel.NONE;
        if (question.lists(MARK_SET[set(firstBefore, firstAfter)])) {
            lead.go(i);
            addResult(firstBefore, firstAfter, outcomes[0]);
        }
        return true;
    }

    private static boolean mayMark(MarkKernel kernel, long known, int leadOfChunk) {
        return known == MarkMemory.UNKNOWN ? kernel.mayMark(leadOfChunk) : known != VisitKernel.NONE;
    }

    private void readSteps(int i, int steps) {
        int from = chunk.stepsFrom[i];
        for (int step = 0; step < steps; step++) {
            instants[step + 1] = chunk.stepAt(from + step);
        }
    }

    /** What becomes of a shape with a mark, or none, among the steps that were read. */
    private int entry(int shape, long mark) {
        int entry = shapes.entry(shape);
        if (mark == VisitKernel.NONE) {
            return entry;
        }
        int[] codes = shapes.codes(shape);
        int step = 0;
        // Kinds at the same instant: captured, marked, what sales does.
        while (step < codes.length
                && (instants[step + 1] < mark || (instants[step + 1] == mark && codes[step] == FactCode.CAPTURED))) {
            step++;
        }
        return entry + 1 + step;
    }

    private void addByMoves() {
        Slow slow = fitsNumbers ? lead.slow() : Slow.ARITHMETIC;
        if (slow == null && !judge()) {
            slow = Slow.ARITHMETIC;
        }
        if (slow != null) {
            plain.add(lead.history(question.withLeads() ? name() : ""), slow, partial);
        } else {
            add();
        }
    }

    /** Replays all leads that are stored as events. */
    void wide() {
        WideLeads.forEach(segment, question.knownAt(), (lead, reason) -> plain.add(lead, reason, partial));
    }

    private String name() {
        return names.of(lead.lead());
    }

    private boolean judge() {
        return judge(MarkMemory.UNKNOWN, MarkMemory.UNKNOWN);
    }

    /**
     * Finds the marks of both sides; false where integers alone do not.
     *
     * @param knownAfter the candidate's one mark, or none, where it is known
     * @param knownBefore the baseline's
     */
    private boolean judge(long knownAfter, long knownBefore) {
        int[] order = lead.order();
        if (knownAfter != MarkMemory.UNKNOWN) {
            candidateMarks.only(knownAfter);
        } else if (candidate.judge(lead, order)) {
            candidateMarks.judged(lead, candidate, lowered.trustsExternalMarks);
        } else {
            return false;
        }
        if (knownBefore != MarkMemory.UNKNOWN) {
            baselineMarks.only(knownBefore);
        } else if (baseline == null) {
            baselineMarks.recorded(lead.moves());
        } else if (baseline.judge(lead, order)) {
            baselineMarks.judged(lead, baseline, baselineTrusts);
        } else {
            return false;
        }
        if (baseline == null && order != null) {
            if (!inTime.judge(lead, null)) {
                return false;
            }
            inTimeMarks.judged(lead, inTime, lowered.trustsExternalMarks);
        }
        return true;
    }

    private void add() {
        partial.kernelLeads++;
        int row = dimension.row(lead);
        VisitKernel before = candidateVisits;
        if (candidateMarks.isSame(baselineMarks)) {
            candidateVisits.fold(lead.moves(), candidateMarks, partial.shared.row(row));
        } else {
            before = baselineVisits;
            candidateVisits.fold(lead.moves(), candidateMarks, partial.candidate.row(row));
            baselineVisits.fold(lead.moves(), baselineMarks, partial.baseline.row(row));
        }
        int cycles = candidateVisits.cycles();
        partial.first.add(
                set(before.markedAt(0), candidateVisits.markedAt(0)),
                candidateVisits.outcome(0),
                candidateVisits.reason(0),
                words);
        for (int i = 1; i < cycles; i++) {
            partial.others.add(
                    set(before.markedAt(i), candidateVisits.markedAt(i)),
                    candidateVisits.outcome(i),
                    candidateVisits.reason(i),
                    words);
        }
        if (baseline == null) {
            long arrived = candidateVisits.markedAt(0);
            partial.orderAlone[
                    set(arrived, lead.order() == null ? arrived : VisitKernel.firstMark(lead.moves(), inTimeMarks))]++;
        }
        addedLeads[added] = lead.lead();
        addedStates[added++] = lead.lastState();
        if (question.lists(MARK_SET[set(before.markedAt(0), candidateVisits.markedAt(0))])) {
            addResult(before.markedAt(0), candidateVisits.markedAt(0), candidateVisits.outcome(0));
        }
    }

    private void addResult(long before, long after, int outcome) {
        partial.leads.add(new LeadResult(
                name(), MARK_SET[set(before, after)], OUTCOME[outcome], instant(before), instant(after), null));
    }

    private @Nullable Instant instant(long mark) {
        return mark == VisitKernel.NONE ? null : Instant.EPOCH.plus(lead.capturedAt() + mark, ChronoUnit.MICROS);
    }

    /** By the ordinal of {@link MarkSet}. */
    static int set(long before, long after) {
        if (before == after) {
            return before == VisitKernel.NONE ? MarkSet.NEITHER.ordinal() : MarkSet.KEPT.ordinal();
        } else if (before == VisitKernel.NONE) {
            return MarkSet.GAINED.ordinal();
        } else if (after == VisitKernel.NONE) {
            return MarkSet.DROPPED.ordinal();
        }
        return after < before ? MarkSet.EARLIER.ordinal() : MarkSet.LATER.ordinal();
    }

    /** Names what codes count. Nothing is replayed afterwards. */
    void leave() {
        shared.leave();
        candidateShapes.leave();
        baselineShapes.leave();
        partial.leave(segment, lowered.fit, unknownEntries);
    }
}

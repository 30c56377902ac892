package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    private final StatePoints candidatePoints;
    private final StatePoints baselinePoints;
    private final MarkKernel candidate;
    private final MarkKernel inTime;
    private final @Nullable MarkKernel baseline;
    private final @Nullable RecordedMarks recorded;
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
    private final boolean unmarkedAdded;
    /** Whether leads of known shapes that no side marks are passed over. */
    private final boolean passes;

    private final int[] steps;
    private final LeadShape shape;
    private final ShapeTally shared;
    private final ShapeTally candidateShapes;
    private final ShapeTally baselineShapes;

    private final long[][] unknownEntries;
    private final LastStates added = new LastStates();
    private final LastStates takenOut = new LastStates();
    private final Names names;
    private final int words;
    private final CaptureMicros asked;
    private final int[] left = new int[Layout.CHUNK];

    /** Leads of the chunk, and the last states of their attributes. */
    private static final class LastStates {

        private final int[] leads = new int[2 * Layout.CHUNK];
        private final int[] states = new int[2 * Layout.CHUNK];
        private int count;

        void add(int lead, int state) {
            leads[count] = lead;
            states[count++] = state;
        }
    }

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

    SegmentReplay(SegmentQuestion asks, PlainLeads plain, Partial partial) {
        this.segment = asks.segment();
        this.question = asks.question();
        this.dimension = asks.dimension();
        this.plain = plain;
        this.partial = partial;
        this.lowered = asks.candidate();
        LoweredPolicy loweredBaseline = asks.baseline();
        this.chunk = new Chunk(segment);
        this.arrival = question.order() == Judge.Order.ARRIVAL;
        this.lead = new LeadFacts(segment, chunk, arrival, CaptureMicros.knownAt(question.knownAt()));
        this.candidatePoints = new StatePoints(lowered);
        this.baselinePoints = loweredBaseline == null || candidatePoints.isOf(loweredBaseline)
                ? candidatePoints
                : new StatePoints(loweredBaseline);
        this.candidate = new MarkKernel(lowered, candidatePoints, arrival);
        this.inTime = new MarkKernel(lowered, candidatePoints, false);
        this.baseline = loweredBaseline == null ? null : new MarkKernel(loweredBaseline, baselinePoints, arrival);
        this.recorded = asks.recorded();
        this.candidateKnown = asks.candidateKnown().reader();
        this.baselineKnown = asks.baselineKnown().reader();
        this.fitsNumbers = asks.fitsNumbers();
        this.baselineTrusts = loweredBaseline != null && loweredBaseline.trustsExternalMarks;
        this.unknownEntries = Arrays.stream(lowered.fit)
                .map(table -> new long[table.hasUnknowns() ? table.entries() : 0])
                .toArray(long[][]::new);
        this.unmarkedAdded = asks.unmarked() != null;
        this.steps = segment.shapes().steps();
        this.shape = new LeadShape(segment, chunk, dimension);
        this.shared = new ShapeTally(partial.shared);
        this.candidateShapes = new ShapeTally(partial.candidate);
        this.baselineShapes = new ShapeTally(partial.baseline);
        this.names = new Names(segment);
        this.words = segment.words().size();
        this.passes = unmarkedAdded
                && segment.superseded() == null
                && !lowered.trustsExternalMarks
                && !baselineTrusts
                && (baseline == null || !arrival)
                && !question.lists(MarkSet.NEITHER);
        this.asked = new CaptureMicros(question.range());
    }

    /** Replays the leads of a chunk. */
    void chunk(int number) {
        chunk.begin(number);
        lead.begin();
        candidatePoints.begin(chunk);
        baselinePoints.begin(chunk);
        candidate.begin(chunk);
        if (baseline == null) {
            inTime.begin(chunk);
        } else {
            baseline.begin(chunk);
        }
        added.count = 0;
        takenOut.count = 0;
        if (question.knownAt() == null) {
            candidateKnown.begin(chunk);
            baselineKnown.begin(chunk);
            if (asked.isAll()) {
                candidate.judgeAll(chunk, candidateKnown);
                if (baseline != null) {
                    baseline.judgeAll(chunk, baselineKnown);
                }
            }
            int leads = findLeft();
            for (int n = 0; n < leads; n++) {
                if (!passes || !passes(left[n])) {
                    add(left[n]);
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
                countUnknowns(lowered.fit[i], unknownEntries[i]);
            }
        }
    }

    /** Lists the leads of the chunk, without some that have no marks; returns how many. */
    private int findLeft() {
        if (passes && baseline != null && candidate.hasJudgedAll() && baseline.hasJudgedAll()) {
            int leads = candidate.left(chunk, baseline, left);
            if (candidateKnown.remembers()) {
                rememberOthers(leads);
            }
            return leads;
        }
        for (int i = 0; i < chunk.leads(); i++) {
            left[i] = i;
        }
        return chunk.leads();
    }

    /** Remembers that leads have no marks that are not left. */
    private void rememberOthers(int leads) {
        int next = 0;
        for (int i = 0; i < chunk.leads(); i++) {
            if (next < leads && left[next] == i) {
                next++;
            } else {
                passOver(i);
            }
        }
    }

    private void passOver(int i) {
        boolean known = candidateKnown.of(i) == VisitKernel.NONE && baselineKnown.of(i) == VisitKernel.NONE;
        partial.knownLeads += known ? 1 : 0;
        candidateKnown.foundNone(i);
        baselineKnown.foundNone(i);
    }

    private void countUnknowns(FitTable table, long[] counts) {
        table.count(added.leads, added.states, added.count, 1, counts);
        table.count(takenOut.leads, takenOut.states, takenOut.count, -1, counts);
        if (unmarkedAdded && !table.isOfOneColumn()) {
            for (int i = 0; i < chunk.leads(); i++) {
                if (shape.isKnown(i)) {
                    counts[table.entry(chunk.firstLead() + i, chunk.statesFrom[i + 1] - 1)]++;
                }
            }
        }
    }

    /** Whether no side marks a lead, whose shape is known. */
    private boolean passes(int i) {
        long after = candidateKnown.of(i);
        long before = baselineKnown.of(i);
        if (!shape.isKnown(i) || mayMark(candidate, after, i) || mayMarkBefore(before, i)) {
            return false;
        }
        passOver(i);
        return true;
    }

    private boolean mayMarkBefore(long known, int i) {
        if (baseline != null) {
            return mayMark(baseline, known, i);
        }
        // In order of arrival the candidate may mark what it does not mark in time.
        return chunk.flags.codes[i] != 0 || chunk.moves.codes[i] != steps[chunk.shapes.codes[i]];
    }

    /** A lead whose shape is known is added without marks, and then changed. */
    private void add(int i) {
        boolean known = fitsNumbers && shape.isKnown(i);
        if (!isAsked(i)) {
            if (known && unmarkedAdded) {
                addUnmarked(i, -1);
            }
            return;
        }
        if (known) {
            if (!unmarkedAdded) {
                addUnmarked(i, 1);
            }
            if (change(i)) {
                return;
            }
            addUnmarked(i, -1);
        }
        lead.go(i);
        lead.read();
        addByMoves();
    }

    private void addUnmarked(int i, int times) {
        shape.read(i);
        partial.addUnmarked(shape, shared, words, times);
        (times > 0 ? added : takenOut).add(shape.lead(), shape.lastState());
    }

    private boolean isAsked(int leadOfChunk) {
        if (!segment.stands(chunk.firstLead() + leadOfChunk)) {
            return false;
        }
        return asked.isAll() || asked.holds(chunk.capturedAt(leadOfChunk));
    }

    /** Has its marks change a lead that was added without; false where it has to be folded by its moves. */
    private boolean change(int i) {
        boolean permuted = arrival && chunk.flags.codes[i] != 0;
        boolean marked = chunk.moves.codes[i] != steps[chunk.shapes.codes[i]];
        if ((permuted && (chunk.flags.codes[i] & Layout.ATTRIBUTES_REORDERED) != 0)
                || (marked && (lowered.trustsExternalMarks || baselineTrusts))) {
            return false;
        }
        long after = permuted ? MarkMemory.UNKNOWN : candidateKnown.of(i);
        long before = permuted ? MarkMemory.UNKNOWN : baselineKnown.of(i);
        partial.knownLeads += after != MarkMemory.UNKNOWN && before != MarkMemory.UNKNOWN ? 1 : 0;
        boolean toldAfter = take(candidate, after, permuted, i, candidateMarks);
        boolean toldBefore = take(baseline, before, permuted, i, baselineMarks);
        if (baseline == null && !marked && !toldBefore) {
            baselineMarks.clear();
            toldBefore = true;
        }
        boolean alsoInTime = permuted && baseline == null && candidate.mayMark(i);
        inTimeMarks.clear();
        if (!toldAfter || !toldBefore || alsoInTime) {
            lead.go(i);
            lead.read();
            if (!judge(toldAfter, toldBefore)) {
                return false;
            }
        }
        if (!permuted) {
            candidateKnown.found(i, candidateMarks);
            baselineKnown.found(i, baselineMarks);
        }
        MarkList alone = permuted && baseline == null ? inTimeMarks : candidateMarks;
        if (candidateMarks.count() == 0 && baselineMarks.count() == 0 && alone.count() == 0) {
            if (question.lists(MarkSet.NEITHER)) {
                shape.read(i);
                addResult(i, VisitKernel.NONE, VisitKernel.NONE);
            }
            return true;
        }
        shape.read(i);
        return change(i, alone);
    }

    private boolean change(int i, MarkList alone) {
        long firstAlone = VisitKernel.NONE;
        if (baseline == null && alone != candidateMarks) {
            Shapes.Entry entry = shape.marked(alone);
            if (entry == null) {
                return false;
            }
            firstAlone = LeadShape.markedAt(entry, 0, alone);
        }
        boolean same = candidateMarks.isSame(baselineMarks);
        if (!same && baselineMarks.count() > 1 && shape.marked(baselineMarks) == null) {
            return false;
        }
        Shapes.Entry after = shape.marked(candidateMarks);
        if (after == null) {
            return false;
        }
        int row = shape.row();
        long firstAfter = LeadShape.markedAt(after, 0, candidateMarks);
        if (candidateMarks.count() > 0) {
            (same ? shared : candidateShapes).change(row, after, shape.instants());
        }
        Shapes.Entry before = same ? after : Objects.requireNonNull(shape.marked(baselineMarks));
        if (!same && baselineMarks.count() > 0) {
            baselineShapes.change(row, before, shape.instants());
        }
        int[] outcomes = shape.outcomes();
        for (int cycle = 0; cycle < outcomes.length; cycle++) {
            int set = set(
                    LeadShape.markedAt(before, cycle, baselineMarks), LeadShape.markedAt(after, cycle, candidateMarks));
            if (set != Partial.NEITHER) {
                int reason = shape.reason(cycle);
                partial.cycles(cycle).add(Partial.NEITHER, outcomes[cycle], reason, words, -1);
                partial.cycles(cycle).add(set, outcomes[cycle], reason, words, 1);
            }
        }
        long firstBefore = LeadShape.markedAt(before, 0, baselineMarks);
        int first = set(firstBefore, firstAfter);
        if (firstAfter != VisitKernel.NONE) {
            // The instants' first mark may be the baseline's by now: where it is kept, they are the same.
            partial.afterMark.add(row, first, after, shape.instants());
        }
        if (baseline == null) {
            partial.orderAlone[Partial.NEITHER]--;
            partial.orderAlone[set(firstAfter, alone == candidateMarks ? firstAfter : firstAlone)]++;
        }
        if (question.lists(MARK_SET[first])) {
            addResult(i, firstBefore, firstAfter);
        }
        return true;
    }

    private void addResult(int i, long before, long after) {
        lead.go(i);
        addResult(before, after, shape.outcomes()[0]);
    }

    private static boolean mayMark(MarkKernel kernel, long known, int leadOfChunk) {
        if (known != MarkMemory.UNKNOWN) {
            return known != VisitKernel.NONE;
        }
        return kernel.hasJudged(leadOfChunk) ? kernel.judgedCount(leadOfChunk) > 0 : kernel.mayMark(leadOfChunk);
    }

    /**
     * Takes a side's marks of a lead that are known, or were found with those of all the chunk; false where the lead has to be judged.
     *
     * @param kernel null for the marks that history holds
     * @param permuted whether the order in which facts arrived matters
     */
    private static boolean take(
            @Nullable MarkKernel kernel, long known, boolean permuted, int leadOfChunk, MarkList marks) {
        if (known != MarkMemory.UNKNOWN) {
            marks.only(known);
        } else if (kernel == null) {
            return false;
        } else if (!permuted && kernel.hasJudged(leadOfChunk)) {
            kernel.copyJudged(leadOfChunk, marks);
        } else if (kernel.mayMark(leadOfChunk)) {
            return false;
        } else {
            marks.clear();
        }
        return true;
    }

    /** Takes a side's marks of the lead that was read, if they were found with those of all the chunk. */
    private boolean takeJudged(@Nullable MarkKernel kernel, MarkList marks) {
        int i = lead.leadOfChunk();
        if (kernel == null || lead.order() != null || !kernel.hasJudged(i)) {
            return false;
        }
        kernel.copyJudged(i, marks);
        return true;
    }

    private void addByMoves() {
        Slow slow = !fitsNumbers ? Slow.ARITHMETIC : lead.hasVoidsInOrder() ? null : lead.slow();
        if (slow == null && !judge(takeJudged(candidate, candidateMarks), takeJudged(baseline, baselineMarks))) {
            slow = Slow.ARITHMETIC;
        }
        if (slow != null) {
            plain.add(lead.history(question.withLeads() ? name() : ""), slow, partial);
        } else {
            add();
        }
    }

    /** Replays a portion of the leads that are stored as events. */
    void wide(int portion) {
        WideLeads.forEach(segment, portion, question.knownAt(), (lead, reason) -> plain.add(lead, reason, partial));
    }

    private String name() {
        return names.of(lead.lead());
    }

    /**
     * Finds the marks of the lead that was read; false where integers alone do not.
     *
     * @param toldAfter whether the candidate's are there
     * @param toldBefore whether the baseline's are
     */
    private boolean judge(boolean toldAfter, boolean toldBefore) {
        int[] order = lead.order();
        if (!toldAfter) {
            if (!candidate.judge(lead, order)) {
                return false;
            }
            candidateMarks.judged(lead, candidate, lowered.trustsExternalMarks);
        }
        if (!toldBefore && !judgeBefore(order)) {
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

    private boolean judgeBefore(int @Nullable [] order) {
        if (recorded != null) {
            recorded.read(lead.lead(), baselineMarks);
        } else if (baseline == null) {
            baselineMarks.recorded(lead.moves());
        } else if (baseline.judge(lead, order)) {
            baselineMarks.judged(lead, baseline, baselineTrusts);
        } else {
            return false;
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
        int first = set(before.markedAt(0), candidateVisits.markedAt(0));
        if (candidateVisits.markedAt(0) != VisitKernel.NONE) {
            partial.afterMark.add(row, first, lead.moves(), candidateMarks);
        }
        partial.first.add(first, candidateVisits.outcome(0), candidateVisits.reason(0), words, 1);
        for (int i = 1; i < cycles; i++) {
            partial.others.add(
                    set(before.markedAt(i), candidateVisits.markedAt(i)),
                    candidateVisits.outcome(i),
                    candidateVisits.reason(i),
                    words,
                    1);
        }
        if (baseline == null) {
            long arrived = candidateVisits.markedAt(0);
            partial.orderAlone[
                    set(arrived, lead.order() == null ? arrived : VisitKernel.firstMark(lead.moves(), inTimeMarks))]++;
        }
        added.add(lead.lead(), lead.lastState());
        if (question.lists(MARK_SET[first])) {
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
        partial.leave(segment);
        for (int i = 0; i < unknownEntries.length; i++) {
            partial.addUnknowns(lowered.fit[i], unknownEntries[i]);
        }
    }
}

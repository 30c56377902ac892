package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.FitPart;
import io.smarketing.lifecycle.policy.Policy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a replay asks of one segment, in its codes. The threads of the replay share it.
 *
 * @param baseline null for the marks that history holds
 * @param recorded the marks that history holds, where they are known and asked for
 * @param unmarked its leads without marks, whichever of them stand; null where they are added one by one
 */
record SegmentQuestion(
        Segment segment,
        ReplayQuestion question,
        LoweredPolicy candidate,
        @Nullable LoweredPolicy baseline,
        KnownMarks candidateKnown,
        KnownMarks baselineKnown,
        DimensionRows.OfSegment dimension,
        @Nullable RecordedMarks recorded,
        @Nullable UnmarkedLeads unmarked) {

    /**
     * @param keeps whether what no policy changes is kept with the segment
     * @param remembers whether marks are
     */
    static SegmentQuestion of(
            Segment segment, ReplayQuestion question, DimensionRows dimension, boolean keeps, boolean remembers) {
        boolean keepsCounts = keeps && question.knownAt() == null;
        ActivityCounts counts = keepsCounts ? segment.policyFree().counts(segment) : null;
        Policy policy = question.baseline();
        Function<FitPart, FitTable> tables =
                keeps ? part -> segment.fits().of(part, segment) : part -> new FitTable(part, segment);
        LoweredPolicy candidate = new LoweredPolicy(question.candidate(), segment, counts, tables);
        LoweredPolicy baseline = policy == null ? null : new LoweredPolicy(policy, segment, counts, tables);
        DimensionRows.OfSegment rows = dimension.of(segment);
        boolean fitsNumbers = candidate.fitsNumbers && (baseline == null || baseline.fitsNumbers);
        boolean keepsLeads = keepsCounts
                && fitsNumbers
                && rows.numbers().length <= PolicyFree.MOST_VALUES
                && new CaptureMicros(question.range()).isAll();
        return new SegmentQuestion(
                segment,
                question,
                candidate,
                baseline,
                remembers ? KnownMarks.of(segment, candidate) : KnownMarks.none(),
                remembers ? KnownMarks.of(segment, baseline) : KnownMarks.none(),
                rows,
                keepsCounts && policy == null ? segment.policyFree().recorded(segment) : null,
                keepsLeads ? segment.policyFree().unmarked(segment, question.dimension(), rows) : null);
    }

    boolean fitsNumbers() {
        return candidate.fitsNumbers && (baseline == null || baseline.fitsNumbers);
    }

    /** All leads were asked: what was found of the segment is added, and its marks remembered. */
    void end(Partial all) {
        if (unmarked != null) {
            unmarked.addTo(all, dimension.numbers(), candidate.fit);
        }
        if (question.knownAt() == null) {
            baselineKnown.keep();
            candidateKnown.keep();
        }
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one thread has added up. Merges with those of other threads to the same in any order. Not thread-safe. */
final class Partial {

    static final int SETS = MarkSet.values().length;
    static final int OUTCOMES = Cycle.Outcome.values().length;

    static final int NEITHER = MarkSet.NEITHER.ordinal();

    private static final MarkSet[] SET = MarkSet.values();

    /** Leads whose marks are the same on both sides are added once. */
    final FunnelTallies shared = new FunnelTallies();

    final FunnelTallies baseline = new FunnelTallies();
    final FunnelTallies candidate = new FunnelTallies();
    final AfterMarkTallies afterMark = new AfterMarkTallies();
    final CycleCounts first = new CycleCounts();
    final CycleCounts others = new CycleCounts();
    final long[] orderAlone = new long[SETS];
    private final Map<String, Map<String, Long>> unknowns = new TreeMap<>();
    final EnumMap<Slow, Long> slow = new EnumMap<>(Slow.class);
    final List<LeadResult> leads = new ArrayList<>();
    long kernelLeads;
    long knownLeads;

    /**
     * Adds a lead without marks, or takes it out again.
     *
     * @param rows where it is added
     * @param words how many the segment has
     * @param times 1 or -1
     */
    void addUnmarked(LeadShape lead, ShapeTally rows, int words, int times) {
        rows.addUnmarked(lead.row(), lead.unmarked(), lead.instants(), times);
        int[] outcomes = lead.outcomes();
        for (int cycle = 0; cycle < outcomes.length; cycle++) {
            cycles(cycle).add(NEITHER, outcomes[cycle], lead.reason(cycle), words, times);
        }
        orderAlone[NEITHER] += times;
        kernelLeads += times;
    }

    /** Those that a cycle belongs to. */
    CycleCounts cycles(int cycle) {
        return cycle == 0 ? first : others;
    }

    /** Codes of a segment mean nothing beyond it: what they count is named. */
    void leave(Segment segment) {
        first.leave(segment);
        others.leave(segment);
    }

    /** Names what was left undecided of attributes, by what each table gives. */
    void addUnknowns(FitTable table, long[] byEntry) {
        for (int entry = 0; entry < byEntry.length; entry++) {
            if (byEntry[entry] != 0) {
                addUnknowns(table.unknowns(entry), byEntry[entry]);
            }
        }
    }

    void addUnknowns(Map<String, Set<String>> fieldsByRule, long times) {
        fieldsByRule.forEach((rule, fields) -> fields.forEach(field ->
                unknowns.computeIfAbsent(rule, absent -> new TreeMap<>()).merge(field, times, Long::sum)));
    }

    /** Durations are put in order, for all that these are added to. */
    void sort() {
        shared.sort();
    }

    /**
     * Adds leads without marks, which stay as they are.
     *
     * @param numbers of the rows here, by those there
     */
    void add(Partial unmarked, int[] numbers) {
        shared.add(unmarked.shared, numbers);
        addCycles(unmarked);
        kernelLeads += unmarked.kernelLeads;
    }

    private void addCycles(Partial other) {
        first.merge(other.first);
        others.merge(other.others);
        for (int i = 0; i < SETS; i++) {
            orderAlone[i] += other.orderAlone[i];
        }
    }

    void merge(Partial other) {
        shared.merge(other.shared);
        baseline.merge(other.baseline);
        candidate.merge(other.candidate);
        afterMark.merge(other.afterMark);
        addCycles(other);
        other.unknowns.forEach((rule, fields) -> fields.forEach((field, count) ->
                unknowns.computeIfAbsent(rule, absent -> new TreeMap<>()).merge(field, count, Long::sum)));
        other.slow.forEach((reason, count) -> slow.merge(reason, count, Long::sum));
        leads.addAll(other.leads);
        kernelLeads += other.kernelLeads;
        knownLeads += other.knownLeads;
    }

    /** By rule, how often an attribute left it undecided. */
    Map<String, Map<String, Long>> unknowns() {
        Map<String, Map<String, Long>> undecided = new TreeMap<>();
        unknowns.forEach((rule, fields) -> fields.forEach((field, times) -> {
            if (times != 0) {
                undecided.computeIfAbsent(rule, absent -> new TreeMap<>()).put(field, times);
            }
        }));
        return undecided;
    }

    /** Null when the baseline is a policy. */
    @Nullable Map<MarkSet, Long> orderAlone(boolean recorded) {
        if (!recorded) {
            return null;
        }
        Map<MarkSet, Long> alone = new EnumMap<>(MarkSet.class);
        for (MarkSet set : SET) {
            alone.put(set, orderAlone[set.ordinal()]);
        }
        return alone;
    }
}

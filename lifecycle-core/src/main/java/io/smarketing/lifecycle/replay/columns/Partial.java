package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
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

    private static final MarkSet[] SET = MarkSet.values();
    private static final Cycle.Outcome[] OUTCOME = Cycle.Outcome.values();

    /** Leads whose marks are the same on both sides are added once. */
    final FunnelTallies shared = new FunnelTallies();

    final FunnelTallies baseline = new FunnelTallies();
    final FunnelTallies candidate = new FunnelTallies();
    final CycleCounts first = new CycleCounts();
    final CycleCounts others = new CycleCounts();
    final long[] orderAlone = new long[SETS];
    final Map<String, Map<String, Long>> unknowns = new TreeMap<>();
    final EnumMap<Slow, Long> slow = new EnumMap<>(Slow.class);
    final List<LeadResult> leads = new ArrayList<>();
    long kernelLeads;
    long knownLeads;

    /** Cycles by set and outcome, and rejected ones by their reason's code in the segment at hand. */
    static final class CycleCounts {

        private final long[] counts = new long[SETS * OUTCOMES];
        private final long[][] reasons = new long[SETS][0];
        private final OutcomeTally named = new OutcomeTally();

        void add(int set, int outcome, int reason, int words) {
            counts[set * OUTCOMES + outcome]++;
            if (reason != 0) {
                if (reasons[set].length < words) {
                    reasons[set] = new long[words];
                }
                reasons[set][reason]++;
            }
        }

        void add(MarkSet set, Cycle cycle) {
            counts[set.ordinal() * OUTCOMES + cycle.outcome().ordinal()]++;
            String reason = cycle.reason();
            if (reason != null) {
                named.addReason(set, reason, 1);
            }
        }

        private void leave(Segment segment) {
            for (MarkSet set : SET) {
                long[] byCode = reasons[set.ordinal()];
                for (int code = 1; code < byCode.length; code++) {
                    named.addReason(set, String.valueOf(segment.words().text(code)), byCode[code]);
                }
                reasons[set.ordinal()] = new long[0];
            }
        }

        private void merge(CycleCounts other) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
            named.merge(other.named);
        }

        OutcomeTally tally() {
            for (int i = 0; i < counts.length; i++) {
                named.add(SET[i / OUTCOMES], OUTCOME[i % OUTCOMES], counts[i]);
            }
            return named;
        }
    }

    /** Codes of a segment mean nothing beyond it: what they count is named. */
    void leave(Segment segment, FitTable[] tables, long[][] unknownEntries) {
        first.leave(segment);
        others.leave(segment);
        for (int i = 0; i < tables.length; i++) {
            for (int entry = 0; entry < unknownEntries[i].length; entry++) {
                if (unknownEntries[i][entry] > 0) {
                    addUnknowns(tables[i].unknowns(entry), unknownEntries[i][entry]);
                }
            }
        }
    }

    void addUnknowns(Map<String, Set<String>> fieldsByRule, long times) {
        fieldsByRule.forEach((rule, fields) -> fields.forEach(field ->
                unknowns.computeIfAbsent(rule, absent -> new TreeMap<>()).merge(field, times, Long::sum)));
    }

    void merge(Partial other) {
        shared.merge(other.shared);
        baseline.merge(other.baseline);
        candidate.merge(other.candidate);
        first.merge(other.first);
        others.merge(other.others);
        for (int i = 0; i < SETS; i++) {
            orderAlone[i] += other.orderAlone[i];
        }
        other.unknowns.forEach((rule, fields) -> fields.forEach((field, count) ->
                unknowns.computeIfAbsent(rule, absent -> new TreeMap<>()).merge(field, count, Long::sum)));
        other.slow.forEach((reason, count) -> slow.merge(reason, count, Long::sum));
        leads.addAll(other.leads);
        kernelLeads += other.kernelLeads;
        knownLeads += other.knownLeads;
    }

    long leadCount() {
        long count = 0;
        for (long one : first.counts) {
            count += one;
        }
        return count;
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

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Cycles by set and outcome, and why they were rejected; some may be taken out before they are put in elsewhere. Not thread-safe. */
final class CycleCounts {

    private static final MarkSet[] SET = MarkSet.values();
    private static final Cycle.Outcome[] OUTCOME = Cycle.Outcome.values();

    private final long[] counts = new long[SET.length * OUTCOME.length];
    /** By the reason's code in the segment at hand. */
    private final long[][] reasons = new long[SET.length][0];

    private final Map<MarkSet, Map<String, Long>> named = new HashMap<>();

    CycleCounts() {
        Stream.of(SET).forEach(set -> named.put(set, new HashMap<>()));
    }

    /**
     * Adds cycles of one kind.
     *
     * @param reason 0 for none
     * @param words how many the segment has
     * @param times fewer than none takes them out
     */
    void add(int set, int outcome, int reason, int words, int times) {
        counts[set * OUTCOME.length + outcome] += times;
        if (reason != 0) {
            if (reasons[set].length < words) {
                reasons[set] = new long[words];
            }
            reasons[set][reason] += times;
        }
    }

    void add(MarkSet set, Cycle cycle) {
        counts[set.ordinal() * OUTCOME.length + cycle.outcome().ordinal()]++;
        String reason = cycle.reason();
        if (reason != null) {
            name(set, reason, 1);
        }
    }

    private void name(MarkSet set, String reason, long times) {
        named.getOrDefault(set, new HashMap<>()).merge(reason, times, Long::sum);
    }

    /** Codes of a segment mean nothing beyond it: what they count is named. */
    void leave(Segment segment) {
        for (MarkSet set : SET) {
            long[] byCode = reasons[set.ordinal()];
            for (int code = 1; code < byCode.length; code++) {
                if (byCode[code] != 0) {
                    name(set, String.valueOf(segment.words().text(code)), byCode[code]);
                }
            }
            reasons[set.ordinal()] = new long[0];
        }
    }

    /** Adds those of others, which were left. */
    void merge(CycleCounts other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        other.named.forEach((set, why) -> why.forEach((reason, times) -> name(set, reason, times)));
    }

    long all() {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        return all;
    }

    OutcomeTally tally() {
        OutcomeTally tally = new OutcomeTally();
        for (int i = 0; i < counts.length; i++) {
            tally.add(SET[i / OUTCOME.length], OUTCOME[i % OUTCOME.length], counts[i]);
        }
        named.forEach((set, why) -> why.forEach((reason, times) -> tally.addReason(set, reason, times)));
        return tally;
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.Decay;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the marks that a policy makes of a lead, by integers alone: what {@code Judging} does, without objects. It evaluates where a mark
 * is possible only: with the greatest total that the rules can have, the lead has to reach the threshold. Not thread-safe.
 */
final class MarkKernel {

    private static final int INITIAL = 16;
    private static final long DISQUALIFIED = Long.MIN_VALUE;

    private final LoweredPolicy policy;
    private final int rules;
    private final long[] counts;
    /** Of rules whose total depends on the number alone: what they give. Of others: the most they can give. */
    private final long[] totals;

    private final long[][] occurredAt;
    private final long[][] occurredTimes;
    private final int[] occurrences;
    private long sum;
    private boolean touched;
    private boolean overflowed;

    private long[] marks = new long[INITIAL];
    private int count;

    MarkKernel(LoweredPolicy policy) {
        this.policy = policy;
        this.rules = policy.points.length;
        this.counts = new long[rules];
        this.totals = new long[rules];
        this.occurredAt = new long[rules][INITIAL];
        this.occurredTimes = new long[rules][INITIAL];
        this.occurrences = new int[rules];
    }

    /** The clock's readings at the marks that {@link #judge} made, rising. */
    long[] marks() {
        return marks;
    }

    int count() {
        return count;
    }

    /**
     * Judges a lead; false when a sum goes beyond 64 bits, and the marks are unknown.
     *
     * @param order of the facts; null for that in which they stand
     */
    boolean judge(LeadFacts lead, int @Nullable [] order) {
        count = 0;
        overflowed = false;
        clear();
        int[] codes = lead.codes();
        int facts = lead.count();
        int state = lead.firstState();
        long fit = fit(lead.lead(), state);
        long clock = lead.capture();
        boolean marked = fit >= policy.threshold;
        boolean cycled = false;
        long cycleEnd = 0;
        long cooled = Long.MIN_VALUE;
        if (marked) {
            mark(clock);
        }
        int judged = state;
        for (int i = 0; i < facts; i++) {
            int fact = order == null ? i : order[i];
            int code = codes[fact];
            if (code >= FactCode.FIRST_ACTIVITY) {
                if (marked) {
                    // Nothing of this cycle is asked any more; only in order of arrival does the clock run ahead of
                    // later facts.
                    clock = order == null ? clock : Math.max(clock, lead.at(fact));
                    continue;
                }
                int from = policy.ruleFrom[code];
                int to = policy.ruleFrom[code + 1];
                long at = lead.at(fact);
                clock = Math.max(clock, at);
                if (!cycled || at > cycleEnd) {
                    for (int j = from; j < to; j++) {
                        add(policy.rules[j], at, policy.times[code]);
                    }
                }
            } else if (code >= FactCode.REJECTED) {
                clock = Math.max(clock, lead.at(fact));
                if (code == FactCode.WON) {
                    break;
                }
                cycled = true;
                cycleEnd = clock;
                cooled = clock + policy.cooldown;
                marked = false;
                clear();
                continue;
            } else if (code <= FactCode.CAPTURED) {
                clock = Math.max(clock, lead.at(fact));
                state++;
            } else {
                if (code != FactCode.ENGINE_MARK && (code != FactCode.EXTERNAL_MARK || policy.trustsExternalMarks)) {
                    clock = Math.max(clock, lead.at(fact));
                    marked |= code == FactCode.EXTERNAL_MARK;
                }
                continue;
            }
            if (!marked && clock >= cooled) {
                if (judged != state) {
                    fit = fit(lead.lead(), state);
                    judged = state;
                }
                if (fit != DISQUALIFIED && fit + sum >= policy.threshold) {
                    marked = !policy.anyAges || fit + exactSum(clock) >= policy.threshold;
                    if (overflowed) {
                        return false;
                    }
                    if (marked) {
                        mark(clock);
                    }
                }
            }
        }
        return true;
    }

    /** Points of all fit rules, or {@link #DISQUALIFIED}. */
    private long fit(int lead, int state) {
        long points = 0;
        for (FitTable table : policy.fit) {
            int entry = table.entry(lead, state);
            if (table.disqualifies(entry)) {
                return DISQUALIFIED;
            }
            points += table.points(entry);
        }
        return points;
    }

    private void mark(long at) {
        if (count == marks.length) {
            marks = Arrays.copyOf(marks, 2 * count);
        }
        marks[count++] = at;
    }

    private void clear() {
        if (touched) {
            Arrays.fill(counts, 0);
            Arrays.fill(totals, 0);
            Arrays.fill(occurrences, 0);
            sum = 0;
            touched = false;
        }
    }

    private void add(int rule, long at, long times) {
        touched = true;
        counts[rule] += times;
        long points = policy.points[rule];
        if (policy.ages[rule]) {
            int n = occurrences[rule];
            if (n == occurredAt[rule].length) {
                occurredAt[rule] = Arrays.copyOf(occurredAt[rule], 2 * n);
                occurredTimes[rule] = Arrays.copyOf(occurredTimes[rule], 2 * n);
            }
            occurredAt[rule][n] = at;
            occurredTimes[rule][n] = times;
            occurrences[rule] = n + 1;
            bound(rule);
        } else {
            long total = capped(points * counts[rule], policy.cap[rule]);
            sum += total - totals[rule];
            totals[rule] = total;
        }
    }

    /** The most that the occurrences can give: none of them older than now. */
    private void bound(int rule) {
        long most = Math.max(0, Math.min(policy.cap[rule], policy.points[rule] * counts[rule]));
        sum += most - totals[rule];
        totals[rule] = most;
    }

    private static long capped(long total, long cap) {
        return Math.max(-cap, Math.min(cap, total));
    }

    /** What all rules give now. */
    private long exactSum(long clock) {
        long exact = sum;
        for (int rule = 0; rule < rules; rule++) {
            if (policy.ages[rule] && occurrences[rule] > 0) {
                exact += aged(rule, clock) - totals[rule];
            }
        }
        return exact;
    }

    private long aged(int rule, long clock) {
        long[] at = occurredAt[rule];
        long[] times = occurredTimes[rule];
        int n = occurrences[rule];
        long halfLife = policy.halfLife[rule];
        long start = policy.within[rule] == 0 ? Long.MIN_VALUE : clock - policy.within[rule];
        long weighted = 0;
        for (int i = 0; i < n; i++) {
            if (at[i] > start) {
                weighted += halfLife == 0 ? times[i] : times[i] * Decay.weight(clock - at[i], halfLife);
            }
        }
        if (halfLife == 0) {
            return capped(weighted * policy.points[rule], policy.cap[rule]);
        }
        long points = policy.points[rule];
        long product = weighted * points;
        if (Math.multiplyHigh(weighted, points) != product >> (Long.SIZE - 1)) {
            overflowed = true;
            return 0;
        }
        return capped(product / Decay.WHOLE, policy.cap[rule]);
    }
}

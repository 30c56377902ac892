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

    private final LoweredPolicy policy;
    private final int rules;
    private final long[] counts;
    /** Of rules whose total depends on the number alone: what they give. Of others: the most they can give. */
    private final long[] totals;

    /** The facts that rules which age count. */
    private final int[][] occurred;

    private final long[][] occurredTimes;
    private final int[] occurrences;
    private long sum;
    private boolean touched;
    private boolean overflowed;

    /** Points of the attributes' rules, by the chunk's states. */
    private long[] fits = new long[0];

    private int firstState;

    private long[] marks = new long[INITIAL];
    private int count;

    MarkKernel(LoweredPolicy policy) {
        this.policy = policy;
        this.rules = policy.points.length;
        this.counts = new long[rules];
        this.totals = new long[rules];
        this.occurred = new int[rules][INITIAL];
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

    /** Adds up what the rules of attributes give to the leads of the chunk that {@code leads} has begun. */
    void begin(LeadFacts leads, Codes changes) {
        firstState = leads.chunkFirstState();
        int states = leads.chunkStates();
        if (fits.length < states) {
            fits = new long[states];
        }
        Arrays.fill(fits, 0, states, 0);
        for (FitTable table : policy.fit) {
            table.add(leads.firstLead(), leads.leads(), firstState, changes, fits);
        }
    }

    /**
     * Judges a lead of the chunk; false when a sum goes beyond 64 bits, and the marks are unknown.
     *
     * @param order of the facts; null for that in which they stand
     */
    boolean judge(LeadFacts lead, int @Nullable [] order) {
        count = 0;
        overflowed = false;
        if (!mayBeMarked(lead)) {
            return true;
        }
        clear();
        if (order == null) {
            judgeInOrder(lead);
        } else {
            judgeInSequence(lead, order);
        }
        return !overflowed;
    }

    /** Whether the best of its attributes with the most of its activities reach the threshold. */
    private boolean mayBeMarked(LeadFacts lead) {
        int first = lead.firstState() - firstState;
        int last = lead.lastState() - firstState;
        long best = fits[first];
        for (int state = first + 1; state <= last; state++) {
            best = Math.max(best, fits[state]);
        }
        return best + policy.most(lead.kinds(), lead.count()) >= policy.threshold;
    }

    /** In fold order no fact finds the clock ahead of itself, but for the capture's: times are read where they matter only. */
    private void judgeInOrder(LeadFacts lead) {
        char[] codes = lead.codes();
        int from = lead.codesFrom();
        int facts = lead.count();
        int[] ruleFrom = policy.ruleFrom;
        long threshold = policy.threshold;
        int state = lead.firstState() - firstState;
        long fit = fits[state];
        boolean marked = fit >= threshold;
        boolean cycled = false;
        long cycleEnd = 0;
        long cooled = Long.MIN_VALUE;
        if (marked) {
            mark(lead.capture());
        }
        for (int fact = 0; fact < facts; fact++) {
            int code = codes[from + fact];
            if (code >= FactCode.FIRST_ACTIVITY) {
                int rule = ruleFrom[code];
                int end = ruleFrom[code + 1];
                if (marked || (rule == end && !cycled && !policy.rises)) {
                    // Nothing of this cycle is asked any more, or nothing has changed.
                    continue;
                }
                if (!cycled || lead.at(fact) > cycleEnd) {
                    for (; rule < end; rule++) {
                        add(policy.rules[rule], fact, policy.times[code]);
                    }
                }
            } else if (code >= FactCode.REJECTED) {
                if (code == FactCode.WON) {
                    return;
                }
                cycled = true;
                cycleEnd = Math.max(lead.capture(), lead.at(fact));
                cooled = cycleEnd + policy.cooldown;
                marked = false;
                clear();
                continue;
            } else if (code <= FactCode.CAPTURED) {
                fit = fits[++state];
            } else {
                marked |= code == FactCode.EXTERNAL_MARK && policy.trustsExternalMarks;
                continue;
            }
            if (fit + sum >= threshold && !marked) {
                long clock = Math.max(lead.capture(), lead.at(fact));
                marked = clock >= cooled && (!policy.anyAges || fit + exactSum(lead, clock) >= threshold);
                if (marked) {
                    mark(clock);
                }
            }
        }
    }

    /** In order of arrival the clock may be ahead of a fact. */
    private void judgeInSequence(LeadFacts lead, int[] order) {
        int facts = lead.count();
        int state = lead.firstState() - firstState;
        long clock = lead.capture();
        boolean marked = fits[state] >= policy.threshold;
        boolean cycled = false;
        long cycleEnd = 0;
        long cooled = Long.MIN_VALUE;
        if (marked) {
            mark(clock);
        }
        for (int i = 0; i < facts; i++) {
            int fact = order[i];
            int code = lead.code(fact);
            if (code == FactCode.ENGINE_MARK || (code == FactCode.EXTERNAL_MARK && !policy.trustsExternalMarks)) {
                continue;
            }
            long at = lead.at(fact);
            clock = Math.max(clock, at);
            if (code >= FactCode.FIRST_ACTIVITY) {
                if (!marked && (!cycled || at > cycleEnd)) {
                    for (int rule = policy.ruleFrom[code]; rule < policy.ruleFrom[code + 1]; rule++) {
                        add(policy.rules[rule], fact, policy.times[code]);
                    }
                }
            } else if (code == FactCode.WON) {
                return;
            } else if (code >= FactCode.REJECTED) {
                cycled = true;
                cycleEnd = clock;
                cooled = clock + policy.cooldown;
                marked = false;
                clear();
                continue;
            } else if (code <= FactCode.CAPTURED) {
                state++;
            } else {
                marked |= code == FactCode.EXTERNAL_MARK;
                continue;
            }
            if (!marked && clock >= cooled && fits[state] + sum >= policy.threshold) {
                marked = !policy.anyAges || fits[state] + exactSum(lead, clock) >= policy.threshold;
                if (marked) {
                    mark(clock);
                }
            }
        }
    }

    private void mark(long at) {
        if (count == marks.length) {
            marks = Arrays.copyOf(marks, 2 * count);
        }
        marks[count++] = at;
    }

    private void clear() {
        if (sum != 0 || touched) {
            for (int rule = 0; rule < rules; rule++) {
                counts[rule] = 0;
                totals[rule] = 0;
                occurrences[rule] = 0;
            }
            sum = 0;
            touched = false;
        }
    }

    private void add(int rule, int fact, long times) {
        touched = true;
        counts[rule] += times;
        if (policy.ages[rule]) {
            int n = occurrences[rule];
            if (n == occurred[rule].length) {
                occurred[rule] = Arrays.copyOf(occurred[rule], 2 * n);
                occurredTimes[rule] = Arrays.copyOf(occurredTimes[rule], 2 * n);
            }
            occurred[rule][n] = fact;
            occurredTimes[rule][n] = times;
            occurrences[rule] = n + 1;
            bound(rule);
        } else {
            long total = capped(policy.points[rule] * counts[rule], policy.cap[rule]);
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
    private long exactSum(LeadFacts lead, long clock) {
        long exact = sum;
        for (int rule = 0; rule < rules; rule++) {
            if (policy.ages[rule] && occurrences[rule] > 0) {
                exact += aged(lead, rule, clock) - totals[rule];
            }
        }
        return exact;
    }

    private long aged(LeadFacts lead, int rule, long clock) {
        int[] facts = occurred[rule];
        long[] times = occurredTimes[rule];
        int n = occurrences[rule];
        long halfLife = policy.halfLife[rule];
        long start = policy.within[rule] == 0 ? Long.MIN_VALUE : clock - policy.within[rule];
        long weighted = 0;
        for (int i = 0; i < n; i++) {
            long at = lead.at(facts[i]);
            if (at > start) {
                weighted += halfLife == 0 ? times[i] : times[i] * Decay.weight(clock - at, halfLife);
            }
        }
        if (halfLife == 0) {
            return capped(weighted * policy.points[rule], policy.cap[rule]);
        }
        long points = policy.points[rule];
        long product = weighted * points;
        if (Math.multiplyHigh(weighted, points) != product >> (Long.SIZE - 1)) {
            overflowed = true;
            return FitTable.DISQUALIFIED;
        }
        return capped(product / Decay.WHOLE, policy.cap[rule]);
    }
}

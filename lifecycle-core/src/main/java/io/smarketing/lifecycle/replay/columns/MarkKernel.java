package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.Decay;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the marks that a policy makes of a lead, by integers alone: what {@code Judging} does, without objects. It evaluates where a mark
 * is possible only: with the greatest total that the rules can have, the lead has to reach the threshold. Not thread-safe.
 */
final class MarkKernel {

    private static final int INITIAL = 16;

    private static final int NOT_JUDGED = -1;

    /** Beyond any sum of points, however much is added to it. */
    private static final long UNASKED = 1L << 60;

    private final LoweredPolicy policy;
    private final boolean arrival;
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

    private final StatePoints statePoints;
    /** Points of the attributes' rules, by the chunk's states. */
    private long[] fits = new long[0];

    private int firstState;
    /** Whose leads are asked for next; nothing is added up yet. */
    private @Nullable Chunk next;

    /** By combination of activities, what they give, or give at most where points age. */
    private final long[] byCounts;

    private final long[] best = new long[Layout.CHUNK];
    private final boolean[] mayBeMarked = new boolean[Layout.CHUNK];
    private boolean judgedAll;
    /** Of a chunk whose leads were judged at once, how many marks each has, or {@link #NOT_JUDGED}. */
    private final int[] judged;

    /** Where the marks of each begin that has some. */
    private final int[] judgedFrom;

    private final int[] asked = new int[Layout.CHUNK];
    private long[] judgedMarks = new long[INITIAL];

    /** By rule, what its cap still lets it give; of no rule, nothing. */
    private final long[] left;

    private final long[] weighted;

    private long[] marks = new long[INITIAL];
    private int count;

    /**
     * Judges by a policy.
     *
     * @param statePoints those of the policy, which others may ask too; they go to a chunk by themselves, before this does
     * @param arrival whether leads are judged in order of arrival, where it is another
     */
    MarkKernel(LoweredPolicy policy, StatePoints statePoints, boolean arrival) {
        this.policy = policy;
        this.arrival = arrival;
        this.statePoints = statePoints;
        this.rules = policy.points.length;
        this.counts = new long[rules];
        this.totals = new long[rules];
        this.occurred = new int[rules][INITIAL];
        this.occurredTimes = new long[rules][INITIAL];
        this.occurrences = new int[rules];
        this.left = new long[rules + 1];
        this.weighted = new long[rules + 1];
        this.byCounts = policy.anyAges ? policy.bounds : policy.totals;
        int atOnce = policy.isByCounts() ? Layout.CHUNK : 0;
        this.judged = new int[atOnce];
        this.judgedFrom = new int[atOnce];
    }

    /** The clock's readings at the marks that {@link #judge} made, rising, in microseconds since the capture. */
    long[] marks() {
        return marks;
    }

    int count() {
        return count;
    }

    /** Goes to the leads of a chunk. */
    void begin(Chunk chunk) {
        next = chunk;
        judgedAll = false;
    }

    /**
     * Judges at once the leads of the chunk whose combinations of activities tell all, in fold order: then {@link #hasJudged} them.
     *
     * @param known leads that are known are left out; those that are known to have no marks count as judged
     */
    void judgeAll(Chunk chunk, KnownMarks.Reader known) {
        if (!policy.isByCounts()) {
            return;
        }
        addUpIfNext();
        judgedAll = true;
        ActivityCounts counts = Objects.requireNonNull(policy.counts);
        char[] most = counts.mostByLead();
        char[] flags = chunk.flags.codes;
        int first = chunk.firstLead();
        int leads = 0;
        for (int lead = 0; lead < chunk.leads(); lead++) {
            boolean told = most[first + lead] != 0 && (!arrival || flags[lead] == 0);
            judged[lead] = told && !mayBeMarked[lead] ? 0 : NOT_JUDGED;
            asked[leads] = lead;
            leads += told && mayBeMarked[lead] ? 1 : 0;
        }
        int end = 0;
        for (int i = 0; i < leads; i++) {
            int lead = asked[i];
            long mark = known.of(lead);
            if (mark == VisitKernel.NONE) {
                judged[lead] = 0;
            } else if (mark == MarkMemory.UNKNOWN) {
                overflowed = false;
                judgeByCounts(chunk, counts, lead);
                if (overflowed) {
                    continue;
                }
                if (end + count > judgedMarks.length) {
                    judgedMarks = Arrays.copyOf(judgedMarks, Math.max(end + count, 2 * judgedMarks.length));
                }
                judged[lead] = count;
                judgedFrom[lead] = end;
                System.arraycopy(marks, 0, judgedMarks, end, count);
                end += count;
            }
        }
    }

    /** Whether leads of the chunk were judged with all. */
    boolean hasJudgedAll() {
        return judgedAll;
    }

    /** Whether a lead of the chunk was judged with all. */
    boolean hasJudged(int leadOfChunk) {
        return judgedAll && judged[leadOfChunk] != NOT_JUDGED;
    }

    /**
     * Lists the leads that are left when those are passed over whose steps are known, and that were judged with all and have no marks.
     *
     * @param other the other side
     * @param left what is listed
     * @return how many
     */
    int left(Chunk chunk, MarkKernel other, int[] left) {
        char[] shapes = chunk.shapes.codes;
        int n = 0;
        for (int lead = 0; lead < chunk.leads(); lead++) {
            left[n] = lead;
            n += (judged[lead] | other.judged[lead]) != 0 || shapes[lead] == Layout.OTHER_SHAPE ? 1 : 0;
        }
        return n;
    }

    /** How many marks a lead has that was judged with all. */
    int judgedCount(int leadOfChunk) {
        return judged[leadOfChunk];
    }

    /** The marks of a lead that was judged with all. */
    void copyJudged(int leadOfChunk, MarkList to) {
        int n = judged[leadOfChunk];
        int from = judgedFrom[leadOfChunk];
        to.only(n == 0 ? VisitKernel.NONE : judgedMarks[from]);
        for (int mark = from + 1; mark < from + n; mark++) {
            to.add(judgedMarks[mark], judgedMarks[mark]);
        }
    }

    private void addUpIfNext() {
        if (next != null) {
            addUp(next);
            next = null;
        }
    }

    /** Adds up what the rules of attributes give to the leads of a chunk, and finds those that may be marked. */
    private void addUp(Chunk chunk) {
        firstState = chunk.firstState();
        fits = statePoints.points();
        addUpBest(chunk);
        int leads = chunk.leads();
        char[] flags = chunk.flags.codes;
        int others = 0;
        if (policy.counts == null) {
            others = leads;
            Arrays.setAll(asked, lead -> lead);
        } else {
            long[] bounds = policy.bounds;
            char[] most = policy.counts.mostByLead();
            int first = chunk.firstLead();
            for (int lead = 0; lead < leads; lead++) {
                int combination = most[first + lead];
                mayBeMarked[lead] = best[lead] + bounds[combination] >= policy.threshold;
                asked[others] = lead;
                // In order of arrival a cycle may hold other facts.
                others += combination == 0 || (arrival && flags[lead] != 0) ? 1 : 0;
            }
        }
        for (int i = 0; i < others; i++) {
            int lead = asked[i];
            long given = policy.most(chunk.kinds.codes[lead], chunk.facts.codes[lead]);
            mayBeMarked[lead] =
                    best[lead] + given >= policy.threshold || (arrival && (flags[lead] & Layout.VOIDS) != 0);
        }
    }

    /** Finds the best points of attributes that each lead has at a time. */
    private void addUpBest(Chunk chunk) {
        int[] statesFrom = chunk.statesFrom;
        for (int lead = 0; lead < chunk.leads(); lead++) {
            best[lead] = fits[statesFrom[lead] - firstState];
        }
        for (int i = 0; i < chunk.changed(); i++) {
            int lead = chunk.changedLeads[i];
            int end = statesFrom[lead + 1] - firstState;
            for (int state = statesFrom[lead] + 1 - firstState; state < end; state++) {
                best[lead] = Math.max(best[lead], fits[state]);
            }
        }
    }

    /** Whether the best of its attributes with the most of its activities reach the threshold. */
    boolean mayMark(int leadOfChunk) {
        addUpIfNext();
        return mayBeMarked[leadOfChunk];
    }

    /**
     * Judges a lead of the chunk; false when a sum goes beyond 64 bits, and the marks are unknown.
     *
     * @param order of the facts; null for that in which they stand
     */
    boolean judge(LeadFacts lead, int @Nullable [] order) {
        addUpIfNext();
        count = 0;
        overflowed = false;
        if (!mayBeMarked[lead.leadOfChunk()]) {
            return true;
        }
        if (order == null && policy.isByCounts(lead.lead())) {
            judgeByCounts(lead.chunk(), Objects.requireNonNull(policy.counts), lead.leadOfChunk());
            return !overflowed;
        }
        if (order == null && policy.simple) {
            judgeSimply(lead);
            return !overflowed;
        }
        clear();
        if (order == null) {
            judgeInOrder(lead);
        } else {
            judgeInSequence(lead, order);
        }
        return !overflowed;
    }

    /**
     * In fold order, by a policy whose points do not age, or only ever grow by what happens: each combination of activities has its total, or what it
     * gives at most. A cycle whose last one is too little has no mark.
     */
    private void judgeByCounts(Chunk chunk, ActivityCounts counts, int lead) {
        ActivityCounts.Cycles cycles = counts.cycles();
        count = 0;
        int first = cycles.from()[chunk.firstLead() + lead];
        int end = cycles.from()[chunk.firstLead() + lead + 1];
        int from = chunk.factsFrom[lead];
        for (int cycle = first; cycle < end; cycle++) {
            int behind = cycles.end()[cycle];
            if (best[lead] + policy.bounds[cycles.most()[cycle]] >= policy.threshold) {
                int state = chunk.statesFrom[lead] - firstState + cycles.changes()[cycle];
                if (cycle == first && byCounts[ActivityCounts.EMPTY] >= policy.threshold - fits[state]) {
                    mark(0);
                } else {
                    long cycleEnd = cycle == first ? Long.MIN_VALUE : Math.max(0, chunk.at(from - 1));
                    markByCounts(chunk, counts.byFact(), from, behind, state, cycleEnd);
                }
            }
            from = behind + 1;
        }
    }

    /**
     * Finds the mark of a cycle, if it has one.
     *
     * @param cycleEnd of the cycle before; {@link Long#MIN_VALUE} for none
     */
    private void markByCounts(Chunk chunk, char[] byFact, int from, int end, int firstOfCycle, long cycleEnd) {
        long cooled = cycleEnd == Long.MIN_VALUE ? cycleEnd : cycleEnd + policy.cooldown;
        int state = firstOfCycle;
        long need = policy.threshold - fits[state];
        int asked = from;
        long since = UNASKED;
        for (int fact = from; fact < end; fact++) {
            int reached = byFact[fact];
            if (byCounts[reached] >= need) {
                if (reached == ActivityCounts.CHANGE) {
                    need = policy.threshold - fits[++state];
                    if (byCounts[before(byFact, from, fact)] < need) {
                        continue;
                    }
                }
                long clock = Math.max(0, chunk.at(fact));
                if (clock >= cooled) {
                    if (policy.anyAges) {
                        since += gains(chunk, asked, fact + 1);
                        asked = fact + 1;
                        since = since < need ? since : exactly(chunk, from, fact + 1, clock, cycleEnd);
                        if (since < need) {
                            continue;
                        }
                    }
                    mark(clock);
                    return;
                }
            }
        }
    }

    /** The most that some facts of the segment can have added. */
    private long gains(Chunk chunk, int first, int end) {
        char[] codes = chunk.codes();
        long sum = 0;
        for (int fact = first; fact < end; fact++) {
            sum += policy.gain[codes[fact - chunk.factsFrom[0]]];
        }
        return sum;
    }

    /** What the rules give for some facts of the segment, as far as they lie behind the end of the cycle before. */
    private long exactly(Chunk chunk, int first, int end, long clock, long cycleEnd) {
        char[] codes = chunk.codes();
        int counted = first;
        while (cycleEnd != Long.MIN_VALUE && counted < end && chunk.at(counted) <= cycleEnd) {
            counted++;
        }
        Arrays.fill(weighted, 0);
        for (int fact = counted; fact < end; fact++) {
            int code = codes[fact - chunk.factsFrom[0]];
            int rule = policy.ruleOf[code];
            if (rule < rules) {
                weigh(rule, code, policy.ages[rule] ? clock - chunk.at(fact) : 0);
            }
        }
        return weighed();
    }

    /** The combination of activities before a fact of a cycle. */
    private static int before(char[] counts, int cycle, int fact) {
        for (int i = fact - 1; i >= cycle; i--) {
            if (counts[i] >= ActivityCounts.EMPTY) {
                return counts[i];
            }
        }
        return ActivityCounts.EMPTY;
    }

    /**
     * In fold order, by a policy whose points only ever grow by what happens. The total without ages bounds what the rules can give; so does
     * what they gave when they were asked last, and what happened since.
     */
    private void judgeSimply(LeadFacts lead) {
        char[] codes = lead.codes();
        int from = lead.codesFrom();
        int facts = lead.count();
        int[] ruleOf = policy.ruleOf;
        long[] gain = policy.gain;
        boolean ages = policy.anyAges;
        long[] room = left;
        int state = lead.firstState() - firstState;
        long need = policy.threshold - fits[state];
        long cooled = Long.MIN_VALUE;
        int counted = 0;
        int fact = 0;
        boolean marked = need <= 0;
        if (marked) {
            mark(0);
        }
        while (true) {
            if (!marked) {
                System.arraycopy(policy.cap, 0, room, 0, rules);
                long most = 0;
                long mostSince = UNASKED;
                while (fact < facts) {
                    int code = codes[from + fact];
                    if (code >= FactCode.FIRST_ACTIVITY) {
                        if (fact >= counted) {
                            int rule = ruleOf[code];
                            long given = Math.min(gain[code], room[rule]);
                            room[rule] -= given;
                            most += given;
                            mostSince += gain[code];
                        }
                    } else if (code >= FactCode.REJECTED) {
                        break;
                    } else if (code <= FactCode.CAPTURED) {
                        need = policy.threshold - fits[++state];
                    } else {
                        fact++;
                        continue;
                    }
                    fact++;
                    if (most >= need && mostSince >= need) {
                        long clock = Math.max(0, lead.at(fact - 1));
                        if (clock >= cooled) {
                            mostSince = ages ? exactly(lead, counted, fact, clock) : most;
                            if (mostSince >= need) {
                                mark(clock);
                                marked = true;
                                break;
                            }
                        }
                    }
                }
            }
            if (marked) {
                if (!lead.mayCycle()) {
                    return;
                }
                while (fact < facts && (codes[from + fact] < FactCode.REJECTED || codes[from + fact] > FactCode.WON)) {
                    state += codes[from + fact] <= FactCode.CAPTURED ? 1 : 0;
                    fact++;
                }
            }
            if (fact >= facts || codes[from + fact] == FactCode.WON) {
                return;
            }
            long cycleEnd = Math.max(0, lead.at(fact));
            cooled = cycleEnd + policy.cooldown;
            marked = false;
            need = policy.threshold - fits[state];
            counted = ++fact;
            while (counted < facts && lead.at(counted) <= cycleEnd) {
                counted++;
            }
        }
    }

    /** What the rules give for some facts. */
    private long exactly(LeadFacts lead, int first, int end, long clock) {
        char[] codes = lead.codes();
        int from = lead.codesFrom();
        Arrays.fill(weighted, 0);
        for (int fact = first; fact < end; fact++) {
            int code = codes[from + fact];
            int rule = policy.ruleOf[code];
            if (rule < rules) {
                weigh(rule, code, policy.ages[rule] ? clock - lead.at(fact) : 0);
            }
        }
        return weighed();
    }

    private void weigh(int rule, int code, long age) {
        long times = policy.times[code];
        if (policy.ages[rule]) {
            long halfLife = policy.halfLife[rule];
            boolean counts = policy.within[rule] == 0 || age < policy.within[rule];
            times = !counts ? 0 : halfLife == 0 ? times : times * Decay.weight(age, halfLife);
        }
        weighted[rule] += times;
    }

    private long weighed() {
        long sum = 0;
        for (int rule = 0; rule < rules; rule++) {
            sum += total(rule, weighted[rule]);
        }
        return sum;
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
            mark(0);
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
                cycleEnd = Math.max(0, lead.at(fact));
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
                long clock = Math.max(0, lead.at(fact));
                marked = clock >= cooled && (!policy.anyAges || fit + exactSum(lead, clock) >= threshold);
                if (marked) {
                    mark(clock);
                }
            }
        }
    }

    /** In order of arrival the clock may be ahead of a fact, and a void takes a fact out of what was folded; marks that were made stand. */
    private void judgeInSequence(LeadFacts lead, int[] order) {
        int all = lead.countInOrder();
        boolean[] out = new boolean[all];
        InSequence folded = new InSequence(lead.firstState() - firstState);
        int[] madeAt = new int[INITIAL];
        if (fits[folded.state] >= policy.threshold) {
            folded.marked = true;
            mark(0);
            madeAt[0] = -1;
        }
        for (int i = 0; i < all; i++) {
            int place = order[i];
            int code = lead.codeInOrder(place);
            if (code == FactCode.VOIDED) {
                int voided = lead.voided(place);
                if (!out[voided]) {
                    out[voided] = true;
                    folded = folded(lead, order, i, out);
                    for (int mark = 0; mark < count; mark++) {
                        folded.marked |= madeAt[mark] >= folded.cycleStart;
                    }
                }
                continue;
            }
            if (out[place] || !folded.take(lead, i, place, code)) {
                continue;
            }
            boolean asked = code >= FactCode.FIRST_ACTIVITY || FactCode.changesAttributes(code);
            long fit = fits[folded.state];
            if (asked
                    && !folded.marked
                    && !folded.won
                    && folded.clock >= folded.cooled
                    && fit + sum >= policy.threshold
                    && (!policy.anyAges || fit + exactSum(lead, folded.clock) >= policy.threshold)) {
                folded.marked = true;
                if (count == madeAt.length) {
                    madeAt = Arrays.copyOf(madeAt, 2 * count);
                }
                madeAt[count] = i;
                mark(folded.clock);
            }
        }
        // A void may turn back the clock.
        Arrays.sort(marks, 0, count);
    }

    /** What is left of the facts before one, folded anew. */
    private InSequence folded(LeadFacts lead, int[] order, int end, boolean[] out) {
        clear();
        InSequence folded = new InSequence(lead.firstState() - firstState);
        for (int i = 0; i < end; i++) {
            int code = lead.codeInOrder(order[i]);
            if (code != FactCode.VOIDED && !out[order[i]]) {
                folded.take(lead, i, order[i], code);
            }
        }
        return folded;
    }

    /** How a lead stands behind some facts in order of arrival. */
    private final class InSequence {

        private int state;
        private long clock;
        private boolean marked;
        private boolean won;
        private boolean cycled;
        private long cycleEnd;
        private long cooled = Long.MIN_VALUE;
        /** What is behind it in sequence belongs to the cycle. */
        private int cycleStart = -1;

        InSequence(int state) {
            this.state = state;
        }

        /** Takes the next fact; false for one that says nothing to the policy. */
        boolean take(LeadFacts lead, int i, int place, int code) {
            if (code == FactCode.ENGINE_MARK || (code == FactCode.EXTERNAL_MARK && !policy.trustsExternalMarks)) {
                return false;
            }
            long at = lead.at(place);
            clock = Math.max(clock, at);
            if (code >= FactCode.FIRST_ACTIVITY) {
                if (!cycled || at > cycleEnd) {
                    for (int rule = policy.ruleFrom[code]; rule < policy.ruleFrom[code + 1]; rule++) {
                        add(policy.rules[rule], place, policy.times[code]);
                    }
                }
            } else if (code == FactCode.WON) {
                won = true;
            } else if (code >= FactCode.REJECTED) {
                cycled = true;
                cycleEnd = clock;
                cooled = clock + policy.cooldown;
                cycleStart = i + 1;
                marked = false;
                clear();
            } else if (code <= FactCode.CAPTURED) {
                state++;
            } else if (code == FactCode.EXTERNAL_MARK) {
                marked = true;
            }
            return true;
        }
    }

    /**
     * Finds a lead's scores that were higher than ever before in their cycle, for a policy that does not trust other systems' marks; false
     * when a sum goes beyond 64 bits.
     *
     * @param order of the facts; null for that in which they stand
     */
    boolean stairs(LeadFacts lead, int @Nullable [] order, ScoreStairs stairs) {
        addUpIfNext();
        overflowed = false;
        clear();
        stairs.clear();
        int state = lead.firstState() - firstState;
        long clock = 0;
        boolean cycled = false;
        long cycleEnd = 0;
        long cooled = Long.MIN_VALUE;
        stairs.reached(fits[state], clock);
        for (int i = 0; i < lead.count(); i++) {
            int fact = order == null ? i : order[i];
            int code = lead.code(fact);
            if (FactCode.isMark(code)) {
                continue;
            }
            long at = lead.at(fact);
            clock = Math.max(clock, at);
            if (code == FactCode.WON) {
                break;
            } else if (code == FactCode.REJECTED || code == FactCode.LOST) {
                cycled = true;
                cycleEnd = clock;
                cooled = clock + policy.cooldown;
                clear();
                stairs.endCycle();
                continue;
            } else if (code >= FactCode.FIRST_ACTIVITY) {
                if (!cycled || at > cycleEnd) {
                    for (int rule = policy.ruleFrom[code]; rule < policy.ruleFrom[code + 1]; rule++) {
                        add(policy.rules[rule], fact, policy.times[code]);
                    }
                }
            } else if (code <= FactCode.CAPTURED) {
                state++;
            } else {
                continue;
            }
            if (clock >= cooled) {
                stairs.reached(fits[state] + (policy.anyAges ? exactSum(lead, clock) : sum), clock);
            }
        }
        return !overflowed;
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
        return total(rule, weighted);
    }

    private long total(int rule, long weighted) {
        long points = policy.points[rule];
        if (policy.halfLife[rule] == 0) {
            return capped(weighted * points, policy.cap[rule]);
        }
        long product = weighted * points;
        if (Math.multiplyHigh(weighted, points) != product >> (Long.SIZE - 1)) {
            overflowed = true;
            return FitTable.DISQUALIFIED;
        }
        return capped(product / Decay.WHOLE, policy.cap[rule]);
    }
}

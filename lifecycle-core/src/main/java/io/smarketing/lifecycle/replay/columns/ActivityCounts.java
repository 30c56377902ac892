package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.policy.Engagement;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.IntArrayList;

/**
 * How often each activity was done in a lead's cycle, up to each fact of a segment, in fold order. Each combination of counts has a number: what a policy without
 * ages gives is asked once a combination, and a fact costs a look-up. No policy changes the combinations. Leads that need more combinations than there are
 * numbers are left out. Immutable and thread-safe.
 */
final class ActivityCounts {

    /** In place of combinations: the attributes change. */
    static final int CHANGE = 0;

    /** Nothing is asked. */
    static final int IDLE = 1;
    /** The first combination: nothing was done. */
    static final int EMPTY = 2;

    /** So many fit into a processor's cache; leads with few facts come first, and need few. */
    private static final int MOST = 1 << 15;

    /** Numbers that combinations hold, all together: of a thousand kinds of activities there are combinations for few leads. */
    private static final int MOST_COUNTS = 1 << 22;

    private static final int FULL = -1;

    private final char[] byFact;
    private final char[] mostByLead;
    private final Cycles cycles;
    /** By activity, by combination. */
    private final int[][] counts;

    /** By name, the place among the counts. */
    private final Map<String, Integer> activities;

    /**
     * Up to the win of a lead that was won.
     *
     * @param from by lead of the segment, where its cycles begin; one more than there are leads
     * @param end by cycle, the fact of the segment that ends it, or that stands behind the lead's
     * @param most by cycle, the combination at its end
     * @param changes by cycle, how often the lead's attributes changed before
     */
    record Cycles(int[] from, int[] end, char[] most, char[] changes) {}

    private ActivityCounts(
            char[] byFact, char[] mostByLead, Cycles cycles, int[][] counts, Map<String, Integer> activities) {
        this.byFact = byFact;
        this.mostByLead = mostByLead;
        this.cycles = cycles;
        this.counts = counts;
        this.activities = activities;
    }

    /** Goes through the segment once. */
    static ActivityCounts of(Segment segment) {
        return new Builder(segment).build();
    }

    /** By fact of the segment, the combination behind it, or what stands in place of one. */
    char[] byFact() {
        return byFact;
    }

    /** The cycles of leads that have their combinations. */
    Cycles cycles() {
        return cycles;
    }

    /** Whether a lead of the segment has its combinations. */
    boolean has(int lead) {
        return mostByLead[lead] != 0;
    }

    /** By lead of the segment, the combination of the most that each activity was done in one of its cycles; 0 for leads that were left out. */
    char[] mostByLead() {
        return mostByLead;
    }

    /**
     * By combination, what rules give whose points do not age; what stands in place of one is beyond all, or for nothing below all.
     *
     * @param most only what adds to a total
     */
    long[] totals(List<Engagement> rules, boolean most) {
        long[] totals = new long[counts.length == 0 ? EMPTY + 1 : counts[0].length];
        for (Engagement rule : rules) {
            Integer activity = activities.get(rule.activity());
            if (activity != null && (rule.points() > 0 || !most)) {
                int[] done = counts[activity];
                for (int i = EMPTY; i < totals.length; i++) {
                    totals[i] += Math.max(-rule.cap(), Math.min(rule.cap(), rule.points() * (long) done[i]));
                }
            }
        }
        Arrays.fill(totals, 0, EMPTY, Long.MAX_VALUE);
        totals[IDLE] = Long.MIN_VALUE;
        return totals;
    }

    private static final class Builder {

        private final Segment segment;
        private final Chunk chunk;
        private final Map<String, Integer> activities = new HashMap<>();
        private final int[] activityOf;
        private final int[] times;
        private final List<int[]> combinations = new ArrayList<>();
        private final Map<IntBuffer, Integer> numbers = new HashMap<>();
        private final Int2IntHashMap next = new Int2IntHashMap(FULL);
        private final char[] byFact;
        private final char[] mostByLead;
        private final int[] cyclesFrom;
        private final IntArrayList ends = new IntArrayList();
        private final IntArrayList mosts = new IntArrayList();
        private final IntArrayList changes = new IntArrayList();
        private final int most;

        Builder(Segment segment) {
            this.segment = segment;
            this.chunk = new Chunk(segment);
            int codes = segment.activities().size();
            this.activityOf = new int[codes];
            this.times = new int[codes];
            for (int code = 0; code < codes; code++) {
                String activity = segment.activities().get(code).activity();
                activityOf[code] = activities.computeIfAbsent(activity, name -> activities.size());
                times[code] = segment.activities().get(code).count();
            }
            this.most = Math.min(MOST, EMPTY + 1 + MOST_COUNTS / Math.max(1, activities.size()));
            this.byFact = new char[segment.column(Layout.CODES).size()];
            this.mostByLead = new char[segment.leads()];
            this.cyclesFrom = new int[segment.leads() + 1];
            for (int i = 0; i < EMPTY; i++) {
                combinations.add(new int[activities.size()]);
            }
            number(new int[activities.size()]);
        }

        /** {@link #FULL} where there is no number left. */
        private int number(int[] combination) {
            Integer known = numbers.get(IntBuffer.wrap(combination));
            if (known == null && combinations.size() >= most) {
                return FULL;
            } else if (known == null) {
                known = combinations.size();
                combinations.add(combination);
                numbers.put(IntBuffer.wrap(combination), known);
            }
            return known;
        }

        private int next(int combination, int code) {
            int key = combination * activityOf.length + code;
            int known = next.get(key);
            if (known < 0) {
                int[] counted = combinations.get(combination).clone();
                counted[activityOf[code]] += times[code];
                known = number(counted);
                if (known != FULL) {
                    next.put(key, known);
                }
            }
            return known;
        }

        private int most(int one, int other) {
            if (one == EMPTY || one == other) {
                return other;
            } else if (other == EMPTY) {
                return one;
            }
            int[] most = combinations.get(one).clone();
            Arrays.setAll(most, i -> Math.max(most[i], combinations.get(other)[i]));
            return number(most);
        }

        ActivityCounts build() {
            for (int number = 0; number < segment.chunks(); number++) {
                chunk.begin(number);
                for (int i = 0; i < chunk.leads(); i++) {
                    mostByLead[chunk.firstLead() + i] = (char) Math.max(0, count(i));
                    cyclesFrom[chunk.firstLead() + i + 1] = ends.size();
                }
            }
            int[][] counts = new int[activities.size()][combinations.size()];
            for (int i = 0; i < combinations.size(); i++) {
                for (int activity = 0; activity < counts.length; activity++) {
                    counts[activity][i] = combinations.get(i)[activity];
                }
            }
            Cycles cycles = new Cycles(cyclesFrom, ends.toIntArray(), chars(mosts), chars(changes));
            return new ActivityCounts(byFact, mostByLead, cycles, counts, activities);
        }

        private static char[] chars(IntArrayList some) {
            char[] chars = new char[some.size()];
            for (int i = 0; i < chars.length; i++) {
                chars[i] = (char) some.getInt(i);
            }
            return chars;
        }

        /** Finds the most of a lead, or that there are not numbers enough. */
        private int count(int lead) {
            char[] codes = chunk.codes();
            int from = chunk.factsFrom[lead];
            int end = from + chunk.facts.codes[lead];
            int combination = EMPTY;
            int most = EMPTY;
            int changed = 0;
            boolean cycled = false;
            long cycleEnd = 0;
            int fact = from;
            changes.addInt(0);
            for (; fact < end && most != FULL; fact++) {
                int code = codes[fact - chunk.factsFrom[0]];
                int told = IDLE;
                if (code >= FactCode.FIRST_ACTIVITY) {
                    if (!cycled || chunk.at(fact) > cycleEnd) {
                        combination = next(combination, code - FactCode.FIRST_ACTIVITY);
                        if (combination == FULL) {
                            end(fact, EMPTY);
                            return FULL;
                        }
                    }
                    told = combination;
                } else if (code == FactCode.WON) {
                    // Nothing is judged any more.
                    break;
                } else if (code == FactCode.REJECTED || code == FactCode.LOST) {
                    end(fact, combination);
                    changes.addInt(changed);
                    most = most(most, combination);
                    combination = EMPTY;
                    cycled = true;
                    cycleEnd = Math.max(0, chunk.at(fact));
                } else if (FactCode.changesAttributes(code)) {
                    told = CHANGE;
                    changed++;
                }
                byFact[fact] = (char) told;
            }
            end(fact, combination);
            return most == FULL ? FULL : most(most, combination);
        }

        private void end(int fact, int combination) {
            ends.addInt(fact);
            mosts.addInt(combination);
        }
    }
}

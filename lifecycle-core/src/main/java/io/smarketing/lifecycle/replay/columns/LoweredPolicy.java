package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.Engagement;
import io.smarketing.lifecycle.policy.FitPart;
import io.smarketing.lifecycle.policy.Policy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A policy as integers over the codes of one segment. Immutable and thread-safe. */
final class LoweredPolicy {

    final long threshold;
    final long cooldown;
    final boolean trustsExternalMarks;
    /** Otherwise no lead can be judged by it here. */
    final boolean fitsNumbers;

    final FitTable[] fit;

    /** Rules that an activity counts for stand at {@code rules[ruleFrom[code]] …}, up to those of the next code. */
    final int[] ruleFrom;

    final int[] rules;
    /** How often an activity's code says that it was done. */
    final long[] times;

    final long[] points;
    final long[] cap;
    final boolean[] ages;
    final long[] within;
    final long[] halfLife;
    final boolean anyAges;
    /** Whether a score may rise while nothing happens: negative points age too. */
    final boolean rises;

    /**
     * Whether points only ever grow by what happens, each activity counts for one rule at most, and no other system's marks count. Then
     * {@link #ruleOf} and {@link #gain} say all of an activity.
     */
    final boolean simple;

    /** By code, the rule that it counts for; the number of rules for none. */
    final int[] ruleOf;

    /** By code, what it gives at most. */
    final long[] gain;

    /** More facts than that give as much as the caps let them. */
    private static final int FEW = 15;

    private static final int FEW_BITS = 4;

    /** No sum of points of a lead in columns comes near it. */
    private static final long UNBOUNDED = 1L << 52;

    /** By the set of kinds of activities and the number of facts, the most that engagement can give. */
    private final long[] most;

    final List<Engagement> engagement;
    private final Segment segment;

    /** Where they are known, they say of activities all that matters to rules without ages. */
    final @Nullable ActivityCounts counts;
    /** By combination of activities, what the rules give; empty where some age. */
    final long[] totals;
    /** By combination, the most that they can give to a lead whose facts are judged in fold order. */
    final long[] bounds;

    LoweredPolicy(Policy policy, Segment segment) {
        this(policy, segment, null, part -> new FitTable(part, segment));
    }

    /** @param tables what a part's rules of attributes give, of parts that can be numbered */
    LoweredPolicy(Policy policy, Segment segment, @Nullable ActivityCounts counts, Function<FitPart, FitTable> tables) {
        this.threshold = policy.threshold();
        this.cooldown = TimeUnit.SECONDS.toMicros(policy.cooldown().toSeconds())
                + TimeUnit.NANOSECONDS.toMicros(policy.cooldown().toNanosPart());
        this.trustsExternalMarks = policy.trustsExternalMarks();
        this.fitsNumbers = policy.fitParts().stream().allMatch(part -> FitTable.canNumber(part, segment));
        this.fit = (fitsNumbers ? policy.fitParts().stream() : Stream.<FitPart>empty())
                .map(tables)
                .toArray(FitTable[]::new);
        this.segment = segment;
        this.engagement = policy.engagement();
        int size = engagement.size();
        points = new long[size];
        cap = new long[size];
        ages = new boolean[size];
        within = new long[size];
        halfLife = new long[size];
        boolean any = false;
        for (int i = 0; i < size; i++) {
            Engagement rule = engagement.get(i);
            points[i] = rule.points();
            cap[i] = rule.cap();
            ages[i] = rule.ages();
            within[i] = rule.withinMicros();
            halfLife[i] = rule.halfLifeMicros();
            any |= rule.ages();
        }
        anyAges = any;
        rises = engagement.stream().anyMatch(rule -> rule.ages() && rule.points() < 0);
        List<LeadEvent.Activity> activities = segment.activities();
        int codes = FactCode.FIRST_ACTIVITY + activities.size();
        ruleFrom = new int[codes + 1];
        times = new long[codes];
        int[] found = new int[activities.size() * size];
        int next = 0;
        for (int code = 0; code < codes; code++) {
            ruleFrom[code] = next;
            if (code >= FactCode.FIRST_ACTIVITY) {
                LeadEvent.Activity done = activities.get(code - FactCode.FIRST_ACTIVITY);
                times[code] = done.count();
                for (int rule = 0; rule < size; rule++) {
                    if (engagement.get(rule).activity().equals(done.activity())) {
                        found[next++] = rule;
                    }
                }
            }
        }
        ruleFrom[codes] = next;
        rules = found;
        boolean single = true;
        ruleOf = new int[codes];
        gain = new long[codes];
        for (int code = 0; code < codes; code++) {
            boolean given = ruleFrom[code] < ruleFrom[code + 1];
            single &= ruleFrom[code + 1] - ruleFrom[code] <= 1;
            ruleOf[code] = given ? found[ruleFrom[code]] : size;
            gain[code] = given ? times[code] * points[ruleOf[code]] : 0;
        }
        simple = single && !trustsExternalMarks && engagement.stream().allMatch(rule -> rule.points() >= 0);
        most = most(engagement, segment);
        this.counts = counts;
        bounds = counts == null ? new long[0] : counts.totals(engagement, true);
        boolean exact = !anyAges && engagement.stream().allMatch(rule -> rule.points() >= 0);
        totals = exact ? bounds : counts == null || anyAges ? new long[0] : counts.totals(engagement, false);
    }

    /** Whether combinations of activities tell what engagement gives, or give at most, to leads that have them. */
    boolean isByCounts() {
        return counts != null && !trustsExternalMarks && (!anyAges || simple);
    }

    /** Whether they tell it for a lead of the segment. */
    boolean isByCounts(int lead) {
        return isByCounts() && counts != null && counts.has(lead);
    }

    private static long[] most(List<Engagement> engagement, Segment segment) {
        int kinds = 0;
        for (LeadEvent.Activity done : segment.activities()) {
            kinds = Math.max(kinds, 1 + segment.kind(done.activity()));
        }
        long[] most = new long[(FEW + 1) << kinds];
        for (Engagement rule : engagement) {
            int kind = segment.kind(rule.activity());
            long times = segment.activities().stream()
                    .filter(done -> done.activity().equals(rule.activity()))
                    .mapToLong(LeadEvent.Activity::count)
                    .max()
                    .orElse(0);
            if (kind >= 0 && rule.points() > 0) {
                for (int i = 0; i < most.length; i++) {
                    int facts = i & FEW;
                    long given = facts == FEW ? UNBOUNDED : facts * times * rule.points();
                    if (((i >> FEW_BITS) & (1 << kind)) != 0) {
                        most[i] = Math.min(UNBOUNDED, most[i] + Math.min(rule.cap(), given));
                    }
                }
            }
        }
        return most;
    }

    /** The most that engagement can give to a lead, in whatever order its facts are judged. */
    long most(int kinds, int facts) {
        return most[(kinds << FEW_BITS) | Math.min(facts, FEW)];
    }

    /** The set that holds the kind of activity that a rule counts; empty where no lead has it. */
    int kind(Engagement rule) {
        int kind = segment.kind(rule.activity());
        return kind < 0 ? 0 : 1 << kind;
    }
}

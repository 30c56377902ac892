package io.smarketing.lifecycle.policy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One lead's activities of the running cycle, as the engagement rules count them. Not thread-safe. */
public final class EngagementTally {

    /** No rule's total goes beyond what every JSON reader holds exactly, 2^53 − 1 points. */
    private static final BigInteger MOST = BigInteger.valueOf((1L << 53) - 1);

    private static final int SHARE_DIGITS = 6;
    private static final int FEW = 16;

    private final List<EngagementRule> rules;
    private final long[] counts;
    private final List<List<Occurrence>> occurrences;

    /** By rule, at how many occurrences those that weigh nothing are forgotten next: always twice as many as were left. */
    private final int[] forgetAt;

    private long latest;

    /** At that microsecond since 1970. */
    private record Occurrence(long at, long count) {}

    public EngagementTally(Policy policy) {
        this.rules = policy.engagementRules();
        this.counts = new long[rules.size()];
        this.occurrences = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            occurrences.add(new ArrayList<>());
        }
        this.forgetAt = new int[rules.size()];
        clear();
    }

    /** Counts an activity of the running cycle; {@code count} multiplies the points. */
    public void add(String activity, Instant occurredAt, long count) {
        long at = micros(occurredAt);
        latest = Math.max(latest, at);
        for (int i = 0; i < rules.size(); i++) {
            EngagementRule rule = rules.get(i);
            if (rule.activity().equals(activity)) {
                if (rule.ages()) {
                    occurrences.get(i).add(new Occurrence(at, count));
                    forget(i);
                } else {
                    counts[i] += count;
                }
            }
        }
    }

    /**
     * An occurrence that weighs nothing at the latest one weighs nothing at any instant of which scores can be asked: weights only fall.
     * Instants that were asked of do not tell, for one asked of next may be earlier.
     */
    private void forget(int rule) {
        List<Occurrence> known = occurrences.get(rule);
        if (known.size() >= forgetAt[rule]) {
            Weighing weighing = new Weighing(rules.get(rule), latest);
            known.removeIf(occurrence -> weighing.weight(occurrence.at()) == 0);
            forgetAt[rule] = Math.max(FEW, 2 * known.size());
        }
    }

    /** A new cycle begins, or the same is told anew: nothing counts any more. */
    public void clear() {
        Arrays.fill(counts, 0);
        occurrences.forEach(List::clear);
        Arrays.fill(forgetAt, FEW);
        latest = Long.MIN_VALUE;
    }

    /** Scores as of an instant than which no occurrence is later, of those that were added since nothing counted. */
    public Evaluation evaluate(FitResult fit, Instant at) {
        long engagement = 0;
        long micros = micros(at);
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            EngagementRule rule = rules.get(i);
            long points = rule.capped(total(rule, counts[i], occurrences.get(i), micros));
            if (points != 0) {
                engagement += points;
                contributions.add(new Contribution(rule.id(), points));
            }
        }
        return new Evaluation(fit.points() + engagement, fit, engagement, contributions);
    }

    /** Before the cap. */
    private static long total(EngagementRule rule, long count, List<Occurrence> occurrences, long at) {
        return rule.ages() ? aged(rule, occurrences, at) : bounded(product(rule.points(), count));
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private static long bounded(BigInteger total) {
        return total.abs().compareTo(MOST) > 0 ? MOST.longValue() * total.signum() : total.longValue();
    }

    /** Window first, decay then: the weighted sum is cut to whole points once. */
    private static long aged(EngagementRule rule, List<Occurrence> occurrences, long at) {
        Weighing weighing = new Weighing(rule, at);
        try {
            long weighted = 0;
            for (Occurrence occurrence : occurrences) {
                weighted = Math.addExact(
                        weighted, Math.multiplyExact(occurrence.count(), weighing.weight(occurrence.at())));
            }
            long points = Math.multiplyExact(weighted, rule.points()) / Decay.WHOLE;
            return Math.abs(points) > MOST.longValue() ? bounded(BigInteger.valueOf(points)) : points;
        } catch (ArithmeticException e) {
            return agedBeyondLong(rule, occurrences, weighing);
        }
    }

    private static long agedBeyondLong(EngagementRule rule, List<Occurrence> occurrences, Weighing weighing) {
        BigInteger weighted = BigInteger.ZERO;
        for (Occurrence occurrence : occurrences) {
            weighted = weighted.add(product(occurrence.count(), weighing.weight(occurrence.at())));
        }
        return bounded(weighted.multiply(BigInteger.valueOf(rule.points())).divide(BigInteger.valueOf(Decay.WHOLE)));
    }

    /** What occurrences weigh at an instant, {@link Decay#WHOLE} at most. All in microseconds. */
    private static final class Weighing {

        private final long at;
        private final long start;
        private final long halfLife;

        Weighing(EngagementRule rule, long at) {
            this.at = at;
            this.start = rule.within() == null ? Long.MIN_VALUE : at - rule.withinMicros();
            this.halfLife = rule.halfLifeMicros();
        }

        long weight(long occurredAt) {
            if (occurredAt <= start) {
                return 0;
            }
            return halfLife == 0 ? Decay.WHOLE : Decay.weight(at - occurredAt, halfLife);
        }
    }

    /** How a rule stands, with the share of each activity that counts. */
    static <F> RuleExplanation<F> explain(EngagementRule rule, List<RuleExplanation.Done<F>> done, Instant at) {
        long micros = micros(at);
        Weighing weighing = new Weighing(rule, micros);
        List<RuleExplanation.Share<F>> shares = new ArrayList<>();
        List<Occurrence> occurrences = new ArrayList<>();
        long count = 0;
        for (RuleExplanation.Done<F> one : done) {
            long weight = weighing.weight(micros(one.at()));
            if (rule.activity().equals(one.activity()) && weight > 0) {
                BigDecimal points = BigDecimal.valueOf(rule.points())
                        .multiply(BigDecimal.valueOf(one.count()))
                        .multiply(BigDecimal.valueOf(weight))
                        .divide(BigDecimal.valueOf(Decay.WHOLE), SHARE_DIGITS, RoundingMode.HALF_UP);
                shares.add(new RuleExplanation.Share<>(one.fact(), points));
                occurrences.add(new Occurrence(micros(one.at()), one.count()));
                count += one.count();
            }
        }
        long total = total(rule, count, occurrences, micros);
        return new RuleExplanation<>(
                rule.id(),
                RuleExplanation.Kind.ENGAGEMENT,
                rule.activity(),
                rule.points(),
                null,
                rule.capped(total),
                rule.cap().isPresent() ? rule.cap().getAsLong() : null,
                total,
                Map.of(),
                Set.of(),
                shares,
                null);
    }

    /** Since 1970; not by way of nanoseconds, which overflow beyond 292 years. */
    private static long micros(Instant instant) {
        return TimeUnit.SECONDS.toMicros(instant.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
    }
}

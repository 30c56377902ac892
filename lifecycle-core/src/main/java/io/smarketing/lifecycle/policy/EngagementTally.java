package io.smarketing.lifecycle.policy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
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

    private final List<EngagementRule> rules;
    private final long[] counts;
    private final List<List<Occurrence>> occurrences;

    private record Occurrence(Instant at, long count) {}

    public EngagementTally(Policy policy) {
        this.rules = policy.engagementRules();
        this.counts = new long[rules.size()];
        this.occurrences = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            occurrences.add(new ArrayList<>());
        }
    }

    /** Counts an activity of the running cycle; {@code count} multiplies the points. */
    public void add(String activity, Instant occurredAt, long count) {
        for (int i = 0; i < rules.size(); i++) {
            EngagementRule rule = rules.get(i);
            if (rule.activity().equals(activity)) {
                if (rule.ages()) {
                    occurrences.get(i).add(new Occurrence(occurredAt, count));
                } else {
                    counts[i] += count;
                }
            }
        }
    }

    /** A new cycle begins: nothing counts any more. */
    public void clear() {
        Arrays.fill(counts, 0);
        occurrences.forEach(List::clear);
    }

    /** Scores as of an instant than which no occurrence is later. */
    public Evaluation evaluate(FitResult fit, Instant at) {
        long engagement = 0;
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            EngagementRule rule = rules.get(i);
            long points = rule.capped(total(rule, counts[i], occurrences.get(i), at));
            if (points != 0) {
                engagement += points;
                contributions.add(new Contribution(rule.id(), points));
            }
        }
        return new Evaluation(fit.points() + engagement, fit, engagement, contributions);
    }

    /** Before the cap. */
    private static long total(EngagementRule rule, long count, List<Occurrence> occurrences, Instant at) {
        return rule.ages()
                ? aged(rule, occurrences, at)
                : bounded(BigInteger.valueOf(rule.points()).multiply(BigInteger.valueOf(count)));
    }

    private static long bounded(BigInteger total) {
        return total.abs().compareTo(MOST) > 0 ? MOST.longValue() * total.signum() : total.longValue();
    }

    /** Window first, decay then: the weighted sum is cut to whole points once. */
    private static long aged(EngagementRule rule, List<Occurrence> occurrences, Instant at) {
        Weighing weighing = new Weighing(rule, at);
        BigInteger weighted = BigInteger.ZERO;
        for (Occurrence occurrence : occurrences) {
            weighted = weighted.add(BigInteger.valueOf(occurrence.count())
                    .multiply(BigInteger.valueOf(weighing.weight(occurrence.at()))));
        }
        return bounded(weighted.multiply(BigInteger.valueOf(rule.points())).divide(BigInteger.valueOf(Decay.WHOLE)));
    }

    /** What occurrences weigh at an instant, {@link Decay#WHOLE} at most. */
    private static final class Weighing {

        private final Instant at;
        private final Instant start;
        private final long halfLifeMicros;

        Weighing(EngagementRule rule, Instant at) {
            Duration within = rule.within();
            Duration halfLife = rule.halfLife();
            this.at = at;
            this.start = within == null ? Instant.MIN : at.minus(within);
            this.halfLifeMicros = halfLife == null ? 0 : micros(halfLife);
        }

        long weight(Instant occurredAt) {
            if (!occurredAt.isAfter(start)) {
                return 0;
            }
            return halfLifeMicros == 0
                    ? Decay.WHOLE
                    : Decay.weight(micros(Duration.between(occurredAt, at)), halfLifeMicros);
        }
    }

    /** How a rule stands, with the share of each activity that counts. */
    static <F> RuleExplanation<F> explain(EngagementRule rule, List<RuleExplanation.Done<F>> done, Instant at) {
        Weighing weighing = new Weighing(rule, at);
        List<RuleExplanation.Share<F>> shares = new ArrayList<>();
        List<Occurrence> occurrences = new ArrayList<>();
        long count = 0;
        for (RuleExplanation.Done<F> one : done) {
            long weight = weighing.weight(one.at());
            if (rule.activity().equals(one.activity()) && weight > 0) {
                BigDecimal points = BigDecimal.valueOf(rule.points())
                        .multiply(BigDecimal.valueOf(one.count()))
                        .multiply(BigDecimal.valueOf(weight))
                        .divide(BigDecimal.valueOf(Decay.WHOLE), SHARE_DIGITS, RoundingMode.HALF_UP);
                shares.add(new RuleExplanation.Share<>(one.fact(), points));
                occurrences.add(new Occurrence(one.at(), one.count()));
                count += one.count();
            }
        }
        long total = total(rule, count, occurrences, at);
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

    /** Not by way of nanoseconds, which overflow beyond 292 years. */
    private static long micros(Duration duration) {
        return TimeUnit.SECONDS.toMicros(duration.toSeconds()) + TimeUnit.NANOSECONDS.toMicros(duration.toNanosPart());
    }
}

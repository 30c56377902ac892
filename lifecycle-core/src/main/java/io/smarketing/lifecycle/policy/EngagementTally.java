package io.smarketing.lifecycle.policy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One lead's activities of the running cycle, as the engagement rules count them. Not thread-safe. */
public final class EngagementTally {

    /** No rule's total goes beyond what every JSON reader holds exactly, 2^53 − 1 points. */
    private static final BigInteger MOST = BigInteger.valueOf((1L << 53) - 1);

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
            long points =
                    rule.capped(rule.ages() ? aged(rule, occurrences.get(i), at) : product(rule.points(), counts[i]));
            if (points != 0) {
                engagement += points;
                contributions.add(new Contribution(rule.id(), points));
            }
        }
        return new Evaluation(fit.points() + engagement, fit, engagement, contributions);
    }

    private static long product(long points, long count) {
        return bounded(BigInteger.valueOf(points).multiply(BigInteger.valueOf(count)));
    }

    private static long bounded(BigInteger total) {
        return total.abs().compareTo(MOST) > 0 ? MOST.longValue() * total.signum() : total.longValue();
    }

    /** Window first, decay then: the weighted sum is cut to whole points once. */
    private static long aged(EngagementRule rule, List<Occurrence> occurrences, Instant at) {
        Duration within = rule.within();
        Duration halfLife = rule.halfLife();
        Instant start = within == null ? Instant.MIN : at.minus(within);
        long halfLifeMicros = halfLife == null ? 0 : micros(halfLife);
        BigInteger weighted = BigInteger.ZERO;
        for (Occurrence occurrence : occurrences) {
            if (occurrence.at().isAfter(start)) {
                long weight = halfLife == null
                        ? Decay.WHOLE
                        : Decay.weight(micros(Duration.between(occurrence.at(), at)), halfLifeMicros);
                weighted = weighted.add(BigInteger.valueOf(occurrence.count()).multiply(BigInteger.valueOf(weight)));
            }
        }
        return bounded(weighted.multiply(BigInteger.valueOf(rule.points())).divide(BigInteger.valueOf(Decay.WHOLE)));
    }

    /** Not by way of nanoseconds, which overflow beyond 292 years. */
    private static long micros(Duration duration) {
        return TimeUnit.SECONDS.toMicros(duration.toSeconds()) + TimeUnit.NANOSECONDS.toMicros(duration.toNanosPart());
    }
}

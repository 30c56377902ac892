package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.Verdicts;
import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.FitResult;
import io.smarketing.lifecycle.policy.Policy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the fact and the rule that made a lead flip: at the earlier of the two sides' marks, or at the only one. */
final class FlipReason {

    private final Policy candidate;
    private final @Nullable Verdicts baselineVerdicts;
    private final Verdicts candidateVerdicts;

    FlipReason(Policy candidate, @Nullable Verdicts baselineVerdicts, Verdicts candidateVerdicts) {
        this.candidate = candidate;
        this.baselineVerdicts = baselineVerdicts;
        this.candidateVerdicts = candidateVerdicts;
    }

    Flip of(Cycle before, Cycle after) {
        Instant baselineAt = before.markedAt();
        Instant candidateAt = after.markedAt();
        boolean candidateFirst = baselineAt == null || (candidateAt != null && candidateAt.isBefore(baselineAt));
        return candidateFirst
                ? candidateMarks(Objects.requireNonNull(after.mark()), Objects.requireNonNull(candidateAt))
                : candidateDoesNot(Objects.requireNonNull(before.mark()), Objects.requireNonNull(baselineAt));
    }

    /** Gained or earlier: what brought the candidate over its threshold. */
    private Flip candidateMarks(Entry mark, Instant at) {
        Optional<Judgement> judgement = causeOf(mark, candidateVerdicts);
        if (judgement.isEmpty()) {
            return new Flip(
                    at, mark.eventId(), null, "marked by " + mark.eventId().source() + ", which is trusted");
        }
        Evaluation now = judgement.get().evaluation();
        List<Judgement> all = candidateVerdicts.judgements();
        int index = all.indexOf(judgement.get());
        Map<String, Long> previous =
                points(index == 0 ? null : all.get(index - 1).evaluation());
        String rule = greatestGain(points(now), previous);
        String explanation = rule == null
                ? "score %d reaches %d, and nothing keeps it from a mark any more"
                        .formatted(now.score(), candidate.threshold())
                : "rule %s brings the score to %d of %d".formatted(rule, now.score(), candidate.threshold());
        return new Flip(at, judgement.get().cause().eventId(), rule, explanation);
    }

    /** Dropped or later: what the candidate lacked when the baseline marked. */
    private Flip candidateDoesNot(Entry mark, Instant at) {
        Optional<Judgement> cause = baselineVerdicts == null ? Optional.empty() : causeOf(mark, baselineVerdicts);
        EventId event = cause.map(judgement -> judgement.cause().eventId())
                .orElse(mark.eventId().source().isEmpty() ? null : mark.eventId());
        Evaluation then = candidateVerdicts.judgements().stream()
                .filter(judgement -> !judgement.at().isAfter(at))
                .reduce((first, second) -> second)
                .map(Judgement::evaluation)
                .orElse(null);
        FitResult.Disqualification disqualifier =
                then == null ? null : then.fitResult().disqualifier();
        if (disqualifier != null) {
            return new Flip(
                    at,
                    event,
                    disqualifier.rule(),
                    "disqualified by rule %s: %s".formatted(disqualifier.rule(), disqualifier.reason()));
        }
        long score = then == null ? 0 : then.score();
        if (score >= candidate.threshold()) {
            return new Flip(
                    at,
                    event,
                    null,
                    "score %d would do, but the lead was won, marked before in its cycle, or in the cooldown"
                            .formatted(score));
        }
        String rule = cause.isEmpty() ? null : greatestGain(points(cause.get().evaluation()), points(then));
        String missing = "score %d, %d below %d".formatted(score, candidate.threshold() - score, candidate.threshold());
        return new Flip(at, event, rule, rule == null ? missing : missing + "; rule %s gives less".formatted(rule));
    }

    private static Optional<Judgement> causeOf(Entry mark, Verdicts verdicts) {
        boolean engine = mark.eventId().source().isEmpty();
        return verdicts.judgements().stream()
                .filter(judgement -> engine
                        && judgement.marked()
                        && judgement.at().equals(mark.occurredAt())
                        && judgement.cause().sequence() == mark.sequence())
                .findFirst();
    }

    private static Map<String, Long> points(@Nullable Evaluation evaluation) {
        Map<String, Long> points = new HashMap<>();
        if (evaluation != null) {
            for (Contribution contribution : evaluation.allContributions()) {
                points.put(contribution.rule(), contribution.points());
            }
        }
        return points;
    }

    /** The rule with the most points more than before, by name where equal; null when none has more. */
    private static @Nullable String greatestGain(Map<String, Long> now, Map<String, Long> before) {
        String best = null;
        long most = 0;
        for (String rule : now.keySet().stream().sorted().toList()) {
            long gain = now.getOrDefault(rule, 0L) - before.getOrDefault(rule, 0L);
            if (gain > most) {
                most = gain;
                best = rule;
            }
        }
        return best;
    }
}

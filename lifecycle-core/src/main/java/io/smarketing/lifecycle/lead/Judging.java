package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.EngagementTally;
import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.FitResult;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.RuleExplanation;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One lead under judgement: facts are folded one by one, and captures, enrichments and activities are evaluated as they
 * come. Not thread-safe.
 */
final class Judging {

    private final Policy policy;
    private final EngagementTally tally;

    /** All that was folded and not voided since, in the order of folding. */
    private final List<Entry> folded = new ArrayList<>();

    /** The sequence of the cause of every mark made; a mark stays, even when its cause is voided. */
    private final List<Long> marksMade = new ArrayList<>();

    /** Other systems' marks from before this policy that counted then: it does not fold them, and they latch. */
    private final List<Entry> marksTaken = new ArrayList<>();

    /** What voids have named so far, whether it has come or not. */
    private final Set<EventId> voided = new HashSet<>();

    private @Nullable AttributeFold attributes;
    private @Nullable FitResult fit;
    private Instant clock = Instant.MIN;
    private @Nullable Entry cycleEnd;
    private @Nullable Instant cycleEndedAt;
    private boolean marked;
    private boolean won;

    private long lastScore;
    private @Nullable String lastDisqualified;
    private Map<String, Set<String>> unknowns = Map.of();

    Judging(Policy policy) {
        this.policy = policy;
        this.tally = new EngagementTally(policy);
    }

    /**
     * Goes on where a history stands that was judged before, by whatever policies: its marks latch, and the next score is
     * compared with the last one recorded.
     */
    static Judging resume(Policy policy, List<Entry> history) {
        Judging judging = new Judging(policy);
        for (Entry entry : history) {
            if (entry.event() instanceof LeadEvent.Voided event) {
                judging.voided.add(event.event());
            }
        }
        for (Entry entry : history) {
            LeadEvent event = entry.event();
            if (Lead.isVerdict(entry)) {
                judging.stand(entry);
            } else if (!judging.voided.contains(entry.eventId()) && !Marks.isSetAside(entry)) {
                if (Judge.isFolded(event, policy)) {
                    judging.folded.add(entry);
                } else if (event instanceof LeadEvent.MarkedMql) {
                    judging.marksTaken.add(entry);
                }
            }
        }
        judging.refold();
        return judging;
    }

    /** A verdict that the engine made before stays, whatever is voided since. */
    private void stand(Entry verdict) {
        if (verdict.event() instanceof LeadEvent.MarkedMql) {
            marksMade.add(verdict.sequence());
        } else if (verdict.event() instanceof LeadEvent.Scored scored) {
            BigDecimal score = scored.score();
            lastScore = score == null ? 0 : score.longValue();
            lastDisqualified = scored.disqualified();
        }
    }

    Policy policy() {
        return policy;
    }

    /** The next event in sequence, of whatever kind. */
    Optional<Judgement> arrive(Entry entry) {
        if (entry.event() instanceof LeadEvent.Voided event) {
            if (voided.add(event.event())) {
                leave(event.event());
            }
            return Optional.empty();
        }
        return Judge.isFolded(entry.event(), policy) && !voided.contains(entry.eventId())
                ? fold(entry)
                : Optional.empty();
    }

    /** A marker asks for an evaluation at its own time, or at the clock's where that is later. */
    Optional<Judgement> rescore(Entry marker) {
        if (attributes == null) {
            return Optional.empty();
        }
        return evaluate(marker, marker.occurredAt().isAfter(clock) ? marker.occurredAt() : clock);
    }

    /** Folds what {@link Judge#isFolded} lets through; evaluates where a verdict is due. */
    Optional<Judgement> fold(Entry entry) {
        folded.add(entry);
        if (attributes == null && entry.event() instanceof LeadEvent.Captured) {
            // It opens the history late, or again: what came before it takes its turn, and marks that were made stand.
            refold();
        } else {
            apply(entry);
        }
        boolean evaluated = entry.event() instanceof LeadEvent.Captured
                || entry.event() instanceof LeadEvent.Enriched
                || entry.event() instanceof LeadEvent.Activity;
        return evaluated && attributes != null ? evaluate(entry, clock) : Optional.empty();
    }

    private void apply(Entry entry) {
        LeadEvent event = entry.event();
        AttributeFold known = attributes;
        if (known == null) {
            if (!(event instanceof LeadEvent.Captured)) {
                return;
            }
            known = open(entry);
        }
        if (event instanceof LeadEvent.Captured || event instanceof LeadEvent.Enriched) {
            known.fold(entry);
            fit = null;
        }
        if (entry.occurredAt().isAfter(clock)) {
            clock = entry.occurredAt();
        }
        if (event instanceof LeadEvent.Activity activity) {
            Instant end = cycleEndedAt;
            if (end == null || entry.occurredAt().isAfter(end)) {
                tally.add(activity.activity(), entry.occurredAt(), activity.count());
            }
        } else if (event instanceof LeadEvent.MarkedMql) {
            marked = true;
        } else if (event instanceof LeadEvent.Won) {
            won = true;
        } else if (event instanceof LeadEvent.Rejected || event instanceof LeadEvent.Lost) {
            cycleEnd = entry;
            cycleEndedAt = clock;
            marked = false;
            tally.clear();
        }
    }

    /** From here on the lead has a capture, and its clock never reads earlier. */
    private AttributeFold open(Entry capture) {
        AttributeFold opened = new AttributeFold(capture);
        attributes = opened;
        clock = capture.occurredAt();
        return opened;
    }

    /**
     * A void was recorded: what it names leaves the fold. Clock and cycles are thereafter those of the remaining facts; the
     * verdicts made meanwhile stay.
     */
    private void leave(EventId eventId) {
        boolean left = folded.removeIf(entry -> entry.eventId().equals(eventId));
        if (marksTaken.removeIf(entry -> entry.eventId().equals(eventId)) || left) {
            refold();
        }
    }

    private void refold() {
        attributes = null;
        fit = null;
        clock = Instant.MIN;
        cycleEnd = null;
        cycleEndedAt = null;
        marked = false;
        won = false;
        tally.clear();
        Optional<Entry> opening = folded.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Captured)
                .findFirst();
        if (opening.isEmpty()) {
            return;
        }
        open(opening.get());
        folded.forEach(this::apply);
        long cycleStart = cycleEnd == null ? -1 : cycleEnd.sequence();
        if (marksMade.stream().anyMatch(sequence -> sequence > cycleStart)
                || marksTaken.stream().anyMatch(mark -> mark.sequence() > cycleStart)) {
            marked = true;
        }
    }

    private Optional<Judgement> evaluate(Entry cause, Instant at) {
        AttributeFold known = Objects.requireNonNull(attributes);
        FitResult currentFit = fit;
        if (currentFit == null) {
            currentFit = policy.fit(known::value);
            fit = currentFit;
        }
        Evaluation evaluation = tally.evaluate(currentFit, at);
        unknowns = currentFit.unknowns();
        String disqualified = evaluation.disqualified();
        long previous = lastScore;
        boolean scored = evaluation.score() != previous || !Objects.equals(disqualified, lastDisqualified);
        lastScore = evaluation.score();
        lastDisqualified = disqualified;
        boolean marks = !marked
                && !won
                && disqualified == null
                && evaluation.score() >= policy.threshold()
                && (cycleEndedAt == null || !at.isBefore(cycleEndedAt.plus(policy.cooldown())));
        if (marks) {
            marked = true;
            marksMade.add(cause.sequence());
        }
        return scored || marks
                ? Optional.of(new Judgement(cause, at, evaluation, previous, scored, marks))
                : Optional.empty();
    }

    /** How the lead stands at an instant, or at its clock's reading where that is later; empty without a capture. */
    Optional<Explanation.Standing> explain(Instant at) {
        AttributeFold known = attributes;
        if (known == null) {
            return Optional.empty();
        }
        Instant when = at.isAfter(clock) ? at : clock;
        Evaluation evaluation = tally.evaluate(policy.fit(known::value), when);
        Instant end = cycleEndedAt;
        List<RuleExplanation.Done<Entry>> done = new ArrayList<>();
        for (Entry entry : folded) {
            if (entry.event() instanceof LeadEvent.Activity activity
                    && (end == null || entry.occurredAt().isAfter(end))) {
                done.add(new RuleExplanation.Done<>(entry, activity.activity(), entry.occurredAt(), activity.count()));
            }
        }
        long endings = folded.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Rejected || entry.event() instanceof LeadEvent.Lost)
                .count();
        Instant cooledDown = end == null ? null : end.plus(policy.cooldown());
        List<Explanation.Obstacle> obstacles = new ArrayList<>();
        if (evaluation.score() < policy.threshold()) {
            obstacles.add(Explanation.Obstacle.BELOW_THRESHOLD);
        }
        if (evaluation.disqualified() != null) {
            obstacles.add(Explanation.Obstacle.DISQUALIFIED);
        }
        if (marked) {
            obstacles.add(Explanation.Obstacle.MARKED_IN_THIS_CYCLE);
        }
        if (won) {
            obstacles.add(Explanation.Obstacle.WON);
        }
        if (cooledDown != null && when.isBefore(cooledDown)) {
            obstacles.add(Explanation.Obstacle.COOLDOWN);
        }
        return Optional.of(new Explanation.Standing(
                when,
                endings + 1,
                end,
                cooledDown,
                evaluation,
                obstacles,
                policy.explain(known::value, name -> known.origin(name, folded), done, when)));
    }

    /** At the last evaluation. */
    Map<String, Set<String>> unknowns() {
        return unknowns;
    }
}

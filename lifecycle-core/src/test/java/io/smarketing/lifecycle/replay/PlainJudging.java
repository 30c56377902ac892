package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.EngagementTally;
import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.FitResult;
import io.smarketing.lifecycle.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judging in order of arrival that keeps nothing from one event to the next but the verdicts it gave: whatever else it
 * needs, it takes from all facts known so far.
 */
final class PlainJudging {

    private static final Comparator<Entry> BY_TIME = Comparator.comparing(Entry::occurredAt);

    private final Policy policy;
    private final List<Entry> known = new ArrayList<>();
    private final List<Judgement> given = new ArrayList<>();
    private Map<String, Set<String>> unknowns = Map.of();

    PlainJudging(Policy policy) {
        this.policy = policy;
    }

    List<Judgement> given() {
        return List.copyOf(given);
    }

    /** At the last evaluation. */
    Map<String, Set<String>> unknowns() {
        return unknowns;
    }

    Optional<Judgement> arrive(Entry entry) {
        known.add(entry);
        List<Entry> facts = facts();
        List<Entry> captures = of(facts, LeadEvent.Captured.class);
        boolean asks = entry.event() instanceof LeadEvent.Captured
                || entry.event() instanceof LeadEvent.Enriched
                || entry.event() instanceof LeadEvent.Activity;
        if (!asks || captures.isEmpty() || !facts.contains(entry)) {
            return Optional.empty();
        }
        Optional<Judgement> judgement = judge(facts, captures.get(0), entry);
        judgement.ifPresent(given::add);
        return judgement;
    }

    private List<Entry> facts() {
        Set<EventId> voided = of(known, LeadEvent.Voided.class).stream()
                .map(entry -> ((LeadEvent.Voided) entry.event()).event())
                .collect(Collectors.toSet());
        return known.stream()
                .filter(entry -> !voided.contains(entry.eventId()) && isFact(entry.event()))
                .toList();
    }

    private boolean isFact(LeadEvent event) {
        return event instanceof LeadEvent.MarkedMql mark
                ? mark.isExternal() && policy.trustsExternalMarks()
                : event instanceof LeadEvent.Fact
                        && !(event instanceof LeadEvent.Voided)
                        && !(event instanceof LeadEvent.Erased);
    }

    private static List<Entry> of(List<Entry> entries, Class<? extends LeadEvent> kind) {
        return entries.stream().filter(entry -> kind.isInstance(entry.event())).toList();
    }

    private Optional<Judgement> judge(List<Entry> facts, Entry opening, Entry cause) {
        int cycle = 0;
        for (int i = 0; i < facts.size(); i++) {
            LeadEvent event = facts.get(i).event();
            cycle = event instanceof LeadEvent.Rejected || event instanceof LeadEvent.Lost ? i + 1 : cycle;
        }
        Instant clock = clock(facts, opening);
        Instant ended = cycle == 0 ? Instant.MIN : clock(facts.subList(0, cycle), opening);

        FitResult fit = policy.fit(name -> attribute(facts, opening, name));
        EngagementTally tally = new EngagementTally(policy);
        for (Entry fact : of(facts, LeadEvent.Activity.class)) {
            if (fact.occurredAt().isAfter(ended)) {
                LeadEvent.Activity activity = (LeadEvent.Activity) fact.event();
                tally.add(activity.activity(), fact.occurredAt(), activity.count());
            }
        }
        Evaluation evaluation = tally.evaluate(fit, clock);
        unknowns = fit.unknowns();

        long previous = 0;
        @Nullable String formerly = null;
        if (!given.isEmpty()) {
            Evaluation last = given.get(given.size() - 1).evaluation();
            previous = last.score();
            formerly = last.disqualified();
        }
        boolean scored = evaluation.score() != previous || !Objects.equals(evaluation.disqualified(), formerly);
        boolean cooled = cycle == 0 || !clock.isBefore(ended.plus(policy.cooldown()));
        boolean marked = cooled
                && evaluation.score() >= policy.threshold()
                && evaluation.disqualified() == null
                && of(facts, LeadEvent.Won.class).isEmpty()
                && !isMarked(facts, cycle);
        return scored || marked
                ? Optional.of(new Judgement(cause, clock, evaluation, previous, scored, marked))
                : Optional.empty();
    }

    private static Instant clock(List<Entry> facts, Entry opening) {
        Instant latest = facts.stream().max(BY_TIME).orElse(opening).occurredAt();
        return latest.isAfter(opening.occurredAt()) ? latest : opening.occurredAt();
    }

    private boolean isMarked(List<Entry> facts, int cycle) {
        long end = cycle == 0 ? -1 : facts.get(cycle - 1).sequence();
        return !of(facts.subList(cycle, facts.size()), LeadEvent.MarkedMql.class)
                        .isEmpty()
                || given.stream()
                        .anyMatch(judgement ->
                                judgement.marked() && judgement.cause().sequence() > end);
    }

    private static @Nullable Object attribute(List<Entry> facts, Entry opening, String name) {
        LeadEvent.Captured capture = (LeadEvent.Captured) opening.event();
        return switch (name) {
            case "source" -> capture.source();
            case "campaign" -> capture.campaign();
            case "persona" -> capture.persona();
            default -> lastStated(facts, opening, capture, name);
        };
    }

    private static @Nullable Object lastStated(
            List<Entry> facts, Entry opening, LeadEvent.Captured capture, String name) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Entry fact : facts) {
            Map<String, @Nullable Object> stated = stated(fact.event());
            boolean yields = fact.occurredAt().isBefore(opening.occurredAt())
                    && capture.attributes().containsKey(name);
            if (stated.containsKey(name) && !yields) {
                values.put(name, stated.get(name));
            }
        }
        return values.get(name);
    }

    private static Map<String, @Nullable Object> stated(LeadEvent event) {
        return event instanceof LeadEvent.Captured captured
                ? captured.attributes()
                : event instanceof LeadEvent.Enriched enriched ? enriched.attributes() : Map.of();
    }
}

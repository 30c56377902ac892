package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.replay.NaiveReplay.Event;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A second reading of the design, blind to the engine and naive: what it records of one lead while policies come and go.
 * Everything is read anew, under the policy active then, from the log so far.
 */
final class NaiveLive {

    static final String RESCORED = "rescored";

    private final List<Arrival> log = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private String previous = "0 null";

    private NaiveLive() {}

    /** An event and the policy that was active when it came; a missing node for none. */
    record Arrival(Event event, JsonNode policy) {

        boolean isUnderNone() {
            return policy.isMissingNode();
        }

        /** Others' marks are the marks where no policy is active; a policy takes those it trusts and sets aside the rest. */
        boolean isTakenMark() {
            return event.kind().equals(NaiveReplay.MARK) && (isUnderNone() || isTrusted(event, policy));
        }

        boolean isMadeByEngine() {
            return event.key().isEmpty();
        }
    }

    /** Only a mark that names no policy can be. */
    private static boolean isTrusted(Event mark, JsonNode policy) {
        return !mark.source().isEmpty()
                && policy.path("externalMarks").asString("").equals("trusted");
    }

    /** Instant, kind, score, reason, policy of every verdict, in the order in which they are recorded. */
    static List<String> verdicts(List<Arrival> arrivals) {
        NaiveLive live = new NaiveLive();
        arrivals.forEach(live::take);
        return live.told;
    }

    private void take(Arrival arrival) {
        log.add(arrival);
        JsonNode policy = arrival.policy;
        if (arrival.isUnderNone()) {
            return;
        }
        List<Event> facts = facts(policy);
        List<Event> captures = NaiveReplay.only("captured", facts);
        boolean asks = arrival.event.kind().equals(RESCORED)
                || NaiveReplay.only("captured enriched activity", facts).contains(arrival.event);
        if (captures.isEmpty() || !asks) {
            return;
        }
        List<Event> ends = NaiveReplay.only("rejected lost", facts);
        int cycle = ends.isEmpty() ? 0 : facts.indexOf(ends.get(ends.size() - 1)) + 1;
        List<Event> past = new ArrayList<>(facts.subList(0, cycle));
        past.add(captures.get(0));
        Instant start = cycle == 0
                ? Instant.MIN
                : Collections.max(past, NaiveReplay.BY_TIME).time();
        Instant at = Collections.max(facts, NaiveReplay.BY_TIME).time();
        if (arrival.event.kind().equals(RESCORED) && arrival.event.time().isAfter(at)) {
            at = arrival.event.time();
        }
        String verdict = NaiveReplay.evaluate(policy, facts, start, at, new TreeSet<>());
        if (!verdict.equals(previous)) {
            tell("scored", at, verdict, policy);
        }
        previous = verdict;
        boolean qualified = verdict.endsWith(" null")
                && Long.parseLong(NaiveReplay.words(verdict).get(0))
                        >= policy.path("threshold").longValue();
        boolean cooled = cycle == 0
                || ChronoUnit.MICROS.between(start, at)
                        >= NaiveReplay.micros(policy.path("recycle"), "cooldown", "PT0S");
        boolean marked = cycle == 0 ? isMarkedAfter(-1) : isMarkedAfter(placeOf(facts.get(cycle - 1)));
        if (qualified && cooled && !marked && NaiveReplay.only("won", facts).isEmpty()) {
            tell(NaiveReplay.MARK, at, verdict, policy);
        }
    }

    private List<Event> facts(JsonNode policy) {
        Set<String> voided = voided();
        List<Event> facts = new ArrayList<>();
        for (Arrival arrival : log) {
            Event event = arrival.event;
            boolean folded = event.kind().equals(NaiveReplay.MARK)
                    ? arrival.isTakenMark() && isTrusted(event, policy)
                    : List.of("captured", "enriched", "activity", "accepted", "contacted", "rejected", "lost", "won")
                            .contains(event.kind());
            if (folded && !arrival.isMadeByEngine() && !voided.contains(event.key())) {
                facts.add(event);
            }
        }
        return facts;
    }

    private Set<String> voided() {
        Set<String> voided = new TreeSet<>();
        for (Arrival arrival : log) {
            if (arrival.event.kind().equals("voided")) {
                voided.add(NaiveReplay.key(arrival.event.data().path("event")));
            }
        }
        return voided;
    }

    private int placeOf(Event event) {
        return log.stream().map(Arrival::event).toList().indexOf(event);
    }

    /** A mark that the engine made stays, others' marks leave when they are voided. */
    private boolean isMarkedAfter(int place) {
        Set<String> voided = voided();
        return log.stream()
                .skip(place + 1)
                .filter(arrival -> arrival.event.kind().equals(NaiveReplay.MARK))
                .anyMatch(arrival ->
                        arrival.isMadeByEngine() || (arrival.isTakenMark() && !voided.contains(arrival.event.key())));
    }

    private void tell(String kind, Instant at, String verdict, JsonNode policy) {
        told.add(at + " " + kind + " " + verdict + " " + policy.path("name").stringValue());
        log.add(new Arrival(new Event(kind, at, "", "", "", policy), policy));
    }
}

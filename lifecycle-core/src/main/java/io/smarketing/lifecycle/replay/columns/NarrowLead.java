package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A history as columns can hold it.
 *
 * @param opening the capture that opens it
 * @param facts what is folded behind it, in fold order
 * @param extra what only judging in order of arrival reads: facts that were voided, and the voids of them
 * @param sequence the places of facts and extra, in sequence
 * @param permuted whether judging in sequence may differ from judging in fold order
 * @param attributesReordered whether captures and enrichments are in another order in sequence
 */
record NarrowLead(
        String leadId,
        Entry opening,
        List<Entry> facts,
        List<Entry> extra,
        int[] sequence,
        boolean permuted,
        boolean attributesReordered) {

    static final int MOST_FACTS = 60_000;
    static final int MOST_MOVES = 255;
    static final int MOST_ATTRIBUTES = 63;
    /** Of one lead; keeps weighted sums within 64 bits. */
    static final long MOST_REPETITIONS = 1 << 21;

    /** Seconds since 1970 that no microsecond since 1970 overflows on, whatever is added to it. */
    private static final long FARTHEST = 1L << 38;

    private static final int NANOS_PER_MICRO = 1_000;

    /** Either what columns can hold, or why they cannot. */
    record Outcome(@Nullable NarrowLead lead, @Nullable Slow reason) {

        private static Outcome slow(Slow reason) {
            return new Outcome(null, reason);
        }
    }

    static Outcome of(LeadHistory history) {
        List<Entry> effective = history.effective();
        List<Entry> sorted = FoldOrder.sorted(Marks.recorded().applyTo(effective)).stream()
                .filter(entry -> isFolded(entry.event()))
                .toList();
        if (sorted.isEmpty()) {
            return Outcome.slow(Slow.VOIDED_ATTRIBUTES);
        }
        Entry opening = sorted.get(0);
        List<Entry> facts = sorted.subList(1, sorted.size());
        List<Entry> extra = new ArrayList<>();
        if (effective != history.entries()) {
            for (Entry entry : history.voided()) {
                LeadEvent event = entry.event();
                if (event instanceof LeadEvent.Captured || event instanceof LeadEvent.Enriched) {
                    return Outcome.slow(Slow.VOIDED_ATTRIBUTES);
                } else if (isFolded(event)) {
                    extra.add(entry);
                }
            }
            Set<EventId> targets = new HashSet<>();
            extra.forEach(entry -> targets.add(entry.eventId()));
            for (Entry entry : history.entries()) {
                if (entry.event() instanceof LeadEvent.Voided event && targets.contains(event.event())) {
                    extra.add(entry);
                }
            }
        }
        if (ties(facts, extra)) {
            return Outcome.slow(Slow.VOIDED_ATTRIBUTES);
        }
        Slow reason = whyNot(opening, facts, extra);
        if (reason != null) {
            return Outcome.slow(reason);
        }
        List<Entry> all = new ArrayList<>(facts);
        all.addAll(extra);
        int[] sequence = IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparingLong(place -> all.get(place).sequence()))
                .mapToInt(Integer::intValue)
                .toArray();
        boolean captured = facts.stream().anyMatch(entry -> entry.event() instanceof LeadEvent.Captured);
        boolean permuted =
                !extra.isEmpty() || (captured ? !isInOrder(sequence) : !isJudgedAlike(opening, facts, sequence));
        return new Outcome(
                new NarrowLead(
                        history.leadId(),
                        opening,
                        facts,
                        extra,
                        sequence,
                        permuted,
                        attributesReordered(facts, sequence)),
                null);
    }

    /** Whether one that was voided stands beside another of its kind and instant: which comes first their ids say, and columns have none. */
    private static boolean ties(List<Entry> facts, List<Entry> extra) {
        Set<List<Object>> seen = new HashSet<>();
        List<Entry> voided =
                extra.stream().filter(entry -> isFolded(entry.event())).toList();
        if (!voided.isEmpty()) {
            facts.forEach(entry -> seen.add(kindAndInstant(entry)));
        }
        return voided.stream().anyMatch(entry -> !seen.add(kindAndInstant(entry)));
    }

    private static List<Object> kindAndInstant(Entry entry) {
        return List.of(entry.event().getClass(), entry.occurredAt());
    }

    private static boolean isFolded(LeadEvent event) {
        return event instanceof LeadEvent.Activity || FactCode.of(event).isPresent();
    }

    private static @Nullable Slow whyNot(Entry opening, List<Entry> facts, List<Entry> extra) {
        int moves = extra.size();
        int changes = 0;
        long repetitions = 0;
        for (Entry entry : facts) {
            LeadEvent event = entry.event();
            if (entry.sequence() < opening.sequence()) {
                return Slow.OTHER_OPENING;
            } else if (event instanceof LeadEvent.Captured && entry.recordedAt().isBefore(opening.recordedAt())) {
                return Slow.OPENING_KNOWN_LATE;
            }
            if (event instanceof LeadEvent.Activity activity) {
                repetitions += activity.count();
            } else if (event instanceof LeadEvent.Enriched) {
                changes++;
            } else {
                changes += event instanceof LeadEvent.Captured ? 1 : 0;
                moves++;
            }
        }
        for (Entry entry : extra) {
            repetitions += entry.event() instanceof LeadEvent.Activity activity ? activity.count() : 0;
            if (!isUsual(entry.occurredAt()) || !isUsual(entry.recordedAt())) {
                return Slow.ODD_INSTANT;
            }
        }
        for (Entry entry : facts) {
            if (!isUsual(entry.occurredAt()) || !isUsual(entry.recordedAt())) {
                return Slow.ODD_INSTANT;
            }
        }
        if (!isUsual(opening.occurredAt()) || !isUsual(opening.recordedAt())) {
            return Slow.ODD_INSTANT;
        }
        boolean fits = facts.size() + extra.size() <= MOST_FACTS
                && extra.size() <= MOST_MOVES
                && moves <= MOST_MOVES
                && changes < MOST_MOVES
                && repetitions <= MOST_REPETITIONS;
        return fits ? null : Slow.BEYOND_WIDTHS;
    }

    private static boolean isUsual(Instant instant) {
        return instant.getNano() % NANOS_PER_MICRO == 0 && Math.abs(instant.getEpochSecond()) < FARTHEST;
    }

    private static boolean isInOrder(int[] sequence) {
        for (int i = 0; i < sequence.length; i++) {
            if (sequence[i] != i) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether facts that judging reads come in fold order, and none finds the clock ahead of itself. It then is so for any part of
     * the facts too. Accepted and contacted facts only move the clock; an engine's marks do nothing.
     */
    private static boolean isJudgedAlike(Entry opening, List<Entry> facts, int[] sequence) {
        Instant clock = opening.occurredAt();
        int last = -1;
        for (int place : sequence) {
            Entry entry = facts.get(place);
            LeadEvent event = entry.event();
            if (event instanceof LeadEvent.MarkedMql mark && !mark.isExternal()) {
                continue;
            }
            boolean movesClockOnly = event instanceof LeadEvent.Accepted || event instanceof LeadEvent.Contacted;
            if (!movesClockOnly) {
                Instant reading =
                        entry.occurredAt().isBefore(opening.occurredAt()) ? opening.occurredAt() : entry.occurredAt();
                if (place < last || clock.isAfter(reading)) {
                    return false;
                }
                last = place;
            }
            clock = entry.occurredAt().isAfter(clock) ? entry.occurredAt() : clock;
        }
        return true;
    }

    private static boolean attributesReordered(List<Entry> facts, int[] sequence) {
        int last = -1;
        for (int place : sequence) {
            if (place < facts.size()) {
                LeadEvent event = facts.get(place).event();
                if (event instanceof LeadEvent.Captured || event instanceof LeadEvent.Enriched) {
                    if (place < last) {
                        return true;
                    }
                    last = place;
                }
            }
        }
        return false;
    }

    /** By place of a void in extra, the place among all facts of what it voids. */
    Map<Integer, Integer> targets() {
        Map<EventId, Integer> places = new HashMap<>();
        for (int i = 0; i < extra.size(); i++) {
            places.putIfAbsent(extra.get(i).eventId(), facts.size() + i);
        }
        Map<Integer, Integer> targets = new HashMap<>();
        for (int i = 0; i < extra.size(); i++) {
            if (extra.get(i).event() instanceof LeadEvent.Voided event) {
                targets.put(i, places.getOrDefault(event.event(), -1));
            }
        }
        return targets;
    }
}

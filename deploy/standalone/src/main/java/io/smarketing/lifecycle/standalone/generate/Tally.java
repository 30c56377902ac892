package io.smarketing.lifecycle.standalone.generate;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Counts what the histories hold, from the facts as they will be written. */
final class Tally {

    private static final long COOLDOWN = 30 * Rhythm.DAY;

    private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
    private final Map<PlannedDeviation, Long> planned = new EnumMap<>(PlannedDeviation.class);
    private long leads;
    private long events;
    private long duplicates;
    private long leadsWithLateFacts;
    private long leadsMarkedAgain;
    private long leadsWithFactsBeforeCapture;
    private long ties;

    /** @param history sorted by arrival */
    void add(ToldLead history) {
        List<Fact> facts = history.facts();
        leads++;
        events += facts.size();
        duplicates += history.repeats().size();
        for (Fact fact : facts) {
            kinds.merge(fact.kind(), 1L, Long::sum);
        }
        for (PlannedDeviation deviation : history.plannedDeviations()) {
            planned.merge(deviation, 1L, Long::sum);
        }
        leadsWithLateFacts += hasLateFact(facts) ? 1 : 0;
        leadsMarkedAgain += isMarkedAgain(facts) ? 1 : 0;
        leadsWithFactsBeforeCapture += hasFactBeforeCapture(facts) ? 1 : 0;
        ties += ties(facts);
    }

    HistorySummary summary(long lines) {
        return new HistorySummary(
                leads,
                events,
                lines,
                duplicates,
                labelled(Kind.values(), Kind::label, kinds),
                leadsWithLateFacts,
                leadsMarkedAgain,
                leadsWithFactsBeforeCapture,
                ties,
                kinds.getOrDefault(Kind.VOIDED, 0L),
                labelled(PlannedDeviation.values(), PlannedDeviation::label, planned));
    }

    /** A folded fact arrives after one that occurred later. */
    private static boolean hasLateFact(List<Fact> byArrival) {
        long latest = Long.MIN_VALUE;
        for (Fact fact : byArrival) {
            if (fact.kind().isFolded()) {
                if (fact.occurred() < latest) {
                    return true;
                }
                latest = fact.occurred();
            }
        }
        return false;
    }

    /** Marked, then rejected for good, then marked again after the cooldown. */
    private static boolean isMarkedAgain(List<Fact> facts) {
        long firstMark = Long.MAX_VALUE;
        long lastMark = Long.MIN_VALUE;
        for (Fact fact : facts) {
            if (fact.kind() == Kind.MARKED_MQL) {
                firstMark = Math.min(firstMark, fact.occurred());
                lastMark = Math.max(lastMark, fact.occurred());
            }
        }
        for (Fact fact : facts) {
            if (fact.kind() == Kind.REJECTED
                    && fact.occurred() > firstMark
                    && fact.occurred() + COOLDOWN <= lastMark
                    && !isVoided(fact, facts)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVoided(Fact mistaken, List<Fact> facts) {
        return facts.stream()
                .anyMatch(fact -> fact.detail() instanceof Detail.Voided voided
                        && voided.event().id() == mistaken.id());
    }

    private static boolean hasFactBeforeCapture(List<Fact> facts) {
        long capture = Long.MAX_VALUE;
        long first = Long.MAX_VALUE;
        for (Fact fact : facts) {
            if (fact.kind() == Kind.CAPTURED) {
                capture = Math.min(capture, fact.occurred());
            } else if (fact.kind().isFolded()) {
                first = Math.min(first, fact.occurred());
            }
        }
        return first < capture;
    }

    /** Events that share their instant with another one of the lead. */
    private static long ties(List<Fact> facts) {
        long[] instants = new long[facts.size()];
        for (int i = 0; i < instants.length; i++) {
            instants[i] = facts.get(i).occurred();
        }
        Arrays.sort(instants);
        long ties = 0;
        for (int i = 0; i < instants.length; i++) {
            boolean asBefore = i > 0 && instants[i] == instants[i - 1];
            boolean asAfter = i + 1 < instants.length && instants[i] == instants[i + 1];
            ties += asBefore || asAfter ? 1 : 0;
        }
        return ties;
    }

    private static <E extends Enum<E>> Map<String, Long> labelled(
            E[] values, Function<E, String> label, Map<E, Long> counts) {
        Map<String, Long> labelled = new LinkedHashMap<>();
        for (E value : values) {
            labelled.put(label.apply(value), counts.getOrDefault(value, 0L));
        }
        return labelled;
    }
}

package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.Cycle;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Cycles counted by set and outcome; rejections also by reason, where one was given. Mergeable. */
public final class OutcomeTally {

    private final Map<MarkSet, Map<Cycle.Outcome, Long>> counts = new EnumMap<>(MarkSet.class);
    private final Map<MarkSet, TreeMap<String, Long>> rejectedReasons = new EnumMap<>(MarkSet.class);

    /** Begins with no cycle. */
    public OutcomeTally() {
        for (MarkSet set : MarkSet.values()) {
            counts.put(set, new EnumMap<>(Cycle.Outcome.class));
            rejectedReasons.put(set, new TreeMap<>());
        }
    }

    void add(MarkSet set, Cycle cycle) {
        of(set).merge(cycle.outcome(), 1L, Long::sum);
        String reason = cycle.reason();
        if (reason != null) {
            reasons(set).merge(reason, 1L, Long::sum);
        }
    }

    /** Adds cycles of one kind at once. */
    public void add(MarkSet set, Cycle.Outcome outcome, long times) {
        if (times > 0) {
            of(set).merge(outcome, times, Long::sum);
        }
    }

    /** Says of rejected cycles, which are added beside, why they were. */
    public void addReason(MarkSet set, String reason, long times) {
        if (times > 0) {
            reasons(set).merge(reason, times, Long::sum);
        }
    }

    /** Adds the cycles of another tally. */
    public void merge(OutcomeTally other) {
        for (MarkSet set : MarkSet.values()) {
            other.of(set).forEach((outcome, count) -> of(set).merge(outcome, count, Long::sum));
            other.reasons(set).forEach((reason, count) -> reasons(set).merge(reason, count, Long::sum));
        }
    }

    private Map<Cycle.Outcome, Long> of(MarkSet set) {
        return counts.getOrDefault(set, Map.of());
    }

    private Map<String, Long> reasons(MarkSet set) {
        return rejectedReasons.getOrDefault(set, new TreeMap<>());
    }

    public long count(MarkSet set, Cycle.Outcome outcome) {
        return of(set).getOrDefault(outcome, 0L);
    }

    public long count(MarkSet set) {
        return of(set).values().stream().mapToLong(Long::longValue).sum();
    }

    ObjectNode toJson() {
        ObjectNode sets = JsonNodeFactory.instance.objectNode();
        for (MarkSet set : MarkSet.values()) {
            ObjectNode node = sets.putObject(set.word());
            for (Cycle.Outcome outcome : Cycle.Outcome.values()) {
                node.put(word(outcome), count(set, outcome));
            }
            ObjectNode reasons = node.putObject("rejectedReasons");
            reasons(set).forEach(reasons::put);
        }
        return sets;
    }

    /** As JSON names it. */
    public static String word(Cycle.Outcome outcome) {
        return switch (outcome) {
            case WON -> "won";
            case LOST -> "lost";
            case REJECTED -> "rejected";
            case OPEN -> "open";
            case NEVER_WORKED -> "neverWorked";
        };
    }
}

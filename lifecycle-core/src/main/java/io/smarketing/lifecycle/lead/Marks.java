package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * Which marks are folded.
 *
 * @param external which marks made by other systems count
 * @param recordedEngine whether marks that the history holds from earlier judging count
 * @param made marks made by judging now
 */
public record Marks(External external, boolean recordedEngine, List<Entry> made) {

    /** An engine's mark stands by its instant, kind, and sequence; it has no emitter's name. */
    private static final EventId ENGINE = new EventId("", "");

    /** Whether another system's mark counts. */
    public enum External {
        NONE,
        /** All but those that a policy set aside when they came: they carry its name. */
        TAKEN,
        ALL
    }

    /** All marks that history holds, whoever made them. */
    public static Marks recorded() {
        return new Marks(External.ALL, true, List.of());
    }

    /** The official ones: the verdicts that history holds, and other systems' marks that no policy set aside. */
    public static Marks live() {
        return new Marks(External.TAKEN, true, List.of());
    }

    /** Those a policy makes of a history, and other systems' if it trusts them. */
    static Marks judged(Policy policy, List<Entry> made) {
        return new Marks(policy.trustsExternalMarks() ? External.ALL : External.NONE, false, made);
    }

    private boolean counts(Entry externalMark) {
        return switch (external) {
            case NONE -> false;
            case TAKEN -> externalMark.judgedBy() == null;
            case ALL -> true;
        };
    }

    /** Another system's mark that a policy did not let count when it came: it carries that policy's name. */
    static boolean isSetAside(Entry entry) {
        return entry.event() instanceof LeadEvent.MarkedMql && entry.judgedBy() != null && !Lead.isVerdict(entry);
    }

    /** A lead's history with these marks in it, without the others. */
    public List<Entry> applyTo(List<Entry> effective) {
        List<Entry> entries = new ArrayList<>(effective.size() + made.size());
        for (Entry entry : effective) {
            if (!(entry.event() instanceof LeadEvent.MarkedMql mark)) {
                entries.add(entry);
            } else if (mark.isExternal()) {
                if (counts(entry)) {
                    entries.add(entry);
                }
            } else if (recordedEngine && (external == External.ALL || !isSetAside(entry))) {
                entries.add(new Entry(entry.sequence(), ENGINE, entry.occurredAt(), entry.recordedAt(), mark));
            }
        }
        entries.addAll(made);
        return entries;
    }

    static Entry made(Judgement judgement, LeadEvent.MarkedMql mark) {
        return new Entry(
                judgement.cause().sequence(),
                ENGINE,
                judgement.at(),
                judgement.cause().recordedAt(),
                mark);
    }
}

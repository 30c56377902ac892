package io.smarketing.lifecycle.lead;

import java.util.ArrayList;
import java.util.List;

/**
 * Which marks are folded.
 *
 * @param external whether marks made by other systems count
 * @param recordedEngine whether marks that the history holds from earlier judging count
 * @param made marks made by judging now
 */
public record Marks(boolean external, boolean recordedEngine, List<Entry> made) {

    /** An engine's mark stands by its instant, kind, and sequence; it has no emitter's name. */
    private static final EventId ENGINE = new EventId("", "");

    /** All marks that history holds, whoever made them. */
    public static Marks recorded() {
        return new Marks(true, true, List.of());
    }

    /** A lead's history with these marks in it, without the others. */
    List<Entry> applyTo(List<Entry> effective) {
        List<Entry> entries = new ArrayList<>(effective.size() + made.size());
        for (Entry entry : effective) {
            if (!(entry.event() instanceof LeadEvent.MarkedMql mark)) {
                entries.add(entry);
            } else if (mark.isExternal()) {
                if (external) {
                    entries.add(entry);
                }
            } else if (recordedEngine) {
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

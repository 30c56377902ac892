package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.replay.Flip;
import io.smarketing.lifecycle.replay.LeadResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Single leads taken out of columns, to be told why they flipped. Columns hold what verdicts depend on and no event ids: the rule, the
 * instant and the words are those of the plain fold over the events, but the fact is not named, nor who marked a lead that was trusted.
 * Thread-safe.
 */
public final class LeadsInColumns {

    /** Stands for emitters. They are no names, so that no explanation takes one for another. */
    private static final String EMITTER = "another system";

    private final HistoryColumns history;

    public LeadsInColumns(HistoryColumns history) {
        this.history = history;
    }

    /** The leads of those ids that are there, replayed by the plain fold; in the order of the ids. */
    public List<LeadResult> explained(ReplayQuestion question, Set<String> ids) {
        return question.plainFold().run(find(ids, question.knownAt()), () -> {}).leads().stream()
                .map(LeadsInColumns::withoutEvent)
                .toList();
    }

    private static LeadResult withoutEvent(LeadResult lead) {
        Flip because = lead.because();
        return new LeadResult(
                lead.leadId(),
                lead.set(),
                lead.outcome(),
                lead.baselineMark(),
                lead.candidateMark(),
                because == null ? null : new Flip(because.at(), null, because.rule(), because.explanation()));
    }

    private List<LeadHistory> find(Set<String> ids, @Nullable Instant knownAt) {
        List<LeadHistory> found = new ArrayList<>();
        for (Segment segment : history.segments()) {
            find(segment, ids, knownAt, found);
            WideLeads.forEach(segment, knownAt, (lead, reason) -> {
                if (ids.contains(lead.leadId())) {
                    found.add(lead);
                }
            });
        }
        found.sort(Comparator.comparing(LeadHistory::leadId, FoldOrder::compareUtf8));
        return found;
    }

    private static void find(Segment segment, Set<String> ids, @Nullable Instant knownAt, List<LeadHistory> found) {
        List<String> names = segment.names();
        Codes name = segment.column(Layout.NAME);
        Chunk columns = new Chunk(segment);
        LeadFacts lead = new LeadFacts(segment, columns, true, CaptureMicros.knownAt(knownAt));
        for (int chunk = 0; chunk < segment.chunks(); chunk++) {
            if (!isAnyIn(chunk, segment, name, names, ids)) {
                continue;
            }
            columns.begin(chunk);
            lead.begin();
            while (lead.next()) {
                String id = names.get(name.get(lead.lead()));
                boolean asked = ids.contains(id) && segment.stands(lead.lead());
                // As known at an instant, each lead has to be read to come to the next one.
                if ((asked || knownAt != null) && lead.read() && asked) {
                    found.add(anonymous(lead.history(id)));
                }
            }
        }
    }

    private static boolean isAnyIn(int chunk, Segment segment, Codes name, List<String> names, Set<String> ids) {
        int end = Math.min(segment.leads(), (chunk + 1) * Layout.CHUNK);
        for (int lead = chunk * Layout.CHUNK; lead < end; lead++) {
            if (ids.contains(names.get(name.get(lead)))) {
                return true;
            }
        }
        return false;
    }

    /** All ids that columns make up have one emitter: another name for it keeps their order. */
    private static LeadHistory anonymous(LeadHistory lead) {
        return new LeadHistory(
                lead.leadId(),
                lead.entries().stream()
                        .map(entry -> new Entry(
                                entry.sequence(),
                                anonymous(entry.eventId()),
                                entry.occurredAt(),
                                entry.recordedAt(),
                                entry.event() instanceof LeadEvent.Voided voided
                                        ? new LeadEvent.Voided(anonymous(voided.event()), voided.by(), voided.reason())
                                        : entry.event()))
                        .toList());
    }

    private static EventId anonymous(EventId id) {
        return new EventId(EMITTER, id.id());
    }
}

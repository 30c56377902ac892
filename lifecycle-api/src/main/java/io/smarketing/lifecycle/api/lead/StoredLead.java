package io.smarketing.lifecycle.api.lead;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import java.util.ArrayList;
import java.util.List;

/** A lead as it stands in the store, in sequence. */
public record StoredLead(String leadId, List<Recorded> events) {

    /** In the form that is folded. */
    public LeadHistory history() {
        return historyUpTo(events.size() - 1L);
    }

    /** As it was when the event of that sequence had just been recorded, with the verdicts it led to. */
    public LeadHistory historyUpTo(long sequence) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i <= sequence && i < events.size(); i++) {
            Recorded event = events.get(i);
            entries.add(new Entry(
                    i, event.eventId(), event.occurredAt(), event.recordedAt(), event.event(), event.judgedBy()));
        }
        return new LeadHistory(leadId, entries);
    }
}

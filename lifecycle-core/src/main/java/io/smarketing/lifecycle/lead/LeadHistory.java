package io.smarketing.lifecycle.lead;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is known of one lead, in sequence order. */
public record LeadHistory(String leadId, List<Entry> entries) {

    public LeadHistory {
        entries = List.copyOf(entries);
    }

    /** What has not been voided. A void cannot be voided. */
    public List<Entry> effective() {
        Set<EventId> voided = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.event() instanceof LeadEvent.Voided event) {
                voided.add(event.event());
            }
        }
        if (voided.isEmpty()) {
            return entries;
        }
        return entries.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Voided || !voided.contains(entry.eventId()))
                .toList();
    }
}

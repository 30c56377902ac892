package io.smarketing.lifecycle.lead;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that is known of one lead, in sequence order. */
public record LeadHistory(String leadId, List<Entry> entries) {

    public LeadHistory {
        entries = List.copyOf(entries);
    }

    /**
     * The history of a lead of which these entries arrived, in this order: what came before its first capture waited for it, and stands
     * behind it.
     *
     * @return empty when no capture is among them
     */
    public static Optional<LeadHistory> released(String leadId, List<Entry> arrived) {
        Optional<Entry> capture = arrived.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Captured)
                .findFirst();
        if (capture.isEmpty()) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>(arrived.size());
        entries.add(capture.get().at(0));
        for (Entry entry : arrived) {
            if (!entry.eventId().equals(capture.get().eventId())) {
                entries.add(entry.at(entries.size()));
            }
        }
        return Optional.of(new LeadHistory(leadId, entries));
    }

    /** What was recorded up to an instant, included; without a capture nothing else is left. */
    public LeadHistory knownAt(Instant instant) {
        return new LeadHistory(
                leadId,
                entries.stream()
                        .filter(entry -> !entry.recordedAt().isAfter(instant))
                        .toList());
    }

    /** The names of all attributes that it has ever had a value of. */
    public Set<String> attributeNames() {
        Set<String> names = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.event() instanceof LeadEvent.Captured captured) {
                names.addAll(captured.attributes().keySet());
            } else if (entry.event() instanceof LeadEvent.Enriched enriched) {
                names.addAll(enriched.attributes().keySet());
            }
        }
        return names;
    }

    /** What has not been voided. Facts can be: no void, and no verdict of the engine, which stays whatever becomes of its cause. */
    public List<Entry> effective() {
        Set<EventId> named = namedByVoids();
        return named.isEmpty()
                ? entries
                : entries.stream().filter(entry -> !isVoided(entry, named)).toList();
    }

    /** What has been voided: what is not {@link #effective}. */
    public List<Entry> voided() {
        Set<EventId> named = namedByVoids();
        return entries.stream().filter(entry -> isVoided(entry, named)).toList();
    }

    private Set<EventId> namedByVoids() {
        Set<EventId> named = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.event() instanceof LeadEvent.Voided event) {
                named.add(event.event());
            }
        }
        return named;
    }

    private static boolean isVoided(Entry entry, Set<EventId> named) {
        return named.contains(entry.eventId())
                && !(entry.event() instanceof LeadEvent.Voided)
                && !Lead.isVerdict(entry);
    }
}

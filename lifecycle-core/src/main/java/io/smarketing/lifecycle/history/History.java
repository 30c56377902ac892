package io.smarketing.lifecycle.history;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The leads of a history. Immutable. */
public final class History {

    private final Map<String, List<Arrival>> arrivals;
    private final IntakeCounts counts;

    /** Takes the arrivals by lead, in the order of arrival, without duplicates. */
    History(Map<String, List<Arrival>> arrivals, IntakeCounts counts) {
        this.arrivals = new TreeMap<>(FoldOrder::compareUtf8);
        this.arrivals.putAll(arrivals);
        this.counts = counts;
    }

    /** All leads that were captured, ordered by the bytes of their id. */
    public List<LeadHistory> leads() {
        return knownAt(Instant.MAX);
    }

    /**
     * The leads as an engine knew them that had got no more than what was recorded up to an instant (included): what waited
     * for a capture then is not there.
     */
    public List<LeadHistory> knownAt(Instant instant) {
        List<LeadHistory> leads = new ArrayList<>(arrivals.size());
        arrivals.forEach((leadId, all) -> inSequence(leadId, all, instant).ifPresent(leads::add));
        return leads;
    }

    private static Optional<LeadHistory> inSequence(String leadId, List<Arrival> arrivals, Instant instant) {
        return LeadHistory.released(
                leadId,
                entries(arrivals).stream()
                        .filter(entry -> !entry.recordedAt().isAfter(instant))
                        .toList());
    }

    private static List<Entry> entries(List<Arrival> arrivals) {
        List<Entry> entries = new ArrayList<>(arrivals.size());
        for (Arrival arrival : arrivals) {
            entries.add(entry(entries.size(), arrival));
        }
        return entries;
    }

    /** All that arrived for each lead, captured or not, in order of arrival; leads ordered by the bytes of their id. */
    public void forEachArrived(BiConsumer<String, List<Entry>> each) {
        arrivals.forEach((leadId, all) -> each.accept(leadId, entries(all)));
    }

    private static Entry entry(long sequence, Arrival arrival) {
        return new Entry(sequence, arrival.eventId(), arrival.occurredAt(), recordedAt(arrival), arrival.event());
    }

    /** Offline, an event that does not say when it was recorded was recorded when it occurred. */
    private static Instant recordedAt(Arrival arrival) {
        Instant recorded = arrival.recordedTime();
        return recorded == null ? arrival.occurredAt() : recorded;
    }

    public IntakeCounts counts() {
        return counts;
    }

    /** When the latest event was recorded; empty for an empty history. */
    public Optional<Instant> lastRecordedAt() {
        return arrivals.values().stream()
                .flatMap(List::stream)
                .map(History::recordedAt)
                .max(Instant::compareTo);
    }
}

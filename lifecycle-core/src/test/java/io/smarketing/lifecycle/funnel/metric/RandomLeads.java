package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Leads whose facts come late, shuffled, voided, before their capture and across the change of clocks in March 2026. */
final class RandomLeads {

    private static final Instant START = Instant.parse("2026-03-20T21:30:00Z");
    private static final List<String> SOURCES = List.of("ads", "web", "event");

    private final Random random;

    RandomLeads(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    List<LeadFold> folds(int number) {
        List<LeadFold> folds = new ArrayList<>();
        for (int i = 0; folds.size() < number; i++) {
            LeadFold.of(history("L" + i), Marks.recorded()).ifPresent(folds::add);
        }
        return folds;
    }

    LeadHistory history(String leadId) {
        List<Entry> entries = new ArrayList<>();
        int size = 1 + random.nextInt(10);
        for (int i = 0; i < size; i++) {
            entries.add(entry(leadId, i, i == 0 ? captured() : event(leadId, i)));
        }
        if (random.nextInt(3) == 0) {
            Collections.shuffle(entries, random);
        }
        List<Entry> inSequence = new ArrayList<>();
        for (Entry entry : entries) {
            inSequence.add(new Entry(
                    inSequence.size(), entry.eventId(), entry.occurredAt(), entry.recordedAt(), entry.event()));
        }
        return new LeadHistory(leadId, inSequence);
    }

    private Entry entry(String leadId, int number, LeadEvent event) {
        Instant occurredAt =
                START.plus(Duration.ofMinutes(random.nextInt(60 * 24 * 60))).plusNanos(1_000L * random.nextInt(3));
        Instant recordedAt =
                random.nextInt(3) == 0 ? occurredAt.plus(Duration.ofHours(random.nextInt(24 * 20))) : occurredAt;
        return new Entry(number, new EventId("urn:random", leadId + "/" + number), occurredAt, recordedAt, event);
    }

    private LeadEvent captured() {
        String source = random.nextInt(5) == 0 ? null : SOURCES.get(random.nextInt(SOURCES.size()));
        return new LeadEvent.Captured(
                source, null, null, Map.of("country", random.nextBoolean() ? "DE" : "US"), null, null);
    }

    private LeadEvent event(String leadId, int number) {
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> new LeadEvent.MarkedMql(null, null);
            case 3, 4 -> new LeadEvent.Accepted("ann");
            case 5, 6 -> new LeadEvent.Contacted("bob", "call", "reached");
            case 7, 8 ->
                new LeadEvent.Rejected(
                        "ann",
                        Optional.of("too-small")
                                .filter(given -> random.nextBoolean())
                                .orElse(null));
            case 9 -> new LeadEvent.Lost("ann", null);
            case 10, 11 -> new LeadEvent.Won(null, null);
            case 12 -> new LeadEvent.Enriched(Map.of("country", "FR"), null);
            default ->
                new LeadEvent.Voided(
                        new EventId("urn:random", leadId + "/" + random.nextInt(number)), "ann", "mistake");
        };
    }
}

package io.smarketing.lifecycle.standalone.generate;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadHistory;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The leads of {@code lifecycle generate} as histories, without the way over JSON; personal data is left out. Thread-safe. */
public final class GeneratedHistories {

    private static final LocalDate START = LocalDate.of(2025, 1, 1);
    private static final int DAYS = 365;

    private final GeneratorOptions options;
    private final HistoryGenerator generator;

    /** The leads that {@code generate --leads --seed} writes. */
    public GeneratedHistories(int leads, long seed) {
        this.options = GeneratorOptions.ofFile(leads, seed, START, DAYS);
        this.generator = new HistoryGenerator(options);
    }

    /** Some of the leads, by their places in the order of capture. Nothing of them is kept. */
    public Iterator<LeadHistory> range(int from, int to) {
        Captures captures = new Captures(options);
        return IntStream.range(from, to)
                .mapToObj(index -> history(generator.story(index, captures)))
                .iterator();
    }

    private static LeadHistory history(ToldLead told) {
        List<Entry> entries = new ArrayList<>(told.facts().size());
        for (Fact fact : told.facts()) {
            entries.add(new Entry(
                    entries.size(),
                    new EventId(fact.emitter().urn(), fact.eventId()),
                    Instant.ofEpochMilli(fact.occurred()),
                    Instant.ofEpochMilli(fact.recorded()),
                    fact.detail().leadEvent()));
        }
        String leadId = String.format(Locale.ROOT, "L-%07d", told.lead().number());
        return LeadHistory.released(leadId, entries).orElseThrow();
    }
}

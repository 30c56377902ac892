package io.smarketing.lifecycle.standalone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.FoldOrder;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratedHistoriesTest {

    private static final int LEADS = 1_500;

    @Test
    void theyAreWhatAReaderMakesOfTheWrittenHistory() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        new HistoryGenerator(GeneratorOptions.ofFile(LEADS, 5, LocalDate.of(2025, 1, 1), 365))
                .write(written, told -> {});
        HistoryReader reader = new HistoryReader(Instant.parse("2030-01-01T00:00:00Z"), line -> {});
        reader.read("generated", new ByteArrayInputStream(written.toByteArray()), bytes -> {});

        List<LeadHistory> histories = new ArrayList<>();
        new GeneratedHistories(LEADS, 5).range(0, 700).forEachRemaining(histories::add);
        new GeneratedHistories(LEADS, 5).range(700, LEADS).forEachRemaining(histories::add);
        histories.sort(Comparator.comparing(LeadHistory::leadId, FoldOrder::compareUtf8));

        assertThat(histories)
                .isEqualTo(reader.history().leads().stream()
                        .map(GeneratedHistoriesTest::bare)
                        .toList());
    }

    private static LeadHistory bare(LeadHistory lead) {
        return new LeadHistory(
                lead.leadId(),
                lead.entries().stream()
                        .map(entry -> new Entry(
                                entry.sequence(),
                                entry.eventId(),
                                entry.occurredAt(),
                                entry.recordedAt(),
                                bare(entry.event())))
                        .toList());
    }

    private static LeadEvent bare(LeadEvent event) {
        if (event instanceof LeadEvent.Captured captured) {
            return new LeadEvent.Captured(
                    captured.source(), captured.campaign(), captured.persona(), captured.attributes(), null, null);
        }
        return event instanceof LeadEvent.Enriched enriched
                ? new LeadEvent.Enriched(enriched.attributes(), null)
                : event;
    }
}

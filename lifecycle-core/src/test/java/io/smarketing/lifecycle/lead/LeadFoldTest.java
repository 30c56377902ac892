package io.smarketing.lifecycle.lead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeadFoldTest {

    private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

    private static LeadFold fold(LeadEvent... events) {
        List<Entry> entries = new ArrayList<>();
        for (LeadEvent event : events) {
            Instant at = START.plusSeconds(entries.size());
            entries.add(new Entry(entries.size(), new EventId("crm", "" + entries.size()), at, at, event));
        }
        return LeadFold.of(new LeadHistory("L", entries), Marks.live()).orElseThrow();
    }

    private static LeadEvent captured() {
        return new LeadEvent.Captured("web", null, null, Map.of(), null, null);
    }

    @Test
    void visitsAreNumberedByStage() {
        LeadEvent accepted = new LeadEvent.Accepted("ann");
        LeadEvent rejected = new LeadEvent.Rejected("ann", "too-small");
        LeadEvent contacted = new LeadEvent.Contacted("ann", "call", "reached");
        assertThat(fold(captured(), accepted, rejected, accepted, contacted, accepted, rejected)
                        .visits())
                .extracting(visit -> visit.stage() + " " + visit.number())
                .containsExactly(
                        "CAPTURED 1",
                        "ACCEPTED 1",
                        "REJECTED 1",
                        "ACCEPTED 2",
                        "CONTACTED 1",
                        "ACCEPTED 3",
                        "REJECTED 2");
    }

    @Test
    void aLeadThatGoesToAndFroForEverIsFoldedInTime() {
        LeadEvent[] events = new LeadEvent[100_000];
        events[0] = captured();
        for (int i = 1; i < events.length; i++) {
            events[i] = i % 2 == 1 ? new LeadEvent.Accepted("ann") : new LeadEvent.Rejected("ann", "too-small");
        }
        LeadFold lead = assertTimeoutPreemptively(Duration.ofSeconds(8), () -> fold(events));
        assertThat(lead.visits().get(99_999).number()).isEqualTo(50_000);
    }
}

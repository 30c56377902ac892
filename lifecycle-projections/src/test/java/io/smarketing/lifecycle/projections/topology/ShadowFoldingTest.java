package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ShadowFoldingTest {

    private static LeadState next(ShadowFolding folding, LeadState before, long sequence, LeadEvent event) {
        Instant at = Instant.parse("2026-05-01T00:00:00Z").plusSeconds(sequence);
        Entry entry = new Entry(sequence, new EventId("urn:t", "e" + sequence), at, at, event);
        LogRecord log =
                new LogRecord("L", EventType.of(event), sequence, sequence, at, new RecordHeaders(), new byte[0]);
        return folding.next(before, log, entry);
    }

    /** A task that is taken back to an earlier commit finds leads in memory that are further than what is kept of them. */
    @Test
    void whatIsKeptOfALeadGoesBeforeWhatIsRememberedOfIt() throws RefusedDocument {
        Policy policy = PolicyReader.read("test", """
                        name: two-views
                        threshold: 2
                        engagement:
                          - {id: view, activity: view, points: 1}
                        """).policy();
        ShadowFolding folding = new ShadowFolding(policy);
        LeadState captured =
                next(folding, LeadState.NEW, 0, new LeadEvent.Captured("web", null, null, Map.of(), null, null));
        LeadEvent view = new LeadEvent.Activity("view", null, 1);
        for (int i = 0; i < 3; i++) {
            LeadState once = next(folding, captured, 1, view);
            assertThat(Objects.requireNonNull(once.counted()).standing().stage().name())
                    .as("time %d: one view does not qualify", i)
                    .isEqualTo("CAPTURED");
        }
    }
}

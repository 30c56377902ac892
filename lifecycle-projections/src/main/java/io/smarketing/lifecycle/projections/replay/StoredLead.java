package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A lead as the store holds it.
 *
 * @param history up to what cannot be read
 */
public record StoredLead(LeadHistory history, Optional<Unreadable> unreadable) {

    /** The first row that was not written by the engine, or was damaged since. */
    public record Unreadable(long sequence, String reason) {}

    /** A row of {@code lead_event}; source and event id are there twice, as columns and in the payload. */
    record Row(String leadId, long sequence, String source, String eventId, String payload) {}

    /** Decodes the rows of one lead. */
    static StoredLead read(RecordedCodec codec, List<Row> rows) {
        String leadId = rows.get(0).leadId();
        List<Entry> entries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            try {
                Recorded recorded = codec.read(row.payload().getBytes(StandardCharsets.UTF_8));
                Optional<String> contradiction = contradiction(row, recorded);
                if (contradiction.isPresent()) {
                    return unreadable(leadId, entries, row, contradiction.get());
                }
                entries.add(recorded.entry(row.sequence()));
            } catch (RecordedCodec.UnreadableRecord e) {
                return unreadable(leadId, entries, row, String.valueOf(e.getMessage()));
            }
        }
        return new StoredLead(new LeadHistory(leadId, entries), Optional.empty());
    }

    private static StoredLead unreadable(String leadId, List<Entry> before, Row row, String reason) {
        return new StoredLead(new LeadHistory(leadId, before), Optional.of(new Unreadable(row.sequence(), reason)));
    }

    private static Optional<String> contradiction(Row row, Recorded recorded) {
        if (!recorded.leadId().equals(row.leadId())) {
            return Optional.of("its payload is of the lead '%s'".formatted(recorded.leadId()));
        } else if (!recorded.eventId().source().equals(row.source())
                || !recorded.eventId().id().equals(row.eventId())) {
            return Optional.of("its payload is of the event '%s' of '%s'"
                    .formatted(recorded.eventId().id(), recorded.eventId().source()));
        }
        return Optional.empty();
    }
}

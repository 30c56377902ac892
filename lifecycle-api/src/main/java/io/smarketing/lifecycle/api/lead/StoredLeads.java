package io.smarketing.lifecycle.api.lead;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads single leads from the store. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
public class StoredLeads {

    private final JdbcClient jdbc;
    private final RecordedCodec codec;

    StoredLeads(JdbcClient jdbc, RecordedCodec codec) {
        this.jdbc = jdbc;
        this.codec = codec;
    }

    /** The whole lead; empty when it is not captured. */
    public Optional<StoredLead> find(String leadId) {
        List<byte[]> payloads = jdbc.sql("SELECT payload FROM lifecycle.lead_event WHERE lead_id = ? ORDER BY sequence")
                .param(leadId)
                .query((row, number) -> row.getString(1).getBytes(StandardCharsets.UTF_8))
                .list();
        if (payloads.isEmpty()) {
            return Optional.empty();
        }
        List<Recorded> events = new ArrayList<>();
        for (byte[] payload : payloads) {
            try {
                events.add(codec.read(payload));
            } catch (UnreadableRecord e) {
                throw new IllegalStateException(
                        "the event %d of the lead %s cannot be read".formatted(events.size(), leadId), e);
            }
        }
        return Optional.of(new StoredLead(leadId, events));
    }
}

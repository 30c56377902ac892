package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes {@code lead.events} as the relay would, without a store: generated facts in order of arrival, and beside them verdicts, of which
 * only their number matters here: a score for every second activity of a lead, and a mark at its third.
 */
final class FilledLog implements AutoCloseable {

    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final PolicyRef POLICY = new PolicyRef("ten-rules", "1");
    private static final int MARKED_AT = 3;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KafkaProducer<byte[], byte[]> producer;
    private final CloudEventCodec facts = new CloudEventCodec();
    private final RecordedCodec codec = new RecordedCodec();
    private final Map<String, Counted> leads = new HashMap<>();
    private long position;

    /** How many events a lead has, and how many of them are activities. */
    private static final class Counted {

        private int events;
        private int activities;
    }

    FilledLog(Workbench workbench) {
        producer = new KafkaProducer<>(workbench.bean(KafkaSettings.class).producer("bench-log"));
    }

    long events() {
        return position;
    }

    int leads() {
        return leads.size();
    }

    void fill(int number, long seed) throws IOException {
        GeneratedLeads.tell(number, seed, Workbench.DAY_AFTER_HISTORY, this::take);
        producer.flush();
    }

    private void take(byte[] event) throws IOException {
        Arrival arrival;
        try {
            arrival = facts.decode(event, NOW);
        } catch (Refusal e) {
            throw new IOException("the generator writes what the engine refuses", e);
        }
        write(
                arrival.leadId(),
                arrival.eventId(),
                arrival.occurredAt(),
                arrival.recordedTime() == null ? arrival.occurredAt() : arrival.recordedTime(),
                arrival.event());
        Counted lead = leads.computeIfAbsent(arrival.leadId(), absent -> new Counted());
        if (arrival.event() instanceof LeadEvent.Activity) {
            lead.activities++;
            BigDecimal score = BigDecimal.valueOf(lead.activities * 10L);
            if (lead.activities % 2 == 0) {
                verdict(arrival, new LeadEvent.Scored(score, score, score, null, score, POLICY, List.of()));
            }
            if (lead.activities == MARKED_AT) {
                verdict(arrival, new LeadEvent.MarkedMql(score, POLICY));
            }
        }
    }

    private void verdict(Arrival cause, LeadEvent verdict) {
        EventId id = new EventId(Lead.ENGINE, cause.leadId() + "/" + position);
        write(cause.leadId(), id, cause.occurredAt(), cause.occurredAt(), verdict);
    }

    /** The capture of a lead whose source nobody else has. */
    void probe(String name) {
        Instant at = NOW.minusSeconds(3_600);
        write(
                name,
                new EventId("urn:bench", name),
                at,
                at,
                new LeadEvent.Captured(name, null, null, Map.of(), null, null));
        producer.flush();
    }

    private void write(String leadId, EventId id, Instant occurredAt, Instant recordedAt, LeadEvent event) {
        Counted lead = leads.computeIfAbsent(leadId, absent -> new Counted());
        Recorded recorded = new Recorded(leadId, id, occurredAt, recordedAt, event, POLICY, null);
        List<Header> headers = new ArrayList<>();
        codec.attributes(recorded).forEach((name, value) -> headers.add(header("ce_" + name, value)));
        headers.add(header("ce_sequence", String.valueOf(lead.events++)));
        headers.add(header("ce_position", String.valueOf(++position)));
        headers.add(header("content-type", "application/json"));
        // The flush at the end tells whether all went.
        var unused = producer.send(new ProducerRecord<>(
                Topic.LEAD_EVENTS.topicName(),
                null,
                leadId.getBytes(StandardCharsets.UTF_8),
                JSON.writeValueAsBytes(codec.data(recorded)),
                headers));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close();
    }
}

package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.api.privacy.Vault;
import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Facts that wait for their lead's capture, sealed, in order of arrival. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class ParkedFacts {

    /** The code of what finds no room. */
    static final String FULL = "parking-full";

    private final JdbcClient jdbc;
    private final Vault vault;
    private final RecordedCodec codec;
    private final long most;
    private final long mostOfLead;

    ParkedFacts(
            JdbcClient jdbc,
            Vault vault,
            RecordedCodec codec,
            @Value("${lifecycle.parking.most:1000000}") long most,
            @Value("${lifecycle.parking.most-of-lead:10000}") long mostOfLead) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.codec = codec;
        this.most = most;
        this.mostOfLead = mostOfLead;
    }

    /** How much more may wait. Writers look at the same time, so that limits are passed by what one batch holds at the most. */
    final class Room {

        private final Map<String, Long> ofLeads = new HashMap<>();
        private long all;

        /** As it is now. */
        private Room(Collection<String> leadIds) {
            all = jdbc.sql("SELECT coalesce(sum(count), 0)::bigint FROM lifecycle.intake_tally WHERE outcome = ?")
                    .param(Tallies.PARKED)
                    .query(Long.class)
                    .single();
            jdbc.sql("SELECT lead_id, count(*) FROM lifecycle.parked_fact WHERE lead_id = ANY (?) GROUP BY lead_id")
                    .param(leadIds.toArray(String[]::new))
                    .query((row, number) -> ofLeads.put(row.getString(1), row.getLong(2)))
                    .list();
        }

        /** Takes a place for a fact; what is refused says that there is none. */
        Optional<Refusal> take(String leadId) {
            long ofLead = ofLeads.getOrDefault(leadId, 0L);
            if (ofLead >= mostOfLead) {
                return Optional.of(
                        full("%,d facts of the lead '%s' wait for its capture already".formatted(ofLead, leadId)));
            }
            if (all >= most) {
                return Optional.of(full("%,d facts wait for the captures of their leads already".formatted(all)));
            }
            all++;
            ofLeads.put(leadId, ofLead + 1);
            return Optional.empty();
        }

        private static Refusal full(String message) {
            return new Refusal(FULL, "subject", message, "send the lead's capture, then the fact again");
        }
    }

    /** For facts of these leads. */
    Room room(Collection<String> leadIds) {
        return new Room(leadIds);
    }

    /** Parks, in the caller's transaction. */
    void park(Collection<Work.Delivery> facts, Instant now) {
        if (facts.isEmpty()) {
            return;
        }
        Vault.Keys keys = vault.keysToSeal(
                facts.stream().map(Work.Delivery::leadId).distinct().toList());
        List<Work.Delivery> list = List.copyOf(facts);
        jdbc.sql("INSERT INTO lifecycle.parked_fact (lead_id, source, event_id, fingerprint, sealed, door, parked_at)"
                        + " SELECT p.*, ? FROM unnest(?, ?, ?, ?, ?, ?) AS p")
                .params(
                        Timestamp.from(now),
                        list.stream().map(Work.Delivery::leadId).toArray(String[]::new),
                        list.stream()
                                .map(fact -> fact.arrival().eventId().source())
                                .toArray(String[]::new),
                        list.stream().map(fact -> fact.arrival().eventId().id()).toArray(String[]::new),
                        list.stream()
                                .map(fact -> fact.arrival().fingerprint().toUuid())
                                .toArray(UUID[]::new),
                        list.stream()
                                .map(fact -> keys.seal(fact.leadId(), bytes(fact, now)))
                                .toArray(byte[][]::new),
                        list.stream().map(fact -> fact.door().word()).toArray(String[]::new))
                .update();
    }

    private byte[] bytes(Work.Delivery fact, Instant now) {
        Arrival arrival = fact.arrival();
        Recorded recorded = new Recorded(
                arrival.leadId(),
                arrival.eventId(),
                arrival.occurredAt(),
                now,
                arrival.event(),
                null,
                arrival.fingerprint());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("event", Base64.getEncoder().encodeToString(codec.write(recorded)));
        json.set("original", fact.original().toJson());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What waits for these leads, locked until the caller's transaction ends, so that it is released once and does not expire meanwhile. What is just
     * expiring has waited too long, and is passed over rather than waited for.
     */
    List<Work.Parked> take(Collection<String> leadIds) {
        if (leadIds.isEmpty()) {
            return List.of();
        }
        return open(jdbc.sql("SELECT id, lead_id, door, sealed FROM lifecycle.parked_fact WHERE lead_id = ANY (?)"
                        + " ORDER BY id FOR UPDATE SKIP LOCKED")
                .param(leadIds.toArray(String[]::new))
                .query((row, number) -> new Row(row.getLong(1), row.getString(2), row.getString(3), row.getBytes(4)))
                .list());
    }

    /** Leads that are captured all the same, with facts that were parked since an instant. */
    Set<String> captured(Instant since, int most) {
        // One look at the index for each lead: what is gone through is never the store.
        return Set.copyOf(jdbc.sql(
                        "SELECT p.lead_id FROM (SELECT DISTINCT lead_id FROM lifecycle.parked_fact WHERE parked_at >= ?) AS p"
                                + " CROSS JOIN LATERAL (SELECT 1 FROM lifecycle.lead_event e WHERE e.lead_id = p.lead_id LIMIT 1 OFFSET 0) AS first"
                                + " LIMIT ?")
                .params(Timestamp.from(since), most)
                .query(String.class)
                .list());
    }

    /** Those of some leads that are captured. */
    Set<String> captured(Collection<String> leadIds) {
        return Set.copyOf(
                jdbc.sql("SELECT DISTINCT lead_id FROM lifecycle.lead_event WHERE lead_id = ANY (?) AND sequence = 0")
                        .param(leadIds.toArray(String[]::new))
                        .query(String.class)
                        .list());
    }

    /** What has waited since before an instant, the oldest first; locked until the caller's transaction ends. */
    List<Work.Parked> expired(Instant before, int most) {
        return open(jdbc.sql("SELECT id, lead_id, door, sealed FROM lifecycle.parked_fact WHERE parked_at < ?"
                        + " ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED")
                .params(Timestamp.from(before), most)
                .query((row, number) -> new Row(row.getLong(1), row.getString(2), row.getString(3), row.getBytes(4)))
                .list());
    }

    private record Row(long id, String leadId, String door, byte[] sealed) {}

    private List<Work.Parked> open(List<Row> rows) {
        Vault.Keys keys = vault.keys(rows.stream().map(Row::leadId).distinct().toList());
        List<Work.Parked> parked = new ArrayList<>();
        for (Row row : rows) {
            byte[] plain = keys.open(row.leadId(), row.sealed())
                    .orElseThrow(
                            () -> new IllegalStateException("the key of the lead %s is gone".formatted(row.leadId())));
            JsonNode json = JsonMapper.shared().readTree(plain);
            try {
                Recorded recorded =
                        codec.read(Base64.getDecoder().decode(json.path("event").asString()));
                Arrival arrival = new Arrival(
                        recorded.leadId(),
                        recorded.eventId(),
                        recorded.occurredAt(),
                        null,
                        recorded.event(),
                        Objects.requireNonNull(recorded.fingerprint()));
                Door door = Door.valueOf(row.door().toUpperCase(Locale.ROOT));
                parked.add(new Work.Parked(row.id(), door, arrival, Original.of(json.path("original"))));
            } catch (UnreadableRecord e) {
                throw new IllegalStateException("the parked fact %d cannot be read".formatted(row.id()), e);
            }
        }
        return parked;
    }

    void remove(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            jdbc.sql("DELETE FROM lifecycle.parked_fact WHERE id = ANY (?)")
                    .param(ids.toArray(Long[]::new))
                    .update();
        }
    }
}

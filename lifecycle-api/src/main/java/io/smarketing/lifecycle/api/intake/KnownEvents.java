package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which events have come before: the first under a source and id stands for ever. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
public class KnownEvents {

    private final JdbcClient jdbc;

    KnownEvents(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An event that came before.
     *
     * @param sequence in its lead's history; null while it waits for the capture
     * @param fingerprint null on the engine's own verdicts
     */
    public record Known(
            String leadId,
            @Nullable Long sequence,
            @Nullable Fingerprint fingerprint) {

        public boolean isParked() {
            return sequence == null;
        }
    }

    /** Those of the given that have come, stored or parked. */
    Map<EventId, Known> find(Collection<EventId> eventIds) {
        Map<EventId, Known> known = new HashMap<>();
        if (eventIds.isEmpty()) {
            return known;
        }
        List<EventId> ids = List.copyOf(eventIds);
        String[] sources = sources(ids);
        String[] names = names(ids);
        jdbc.sql("""
                        SELECT asked.source, asked.event_id, e.lead_id, e.fingerprint, e.sequence
                        FROM unnest(?, ?) AS asked (source, event_id)
                        CROSS JOIN LATERAL (
                            SELECT l.lead_id, l.fingerprint, l.sequence FROM lifecycle.lead_event l
                            WHERE l.source = asked.source AND l.event_id = asked.event_id LIMIT 1) e
                        UNION ALL
                        SELECT p.source, p.event_id, p.lead_id, p.fingerprint, NULL
                        FROM unnest(?, ?) AS asked (source, event_id)
                        JOIN lifecycle.parked_fact p ON p.source = asked.source AND p.event_id = asked.event_id""")
                .params(sources, names, sources, names)
                .query((row, number) -> {
                    known.merge(
                            new EventId(row.getString(1), row.getString(2)),
                            known(row),
                            (one, other) -> one.isParked() ? other : one);
                    return number;
                })
                .list();
        return known;
    }

    /** Those of the given that wait for their lead's capture. */
    Set<EventId> parked(Collection<EventId> eventIds) {
        if (eventIds.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(jdbc.sql("""
                        SELECT p.source, p.event_id
                        FROM unnest(?, ?) AS asked (source, event_id)
                        JOIN lifecycle.parked_fact p ON p.source = asked.source AND p.event_id = asked.event_id""")
                .params(sources(eventIds), names(eventIds))
                .query((row, number) -> new EventId(row.getString(1), row.getString(2)))
                .list());
    }

    private static String[] sources(Collection<EventId> eventIds) {
        return eventIds.stream().map(EventId::source).toArray(String[]::new);
    }

    private static String[] names(Collection<EventId> eventIds) {
        return eventIds.stream().map(EventId::id).toArray(String[]::new);
    }

    private static Known known(ResultSet row) throws SQLException {
        UUID fingerprint = row.getObject("fingerprint", UUID.class);
        return new Known(
                row.getString("lead_id"),
                row.getObject("sequence", Long.class),
                fingerprint == null ? null : Fingerprint.of(fingerprint));
    }

    /** What became of one event, if it was taken. */
    public Optional<Known> find(EventId eventId) {
        return Optional.ofNullable(find(List.of(eventId)).get(eventId));
    }
}

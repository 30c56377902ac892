package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.ApiConfiguration;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Remembers for a month what was refused under which name; a refused event claims nothing. */
@Component
@DependsOn(ApiConfiguration.SCHEMA)
class Refusals {

    static final Duration REMEMBERED = Duration.ofDays(30);

    private final JdbcClient jdbc;

    Refusals(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Remembered(EventId eventId, Door door, Refusal refusal) {}

    /** One that was remembered. */
    record Past(String door, String code, String field, String message, String mend, Instant at) {}

    void remember(List<Remembered> refused, Instant now) {
        if (refused.isEmpty()) {
            return;
        }
        jdbc.sql("INSERT INTO lifecycle.refusal (source, event_id, door, code, field, message, mend, refused_at)"
                        + " SELECT r.*, ? FROM unnest(?, ?, ?, ?, ?, ?, ?) AS r")
                .params(
                        Timestamp.from(now),
                        texts(refused, item -> item.eventId().source()),
                        texts(refused, item -> item.eventId().id()),
                        texts(refused, item -> item.door().word()),
                        texts(refused, item -> item.refusal().code()),
                        texts(refused, item -> item.refusal().field()),
                        texts(refused, item -> item.refusal().message()),
                        texts(refused, item -> item.refusal().mend()))
                .update();
    }

    /** PostgreSQL's text has no U+0000, and what is quoted from broken events may hold it. */
    private static String[] texts(List<Remembered> refused, Function<Remembered, String> text) {
        return refused.stream()
                .map(text.andThen(value -> value.replace('\0', ' ')))
                .toArray(String[]::new);
    }

    /** The latest hundred, the last of them at the end. */
    List<Past> of(EventId eventId) {
        return jdbc.sql("SELECT door, code, field, message, mend, refused_at FROM (SELECT * FROM lifecycle.refusal"
                        + " WHERE source = ? AND event_id = ? ORDER BY id DESC LIMIT 100) AS latest ORDER BY id")
                .params(eventId.source(), eventId.id())
                .query((row, number) -> new Past(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getTimestamp(6).toInstant()))
                .list();
    }

    void forgetBefore(Instant instant) {
        jdbc.sql("DELETE FROM lifecycle.refusal WHERE refused_at < ?")
                .param(Timestamp.from(instant))
                .update();
    }
}

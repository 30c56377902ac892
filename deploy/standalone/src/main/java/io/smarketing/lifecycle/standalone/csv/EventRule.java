package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an event comes out of a row.
 *
 * @param place where in the mapping it stands, as {@code events[2]}
 * @param when conditions that must all hold, else the row has no such event
 * @param id null for {@code <type>/<lead>}
 */
record EventRule(
        String place,
        EventType type,
        List<RowCondition> when,
        Column lead,
        EventTime time,
        @Nullable IdTemplate id,
        List<DataField> data) {

    boolean appliesTo(List<String> row) throws Refusal {
        for (RowCondition condition : when) {
            if (!condition.holdsFor(row)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The row's event as anyone would receive it.
     *
     * @throws Refusal with the column at fault as its field
     */
    Arrival form(List<String> row, String source, CloudEventCodec codec, Instant now) throws Refusal {
        String leadId = lead.required(row, "missing-subject", "every event needs the id of its lead: fill it in");
        Instant occurredAt = time.in(row);
        String eventId = id == null ? type.word() + "/" + leadId : id.in(row);
        ObjectNode event = codec.envelope(leadId, new EventId(source, eventId), type, occurredAt.toString());
        ObjectNode eventData = event.putObject("data");
        for (DataField field : data) {
            field.put(row, eventData);
        }
        try {
            return codec.decode(event, now);
        } catch (Refusal e) {
            throw new Refusal(e.code(), columnOf(e.field()), e.message(), e.mend());
        }
    }

    private String columnOf(String codecPath) {
        return switch (codecPath) {
            case "subject" -> lead.name();
            case "time" -> time.column().name();
            case "id" -> idColumns();
            default ->
                data.stream()
                        .filter(field -> field.codecPath().equals(codecPath))
                        .findFirst()
                        .map(DataField::column)
                        .map(Column::name)
                        .orElse(codecPath);
        };
    }

    /** The columns the event's id is made of. */
    String idColumns() {
        return id == null ? lead.name() : id.columnNames();
    }
}

package io.smarketing.lifecycle.api.store;

import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;

/** What the columns of {@code lifecycle.lead_event} are to Axon, for this table and for others like it. */
public final class EventColumns {

    private EventColumns() {}

    /** Lacks the names of the tables. */
    public static EventSchema.Builder schema() {
        return EventSchema.builder()
                .globalIndexColumn("global_index")
                .aggregateIdentifierColumn("lead_id")
                .sequenceNumberColumn("sequence")
                .payloadTypeColumn("payload_type")
                .payloadRevisionColumn("payload_revision")
                .payloadColumn("payload")
                .metaDataColumn("meta_data")
                .typeColumn("aggregate_type")
                .eventIdentifierColumn("event_identifier")
                .timestampColumn("time_stamp");
    }
}

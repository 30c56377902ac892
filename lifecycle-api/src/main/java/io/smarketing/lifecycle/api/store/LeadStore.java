package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.Recorded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Axon's event store over the table {@code lead_event}, which names an event by its emitter's source and id and holds them
 * unique for ever. Inside a batch, all its leads are read by one query and all its events written by one statement.
 */
public final class LeadStore extends JdbcEventStorageEngine {

    static final String TABLE = "lifecycle.lead_event";

    private static final String APPEND = "INSERT INTO " + TABLE
            + " (lead_id, sequence, source, event_id, fingerprint, payload_type, payload_revision, payload, meta_data,"
            + " aggregate_type, event_identifier, time_stamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final ThreadLocal<@Nullable Batch> BATCH = new ThreadLocal<>();

    /** What a batch reads at once at its beginning and writes at once at its end. */
    private static final class Batch {

        private final Map<String, List<DomainEventData<?>>> leads = new HashMap<>();
        private final List<EventMessage<?>> events = new ArrayList<>();
    }

    LeadStore(Builder builder) {
        super(builder);
    }

    static EventSchema eventSchema() {
        return EventSchema.builder()
                .eventTable(TABLE)
                .globalIndexColumn("global_index")
                .aggregateIdentifierColumn("lead_id")
                .sequenceNumberColumn("sequence")
                .payloadTypeColumn("payload_type")
                .payloadRevisionColumn("payload_revision")
                .payloadColumn("payload")
                .metaDataColumn("meta_data")
                .typeColumn("aggregate_type")
                .eventIdentifierColumn("event_identifier")
                .timestampColumn("time_stamp")
                .build();
    }

    /** Appends with the columns that Axon does not know of. */
    static PreparedStatement append(
            Connection connection, List<? extends EventMessage<?>> events, Serializer serializer) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(APPEND);
        for (EventMessage<?> message : events) {
            DomainEventMessage<?> event = (DomainEventMessage<?>) message;
            Recorded recorded = (Recorded) event.getPayload();
            Fingerprint fingerprint = recorded.fingerprint();
            SerializedObject<String> payload = event.serializePayload(serializer, String.class);
            SerializedObject<String> metaData = event.serializeMetaData(serializer, String.class);
            statement.setString(1, recorded.leadId());
            statement.setLong(2, event.getSequenceNumber());
            statement.setString(3, recorded.eventId().source());
            statement.setString(4, recorded.eventId().id());
            statement.setObject(5, fingerprint == null ? null : fingerprint.toUuid());
            statement.setString(6, payload.getType().getName());
            statement.setString(7, payload.getType().getRevision());
            statement.setString(8, payload.getData());
            statement.setString(9, metaData.getData());
            statement.setString(10, event.getType());
            statement.setString(11, event.getIdentifier());
            statement.setString(12, event.getTimestamp().toString());
            statement.addBatch();
        }
        return statement;
    }

    /**
     * Begins a batch of commands that the thread is about to handle in the transaction it is in: reads their leads at once.
     * Events are gathered until {@link #writeBatch}; {@link #endBatch} must be called in any case.
     */
    public void beginBatch(Collection<String> leadIds) {
        Batch begun = new Batch();
        leadIds.forEach(leadId -> begun.leads.put(leadId, new ArrayList<>()));
        String select = "SELECT " + schema().domainEventFields() + " FROM " + TABLE
                + " WHERE lead_id = ANY (?) ORDER BY lead_id, sequence";
        Connection connection = getConnection();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setArray(1, connection.createArrayOf("text", leadIds.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    DomainEventData<?> event = getDomainEventData(rows);
                    begun.leads
                            .computeIfAbsent(event.getAggregateIdentifier(), leadId -> new ArrayList<>())
                            .add(event);
                }
            }
        } catch (SQLException e) {
            throw new StoreFailure(e);
        } finally {
            closeQuietly(connection);
        }
        BATCH.set(begun);
    }

    /** Writes the batch's events, in the transaction that the thread is in. */
    public void writeBatch() {
        Batch current = BATCH.get();
        if (current != null && !current.events.isEmpty()) {
            Connection connection = getConnection();
            try (PreparedStatement statement = append(connection, current.events, getEventSerializer())) {
                statement.executeBatch();
            } catch (SQLException e) {
                throw new StoreFailure(e);
            } finally {
                closeQuietly(connection);
            }
            current.events.clear();
        }
    }

    /** Ends what {@link #beginBatch} began. */
    public void endBatch() {
        BATCH.remove();
    }

    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        Batch current = BATCH.get();
        if (current == null) {
            super.appendEvents(events, serializer);
        } else {
            current.events.addAll(events);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It belongs to the transaction, whose end will tell.
        }
    }

    @Override
    protected Stream<? extends DomainEventData<?>> readEventData(String leadId, long firstSequence) {
        Batch current = BATCH.get();
        List<DomainEventData<?>> events = current == null ? null : current.leads.get(leadId);
        if (events == null) {
            return super.readEventData(leadId, firstSequence);
        }
        return events.stream().filter(event -> event.getSequenceNumber() >= firstSequence);
    }

    /** There are none: leads are short. */
    @Override
    protected Stream<? extends DomainEventData<?>> readSnapshotData(String leadId) {
        return Stream.empty();
    }

    /** The database did not do what it was asked for; the cause says why. */
    static final class StoreFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StoreFailure(SQLException cause) {
            super(cause);
        }
    }
}

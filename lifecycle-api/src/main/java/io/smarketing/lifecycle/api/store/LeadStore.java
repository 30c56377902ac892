package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.Recorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Axon's event store over the table {@code lead_event}, which names an event by its emitter's source and id and holds them
 * unique for ever. Inside a batch, all its leads are read by one query and all its events written by one statement.
 */
public final class LeadStore extends JdbcEventStorageEngine {

    static final String TABLE = "lifecycle.lead_event";

    /** The aggregate's type, as Axon says it. */
    private static final String LEAD = Lead.class.getSimpleName();

    /** Bytes that are sent at once: the database writes rows while the next are put together. */
    private static final int PORTION = 32_768;

    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource dataSource;
    private final RecordedCodec codec;
    private final KeptLeads kept;
    private final EventPacks packs;

    LeadStore(Builder builder, DataSource dataSource, RecordedCodec codec, KeptLeads kept) {
        super(builder);
        this.dataSource = dataSource;
        this.codec = codec;
        this.kept = kept;
        this.packs = new EventPacks(codec);
    }

    static EventSchema eventSchema() {
        return EventColumns.schema().eventTable(TABLE).build();
    }

    /**
     * Begins a batch of commands that the thread is about to handle in the transaction it is in: reads at once those of its leads that are
     * not in memory. Events are gathered until {@link #writeBatch}; {@link #endBatch} must be called in any case.
     *
     * @param afresh those of the leads that are read even if they are in memory: another process may have written to them
     */
    public void beginBatch(Collection<String> leadIds, Collection<String> afresh) {
        kept.forget(afresh);
        LeadBatch batch = LeadBatch.begin();
        Map<String, StoredHistory> unknown = new LinkedHashMap<>();
        for (String leadId : leadIds) {
            if (!kept.has(leadId)) {
                unknown.put(leadId, new StoredHistory(leadId));
            }
        }
        if (!unknown.isEmpty()) {
            onConnection(connection -> packs.read(connection, unknown));
            batch.hasRead(unknown);
        }
    }

    /** Whether a lead of the batch has a history; one that nobody has looked for may have one. */
    boolean knows(String leadId) {
        LeadBatch batch = LeadBatch.current();
        if (batch == null || kept.has(leadId) || !batch.stagedOf(leadId).isEmpty()) {
            return true;
        }
        StoredHistory history = batch.read(leadId);
        return history == null || !history.isEmpty();
    }

    /** Writes the batch's events, in the transaction that the thread is in. */
    public void writeBatch() {
        LeadBatch batch = LeadBatch.current();
        if (batch != null && !batch.staged().isEmpty()) {
            append(batch.staged());
            batch.grownOver(EventPacks.SIZE)
                    .forEach((leadId, length) -> onConnection(connection -> packs.pack(connection, leadId, length)));
        }
    }

    private void append(List<DomainEventMessage<?>> events) {
        onConnection(connection -> {
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(EventRows.COPY);
            try {
                EventRows rows = new EventRows(codec);
                for (DomainEventMessage<?> event : events) {
                    rows.add(event);
                    if (rows.size() >= PORTION) {
                        rows.sendTo(copy);
                    }
                }
                rows.end();
                rows.sendTo(copy);
                copy.endCopy();
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        });
    }

    /** Ends what {@link #beginBatch} began. */
    public void endBatch() {
        LeadBatch.end();
    }

    /** A command on the lead has failed half-way, or its transaction: the store knows how it stands. */
    public void forget(Collection<String> leadIds) {
        kept.forget(leadIds);
    }

    private interface Use {
        void use(Connection connection) throws SQLException;
    }

    private void onConnection(Use use) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            use.use(connection);
        } catch (SQLException e) {
            throw new StoreFailure(e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** Outside of a batch nothing is recorded. */
    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        throw new IllegalStateException("events are recorded in batches");
    }

    @Override
    public DomainEventStream readEvents(String leadId, long firstSequence) {
        LeadBatch batch = LeadBatch.current();
        StoredHistory history = batch == null ? null : batch.read(leadId);
        if (history == null) {
            StoredHistory read = new StoredHistory(leadId);
            onConnection(connection -> packs.read(connection, Map.of(leadId, read)));
            history = read;
        }
        List<DomainEventMessage<?>> messages = new ArrayList<>(history.size());
        for (Recorded event : history.events(codec)) {
            long sequence = messages.size();
            messages.add(new GenericDomainEventMessage<>(
                    LEAD,
                    leadId,
                    sequence,
                    event,
                    MetaData.emptyInstance(),
                    leadId + "/" + sequence,
                    event.recordedAt()));
        }
        return DomainEventStream.of(messages.subList((int) Math.min(firstSequence, messages.size()), messages.size()));
    }

    /** There are none of the aggregate; see {@link EventPacks}. */
    @Override
    protected Stream<? extends DomainEventData<?>> readSnapshotData(String leadId) {
        return Stream.empty();
    }

    /**
     * Whether a transaction failed because of what stands already. Of (lead, sequence): another process was faster; of (source, id): the
     * event came by two ways at once, or under a name that another lead's has.
     */
    public static boolean isUniqueViolation(@Nullable Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** The database did not do what it was asked for; the cause says why. */
    static final class StoreFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StoreFailure(SQLException cause) {
            super(cause);
        }
    }
}

package io.smarketing.lifecycle.api.store;

import java.util.List;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;

/**
 * Axon's event store, but for what it holds until the transaction ends: its own searches through all of that for each lead, which is
 * quadratic in a batch.
 */
final class LeadEvents extends EmbeddedEventStore {

    LeadEvents(LeadStore store) {
        super(EmbeddedEventStore.builder().storageEngine(store));
    }

    @Override
    public void publish(List<? extends EventMessage<?>> events) {
        LeadBatch batch = LeadBatch.current();
        if (batch == null) {
            super.publish(events);
        } else {
            batch.stage(events);
        }
    }

    @Override
    protected Stream<? extends DomainEventMessage<?>> stagedDomainEventMessages(String leadId) {
        LeadBatch batch = LeadBatch.current();
        return batch == null ? super.stagedDomainEventMessages(leadId) : List.copyOf(batch.stagedOf(leadId)).stream();
    }
}

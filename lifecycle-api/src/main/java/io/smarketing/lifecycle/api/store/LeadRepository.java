package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.lead.Lead;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.axonframework.eventsourcing.EventSourcingRepository;

/** Takes leads from memory where they are kept, else from their events. */
final class LeadRepository extends EventSourcingRepository<Lead> {

    private final KeptLeads kept;

    LeadRepository(Builder<Lead> builder, KeptLeads kept) {
        super(builder);
        this.kept = kept;
    }

    @Override
    protected EventSourcedAggregate<Lead> doLoadWithLock(String leadId, Long expectedVersion) {
        EventSourcedAggregate<Lead> lead = kept.get(leadId);
        return lead == null ? super.doLoadWithLock(leadId, expectedVersion) : lead;
    }

    @Override
    protected void doSaveWithLock(EventSourcedAggregate<Lead> lead) {
        super.doSaveWithLock(lead);
        if (lead.version() != null) {
            kept.keep(lead);
        }
    }
}

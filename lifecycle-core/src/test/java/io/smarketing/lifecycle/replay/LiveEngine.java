package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.ActivePolicy;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.RecordEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;

/** The Lead aggregate as Axon runs it, its events kept in memory. */
final class LiveEngine {

    private final EmbeddedEventStore store = EmbeddedEventStore.builder()
            .storageEngine(new InMemoryEventStorageEngine())
            .build();
    private final SimpleCommandBus commands = SimpleCommandBus.builder().build();
    private Optional<Policy> active = Optional.empty();

    LiveEngine() {
        ActivePolicy policies = () -> active;
        var parameters = MultiParameterResolverFactory.ordered(
                ClasspathParameterResolverFactory.forClass(Lead.class),
                new SimpleResourceParameterResolverFactory(List.of(policies)));
        EventSourcingRepository<Lead> leads = EventSourcingRepository.builder(Lead.class)
                .eventStore(store)
                .parameterResolverFactory(parameters)
                .build();
        var handler = AggregateAnnotationCommandHandler.<Lead>builder()
                .aggregateType(Lead.class)
                .repository(leads)
                .parameterResolverFactory(parameters)
                .build();
        handler.subscribe(commands);
    }

    /** From now on; empty for none. */
    void activate(Optional<Policy> policy) {
        active = policy;
    }

    /** Each in a transaction of its own, the lead read anew from the store; or many in one, the lead kept in memory. */
    void take(List<Runnable> steps, boolean inOneTransaction) {
        if (inOneTransaction) {
            DefaultUnitOfWork.startAndGet(null).execute(() -> steps.forEach(Runnable::run));
        } else {
            steps.forEach(Runnable::run);
        }
    }

    void record(RecordEvent event) {
        commands.dispatch(GenericCommandMessage.asCommandMessage(event), (command, result) -> {
            if (result.isExceptional()) {
                throw new IllegalStateException(result.exceptionResult());
            }
        });
    }

    LeadHistory history(String leadId) {
        List<Entry> entries = new ArrayList<>();
        store.readEvents(leadId).asStream().forEach(message -> {
            Recorded recorded = (Recorded) message.getPayload();
            entries.add(recorded.entry(message.getSequenceNumber()));
        });
        return new LeadHistory(leadId, entries);
    }
}

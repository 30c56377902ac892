package io.smarketing.lifecycle.api.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of one transaction share: the leads that were read at its beginning, and the events to be written at its end.
 * Belongs to the thread that handles the commands.
 */
final class LeadBatch {

    private static final ThreadLocal<@Nullable LeadBatch> CURRENT = new ThreadLocal<>();

    private final Map<String, List<DomainEventData<?>>> read = new HashMap<>();
    private final List<DomainEventMessage<?>> staged = new ArrayList<>();
    private final Map<String, List<DomainEventMessage<?>>> stagedByLead = new HashMap<>();

    /** That of the thread, if it is in one. */
    static @Nullable LeadBatch current() {
        return CURRENT.get();
    }

    static LeadBatch begin() {
        LeadBatch begun = new LeadBatch();
        CURRENT.set(begun);
        return begun;
    }

    static void end() {
        CURRENT.remove();
    }

    /** From here on the lead is not asked for in the store: what is not handed in by {@link #add} is not there. */
    void reads(String leadId) {
        read.put(leadId, new ArrayList<>());
    }

    void add(DomainEventData<?> event) {
        read.computeIfAbsent(event.getAggregateIdentifier(), leadId -> new ArrayList<>())
                .add(event);
    }

    /** All that the store has of a lead; null if it was not read. */
    @Nullable List<DomainEventData<?>> read(String leadId) {
        return read.get(leadId);
    }

    /** Takes events to be written; they come in the order of each lead. */
    void stage(List<? extends EventMessage<?>> events) {
        for (EventMessage<?> message : events) {
            DomainEventMessage<?> event = (DomainEventMessage<?>) message;
            staged.add(event);
            stagedByLead
                    .computeIfAbsent(event.getAggregateIdentifier(), leadId -> new ArrayList<>())
                    .add(event);
        }
    }

    List<DomainEventMessage<?>> stagedOf(String leadId) {
        return stagedByLead.getOrDefault(leadId, List.of());
    }

    /** All that is to be written, in the order in which it was made. */
    List<DomainEventMessage<?>> staged() {
        return staged;
    }
}

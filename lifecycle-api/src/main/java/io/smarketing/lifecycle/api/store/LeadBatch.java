package io.smarketing.lifecycle.api.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of one transaction share: the leads that were read at its beginning, and the events to be written at its end.
 * Belongs to the thread that handles the commands.
 */
final class LeadBatch {

    private static final ThreadLocal<@Nullable LeadBatch> CURRENT = new ThreadLocal<>();

    private final Map<String, StoredHistory> read = new HashMap<>();
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

    /** Takes all that the store has of some leads. */
    void hasRead(Map<String, StoredHistory> histories) {
        read.putAll(histories);
    }

    /** All that the store has of a lead; null if it was not read. */
    @Nullable StoredHistory read(String leadId) {
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

    /**
     * Leads that have grown over a multiple of a length in this batch.
     *
     * @return with the events that they have, once all are written
     */
    Map<String, Long> grownOver(int length) {
        Map<String, Long> grown = new HashMap<>();
        stagedByLead.forEach((leadId, events) -> {
            long before = events.get(0).getSequenceNumber();
            long after = before + events.size();
            if (before / length < after / length) {
                grown.put(leadId, after);
            }
        });
        return grown;
    }
}

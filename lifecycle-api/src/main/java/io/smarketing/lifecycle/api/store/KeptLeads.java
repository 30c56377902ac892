package io.smarketing.lifecycle.api.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.smarketing.lifecycle.lead.Lead;
import java.util.Collection;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.jspecify.annotations.Nullable;

/**
 * Leads that stay in memory between batches, so that their histories need not be read again. What a batch has touched is forgotten
 * when the batch fails; should another process have written to a lead meanwhile, the sequence's constraint makes it fail.
 */
final class KeptLeads {

    /** What a lead costs beside its events, counted in events. */
    private static final int BASE_WEIGHT = 4;

    private final Cache<String, EventSourcedAggregate<Lead>> leads;

    /** @param mostEvents so many events of all leads together are kept, about 700 bytes each */
    KeptLeads(long mostEvents) {
        // In the writers' own threads: a lead that is evicted is read again, and nobody waits for that.
        leads = Caffeine.newBuilder()
                .maximumWeight(mostEvents)
                .weigher((String leadId, EventSourcedAggregate<Lead> lead) -> weight(lead))
                .executor(Runnable::run)
                .build();
    }

    private static int weight(EventSourcedAggregate<Lead> lead) {
        Long version = lead.version();
        return (int) Math.min(Integer.MAX_VALUE, BASE_WEIGHT + (version == null ? 0 : version + 1));
    }

    boolean has(String leadId) {
        return leads.getIfPresent(leadId) != null;
    }

    @Nullable EventSourcedAggregate<Lead> get(String leadId) {
        return leads.getIfPresent(leadId);
    }

    void keep(EventSourcedAggregate<Lead> lead) {
        leads.put(lead.identifierAsString(), lead);
    }

    void forget(Collection<String> leadIds) {
        leads.invalidateAll(leadIds);
    }
}

package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Shadowed;
import io.smarketing.lifecycle.policy.Policy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * By a policy that is not in force: facts are judged here, in order of arrival, and the verdicts that the log holds are passed over.
 * Leads under judgement stay in memory while they are busy; another is judged again from its entries.
 */
final class ShadowFolding implements Folding {

    private static final int MOST_IN_MEMORY = 20_000;

    private final Policy policy;
    private final Map<String, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true);

    ShadowFolding(Policy policy) {
        this.policy = policy;
    }

    /** Of the lead as it is after that many bytes of entries. */
    private record Remembered(Shadowed lead, int bytes) {}

    @Override
    public boolean reads(EventType type) {
        return type == EventType.ACTIVITY || PackedEntry.isKept(type);
    }

    @Override
    public boolean bearsOnFold(EventType type) {
        return reads(type);
    }

    @Override
    public boolean isKept(Entry entry) {
        return Shadowed.isKept(entry.event());
    }

    @Override
    public LeadState next(LeadState before, LogRecord event, Entry entry) {
        if (!isKept(entry)) {
            return before.advanced(event);
        }
        Remembered known = remembered.get(event.leadId());
        Shadowed lead = known != null && known.bytes() == before.entries().length
                ? known.lead()
                : judgedAgain(event.leadId(), before);
        boolean foldsOtherwise = lead.take(entry);
        LeadState after = foldsOtherwise ? before.refolded(event, entry, lead.fold()) : before.withEntry(event, entry);
        remembered.put(event.leadId(), new Remembered(lead, after.entries().length));
        if (remembered.size() > MOST_IN_MEMORY) {
            remembered.remove(remembered.keySet().iterator().next());
        }
        return after;
    }

    @Override
    public Optional<LeadFold> fold(String leadId, LeadState state) {
        return judgedAgain(leadId, state).fold();
    }

    private Shadowed judgedAgain(String leadId, LeadState state) {
        Shadowed lead = new Shadowed(leadId, policy);
        state.unpackedEntries().forEach(lead::take);
        return lead;
    }

    @Override
    public boolean shows() {
        return false;
    }

    @Override
    public void forget() {
        remembered.clear();
    }
}

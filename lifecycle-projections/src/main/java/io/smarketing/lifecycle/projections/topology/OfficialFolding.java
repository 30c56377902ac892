package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.util.Optional;

/** By the verdicts that the log holds. */
final class OfficialFolding implements Folding {

    @Override
    public boolean reads(EventType type) {
        return type == EventType.SCORED || PackedEntry.isKept(type);
    }

    @Override
    public LeadState next(LeadState before, LogRecord event, Entry entry) {
        if (!(entry.event() instanceof LeadEvent.Scored score)) {
            return before.folded(event, entry);
        }
        // Another system's own score is kept in history; the lead's is what a policy says.
        return score.policy() == null
                ? before.advanced(event)
                : before.scored(event, score.score(), score.disqualified());
    }

    @Override
    public boolean bearsOnFold(EventType type) {
        return PackedEntry.isKept(type);
    }

    @Override
    public boolean isKept(Entry entry) {
        return true;
    }

    @Override
    public Optional<LeadFold> fold(String leadId, LeadState state) {
        return LeadFold.of(new LeadHistory(leadId, state.unpackedEntries()), Marks.live());
    }

    @Override
    public boolean shows() {
        return true;
    }

    @Override
    public void forget() {}
}

package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadFold;
import java.util.Optional;

/** How a lead's events become its fold. Each task has one of its own. */
interface Folding {

    /** Whether events of the type can change what is kept of a lead beside its progress. */
    boolean reads(EventType type);

    /** The state after an event of such a type. */
    LeadState next(LeadState before, LogRecord event, Entry entry);

    /** Whether events of the type can change the fold of a lead. */
    boolean bearsOnFold(EventType type);

    /** Whether a lead's fold is made of the event too, which is of such a type. */
    boolean isKept(Entry entry);

    /** The fold of a lead of which those events are kept; empty when it is in no row. */
    Optional<LeadFold> fold(String leadId, LeadState state);

    /** Whether it is official: shown in {@code lead.state}. */
    boolean shows();

    /** What was remembered of leads is no longer what is kept of them. */
    void forget();
}

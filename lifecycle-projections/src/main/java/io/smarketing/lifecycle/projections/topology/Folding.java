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

    /** The fold of a lead as it is kept; empty when it is in no row. */
    Optional<LeadFold> fold(String leadId, LeadState state);

    /** Whether it is official: shown in {@code lead.state}. */
    boolean shows();

    /** What was remembered of leads is no longer what is kept of them. */
    void forget();
}

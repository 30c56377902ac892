package io.smarketing.lifecycle.lead;

/** What a lead can be asked to do. */
public sealed interface LeadCommand permits RecordEvent, Decide, Rescore {

    /** Which lead. */
    String leadId();
}

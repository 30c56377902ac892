package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.RefusedCommand;

/** What became of a piece of work; said only once it is committed. */
public sealed interface Outcome {

    /** It stands in the history now. */
    record Stored(long sequence) implements Outcome {}

    /** The same had come before, and stands in the history. */
    record StoredBefore(long sequence) implements Outcome {}

    /** It waits for its lead's capture. */
    record Parked() implements Outcome {}

    /** The same had come before, and waits. */
    record ParkedBefore() implements Outcome {}

    /** So many facts that waited for a capture wait no more. */
    record Released(int facts) implements Outcome {}

    /** It is not taken. */
    record Refused(Refusal refusal) implements Outcome {}

    /** The lead's stage does not allow it. */
    record Declined(RefusedCommand refusal) implements Outcome {}
}

package io.smarketing.lifecycle.lead;

/** What identifies an event for ever: who emitted it, and the emitter's id of it. */
public record EventId(String source, String id) {}

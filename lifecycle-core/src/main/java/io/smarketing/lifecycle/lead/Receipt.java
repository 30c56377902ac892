package io.smarketing.lifecycle.lead;

/**
 * The answer to a command that was taken.
 *
 * @param sequence of the event in its lead's history
 * @param repeated whether it was stored before and nothing happened now
 */
public record Receipt(long sequence, boolean repeated) {}

package io.smarketing.lifecycle.api.relay;

/**
 * An event as the store holds it.
 *
 * @param position its number in the store, ascending with gaps
 * @param payload the CloudEvent in structured mode, UTF-8
 */
record StoredRow(long position, String leadId, long sequence, byte[] payload) {}

package io.smarketing.lifecycle.lead;

import java.util.UUID;

/**
 * Tells whether two events under one {@link EventId} say the same, whatever their notation: 128 bits of a digest over what
 * they say.
 */
public record Fingerprint(long high, long low) {

    /** In the form in which it is stored. */
    public UUID toUuid() {
        return new UUID(high, low);
    }

    public static Fingerprint of(UUID stored) {
        return new Fingerprint(stored.getMostSignificantBits(), stored.getLeastSignificantBits());
    }
}

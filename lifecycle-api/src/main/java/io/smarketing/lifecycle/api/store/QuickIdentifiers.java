package io.smarketing.lifecycle.api.store;

import com.github.f4b6a3.uuid.UuidCreator;
import org.axonframework.common.IdentifierFactory;

/**
 * Axon names each message, and asks the system for random numbers each time. Our events have names of their own; this one need only be
 * unique.
 */
public final class QuickIdentifiers extends IdentifierFactory {

    @Override
    public String generateIdentifier() {
        return UuidCreator.getTimeOrderedEpochPlusN().toString();
    }
}

package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Policy;
import java.util.Optional;

/** The policy in force while a command is handled, if there is one. Given to the aggregate by whoever configures Axon. */
@FunctionalInterface
public interface ActivePolicy {

    Optional<Policy> current();
}

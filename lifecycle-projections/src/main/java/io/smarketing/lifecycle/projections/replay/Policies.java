package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.List;
import java.util.Optional;

/** The saved policies, of which one may be active. */
interface Policies {

    Optional<PolicyRef> active();

    /** The YAML text of a version. */
    Optional<String> document(PolicyRef reference);

    /** All versions of that name, the latest saved first. */
    List<PolicyRef> versions(String name);
}

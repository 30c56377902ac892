package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.policy.PolicyRef;
import java.util.List;
import java.util.Optional;

/** The saved policies, of which one may be active. */
public interface Policies {

    Optional<PolicyRef> active();

    /** Whether it is projected beside the active one. */
    boolean isShadow(PolicyRef reference);

    /** The YAML text of a version. */
    Optional<String> document(PolicyRef reference);

    /** All versions of that name, the latest saved first. */
    List<PolicyRef> versions(String name);
}

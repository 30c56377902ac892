package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Policies in memory. */
public final class SavedPolicies implements Policies {

    private final Map<PolicyRef, String> documents = new LinkedHashMap<>();
    private final Set<PolicyRef> shadows = new HashSet<>();
    private Optional<PolicyRef> active = Optional.empty();

    public PolicyRef save(String document) {
        PolicyRef reference = policy(document).reference();
        documents.put(reference, document);
        return reference;
    }

    void activate(PolicyRef reference) {
        active = Optional.of(reference);
    }

    public void shadow(PolicyRef reference) {
        shadows.add(reference);
    }

    static Policy policy(String document) {
        try {
            return PolicyReader.read("test", document).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<PolicyRef> active() {
        return active;
    }

    @Override
    public boolean isShadow(PolicyRef reference) {
        return shadows.contains(reference);
    }

    @Override
    public Optional<String> document(PolicyRef reference) {
        return Optional.ofNullable(documents.get(reference));
    }

    @Override
    public List<PolicyRef> versions(String name) {
        return documents.keySet().stream()
                .filter(reference -> reference.name().equals(name))
                .toList();
    }
}

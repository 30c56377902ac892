package io.smarketing.lifecycle.policy;

/** Names one immutable version of a policy. */
public record PolicyRef(String name, String version) {

    @Override
    public String toString() {
        return name + "@" + version;
    }
}

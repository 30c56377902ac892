package io.smarketing.lifecycle.policy;

/** Names one immutable version of a policy. */
public record PolicyRef(String name, String version) {

    /** Of {@code name@version}; what has no sign has no name, and there is no such policy. */
    public static PolicyRef of(String text) {
        int sign = text.lastIndexOf('@');
        return new PolicyRef(text.substring(0, Math.max(0, sign)), text.substring(sign + 1));
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}

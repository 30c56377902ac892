package io.smarketing.lifecycle.projections.topology;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The attributes that the active policy offers as dimensions, as {@code policy.versions} tells it. Thread-safe. */
@Component
class DeclaredDimensions {

    private volatile @Nullable List<String> attributes;

    /** Empty as long as the topic has not been read. */
    Optional<List<String>> attributes() {
        return Optional.ofNullable(attributes);
    }

    void are(List<String> declared) {
        attributes = List.copyOf(declared);
    }
}

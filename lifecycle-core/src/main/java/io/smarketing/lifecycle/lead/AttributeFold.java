package io.smarketing.lifecycle.lead;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as last known. What occurred before the capture that opens the history yields to what that capture says,
 * whenever it comes.
 */
final class AttributeFold {

    private static final Set<String> FIXED = Set.of("source", "campaign", "persona");

    private final Entry opening;
    private final Set<String> openingNames;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    /** Begins empty; {@code opening}, a capture, has its turn to be folded like every other entry. */
    AttributeFold(Entry opening) {
        this.opening = opening;
        this.openingNames = LeadEvent.attributesOf(opening.event()).keySet();
    }

    void fold(Entry entry) {
        boolean yields = entry.occurredAt().isBefore(opening.occurredAt());
        LeadEvent.attributesOf(entry.event()).forEach((name, value) -> {
            if (!yields || !openingNames.contains(name)) {
                values.put(name, value);
            }
        });
    }

    /** The last of the folded that says what an attribute is; source, campaign and persona are said by the opening capture. */
    Optional<Entry> origin(String name, List<Entry> folded) {
        if (FIXED.contains(name)) {
            return Optional.of(opening);
        }
        Entry origin = null;
        for (Entry entry : folded) {
            boolean yields = entry.occurredAt().isBefore(opening.occurredAt()) && openingNames.contains(name);
            if (!yields && LeadEvent.attributesOf(entry.event()).containsKey(name)) {
                origin = entry;
            }
        }
        return Optional.ofNullable(origin);
    }

    /** What rules may read: source, campaign and persona are those of the opening capture for good. */
    @Nullable Object value(String name) {
        if (opening.event() instanceof LeadEvent.Captured captured) {
            return switch (name) {
                case "source" -> captured.source();
                case "campaign" -> captured.campaign();
                case "persona" -> captured.persona();
                default -> values.get(name);
            };
        }
        return values.get(name);
    }
}

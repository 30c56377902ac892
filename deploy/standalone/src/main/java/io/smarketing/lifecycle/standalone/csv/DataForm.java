package io.smarketing.lifecycle.standalone.csv;

import static java.util.Map.entry;

import io.smarketing.lifecycle.event.EventType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The data a mapping may give each type of event. Verdicts come in as another system's, so that they name no policy;
 * {@code rescored} and {@code erased} are the engine's own and are not imported.
 *
 * @param fields the type of each field by its path, as {@code contact.email}
 * @param attributes whether any attributes may be given besides
 */
record DataForm(Map<String, ValueType> fields, Set<String> required, boolean attributes) {

    private static final List<String> CONTACT =
            List.of("contact.email", "contact.name", "contact.phone", "contact.company");

    private static final Map<EventType, DataForm> BY_TYPE = Map.ofEntries(
            entry(
                    EventType.CAPTURED,
                    texts("source", "campaign", "persona")
                            .and(CONTACT)
                            .and(ValueType.DECIMAL, "cost.amount")
                            .and(List.of("cost.currency"))
                            .withAttributes()),
            entry(EventType.ENRICHED, texts().and(CONTACT).withAttributes()),
            entry(
                    EventType.ACTIVITY,
                    texts("activity", "asset").and(ValueType.INT, "count").requiring("activity")),
            entry(EventType.ACCEPTED, texts("by")),
            entry(EventType.REJECTED, texts("by", "reason")),
            entry(EventType.CONTACTED, texts("by", "channel", "outcome")),
            entry(EventType.WON, texts().and(ValueType.DECIMAL, "amount").and(List.of("currency"))),
            entry(EventType.LOST, texts("by", "reason")),
            entry(
                    EventType.VOIDED,
                    texts("event.source", "event.id", "by", "reason").requiring("event.source", "event.id")),
            entry(
                    EventType.SCORED,
                    texts("disqualified.reason").and(ValueType.DECIMAL, "score", "fit", "engagement", "previous")),
            entry(EventType.MARKED_MQL, texts().and(ValueType.DECIMAL, "score")));

    /** The words of the types that can be imported, in the order in which a lead goes through them. */
    static List<String> typeWords() {
        return Arrays.stream(EventType.values())
                .filter(BY_TYPE::containsKey)
                .map(EventType::word)
                .toList();
    }

    static Optional<EventType> type(String word) {
        return BY_TYPE.keySet().stream()
                .filter(type -> type.word().equals(word))
                .findFirst();
    }

    static DataForm of(EventType type) {
        DataForm form = BY_TYPE.get(type);
        if (form == null) {
            throw new IllegalArgumentException(type.word());
        }
        return form;
    }

    /** The names of the fields and objects directly in {@code data}, or in an object of it. */
    Set<String> namesUnder(List<String> path) {
        Set<String> names = new LinkedHashSet<>();
        for (String field : fields.keySet()) {
            List<String> inner = List.of(field.split("\\."));
            if (inner.size() > path.size() && inner.subList(0, path.size()).equals(path)) {
                names.add(inner.get(path.size()));
            }
        }
        if (attributes && path.isEmpty()) {
            names.add("attributes");
        }
        return names;
    }

    private static DataForm texts(String... paths) {
        return new DataForm(Map.of(), Set.of(), false).and(List.of(paths));
    }

    private DataForm and(List<String> texts) {
        return and(ValueType.STRING, texts.toArray(String[]::new));
    }

    private DataForm and(ValueType type, String... paths) {
        Map<String, ValueType> more = new LinkedHashMap<>(fields);
        for (String path : paths) {
            more.put(path, type);
        }
        return new DataForm(more, required, attributes);
    }

    private DataForm requiring(String... paths) {
        return new DataForm(fields, Set.of(paths), attributes);
    }

    private DataForm withAttributes() {
        return new DataForm(fields, required, true);
    }
}

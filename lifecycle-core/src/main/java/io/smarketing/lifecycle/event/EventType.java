package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.LeadEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The stable names under which events travel and are stored, whatever their classes are called. */
public enum EventType {
    CAPTURED(LeadEvent.Captured.class),
    ENRICHED(LeadEvent.Enriched.class),
    ACTIVITY(LeadEvent.Activity.class),
    ACCEPTED(LeadEvent.Accepted.class),
    REJECTED(LeadEvent.Rejected.class),
    CONTACTED(LeadEvent.Contacted.class),
    WON(LeadEvent.Won.class),
    LOST(LeadEvent.Lost.class),
    VOIDED(LeadEvent.Voided.class),
    SCORED(LeadEvent.Scored.class),
    MARKED_MQL(LeadEvent.MarkedMql.class),
    RESCORED(LeadEvent.Rescored.class),
    ERASED(LeadEvent.Erased.class);

    private static final String PREFIX = "io.smarketing.lead.";
    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::wireName, Function.identity()));
    private static final Map<Class<? extends LeadEvent>, EventType> BY_CLASS =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(type -> type.eventClass, Function.identity()));

    private final Class<? extends LeadEvent> eventClass;

    EventType(Class<? extends LeadEvent> eventClass) {
        this.eventClass = eventClass;
    }

    /** The name without prefix and revision, as {@code marked-mql}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The revision of the form of the event's data; raised when the form changes. */
    public int revision() {
        return 1;
    }

    /** The CloudEvents type, as {@code io.smarketing.lead.marked-mql.v1}. */
    public String wireName() {
        return PREFIX + word() + ".v" + revision();
    }

    /** Where the JSON Schema of the event's data lies on the class path. */
    public String schemaResource() {
        return "/schemas/" + wireName() + ".schema.json";
    }

    public static Optional<EventType> ofWireName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static EventType of(LeadEvent event) {
        EventType type = BY_CLASS.get(event.getClass());
        if (type == null) {
            throw new IllegalArgumentException(event.getClass().getName());
        }
        return type;
    }

    static List<String> wireNames() {
        return Arrays.stream(values()).map(EventType::wireName).toList();
    }
}

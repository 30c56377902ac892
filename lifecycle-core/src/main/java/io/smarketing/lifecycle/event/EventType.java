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
    private static final int LONGEST_REVISION = 9;
    private static final Map<String, EventType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::word, Function.identity()));
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

    /** The revision of the form in which the event's data is written; an upcaster from the last one raises it. */
    public int revision() {
        return Upcasters.KNOWN.revision(this);
    }

    /** The CloudEvents type, as {@code io.smarketing.lead.marked-mql.v1}. */
    public String wireName() {
        return PREFIX + word() + ".v" + revision();
    }

    /** Where the JSON Schema of the event's data lies on the class path. */
    public String schemaResource() {
        return "/schemas/" + wireName() + ".schema.json";
    }

    /** The type under its newest name, as other systems send it. */
    public static Optional<EventType> ofWireName(String name) {
        return Form.of(name)
                .filter(form -> form.revision() == form.type().revision())
                .map(Form::type);
    }

    /** The type of what the engine recorded, whatever the revision; {@link RecordedCodec} tells whether it can be read. */
    public static Optional<EventType> ofStoredName(String name) {
        return Form.of(name).map(Form::type);
    }

    /** What a name tells: the type and in which revision its data is; perhaps in one that only a later program knows. */
    record Form(EventType type, int revision) {

        static Optional<Form> of(String name) {
            int dot = name.lastIndexOf(".v");
            if (dot < PREFIX.length() || !name.startsWith(PREFIX)) {
                return Optional.empty();
            }
            EventType type = BY_WORD.get(name.substring(PREFIX.length(), dot));
            int revision = revision(name, dot + 2);
            return type == null || revision == 0 ? Optional.empty() : Optional.of(new Form(type, revision));
        }

        /** 0 unless it is written as we write it: in digits, the first of them no zero. */
        private static int revision(String name, int start) {
            int revision = 0;
            for (int i = start; i < name.length(); i++) {
                char digit = name.charAt(i);
                boolean first = i == start;
                if (digit < (first ? '1' : '0') || digit > '9' || i - start >= LONGEST_REVISION) {
                    return 0;
                }
                revision = 10 * revision + (digit - '0');
            }
            return revision;
        }
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

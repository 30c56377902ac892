package io.smarketing.lifecycle.event;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * How data written in an older revision of a type is brought to the newest: one step from each revision to the next. What is
 * stored is never rewritten, so a step is never changed or taken away once a release has it.
 */
final class Upcasters {

    /** What this program knows. The first step of a list leads from revision 1 to 2; a new one goes to the end. */
    static final Upcasters KNOWN = new Upcasters(Map.of());

    private final Map<EventType, List<Upcaster>> steps;

    Upcasters(Map<EventType, List<Upcaster>> steps) {
        this.steps = Map.copyOf(steps);
    }

    /** A step from one revision to the next. It knows nothing but its arguments. */
    @FunctionalInterface
    interface Upcaster {

        /**
         * Brings data to the next revision.
         *
         * @param data the step's own: it may change it and give it back
         * @param attributes the envelope's, by name; empty where there is none
         */
        ObjectNode upcast(ObjectNode data, UnaryOperator<String> attributes);
    }

    /** The newest revision of a type. */
    int revision(EventType type) {
        return 1 + of(type).size();
    }

    /** Data of any revision up to the newest, in the newest. */
    ObjectNode upcast(EventType type, int revision, ObjectNode data, UnaryOperator<String> attributes) {
        ObjectNode upcast = data;
        for (Upcaster step : of(type).subList(revision - 1, of(type).size())) {
            upcast = step.upcast(upcast, attributes);
        }
        return upcast;
    }

    private List<Upcaster> of(EventType type) {
        return steps.getOrDefault(type, List.of());
    }
}

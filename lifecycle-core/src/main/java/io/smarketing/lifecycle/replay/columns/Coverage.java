package io.smarketing.lifecycle.replay.columns;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Exactly what columns were made from.
 *
 * @param kind of source, which says what position and digest are
 * @param source a file's name, the store, a topic's name
 * @param events that were read
 * @param position up to where
 * @param digest by which the source is recognised
 */
public record Coverage(Kind kind, String source, long events, long position, String digest) {

    /** What a history is read from. */
    public enum Kind {
        /** Files of lines. The position is how many bytes they have, the digest the SHA-256 of all of them. */
        LINES,
        /**
         * The event store. The position is the greatest global index, up to which all of it was read; the digest tells the event
         * that has it, so that another store, or one restored from a backup, is not taken for this one.
         */
        STORE,
        /**
         * The topic that the store's events are carried to. Position and digest are those of the store for the event that is the last of
         * it; what was being carried when it was read, another partition may lack.
         */
        TOPIC
    }

    /** Of lines. */
    public Coverage(String source, long events, long position, String digest) {
        this(Kind.LINES, source, events, position, digest);
    }

    /** Up to where, in words. */
    public String extent() {
        return kind == Kind.LINES
                ? String.format(Locale.ROOT, "%,d bytes", position)
                : String.format(Locale.ROOT, "up to position %d", position);
    }

    ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("source", source)
                .put("events", events)
                .put("position", position)
                .put("digest", digest);
    }

    static Coverage of(JsonNode json) {
        return new Coverage(
                Kind.valueOf(json.get("kind").stringValue().toUpperCase(Locale.ROOT)),
                json.get("source").stringValue(),
                json.get("events").longValue(),
                json.get("position").longValue(),
                json.get("digest").stringValue());
    }
}

package io.smarketing.lifecycle.replay.columns;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Exactly what columns were made from.
 *
 * @param source a file's name, the store, a topic
 * @param events that were read
 * @param position up to where: bytes of a file, the greatest index of the store, the sum of the next offsets of a topic
 * @param digest of what was read, or empty where the position says it all
 */
public record Coverage(String source, long events, long position, String digest) {

    ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("source", source)
                .put("events", events)
                .put("position", position)
                .put("digest", digest);
    }

    static Coverage of(JsonNode json) {
        return new Coverage(
                json.get("source").stringValue(),
                json.get("events").longValue(),
                json.get("position").longValue(),
                json.get("digest").stringValue());
    }
}

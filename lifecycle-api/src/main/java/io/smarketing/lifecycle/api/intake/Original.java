package io.smarketing.lifecycle.api.intake;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A message as it came, byte for byte, in case that it ends among the dead letters. */
record Original(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    record Header(String name, byte @Nullable [] value) {}

    /** What one event over HTTP would have been on the topic. */
    static Original structured(byte[] event) {
        byte[] type = "application/cloudevents+json".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return new Original(null, event, List.of(new Header("content-type", type)));
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", encode(key));
        json.put("value", encode(value));
        var list = json.putArray("headers");
        headers.forEach(header -> list.addObject().put("name", header.name()).put("value", encode(header.value())));
        return json;
    }

    static Original of(JsonNode json) {
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : json.path("headers")) {
            headers.add(new Header(header.path("name").asString(), decode(header.path("value"))));
        }
        return new Original(decode(json.path("key")), decode(json.path("value")), headers);
    }

    private static @Nullable String encode(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    private static byte @Nullable [] decode(JsonNode text) {
        return text.isString() ? Base64.getDecoder().decode(text.stringValue()) : null;
    }
}

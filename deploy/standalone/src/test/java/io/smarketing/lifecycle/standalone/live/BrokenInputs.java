package io.smarketing.lifecycle.standalone.live;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A good event, and all the ways in which it may be broken. */
final class BrokenInputs {

    private static final String GOOD = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"%s","time":"2026-03-01T09:00:00Z","data":{"source":"web"}}""";

    /** Ways to break a good event, by the code that each is refused with. */
    static final Map<String, UnaryOperator<String>> KINDS = kinds();

    private BrokenInputs() {}

    static String good(String id, String lead) {
        return GOOD.formatted(id, lead);
    }

    private static Map<String, UnaryOperator<String>> kinds() {
        Map<String, UnaryOperator<String>> kinds = new LinkedHashMap<>();
        kinds.put("unreadable-json cut", event -> event.substring(0, event.length() / 2));
        kinds.put("unreadable-json text", event -> "hello");
        kinds.put(
                "unreadable-json key twice",
                event -> event.replace("{\"specversion\"", "{\"id\":\"x\",\"specversion\""));
        kinds.put("not-an-event", event -> "[1,2]");
        kinds.put("missing-specversion", event -> event.replace("\"specversion\":\"1.0\",", ""));
        kinds.put("unsupported-specversion", event -> event.replace("\"1.0\"", "\"0.3\""));
        kinds.put("missing-id", event -> event.replaceAll("\"id\":\"[^\"]*\",", ""));
        kinds.put("missing-source", event -> event.replace("\"source\":\"urn:test\",", ""));
        kinds.put("missing-type", event -> event.replace("\"type\":\"io.smarketing.lead.captured.v1\",", ""));
        kinds.put("unknown-type", event -> event.replace("captured.v1", "capturd.v1"));
        kinds.put("missing-subject", event -> event.replaceAll("\"subject\":\"[^\"]*\",", ""));
        kinds.put(
                "personal-lead-id",
                event -> event.replaceAll("\"subject\":\"[^\"]*\"", "\"subject\":\"ann@example.com\""));
        kinds.put("missing-time", event -> event.replace("\"time\":\"2026-03-01T09:00:00Z\",", ""));
        kinds.put("invalid-time", event -> event.replace("2026-03-01T09:00:00Z", "yesterday"));
        kinds.put(
                "clock-ahead",
                event -> event.replace(
                        "2026-03-01T09:00:00Z",
                        Instant.now().plusSeconds(86_400).toString()));
        kinds.put("invalid-data text", event -> event.replace("{\"source\":\"web\"}", "\"text\""));
        kinds.put("invalid-data number", event -> event.replace("{\"source\":\"web\"}", "{\"source\":7}"));
        kinds.put("subject-mismatch", event -> event.replace("{\"source\":\"web\"}", "{\"leadId\":\"another\"}"));
        kinds.put("missing-activity", event -> event.replace("captured.v1", "activity.v1"));
        kinds.put("missing-event", event -> event.replace("captured.v1", "voided.v1"));
        kinds.put(
                "unsupported-content-type",
                event -> event.replace("\"data\"", "\"datacontenttype\":\"text/xml\",\"data\""));
        kinds.put("reserved-source", event -> event.replace("urn:test", "urn:io.smarketing:lifecycle"));
        kinds.put("reserved-type", event -> event.replace("captured.v1", "erased.v1"));
        kinds.put(
                "reserved-policy",
                event -> event.replace("captured.v1", "marked-mql.v1")
                        .replace("{\"source\":\"web\"}", "{\"policy\":{\"name\":\"p\",\"version\":\"1\"}}"));
        kinds.put("invalid-field", event -> event.replaceAll("\"subject\":\"[^\"]*\"", "\"subject\":\"a\\\\u0000b\""));
        kinds.put("too-large", event -> event.replace("\"web\"", "\"" + "x".repeat(1 << 20) + "\""));
        return kinds;
    }

    static String codeOf(String kind) {
        return kind.split(" ")[0];
    }
}

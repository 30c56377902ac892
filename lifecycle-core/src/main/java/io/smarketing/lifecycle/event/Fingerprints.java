package io.smarketing.lifecycle.event;

import io.smarketing.lifecycle.lead.Fingerprint;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Makes fingerprints: 128 bits of SHA-256 over type, subject, instant and data, whatever the notation (order of keys, form
 * of numbers, a field that is null or absent, the offset of the time). An attribute that is null says something: it erases.
 */
final class Fingerprints {

    private static final MessageDigest SHA_256 = prototype();

    private Fingerprints() {}

    static Fingerprint of(EventType type, String leadId, Instant occurredAt, JsonNode data) {
        StringBuilder canonical = new StringBuilder(256);
        canonical
                .append(type.name())
                .append('\n')
                .append(leadId)
                .append('\n')
                .append(occurredAt.getEpochSecond())
                .append('.')
                .append(occurredAt.getNano())
                .append('\n');
        appendData(canonical, data);
        ByteBuffer digest = ByteBuffer.wrap(sha256().digest(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        return new Fingerprint(digest.getLong(), digest.getLong());
    }

    /** A copy of one instance: asking the security providers for each event costs more than the digest. */
    private static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MessageDigest prototype() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void appendData(StringBuilder canonical, JsonNode data) {
        for (String name : sortedNames(data)) {
            JsonNode value = data.get(name);
            boolean saysNothing = value.isNull()
                    || name.equals("leadId")
                    || (name.equals("attributes") && value.isEmpty())
                    || (name.equals("count")
                            && value.isNumber()
                            && value.decimalValue().compareTo(BigDecimal.ONE) == 0);
            if (!saysNothing) {
                appendText(canonical, name);
                append(canonical, value, name.equals("attributes"));
            }
        }
    }

    private static List<String> sortedNames(JsonNode object) {
        if (object.size() == 1) {
            return List.copyOf(object.propertyNames());
        }
        List<String> names = new ArrayList<>(object.propertyNames());
        Collections.sort(names);
        return names;
    }

    private static void append(StringBuilder canonical, JsonNode value, boolean nullSpeaks) {
        if (value.isObject()) {
            canonical.append('{');
            for (String name : sortedNames(value)) {
                JsonNode field = value.get(name);
                if (nullSpeaks || !field.isNull()) {
                    appendText(canonical, name);
                    append(canonical, field, nullSpeaks);
                }
            }
            canonical.append('}');
        } else if (value.isArray()) {
            canonical.append('[');
            value.forEach(item -> append(canonical, item, nullSpeaks));
            canonical.append(']');
        } else if (value.isNumber()) {
            canonical
                    .append('#')
                    .append(value.decimalValue().stripTrailingZeros())
                    .append(';');
        } else if (value.isString()) {
            appendText(canonical, value.stringValue());
        } else {
            canonical.append(value.asString()).append(';');
        }
    }

    private static void appendText(StringBuilder canonical, String text) {
        canonical.append('"').append(text.length()).append(':').append(text);
    }
}

package io.smarketing.lifecycle.projections.topology;

import com.ethlo.time.ITU;
import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code lead.events}, its data not yet read.
 *
 * @param sequence the event's place in its lead, from 0 without gaps
 * @param position the event's place in the store, ascending
 */
public record LogRecord(
        String leadId, EventType type, long sequence, long position, Instant recordedAt, Headers headers, byte[] data) {

    private static final String PREFIX = "ce_";
    private static final RecordedCodec CODEC = new RecordedCodec();

    /**
     * Reads what is needed of every event.
     *
     * @throws UnreadableRecord when the relay did not write it, or it was damaged since
     */
    public static LogRecord of(@Nullable String key, byte @Nullable [] value, Headers headers) throws UnreadableRecord {
        String leadId = attribute(headers, "subject");
        if (!leadId.equals(key)) {
            throw new UnreadableRecord("its key '%s' is not its subject '%s'".formatted(key, leadId));
        }
        if (value == null) {
            throw new UnreadableRecord("it has no value");
        }
        String type = attribute(headers, "type");
        return new LogRecord(
                leadId,
                EventType.ofStoredName(type)
                        .orElseThrow(() -> new UnreadableRecord("its type '%s' is unknown".formatted(type))),
                number(headers, "sequence"),
                number(headers, "position"),
                instant(headers, "recordedtime"),
                headers,
                value);
    }

    private static long number(Headers headers, String name) throws UnreadableRecord {
        String text = attribute(headers, name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UnreadableRecord("the header %s%s '%s' is no number".formatted(PREFIX, name, text));
        }
    }

    private static Instant instant(Headers headers, String name) throws UnreadableRecord {
        String text = attribute(headers, name);
        try {
            return ITU.parseDateTime(text).toInstant();
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new UnreadableRecord("the header %s%s '%s' is no instant".formatted(PREFIX, name, text));
        }
    }

    /**
     * The whole event.
     *
     * @throws UnreadableRecord when the engine did not write its data, or a later program did
     */
    public Entry entry() throws UnreadableRecord {
        Map<String, String> attributes = new HashMap<>();
        for (Header header : headers) {
            if (header.key().startsWith(PREFIX) && header.value() != null) {
                attributes.put(
                        header.key().substring(PREFIX.length()), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        try {
            Recorded recorded = CODEC.read(new RecordedCodec.Parts(attributes, data));
            return recorded.entry(sequence);
        } catch (RecordedCodec.UnreadableRecord e) {
            throw new UnreadableRecord(String.valueOf(e.getMessage()));
        }
    }

    private static String attribute(Headers headers, String name) throws UnreadableRecord {
        Header header = headers.lastHeader(PREFIX + name);
        if (header == null || header.value() == null) {
            throw new UnreadableRecord("the header %s%s is missing".formatted(PREFIX, name));
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Something that the relay did not write. */
    public static final class UnreadableRecord extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableRecord(String message) {
            super(message);
        }
    }
}

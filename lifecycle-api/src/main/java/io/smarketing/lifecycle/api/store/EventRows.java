package io.smarketing.lifecycle.api.store;

import io.smarketing.lifecycle.event.EventType;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.Recorded;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Rows of the event store in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"): a signature, then per
 * row the number of its fields, and per field its length and bytes, then -1. Faster than any INSERT, and the payload is encoded once.
 */
final class EventRows {

    static final String COPY = "COPY " + LeadStore.TABLE
            + " (lead_id, sequence, source, event_id, fingerprint, payload_type, payload_revision, payload, meta_data,"
            + " aggregate_type, event_identifier, time_stamp) FROM STDIN (FORMAT binary)";

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int FIELDS = 12;
    private static final int NULL = -1;
    private static final int END = -1;
    private static final int USUAL_BYTES = 40_000;

    private final RecordedCodec codec;
    private final ByteArrayOutputStream bytes;
    private final DataOutputStream out;

    EventRows(RecordedCodec codec) {
        this.codec = codec;
        this.bytes = new ByteArrayOutputStream(USUAL_BYTES);
        this.out = new DataOutputStream(bytes);
        put(() -> {
            out.write(SIGNATURE);
            out.writeInt(0); // flags
            out.writeInt(0); // length of an extension of the header
        });
    }

    void add(DomainEventMessage<?> event) {
        Recorded recorded = (Recorded) event.getPayload();
        EventType type = EventType.of(recorded.event());
        put(() -> {
            out.writeShort(FIELDS);
            text(recorded.leadId());
            out.writeInt(Long.BYTES);
            out.writeLong(event.getSequenceNumber());
            text(recorded.eventId().source());
            text(recorded.eventId().id());
            fingerprint(recorded.fingerprint());
            text(type.wireName());
            text(String.valueOf(type.revision()));
            field(codec.write(recorded));
            text(RecordedSerializer.NO_META_DATA);
            text(event.getType());
            text(event.getIdentifier());
            text(codec.text(recorded.recordedAt()));
        });
    }

    /** No row follows. */
    void end() {
        put(() -> out.writeShort(END));
    }

    /** Bytes that wait to be sent. */
    int size() {
        return bytes.size();
    }

    /** Sends what has been put together since the last time. */
    void sendTo(CopyIn copy) throws SQLException {
        byte[] portion = bytes.toByteArray();
        copy.writeToCopy(portion, 0, portion.length);
        copy.flushCopy();
        bytes.reset();
    }

    private void text(String text) throws IOException {
        field(text.getBytes(StandardCharsets.UTF_8));
    }

    private void field(byte[] field) throws IOException {
        out.writeInt(field.length);
        out.write(field);
    }

    private void fingerprint(@Nullable Fingerprint fingerprint) throws IOException {
        if (fingerprint == null) {
            out.writeInt(NULL);
        } else {
            UUID uuid = fingerprint.toUuid();
            out.writeInt(2 * Long.BYTES);
            out.writeLong(uuid.getMostSignificantBits());
            out.writeLong(uuid.getLeastSignificantBits());
        }
    }

    private interface Writing {
        void write() throws IOException;
    }

    /** Into memory, where nothing can go wrong. */
    private static void put(Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.event.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The form of a dead letter: key, value and headers as they came, and its reason in the headers {@code dl_code}, {@code
 * dl_field}, {@code dl_message}, {@code dl_mend}, {@code dl_door}, {@code dl_at}, {@code dl_attempts} and, if it came by a topic,
 * {@code dl_topic}, {@code dl_partition} and {@code dl_offset}. One that is driven again carries {@code dl_attempts} alone, so that the next letter
 * counts on.
 *
 * <p>What would be too large to be sent goes without its value, and where that is not enough without its key and the headers that it came with.
 * {@code dl_left_out} names what is missing, {@code dl_size} and {@code dl_sha256} tell the value's length in bytes and its digest. The original
 * stays at its place in {@code lead.intake} for as long as that topic keeps it.
 */
final class DeadLetters {

    private static final String PREFIX = "dl_";
    private static final String ATTEMPTS = "dl_attempts";
    private static final String LEFT_OUT = "dl_left_out";

    /** What a record's lengths, its offset and its time take at the most. */
    private static final int RECORD_BYTES = 40;

    /** Two lengths of up to five bytes each. */
    private static final int HEADER_BYTES = 10;

    /** Of a text about a letter that is larger than a letter may be. */
    private static final int MOST_TEXT = 4_000;

    private DeadLetters() {}

    static int attempts(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 1;
    }

    /** As it came first, but for its key, which is kept, and the number of its attempts. */
    static ProducerRecord<byte[], byte[]> again(DeadLetter letter) {
        List<Header> headers = new ArrayList<>();
        letter.entry().headers().forEach(header -> {
            if (!header.key().startsWith(PREFIX)) {
                headers.add(header);
            }
        });
        headers.add(header(ATTEMPTS, String.valueOf(letter.attempts())));
        return new ProducerRecord<>(
                Topic.LEAD_INTAKE.topicName(),
                null,
                letter.entry().key(),
                letter.entry().value(),
                headers);
    }

    /** A letter that can be sent, whatever the original's size. */
    static ProducerRecord<byte[], byte[]> letter(
            Original original, Refusal refusal, Door door, Instant at, List<Header> place) {
        List<Header> came = new ArrayList<>();
        int attempts = 1;
        for (Original.Header header : original.headers()) {
            if (header.name().equals(ATTEMPTS)) {
                String text = header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
                attempts = attempts(text) + 1;
            } else {
                came.add(new RecordHeader(header.name(), header.value()));
            }
        }
        List<Header> own = new ArrayList<>();
        own.add(header("dl_code", refusal.code()));
        own.add(header("dl_field", refusal.field()));
        own.add(header("dl_message", refusal.message()));
        own.add(header("dl_mend", refusal.mend()));
        own.add(header("dl_door", door.word()));
        own.add(header("dl_at", at.toString()));
        own.add(header(ATTEMPTS, String.valueOf(attempts)));
        own.addAll(place);
        ProducerRecord<byte[], byte[]> whole = letter(original.key(), original.value(), came, own);
        return bytes(whole) <= KafkaSettings.MOST_RECORD_BYTES ? whole : cut(original, came, own);
    }

    private static ProducerRecord<byte[], byte[]> cut(Original original, List<Header> came, List<Header> own) {
        byte[] value = original.value();
        List<Header> told = new ArrayList<>();
        own.forEach(header -> told.add(header(header.key(), shortened(header.value()))));
        if (value != null) {
            told.add(header("dl_size", String.valueOf(value.length)));
            told.add(header("dl_sha256", sha256(value)));
        }
        List<Header> withoutValue = new ArrayList<>(told);
        withoutValue.add(header(LEFT_OUT, "value"));
        ProducerRecord<byte[], byte[]> letter = letter(original.key(), null, came, withoutValue);
        if (bytes(letter) <= KafkaSettings.MOST_RECORD_BYTES) {
            return letter;
        }
        told.add(header(LEFT_OUT, "value, key, headers"));
        return letter(null, null, List.of(), told);
    }

    private static ProducerRecord<byte[], byte[]> letter(
            byte @Nullable [] key, byte @Nullable [] value, List<Header> came, List<Header> own) {
        List<Header> headers = new ArrayList<>(came);
        headers.addAll(own);
        return new ProducerRecord<>(Topic.DEAD_LETTERS.topicName(), null, key, value, headers);
    }

    /** At the most, before it is compressed. */
    private static long bytes(ProducerRecord<byte[], byte[]> letter) {
        long bytes = RECORD_BYTES + length(letter.key()) + length(letter.value());
        for (Header header : letter.headers()) {
            bytes += HEADER_BYTES + header.key().getBytes(StandardCharsets.UTF_8).length + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static String shortened(byte[] text) {
        String whole = new String(text, StandardCharsets.UTF_8);
        return whole.length() <= MOST_TEXT ? whole : whole.substring(0, MOST_TEXT) + "…";
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

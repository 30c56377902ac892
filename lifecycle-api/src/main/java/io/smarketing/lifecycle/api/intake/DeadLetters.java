package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.event.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The form of a dead letter: key, value and headers as they came, and its reason in the headers {@code dl_code}, {@code
 * dl_field}, {@code dl_message}, {@code dl_mend}, {@code dl_door}, {@code dl_at}, {@code dl_attempts} and, if it came by a topic,
 * {@code dl_topic}, {@code dl_partition} and {@code dl_offset}. One that is driven again carries {@code dl_attempts} alone, so that the next letter
 * counts on.
 */
final class DeadLetters {

    private static final String PREFIX = "dl_";
    private static final String ATTEMPTS = "dl_attempts";

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

    static ProducerRecord<byte[], byte[]> letter(
            Original original, Refusal refusal, Door door, Instant at, List<Header> place) {
        List<Header> headers = new ArrayList<>();
        int attempts = 1;
        for (Original.Header header : original.headers()) {
            if (header.name().equals(ATTEMPTS)) {
                String text = header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
                attempts = attempts(text) + 1;
            } else {
                headers.add(new RecordHeader(header.name(), header.value()));
            }
        }
        headers.add(header("dl_code", refusal.code()));
        headers.add(header("dl_field", refusal.field()));
        headers.add(header("dl_message", refusal.message()));
        headers.add(header("dl_mend", refusal.mend()));
        headers.add(header("dl_door", door.word()));
        headers.add(header("dl_at", at.toString()));
        headers.add(header(ATTEMPTS, String.valueOf(attempts)));
        headers.addAll(place);
        return new ProducerRecord<>(Topic.DEAD_LETTERS.topicName(), null, original.key(), original.value(), headers);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

package io.smarketing.lifecycle.api.intake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What lies among the dead letters.
 *
 * @param entry as it lies there
 * @param redriven when it was sent to the intake again, and by whom; null if it was not
 */
record DeadLetter(
        ConsumerRecord<byte[], byte[]> entry, @Nullable Redriven redriven) {

    /** By whom may be unknown. */
    record Redriven(Instant at, @Nullable String by) {}

    /** Names it for as long as the topic keeps it. */
    record Place(int partition, long offset) {}

    Place place() {
        return new Place(entry.partition(), entry.offset());
    }

    /** Of its own headers, as {@code code}, {@code at}; empty where it has none. */
    String said(String name) {
        Header header = entry.headers().lastHeader("dl_" + name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Whether it has all that came, and may be sent again. */
    boolean isWhole() {
        return entry.value() != null || said("left_out").isEmpty();
    }

    /** How often it has come to the intake. */
    int attempts() {
        return DeadLetters.attempts(said("attempts"));
    }

    /** The lead that it was sent under; empty when it had no key. */
    String key() {
        return entry.key() == null ? "" : new String(entry.key(), StandardCharsets.UTF_8);
    }
}

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
 * dl_field}, {@code dl_message}, {@code dl_mend}, {@code dl_door}, {@code dl_at} and, if it came by a topic, {@code dl_topic},
 * {@code dl_partition} and {@code dl_offset}.
 */
final class DeadLetters {

    private DeadLetters() {}

    static ProducerRecord<byte[], byte[]> letter(
            Original original, Refusal refusal, Door door, Instant at, List<Header> place) {
        List<Header> headers = new ArrayList<>();
        original.headers().forEach(header -> headers.add(new RecordHeader(header.name(), header.value())));
        headers.add(header("dl_code", refusal.code()));
        headers.add(header("dl_field", refusal.field()));
        headers.add(header("dl_message", refusal.message()));
        headers.add(header("dl_mend", refusal.mend()));
        headers.add(header("dl_door", door.word()));
        headers.add(header("dl_at", at.toString()));
        headers.addAll(place);
        return new ProducerRecord<>(Topic.DEAD_LETTERS.topicName(), null, original.key(), original.value(), headers);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

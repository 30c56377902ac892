package io.smarketing.lifecycle.api.relay;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.event.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Stored rows as records of {@code lead.events}: CloudEvents in binary mode, with their place in the lead and in the store. */
@Component
class Letters {

    private static final Logger LOG = LoggerFactory.getLogger(Letters.class);

    private final RecordedCodec codec;

    Letters(RecordedCodec codec) {
        this.codec = codec;
    }

    /**
     * The record of a row. It names its partition, the one that Kafka's own partitioner would take, so that it is known beforehand where each
     * event comes to lie.
     *
     * @param partitions how many the topic has
     */
    ProducerRecord<byte[], byte[]> of(StoredRow row, int partitions) {
        RecordedCodec.Parts parts;
        try {
            parts = codec.parts(row.payload());
        } catch (UnreadableRecord e) {
            // Somebody's hand was in the store. It must not hold up everything; readers find it unreadable, an audit
            // its lead.
            LOG.error("the event {} of the lead {} is no JSON: {}", row.sequence(), row.leadId(), e.getMessage());
            parts = new RecordedCodec.Parts(Map.of(), row.payload());
        }
        List<Header> headers = new ArrayList<>(parts.attributes().size() + 3);
        parts.attributes().forEach((name, value) -> headers.add(header("ce_" + name, value)));
        headers.add(header("ce_sequence", String.valueOf(row.sequence())));
        headers.add(header("ce_position", String.valueOf(row.position())));
        headers.add(header("content-type", "application/json"));
        if (parts.data().length > KafkaSettings.MOST_RECORD_BYTES) {
            // Today's doors take nothing that large.
            LOG.error(
                    "event {} of the lead {}, at position {}, has {} bytes and does not fit on {}: nothing behind it is carried",
                    row.sequence(),
                    row.leadId(),
                    row.position(),
                    parts.data().length,
                    Topic.LEAD_EVENTS.topicName());
        }
        byte[] key = row.leadId().getBytes(StandardCharsets.UTF_8);
        int partition = Utils.toPositive(Utils.murmur2(key)) % partitions;
        return new ProducerRecord<>(Topic.LEAD_EVENTS.topicName(), partition, key, parts.data(), headers);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

package io.smarketing.lifecycle.standalone.live;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import tools.jackson.databind.JsonNode;

/** Events as records of {@code lead.intake}, in the two modes of CloudEvents over Kafka. */
final class Letter {

    private Letter() {}

    static ProducerRecord<byte[], byte[]> structured(String lead, String line) {
        return new ProducerRecord<>(
                "lead.intake",
                null,
                lead.getBytes(StandardCharsets.UTF_8),
                line.getBytes(StandardCharsets.UTF_8),
                List.of(header("content-type", "application/cloudevents+json; charset=UTF-8")));
    }

    static ProducerRecord<byte[], byte[]> binary(String lead, JsonNode event) {
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> attribute : event.properties()) {
            if (!attribute.getKey().equals("data")) {
                headers.add(
                        header("ce_" + attribute.getKey(), attribute.getValue().asString()));
            }
        }
        headers.add(header("content-type", "application/json"));
        JsonNode data = event.get("data");
        return new ProducerRecord<>(
                "lead.intake",
                null,
                lead.getBytes(StandardCharsets.UTF_8),
                data == null ? new byte[0] : data.toString().getBytes(StandardCharsets.UTF_8),
                headers);
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

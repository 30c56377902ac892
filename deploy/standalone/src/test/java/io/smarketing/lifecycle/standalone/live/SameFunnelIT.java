package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same history through real servers, by either door, gives the funnel that the offline command gives. */
class SameFunnelIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> DIMENSIONS = List.of("all", "source", "campaign", "persona", "owner");

    /** The same history is asked for by each door, under the same file name. */
    private static final Map<String, JsonNode> OFFLINE = new ConcurrentHashMap<>();

    @TempDir
    private Path folder = Path.of("");

    private static void assertFunnelOf(Client client, Path history) {
        for (String dimension : DIMENSIONS) {
            JsonNode expected = OFFLINE.computeIfAbsent(
                    history.getFileName() + " by " + dimension, name -> Histories.offlineRows(history, dimension));
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> FunnelRows.assertSame(
                            client.json("/v1/funnel?dimension=" + dimension).get("rows"), expected, dimension));
        }
    }

    @Test
    void twentyThousandGeneratedLeadsOverHttp() {
        Path history = Histories.generated(folder, 20_000, 7);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("http"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            assertFunnelOf(client, history);
            JsonNode http = client.json("/v1/intake").at("/doors/0");
            assertThat(http.get("sent").intValue()).isEqualTo(lines.size());
            assertThat(http.get("stored").intValue() + http.get("duplicates").intValue())
                    .isEqualTo(lines.size());
            aPlainConsumerShowsThePagesNumbers(engine, client);
        }
    }

    @Test
    void twentyThousandGeneratedLeadsOverTheTopic() {
        Path history = Histories.generated(folder, 20_000, 7);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("kafka"))) {
            produce(engine, lines);
            Client client = new Client(engine.uri());
            assertFunnelOf(client, history);
            JsonNode kafka = client.json("/v1/intake").at("/doors/1");
            assertThat(kafka.get("sent").intValue()).isEqualTo(lines.size());
            assertThat(kafka.get("deadLetters").intValue()).isZero();
        }
    }

    @Test
    void olistByBothDoors() {
        Path history = Histories.olist(folder);
        List<String> lines = Histories.lines(history);
        try (Engine engine = Engine.start(folder.resolve("olist-http"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            assertFunnelOf(client, history);
        }
        try (Engine engine = Engine.start(folder.resolve("olist-kafka"))) {
            produce(engine, lines);
            assertFunnelOf(new Client(engine.uri()), history);
        }
    }

    /** Every other lead in binary mode. */
    private static void produce(Engine engine, List<String> lines) {
        try (Emitter emitter = new Emitter(engine)) {
            for (String line : lines) {
                JsonNode event = JsonMapper.shared().readTree(line);
                String lead = event.get("subject").stringValue();
                emitter.send(lead.hashCode() % 2 == 0 ? structured(lead, line) : binary(lead, event));
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> structured(String lead, String line) {
        return new ProducerRecord<>(
                "lead.intake",
                null,
                lead.getBytes(StandardCharsets.UTF_8),
                line.getBytes(StandardCharsets.UTF_8),
                List.of(header("content-type", "application/cloudevents+json; charset=UTF-8")));
    }

    private static ProducerRecord<byte[], byte[]> binary(String lead, JsonNode event) {
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

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** What a dashboard that knows nothing but the topic sees, against what the page shows. */
    private static void aPlainConsumerShowsThePagesNumbers(Engine engine, Client client) {
        Map<String, JsonNode> latest = new HashMap<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", engine.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("funnel.stages").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> row : consumer.poll(Duration.ofMillis(200))) {
                    latest.put(
                            new String(row.key(), StandardCharsets.UTF_8),
                            JsonMapper.shared().readTree(row.value()));
                }
            }
        }
        for (String dimension : DIMENSIONS) {
            for (JsonNode row : client.json("/v1/funnel?dimension=" + dimension).get("rows")) {
                assertShownByTheTopic(latest, dimension, row);
            }
        }
    }

    private static void assertShownByTheTopic(Map<String, JsonNode> latest, String dimension, JsonNode row) {
        long open = 0;
        for (JsonNode stage : row.get("stages")) {
            String name = stage.get("stage").stringValue();
            String key = "[\"active\",\"all\",null,\"%s\",%s,\"%s\"]".formatted(dimension, row.get("value"), name);
            JsonNode topic = latest.get(key);
            assertThat(topic).as(key).isNotNull();
            for (String count : List.of("ever", "entered", "reached", "open")) {
                assertThat(topic.get(count).longValue())
                        .as(key + count)
                        .isEqualTo(stage.get(count).longValue());
            }
            assertThat(topic.get("exitRejected").longValue())
                    .isEqualTo(stage.at("/exits/rejected").longValue());
            for (String time : List.of("n", "meanSeconds", "p50Seconds", "p75Seconds", "p90Seconds")) {
                assertThat(topic.get(time).asString())
                        .as(key + time)
                        .isEqualTo(stage.at("/timeInStage/" + time).asString());
            }
            if (List.of("CAPTURED", "MQL", "ACCEPTED", "CONTACTED").contains(name)) {
                open += topic.get("open").longValue();
            }
        }
        assertThat(open).isEqualTo(row.at("/outcomes/open").longValue());
    }
}

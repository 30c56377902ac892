package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is broken is answered or lies among the dead letters with its bytes and its reason; the good ones go through. */
class BrokenInputsIT {

    private static final int INPUTS = 1_000;

    @TempDir
    private Path folder = Path.of("");

    /** Nine in ten broken, in turn of kind; the rest are good, repeated, or wait for a capture that never comes. */
    private static List<String> inputs(String door, Map<String, Integer> expected) {
        List<String> kinds = List.copyOf(BrokenInputs.KINDS.keySet());
        Random random = new Random(11);
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < INPUTS; i++) {
            String good = BrokenInputs.good(door + i, door + "-lead-" + i);
            if (i % 10 == 0) {
                String last = inputs.isEmpty() ? good : BrokenInputs.good(door + (i - 9), door + "-lead-" + (i - 9));
                inputs.add(i % 30 == 0 ? last : good.replace("captured.v1", "lost.v1"));
                expected.merge(i % 30 == 0 && i > 0 ? "duplicate" : i % 30 == 0 ? "stored" : "parked", 1, Integer::sum);
            } else if (i % 10 == 1) {
                inputs.add(good);
                expected.merge("stored", 1, Integer::sum);
            } else {
                // Large ones are few: they take a megabyte each.
                int kind = random.nextInt(i % 100 == 7 ? kinds.size() : kinds.size() - 1);
                inputs.add(Objects.requireNonNull(BrokenInputs.KINDS.get(kinds.get(kind)))
                        .apply(good));
                expected.merge(BrokenInputs.codeOf(kinds.get(kind)), 1, Integer::sum);
            }
        }
        return inputs;
    }

    private static Map<String, Integer> refusedOnly(Map<String, Integer> expected) {
        Map<String, Integer> refused = new TreeMap<>(expected);
        refused.keySet().removeAll(List.of("stored", "duplicate", "parked"));
        return refused;
    }

    private static Map<String, Integer> byCode(JsonNode door) {
        Map<String, Integer> codes = new TreeMap<>();
        door.get("byCode")
                .properties()
                .forEach(code -> codes.put(code.getKey(), code.getValue().intValue()));
        return codes;
    }

    @Test
    void athousandInputsOverBothDoorsReconcile() {
        try (Engine engine = Engine.start(folder.resolve("broken"))) {
            Client client = new Client(engine.uri());
            Map<String, Integer> http = new TreeMap<>();
            List<String> overHttp = inputs("h", http);
            assertThat(refusedOnly(http).size()).as("kinds of codes").isGreaterThanOrEqualTo(20);
            Map<String, Integer> answered = new TreeMap<>();
            for (int from = 0; from < INPUTS; from += 100) {
                for (JsonNode item :
                        client.events(overHttp.subList(from, from + 100)).get("items")) {
                    String status = item.get("status").stringValue();
                    answered.merge(status.equals("refused") ? item.get("code").stringValue() : status, 1, Integer::sum);
                    if (status.equals("refused")) {
                        assertThat(item.get("message").stringValue()).isNotBlank();
                        assertThat(item.get("mend").stringValue()).isNotBlank();
                        assertThat(item.has("field")).isTrue();
                    }
                }
            }
            assertThat(answered).isEqualTo(http);
            JsonNode door = client.json("/v1/intake").at("/doors/0");
            assertThat(byCode(door)).isEqualTo(refusedOnly(http));
            assertThat(door.get("sent").intValue()).isEqualTo(INPUTS);
            assertThat(door.get("stored").intValue()).isEqualTo(http.get("stored"));
            assertThat(door.get("parked").intValue()).isEqualTo(http.get("parked"));
            assertThat(door.get("duplicates").intValue()).isEqualTo(http.get("duplicate"));
            assertThat(client.json("/v1/events?source=urn:test&id=h10")
                            .get("status")
                            .stringValue())
                    .isEqualTo("parked");
            assertThat(client.get("/v1/events?source=urn:test&id=nobody").status())
                    .isEqualTo(404);

            overTheTopic(engine, client);
        }
    }

    private static void overTheTopic(Engine engine, Client client) {
        Map<String, Integer> expected = new TreeMap<>();
        List<String> inputs = inputs("k", expected);
        try (Emitter emitter = new Emitter(engine)) {
            // One partition, so that "the same again" comes behind the first.
            for (String input : inputs) {
                emitter.send(new ProducerRecord<>(
                        "lead.intake", 0, bytes("some-key"), input.getBytes(StandardCharsets.UTF_8)));
            }
            for (int i = 0; i < 5; i++) {
                emitter.send(new ProducerRecord<>("lead.intake", 0, bytes("tombstone"), null));
            }
        }
        expected.put("null-value", 5);
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(
                                client.json("/v1/intake").at("/doors/1/sent").intValue())
                        .isEqualTo(INPUTS + 5));
        JsonNode door = client.json("/v1/intake").at("/doors/1");
        assertThat(byCode(door)).isEqualTo(refusedOnly(expected));
        assertThat(door.get("stored").intValue()).isEqualTo(expected.get("stored"));
        assertThat(door.get("parked").intValue()).isEqualTo(expected.get("parked"));
        assertThat(door.get("duplicates").intValue()).isEqualTo(expected.get("duplicate"));
        assertThat(door.get("deadLetters").intValue())
                .isEqualTo(refusedOnly(expected).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum());

        List<ConsumerRecord<byte[], byte[]>> letters =
                deadLetters(engine, door.get("deadLetters").intValue());
        Map<String, Integer> codes = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : letters) {
            String code = header(letter, "dl_code");
            codes.merge(code, 1, Integer::sum);
            int offset = Integer.parseInt(header(letter, "dl_offset"));
            assertThat(header(letter, "dl_mend")).isNotBlank();
            if (code.equals("null-value")) {
                assertThat(letter.value()).isNull();
            } else {
                assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                        .as("the original bytes")
                        .isEqualTo(inputs.get(offset));
            }
        }
        assertThat(codes).isEqualTo(refusedOnly(expected));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(Engine engine, int expected) {
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", engine.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("lead.intake.dead-letters").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Instant end = Instant.now().plusSeconds(60);
            while (letters.size() < expected && Instant.now().isBefore(end)) {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
            }
            consumer.poll(Duration.ofMillis(500)).forEach(letters::add);
        }
        return letters;
    }

    @Test
    void wholeBodiesThatCannotBeTakenAreToldAsProblemsAndNeverAsFaults() {
        try (Engine engine = Engine.start(folder.resolve("bodies"))) {
            Client client = new Client(engine.uri());
            String good = BrokenInputs.good("1", "L-1");
            assertProblem(client.postJson("/v1/events", "{\"a\":"), 400, "unreadable-json");
            assertProblem(client.postJson("/v1/events", "[" + good + ","), 400, "unreadable-json");
            assertProblem(client.postJson("/v1/events", ""), 400, "unreadable-json");
            assertProblem(client.postJson("/v1/events", good.replace("captured", "capturd")), 422, "unknown-type");
            assertProblem(client.post("/v1/events", "text/xml", bytes("<a/>")), 415, "unsupported-content-type");
            assertProblem(
                    client.post("/v1/events", "application/x-ndjson", new byte[(16 << 20) + 1]), 413, "body-too-large");
            assertProblem(client.postJson("/v1/events", "[" + "1,".repeat(10_000) + "1]"), 413, "batch-too-large");
            assertProblem(client.get("/v1/leads/nobody"), 404, "unknown-lead");
            assertProblem(client.postJson("/v1/leads/nobody/accept", "{}"), 404, "unknown-lead");
            assertProblem(client.postJson("/v1/leads/ann@example.com/accept", "{}"), 422, "personal-lead-id");
            assertProblem(
                    client.post("/v1/policies", "text/plain", bytes("name: x\nthreshold: many\n")),
                    422,
                    "invalid-policy");
            assertProblem(client.postJson("/v1/policies/none/1/activation", "{}"), 404, "unknown-policy");
            assertProblem(client.get("/v1/events?source=urn:test"), 400, "bad-request");
            assertThat(client.get("/v1/events?source=a%00&id=b").status()).isEqualTo(400);
            assertThat(client.get("/v1/funnel?dimension=nothing").status()).isEqualTo(400);
            assertThat(client.postJson("/v1/leads/L-1/accept", "{\"by\":").status())
                    .isEqualTo(400);
            assertThat(client.postJson("/v1/replays", "[]").status()).isBetween(400, 499);
            assertProblem(client.get("/v1/nothing"), 404, "unknown-path");
            assertProblem(client.delete("/v1/events"), 405, "method-not-allowed");
            assertProblem(client.get("/v1/funnel", "Accept", "image/png"), 406, "not-acceptable");
            assertProblem(client.post("/v1/policies", "image/png", bytes("x")), 415, "unsupported-content-type");
            assertProblem(client.get("/v1/funnel?limit=many"), 400, "bad-request");
            JsonNode array = client.postJson("/v1/events", "[7, " + good + ", {\"x\":1}]")
                    .json();
            assertThat(array.get("stored").intValue()).isEqualTo(1);
            assertThat(array.get("refused").intValue()).isEqualTo(2);
        }
    }

    @Test
    void anotherOriginsPageWritesNothing() throws IOException {
        try (Engine engine = Engine.start(folder.resolve("foreign"))) {
            Client client = new Client(engine.uri());
            String good = BrokenInputs.good("1", "L-1");
            String own = "http://" + engine.uri().getAuthority();
            for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/json")) {
                assertProblem(
                        client.post("/v1/events", type, bytes(good), "Origin", "http://localhost:1"),
                        403,
                        "foreign-origin");
                assertProblem(
                        client.post("/v1/events", type, bytes(good), "Sec-Fetch-Site", "cross-site"),
                        403,
                        "foreign-origin");
            }
            assertProblem(
                    client.post("/v1/policies/none/1/activation", "text/plain", new byte[0], "Origin", "null"),
                    403,
                    "foreign-origin");
            assertThat(client.get("/v1/leads/L-1").status()).isEqualTo(404);
            assertThat(client.post("/v1/events", "application/json", bytes(good), "Origin", own)
                            .json()
                            .get("stored")
                            .intValue())
                    .isEqualTo(1);
            assertThat(statusOf("evil.example:" + engine.uri().getPort(), engine.uri()))
                    .isEqualTo("HTTP/1.1 403");
            assertThat(statusOf("127.0.0.1:" + engine.uri().getPort(), engine.uri()))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    /** Of a lead that is asked for under a name which leads to this machine. */
    private static String statusOf(String host, URI engine) throws IOException {
        try (Socket socket = new Socket(engine.getHost(), engine.getPort())) {
            socket.getOutputStream()
                    .write(bytes(
                            "GET /v1/leads/L-1 HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host)));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring(0, "HTTP/1.1 200".length());
        }
    }

    private static void assertProblem(Client.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.json().get("code").stringValue()).isEqualTo(code);
        assertThat(answer.json().get("mend").stringValue()).isNotBlank();
    }
}

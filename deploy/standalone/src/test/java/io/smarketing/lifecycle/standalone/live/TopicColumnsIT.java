package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Columns made from {@code lead.events}, against those of the same history made from lines, and by the engine from its store. */
class TopicColumnsIT {

    private static final int LEADS = 600;
    private static final String EVENTS = "lead.events";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path CANDIDATE = SharedData.example("product-led.yaml");
    private static final Path BASELINE = SharedData.example("b2b-default.yaml");

    @TempDir
    private static Path folder = Path.of("");

    private static Engine engine;
    private static Path lines = Path.of("");
    private static List<ConsumerRecord<byte[], byte[]>> told = List.of();

    @BeforeAll
    static void aHistoryWithLateRepeatedAndVoidedFacts() {
        engine = Engine.start(folder.resolve("data"));
        Client client = new Client(engine.uri());
        client.activate(SharedData.exampleText("b2b-default.yaml"));
        List<String> generated = Histories.lines(Histories.generated(folder, LEADS, 31));
        List<String> arrived = new ArrayList<>(generated);
        arrived.addAll(Histories.corrections(generated));
        arrived.addAll(generated.subList(0, 100));
        client.history(arrived);
        lines = Histories.write(folder.resolve("arrived.jsonl"), arrived);
        long stored = JdbcClient.create(engine.dataSource())
                .sql("SELECT count(*) FROM lifecycle.lead_event")
                .query(Long.class)
                .single();
        await().atMost(PATIENCE).untilAsserted(() -> {
            told = new Topics(engine).records(EVENTS);
            assertThat(told).hasSize((int) stored);
        });
        // Brought up to all that is stored.
        client.replay("{\"candidate\":{\"document\":%s}}"
                .formatted(JsonMapper.shared().writeValueAsString(SharedData.exampleText("product-led.yaml"))));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static CommandRun build(String topic, Path columns, Object... more) {
        return CommandRun.of(Stream.concat(
                        Stream.of(
                                "history",
                                "build",
                                "--from-topic",
                                "--bootstrap-servers",
                                engine.bootstrapServers(),
                                "--topic",
                                topic,
                                "--out",
                                columns,
                                "--json"),
                        Stream.of(more))
                .toArray());
    }

    private static JsonNode answer(CommandRun run, int exitCode) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        return JsonMapper.shared().readTree(run.out());
    }

    private static Path storeColumns() {
        return folder.resolve("data").resolve("columns");
    }

    private static JsonNode source(Path columns) {
        return CommandRun.json("history", "info", columns, "--json").get("source");
    }

    private static String hash(Path columns, List<Object> options) {
        return CommandRun.json(Stream.concat(
                                Stream.of("replay", "--columns", columns, "--policy", CANDIDATE, "--json"),
                                options.stream())
                        .toArray())
                .get("hash")
                .stringValue();
    }

    private static String hash(Path columns) {
        return hash(columns, List.of("--baseline", BASELINE, "--order", "arrival", "--dimension", "source"));
    }

    @Test
    void columnsOfTheTopicGiveTheFiguresOfTheLinesAndOfTheStore() {
        Path fromLines = folder.resolve("from-lines");
        JsonNode built = CommandRun.json("history", "build", "--history", lines, "--out", fromLines, "--json");
        Path fromTopic = folder.resolve("from-topic");
        JsonNode read = CommandRun.json(
                        "history",
                        "build",
                        "--from-topic",
                        "--bootstrap-servers",
                        engine.bootstrapServers(),
                        "--out",
                        fromTopic,
                        "--json")
                .get("read");

        assertThat(read.get("records").intValue()).isEqualTo(told.size());
        assertThat(told.stream()
                        .filter(event ->
                                !Lead.ENGINE.equals(Topics.headers(event).get("ce_source")))
                        .count())
                .as("what was sent, marks of other systems among it")
                .isEqualTo(built.at("/source/events").longValue());
        assertThat(read.get("verdicts").intValue())
                .isPositive()
                .isEqualTo(told.size() - read.get("facts").intValue());
        for (String nothing : List.of("duplicates", "unreadable", "gaps", "withoutCapture")) {
            assertThat(read.get(nothing).intValue()).as(nothing).isZero();
        }
        for (List<Object> options : List.<List<Object>>of(
                List.of("--baseline", BASELINE, "--dimension", "source"),
                List.of("--baseline", BASELINE, "--order", "arrival", "--dimension", "owner"),
                List.of("--baseline", BASELINE, "--from", "2026-02-01", "--dimension", "country"))) {
            String expected = hash(fromLines, options);
            assertThat(hash(fromTopic, options)).as("topic, %s", options).isEqualTo(expected);
            assertThat(hash(storeColumns(), options)).as("store, %s", options).isEqualTo(expected);
        }
        String middle = Topics.headers(told.get(told.size() / 2)).getOrDefault("ce_recordedtime", "");
        for (List<Object> options : List.<List<Object>>of(
                List.of("--dimension", "source"),
                List.of("--as-known-at", middle),
                List.of("--baseline", BASELINE, "--as-known-at", middle, "--dimension", "source"))) {
            assertThat(hash(fromTopic, options)).as("%s", options).isEqualTo(hash(storeColumns(), options));
        }
        JsonNode source = source(fromTopic);
        assertThat(source.get("kind").stringValue()).isEqualTo("topic");
        assertThat(source.get("name").stringValue()).isEqualTo(EVENTS);
        assertThat(source.get("position").longValue()).isPositive();
        for (String same : List.of("position", "eventSha256", "events")) {
            assertThat(source.get(same))
                    .as(same)
                    .isEqualTo(source(storeColumns()).get(same));
        }
    }

    @Test
    void whatIsTwiceCountsOnceAndWhatIsNoEventIsCountedAndTold() {
        Path clean = folder.resolve("clean");
        answer(build(EVENTS, clean), 0);
        String topic = made("events.untidy");
        ConsumerRecord<byte[], byte[]> chosen = told.get(told.size() / 2);
        int repeated = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (ConsumerRecord<byte[], byte[]> event : told) {
                if (event == chosen) {
                    send(producer, topic, event.key(), bytes("{\"leadId\":"), event.headers());
                }
                send(producer, topic, event.key(), event.value(), event.headers());
                if (event.offset() % 25 == 0) {
                    send(producer, topic, event.key(), event.value(), event.headers());
                    repeated++;
                }
            }
            send(producer, topic, chosen.key(), null, chosen.headers());
            send(producer, topic, bytes("stranger"), bytes("{}"), new RecordHeaders());
            Headers other = new RecordHeaders(chosen.headers().toArray());
            other.remove("ce_id").add("ce_id", bytes("another"));
            send(producer, topic, chosen.key(), chosen.value(), other);
        }
        try (KafkaProducer<byte[], byte[]> aborted = transaction("untidy")) {
            send(aborted, topic, bytes("never"), bytes("{}"), new RecordHeaders());
            aborted.flush();
            aborted.abortTransaction();
        }
        Path columns = folder.resolve("untidy");

        CommandRun run = build(topic, columns);

        JsonNode read = answer(run, 1).get("read");
        assertThat(read.get("records").intValue()).isEqualTo(told.size() + repeated + 4);
        assertThat(read.get("duplicates").intValue()).isPositive().isEqualTo(repeated);
        assertThat(read.get("unreadable").intValue()).isEqualTo(4);
        assertThat(read.get("facts").intValue() + read.get("verdicts").intValue())
                .isEqualTo(told.size());
        assertThat(read.get("gaps").intValue()).isZero();
        assertThat(run.err())
                .contains(
                        "no event of the engine: no JSON",
                        "it has no value",
                        "the header ce_subject is missing",
                        "has another event at the place")
                .contains("+ 4 unreadable");
        assertThat(hash(columns)).isEqualTo(hash(clean));
        assertThat(source(columns).get("eventSha256")).isEqualTo(source(clean).get("eventSha256"));

        CommandRun strict = build(topic, columns, "--strict");
        assertThat(strict.exitCode()).isEqualTo(2);
        assertThat(strict.err()).contains("no event of the engine", "as --strict says");
    }

    @Test
    void whatALeadLacksIsTold() {
        Map<String, List<ConsumerRecord<byte[], byte[]>>> byLead = new LinkedHashMap<>();
        told.forEach(event -> byLead.computeIfAbsent(
                        new String(event.key(), StandardCharsets.UTF_8), absent -> new ArrayList<>())
                .add(event));
        List<List<ConsumerRecord<byte[], byte[]>>> candidates =
                byLead.values().stream().filter(lead -> lead.size() >= 5).toList();
        List<ConsumerRecord<byte[], byte[]>> thinned = candidates.get(0);
        List<ConsumerRecord<byte[], byte[]>> headless = candidates.stream()
                .skip(1)
                .filter(lead -> lead.stream().filter(TopicColumnsIT::isCapture).count() == 1)
                .findFirst()
                .orElseThrow();
        String topic = made("events.thinned");
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (ConsumerRecord<byte[], byte[]> event : told) {
                if (event != thinned.get(2) && event != headless.get(0)) {
                    send(producer, topic, event.key(), event.value(), event.headers());
                }
            }
        }

        CommandRun run = build(topic, folder.resolve("thinned"));

        JsonNode answer = answer(run, 1);
        assertThat(answer.get("leads").intValue()).isEqualTo(byLead.size() - 1);
        assertThat(answer.get("events").intValue()).isEqualTo(told.size() - 1 - headless.size());
        assertThat(answer.at("/read/records").intValue()).isEqualTo(told.size() - 2);
        assertThat(answer.at("/read/unreadable").intValue()).isZero();
        assertThat(answer.at("/read/gaps").intValue()).isEqualTo(2);
        assertThat(answer.at("/read/withoutCapture").intValue()).isEqualTo(headless.size() - 1);
        assertThat(run.err())
                .contains("lead '%s' lacks the event 2 of its sequence"
                        .formatted(new String(thinned.get(2).key(), StandardCharsets.UTF_8)))
                .contains("lead '%s' lacks the event 0 of its sequence"
                        .formatted(new String(headless.get(0).key(), StandardCharsets.UTF_8)))
                .contains("their lead is not there");
    }

    private static boolean isCapture(ConsumerRecord<byte[], byte[]> event) {
        return Topics.headers(event).getOrDefault("ce_type", "").contains(".captured.");
    }

    @Test
    void whatLiesBehindAnOpenTransactionIsNotReadAndTold() {
        String topic = made("events.open");
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            told.forEach(event -> send(producer, topic, event.key(), event.value(), event.headers()));
        }
        try (KafkaProducer<byte[], byte[]> open = transaction("open")) {
            send(open, topic, bytes("not yet"), bytes("{}"), new RecordHeaders());
            open.flush();

            CommandRun run = build(topic, folder.resolve("open"));

            JsonNode read = answer(run, 0).get("read");
            assertThat(read.get("records").intValue()).isEqualTo(told.size());
            assertThat(read.get("offsetsBehindOpenTransactions").intValue()).isOne();
            assertThat(run.err()).contains("1 offsets lie behind a transaction that is open");
            open.abortTransaction();
        }
    }

    @Test
    void whatCannotBeReadIsAWrongInputAndLeavesTheFolderAsItWas() throws IOException {
        Path columns = folder.resolve("kept");
        answer(build(EVENTS, columns), 0);
        String before = source(columns).toString();

        assertRefused(build("lead.evnts", columns), "there is no topic 'lead.evnts' at " + engine.bootstrapServers());
        assertRefused(build("policy.versions", columns), "no record of policy.versions is an event of an engine");
        Path config = Files.writeString(folder.resolve("client.properties"), "default.api.timeout.ms=1500\n");
        assertRefused(
                CommandRun.of(
                        "history",
                        "build",
                        "--from-topic",
                        "--bootstrap-servers",
                        "localhost:1",
                        "--command-config",
                        config,
                        "--out",
                        columns),
                "lead.events at localhost:1: ");
        assertRefused(
                build(EVENTS, columns, "--command-config", folder.resolve("none")),
                "--command-config: there is no file");
        assertRefused(build(EVENTS, columns, "--history", lines), "not from both");
        assertRefused(
                CommandRun.of("history", "build", "--from-topic", "--out", columns), "--bootstrap-servers=HOST:PORT");
        assertRefused(
                CommandRun.of("history", "build", "--history", lines, "--topic", EVENTS, "--out", columns),
                "go with --from-topic");

        assertThat(source(columns).toString()).isEqualTo(before);
    }

    private static void assertRefused(CommandRun run, String message) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    private static String made(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
            return topic;
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new LinkedHashMap<>(more);
        settings.put("bootstrap.servers", engine.bootstrapServers());
        // More at a time gives OutOfOrderSequence on fresh partitions.
        settings.put("max.in.flight.requests.per.connection", 1);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaProducer<byte[], byte[]> transaction(String id) {
        KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", id));
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            String topic,
            byte[] key,
            byte @Nullable [] value,
            Headers headers) {
        // Closing or flushing waits for it.
        var unused = producer.send(new ProducerRecord<>(topic, null, key, value, headers));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.event.TopicSchemas;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever an engine writes in a life with everything in it keeps the contracts of its topics, record by record. */
class TopicContractsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SEED = 31;
    private static final int LEADS = 1_500;
    private static final int TOLD_AT_MOST = 5;
    private static final TopicSchemas SCHEMAS = new TopicSchemas();

    @TempDir
    private Path folder = Path.of("");

    private static String event(String id, String kind, String lead, String data) {
        return """
                {"specversion":"1.0","id":"%s","source":"urn:contracts","type":"io.smarketing.lead.%s.v1","subject":"%s",\
                "time":"2026-03-01T09:00:00Z","data":%s}""".formatted(id, kind, lead, data);
    }

    @Test
    void everyRecordOfEveryTopicKeepsItsContract() {
        List<String> lines = Histories.lines(Histories.generated(folder, LEADS, SEED));
        try (Engine engine = Engine.start(
                folder.resolve("engine"), "lifecycle.parking.patience=PT2S", "lifecycle.parking.interval=PT1S")) {
            Client client = new Client(engine.uri());
            live(engine, client, lines);
            Topics topics = new Topics(engine);
            assertThat(topics.names())
                    .as("topics that are there and have a contract")
                    .isEqualTo(Arrays.stream(Topic.values())
                            .map(Topic::topicName)
                            .collect(Collectors.toCollection(TreeSet::new)));
            Map<Topic, List<ConsumerRecord<byte[], byte[]>>> records = new EnumMap<>(Topic.class);
            for (Topic topic : Topic.values()) {
                records.put(topic, topics.records(topic.topicName()));
            }
            for (Topic topic : Topic.values()) {
                if (topic != Topic.LEAD_INTAKE) {
                    assertKeeps(topic, recordsOf(records, topic));
                }
            }
            whatBreaksTheContractOfTheIntakeLiesAmongTheDeadLetters(records);
            everythingWasInIt(records);
            replaysAreWhatHttpAnswers(client, recordsOf(records, Topic.REPLAY_RESULTS));
            topicsAreKeptAsTheyAreSaidToBe(engine);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> recordsOf(
            Map<Topic, List<ConsumerRecord<byte[], byte[]>>> records, Topic topic) {
        return Objects.requireNonNull(records.get(topic));
    }

    /** Both doors, good and broken, late and again, policies from draft to retirement, a rescore, and a lead that is no more. */
    private static void live(Engine engine, Client client, List<String> lines) {
        client.activate(SharedData.exampleText("b2b-default.yaml"));
        String shadow = become(client, SharedData.exampleText("product-led.yaml"), "shadow");
        int half = lines.size() / 2;
        client.history(lines.subList(0, half));
        JdbcClient jdbc = JdbcClient.create(engine.dataSource());
        long sent = produce(engine, lines.subList(half, lines.size()));
        client.events(List.of(
                event("http-orphan", "accepted", "nobody-over-http", "{}"),
                event("gone-1", "captured", "gone", "{\"source\":\"web\",\"contact\":{\"email\":\"ann@example.com\"}}"),
                event("gone-2", "accepted", "gone", "{\"by\":\"ann\"}"),
                event("gone-3", "voided", "gone", "{\"event\":{\"source\":\"urn:contracts\",\"id\":\"gone-1\"}}")));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                client.json("/v1/intake").at("/doors/1/sent").longValue())
                        .isEqualTo(sent));
        // A shadow that is promoted ends: it has to have told something before.
        await().atMost(PATIENCE)
                .until(() -> client.get("/v1/funnel?policy=" + shadow).status() == 200);
        become(client, SharedData.exampleText("product-led.yaml"), "activation");
        become(client, SharedData.exampleText("b2b-default.yaml"), "retirement");
        rescore(client);
        replay(client);
        // Parked in vain, over either door; then once more, as somebody asks for it.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(jdbc.sql("SELECT count(*) FROM lifecycle.parked_fact")
                                .query(Integer.class)
                                .single())
                        .isZero());
        Client.Answer redriven =
                client.postJson("/v1/dead-letters/redrive", "{\"code\":\"invalid-time\",\"by\":\"ann\"}");
        assertThat(redriven.status()).as(redriven.body()).isEqualTo(200);
        int again = redriven.json().get("redriven").intValue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(new Topics(engine).records(Topic.DEAD_LETTERS.topicName()))
                        .filteredOn(letter -> "2".equals(Topics.headers(letter).get("dl_attempts")))
                        .hasSizeGreaterThanOrEqualTo(again));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(
                                client.json("/v1/funnel").get("logPosition").longValue())
                        .as("what the funnel covers")
                        .isGreaterThanOrEqualTo(lastPosition(jdbc)));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(new Topics(engine).rows(Topic.REPLAY_RESULTS.topicName()))
                        .hasSize(4));
    }

    /** By a policy that was never saved, against history, a whole audit, and one that fails. */
    private static void replay(Client client) {
        String document = JsonMapper.shared().writeValueAsString(SharedData.exampleText("product-led.yaml"));
        client.replay(
                "{\"candidate\":{\"document\":%s},\"dimension\":\"source\",\"from\":\"2026-01-01\",\"workload\":true}"
                        .formatted(document));
        client.replay("{\"candidate\":\"active\",\"baseline\":\"recorded\",\"dimension\":\"country\"}");
        client.replay("{\"audit\":true}");
        assertThat(client.postJson("/v1/replays", "{\"candidate\":\"active\",\"dimension\":\"nowhere\"}")
                        .status())
                .isEqualTo(202);
    }

    private static long lastPosition(JdbcClient jdbc) {
        return jdbc.sql("SELECT max(global_index) FROM lifecycle.lead_event")
                .query(Long.class)
                .single();
    }

    private static String become(Client client, String document, String change) {
        Client.Answer saved =
                client.post("/v1/policies?by=ann", "application/yaml", document.getBytes(StandardCharsets.UTF_8));
        assertThat(saved.status()).as(saved.body()).isIn(200, 201);
        String name = saved.json().get("name").stringValue();
        String version = saved.json().get("version").stringValue();
        Client.Answer changed = client.postJson(
                "/v1/policies/%s/%s/%s".formatted(name, version, change), "{\"by\":\"ann\",\"reason\":\"to see\"}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        return name + "@" + version;
    }

    private static void rescore(Client client) {
        Client.Answer begun = client.postJson("/v1/rescores", "{\"by\":\"ann\"}");
        assertThat(begun.status()).as(begun.body()).isEqualTo(202);
        String job = "/v1/rescores/" + begun.json().get("id").asString();
        await().atMost(PATIENCE)
                .until(() -> client.json(job).get("state").stringValue().equals("done"));
    }

    /** Every other lead in binary mode; behind them what is broken, one of each kind, and facts that no capture comes for. */
    private static long produce(Engine engine, List<String> lines) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String line : lines) {
            JsonNode event = JsonMapper.shared().readTree(line);
            String lead = event.get("subject").stringValue();
            records.add(lead.hashCode() % 2 == 0 ? Letter.structured(lead, line) : Letter.binary(lead, event));
        }
        int[] number = {0};
        BrokenInputs.KINDS.forEach((kind, breaking) -> {
            String good = BrokenInputs.good("broken-" + number[0]++, "broken");
            records.add(Letter.structured("broken", breaking.apply(good)));
            records.add(new ProducerRecord<>("lead.intake", breaking.apply(good).getBytes(StandardCharsets.UTF_8)));
        });
        records.add(new ProducerRecord<>("lead.intake", "tombstone".getBytes(StandardCharsets.UTF_8), null));
        for (int i = 0; i < 3; i++) {
            records.add(Letter.structured(
                    "nobody-" + i, event("orphan-" + i, "accepted", "nobody-" + i, "{\"by\":\"ann\"}")));
        }
        try (Emitter emitter = new Emitter(engine)) {
            records.forEach(emitter::send);
        }
        return records.size();
    }

    private static List<String> violations(Topic topic, ConsumerRecord<byte[], byte[]> entry) {
        return SCHEMAS.violations(topic, entry.key(), Topics.headers(entry), entry.value());
    }

    private static void assertKeeps(Topic topic, List<ConsumerRecord<byte[], byte[]>> records) {
        assertThat(records).as("records of %s", topic.topicName()).isNotEmpty();
        List<String> told = new ArrayList<>();
        int broken = 0;
        for (ConsumerRecord<byte[], byte[]> entry : records) {
            List<String> violations = violations(topic, entry);
            if (!violations.isEmpty() && broken++ < TOLD_AT_MOST) {
                told.add("%s-%d@%d %s %s %s"
                        .formatted(
                                entry.topic(),
                                entry.partition(),
                                entry.offset(),
                                text(entry.key()),
                                text(entry.value()),
                                violations));
            }
        }
        assertThat(told)
                .as("%d of %d records of %s break its contract", broken, records.size(), topic.topicName())
                .isEmpty();
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String place(String partition, String offset) {
        return partition + "@" + offset;
    }

    /** The other way round there are reasons that no schema can say, as an event from the future. */
    private static void whatBreaksTheContractOfTheIntakeLiesAmongTheDeadLetters(
            Map<Topic, List<ConsumerRecord<byte[], byte[]>>> records) {
        Set<String> dead = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> letter : recordsOf(records, Topic.DEAD_LETTERS)) {
            Map<String, String> headers = Topics.headers(letter);
            dead.add(place(headers.getOrDefault("dl_partition", ""), headers.getOrDefault("dl_offset", "")));
        }
        int broken = 0;
        for (ConsumerRecord<byte[], byte[]> sent : recordsOf(records, Topic.LEAD_INTAKE)) {
            List<String> violations = violations(Topic.LEAD_INTAKE, sent);
            if (!violations.isEmpty()) {
                broken++;
                assertThat(dead)
                        .as("%s, which says %s", text(sent.value()), violations)
                        .contains(place(String.valueOf(sent.partition()), String.valueOf(sent.offset())));
            }
        }
        assertThat(broken).isGreaterThan(40);
    }

    /** Without it there would be little to this test. */
    private static void everythingWasInIt(Map<Topic, List<ConsumerRecord<byte[], byte[]>>> records) {
        Set<String> types = seen(recordsOf(records, Topic.LEAD_EVENTS), "ce_type");
        assertThat(types.stream().map(type -> type.replaceAll("io\\.smarketing\\.lead\\.|\\.v1", "")))
                .contains(
                        "captured",
                        "enriched",
                        "activity",
                        "accepted",
                        "rejected",
                        "contacted",
                        "won",
                        "lost",
                        "voided",
                        "scored",
                        "marked-mql",
                        "rescored");
        assertThat(seen(recordsOf(records, Topic.DEAD_LETTERS), "dl_code"))
                .contains("unknown-lead", "null-value", "unreadable-json", "invalid-time")
                .hasSizeGreaterThan(20);
        assertThat(seen(recordsOf(records, Topic.DEAD_LETTERS), "dl_door")).containsExactlyInAnyOrder("http", "kafka");
        assertThat(seen(recordsOf(records, Topic.DEAD_LETTERS), "dl_attempts")).containsExactlyInAnyOrder("1", "2");
        assertThat(recordsOf(records, Topic.LEAD_STATE))
                .as("a lead that is no more")
                .anyMatch(entry -> entry.value() == null);
        Set<String> grains = new HashSet<>();
        Set<String> policies = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> entry : recordsOf(records, Topic.FUNNEL_STAGES)) {
            JsonNode key = JsonMapper.shared().readTree(entry.key());
            policies.add(key.get(0).stringValue());
            grains.add(key.get(1).stringValue());
        }
        assertThat(policies).contains("active").hasSize(2);
        assertThat(grains).containsExactlyInAnyOrder("all", "day", "week", "month");
        Set<String> changes = new HashSet<>();
        recordsOf(records, Topic.POLICY_ACTIVATIONS)
                .forEach(entry -> changes.add(JsonMapper.shared()
                        .readTree(entry.value())
                        .get("change")
                        .stringValue()));
        assertThat(changes).containsExactlyInAnyOrder("active", "shadow", "retired");
    }

    private static void replaysAreWhatHttpAnswers(Client client, List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> seen = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> entry : records) {
            assertThat(text(entry.value()))
                    .isEqualTo(client.get("/v1/replays/" + text(entry.key())).body());
            JsonNode replay = JsonMapper.shared().readTree(entry.value());
            seen.add(replay.get("status").stringValue()
                    + (replay.at("/request/audit").asBoolean(false) ? " audit" : ""));
        }
        assertThat(seen).containsExactlyInAnyOrder("done", "done audit", "failed");
    }

    private static Set<String> seen(List<ConsumerRecord<byte[], byte[]>> records, String header) {
        return records.stream()
                .map(entry -> Topics.headers(entry).getOrDefault(header, ""))
                .collect(Collectors.toSet());
    }

    private static void topicsAreKeptAsTheyAreSaidToBe(Engine engine) {
        List<ConfigResource> asked = Arrays.stream(Topic.values())
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName()))
                .toList();
        Map<String, Config> configs = new HashMap<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()))) {
            admin.describeConfigs(asked).all().get().forEach((topic, config) -> configs.put(topic.name(), config));
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (Topic topic : Topic.values()) {
            Config config = Objects.requireNonNull(configs.get(topic.topicName()));
            assertThat(config.get("cleanup.policy").value())
                    .as(topic.topicName())
                    .isEqualTo(topic.isCompacted() ? "compact" : "delete");
            if (!topic.isCompacted()) {
                assertThat(config.get("retention.ms").value())
                        .as(topic.topicName())
                        .isEqualTo(String.valueOf(
                                topic.retention().map(Duration::toMillis).orElse(-1L)));
            }
        }
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import io.smarketing.lifecycle.standalone.live.MixedInputs.Input;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Good, broken, repeated and late inputs by both doors at once: sent = stored + duplicates + parked + dead letters + refused, exactly, door
 * by door, as the sender knows it. {@code -Dmixed.inputs} says how many.
 */
class MixedInputsIT {

    /** Halved twice. */
    private static final int INPUTS = Integer.getInteger("mixed.inputs", 20_000) / 4 * 4;

    private static final int SEED = 17;
    private static final int LANES = 2;
    private static final int LINES_AT_ONCE = 500;
    private static final Set<String> TAKEN = Set.of(MixedInputs.STORED, MixedInputs.DUPLICATE, MixedInputs.PARKED);

    @TempDir
    private Path folder = Path.of("");

    private static Map<String, Long> refusals(Map<String, Long> fates) {
        Map<String, Long> refusals = new TreeMap<>(fates);
        refusals.keySet().removeAll(TAKEN);
        return refusals;
    }

    private static long sum(Map<String, Long> numbers) {
        return numbers.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void whatBecameOfMixedInputsAddsUpExactlyDoorByDoor() throws ExecutionException, InterruptedException {
        try (Engine engine = Engine.start(folder.resolve("data"))) {
            Client client = new Client(engine.uri());
            client.activate(Policies.ofTenRules());
            long begun = System.nanoTime();
            List<MixedInputs> http = new ArrayList<>();
            List<Future<?>> sending = new ArrayList<>();
            ExecutorService pool = Executors.newFixedThreadPool(LANES + 1);
            for (int i = 0; i < LANES; i++) {
                MixedInputs inputs = new MixedInputs("h" + i, SEED + i);
                http.add(inputs);
                sending.add(pool.submit(() -> sendOverHttp(new Client(engine.uri()), inputs, INPUTS / 2 / LANES)));
            }
            MixedInputs topic = new MixedInputs("k", SEED + LANES);
            Map<String, Integer> letters = new HashMap<>();
            sending.add(pool.submit(() -> sendToTheTopic(engine, topic, INPUTS / 2, letters)));
            for (Future<?> one : sending) {
                one.get();
            }
            pool.shutdown();
            await().atMost(Duration.ofMinutes(15))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(client.json("/v1/intake")
                                    .at("/doors/1/sent")
                                    .intValue())
                            .isEqualTo(INPUTS / 2));
            double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);

            Map<String, Long> overHttp = new TreeMap<>();
            http.forEach(
                    inputs -> inputs.expected().forEach((fate, number) -> overHttp.merge(fate, number, Long::sum)));
            assertDoor(client.json("/v1/intake").at("/doors/0"), overHttp, "refused", INPUTS / 2);
            assertDoor(client.json("/v1/intake").at("/doors/1"), topic.expected(), "deadLetters", INPUTS / 2);
            assertThat(deadLetters(engine, sum(refusals(topic.expected())))).isEqualTo(letters);
            assertStore(JdbcClient.create(engine.dataSource()), overHttp, topic.expected());
            Map<String, Long> all = new TreeMap<>(overHttp);
            topic.expected().forEach((fate, number) -> all.merge(fate, number, Long::sum));
            long late =
                    topic.late() + http.stream().mapToLong(MixedInputs::late).sum();
            assertThat(100.0 * late / sum(all)).as("per cent late").isBetween(4.5, 6.0);
            assertThat(100.0 * all.getOrDefault(MixedInputs.DUPLICATE, 0L) / sum(all))
                    .as("per cent repeated")
                    .isBetween(2.7, 3.5);
            assertThat(100.0 * sum(refusals(all)) / sum(all))
                    .as("per cent broken")
                    .isBetween(1.8, 2.5);
            System.out.printf(
                    "%,d inputs in %.1f s, %,.0f a second: %,d stored, of these %,d late, %,d duplicates, %,d parked, %,d broken in %d ways%n",
                    sum(all),
                    seconds,
                    sum(all) / seconds,
                    all.get(MixedInputs.STORED),
                    late,
                    all.get(MixedInputs.DUPLICATE),
                    all.get(MixedInputs.PARKED),
                    sum(refusals(all)),
                    refusals(all).size());
        }
    }

    private static void sendOverHttp(Client client, MixedInputs inputs, int count) {
        for (int from = 0; from < count; from += LINES_AT_ONCE) {
            List<Input> some = new ArrayList<>();
            while (some.size() < Math.min(LINES_AT_ONCE, count - from)) {
                some.add(inputs.next());
            }
            JsonNode items =
                    client.events(some.stream().map(Input::text).toList()).get("items");
            for (int i = 0; i < some.size(); i++) {
                assertAnswer(items.get(i), some.get(i));
            }
        }
    }

    private static void assertAnswer(JsonNode item, Input input) {
        String status = item.get("status").stringValue();
        String fate = status.equals("refused") ? item.get("code").stringValue() : status;
        if (!(input.waits() && fate.equals(MixedInputs.PARKED))) {
            assertThat(fate).as("%s answered %s", input, item).isEqualTo(input.fate());
        }
    }

    private static void sendToTheTopic(Engine engine, MixedInputs inputs, int count, Map<String, Integer> letters) {
        try (Emitter emitter = new Emitter(engine)) {
            for (int i = 0; i < count; i++) {
                Input input = inputs.next();
                byte[] text = input.text().getBytes(StandardCharsets.UTF_8);
                emitter.send(new ProducerRecord<>("lead.intake", input.lead().getBytes(StandardCharsets.UTF_8), text));
                if (!TAKEN.contains(input.fate())) {
                    letters.merge(letter(input.fate(), input.lead(), text), 1, Integer::sum);
                }
            }
        }
    }

    /** What tells a dead letter from another: its reason, its key, its bytes. */
    private static String letter(String code, String lead, byte[] text) {
        try {
            return "%s %s %s"
                    .formatted(
                            code,
                            lead,
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Integer> deadLetters(Engine engine, long expected) {
        Map<String, Integer> letters = new HashMap<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", engine.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("lead.intake.dead-letters").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            long read = 0;
            while (read < expected && System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                    read++;
                    String code =
                            new String(entry.headers().lastHeader("dl_code").value(), StandardCharsets.UTF_8);
                    letters.merge(
                            letter(code, new String(entry.key(), StandardCharsets.UTF_8), entry.value()),
                            1,
                            Integer::sum);
                }
            }
        }
        return letters;
    }

    private static void assertDoor(JsonNode door, Map<String, Long> expected, String refused, long sent) {
        assertThat(sum(expected)).isEqualTo(sent);
        Map<String, Long> counted = new TreeMap<>();
        for (String outcome : List.of("sent", "stored", "duplicates", "parked", "refused", "deadLetters")) {
            counted.put(outcome, door.get(outcome).longValue());
        }
        Map<String, Long> known = new TreeMap<>(Map.of("refused", 0L, "deadLetters", 0L));
        known.put("sent", sent);
        known.put("stored", expected.getOrDefault(MixedInputs.STORED, 0L));
        known.put("duplicates", expected.getOrDefault(MixedInputs.DUPLICATE, 0L));
        known.put("parked", expected.getOrDefault(MixedInputs.PARKED, 0L));
        known.put(refused, sum(refusals(expected)));
        assertThat(counted).as(door.get("door").stringValue()).isEqualTo(known);
        Map<String, Long> codes = new TreeMap<>();
        door.get("byCode")
                .properties()
                .forEach(code -> codes.put(code.getKey(), code.getValue().longValue()));
        assertThat(codes).isEqualTo(refusals(expected));
    }

    private static void assertStore(JdbcClient jdbc, Map<String, Long> overHttp, Map<String, Long> overTheTopic) {
        assertThat(jdbc.sql("SELECT count(*) FROM lifecycle.lead_event WHERE source = 'urn:mixed'")
                        .query(Long.class)
                        .single())
                .as("facts in the store")
                .isEqualTo(overHttp.getOrDefault(MixedInputs.STORED, 0L)
                        + overTheTopic.getOrDefault(MixedInputs.STORED, 0L));
        assertThat(jdbc.sql("SELECT count(*) FROM lifecycle.parked_fact")
                        .query(Long.class)
                        .single())
                .as("facts that wait")
                .isEqualTo(overHttp.getOrDefault(MixedInputs.PARKED, 0L)
                        + overTheTopic.getOrDefault(MixedInputs.PARKED, 0L));
        assertThat(jdbc.sql("SELECT lead_id FROM lifecycle.lead_event GROUP BY lead_id"
                                + " HAVING min(sequence) <> 0 OR max(sequence) <> count(*) - 1")
                        .query(String.class)
                        .list())
                .as("leads with a gap in their sequence")
                .isEmpty();
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Replays of a running engine, which read the store in columns, against replays of the same facts from a file. */
class ReplayColumnsIT {

    private static final int LEADS = Integer.getInteger("replays.leads", 3_000);
    private static final int REPLAYS = 10;
    private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("replays.seconds", 8));
    private static final String CANDIDATE = "product-led.yaml";
    private static final String BASELINE = "b2b-default.yaml";

    @TempDir
    private Path folder = Path.of("");

    private static String quoted(String example) {
        return JsonNodeFactory.instance
                .stringNode(SharedData.exampleText(example))
                .toString();
    }

    private static String question(String order) {
        return "{\"candidate\":{\"document\":%s},\"baseline\":{\"document\":%s},\"order\":\"%s\",\"dimension\":\"source\",\"workload\":true}"
                .formatted(quoted(CANDIDATE), quoted(BASELINE), order);
    }

    private static JsonNode offline(Path history, String order, String... more) {
        List<Object> command = new ArrayList<>(List.of(
                "replay",
                "--history",
                history,
                "--policy",
                SharedData.example(CANDIDATE),
                "--baseline",
                SharedData.example(BASELINE),
                "--order",
                order,
                "--dimension",
                "source",
                "--json"));
        command.addAll(List.of(more));
        return CommandRun.json(command.toArray());
    }

    private void assertLikeOffline(Client client, List<String> arrived, String order) {
        JsonNode expected = offline(Histories.write(folder.resolve("arrived.jsonl"), arrived), order, "--leads");
        JsonNode replay = client.replay(question(order));
        assertThat(replay.at("/result/hash")).as(order).isEqualTo(expected.get("hash"));
        assertThat(replay.at("/statistics/kernelLeads").longValue()).isPositive();
        JsonNode workload = replay.get("workload");
        assertThat(workload).as(order).isEqualTo(expected.get("workload"));
        assertThat(workload.at("/dropped/contacts").longValue()).isPositive();
        assertThat(workload.at("/dropped/revenue")).isNotEmpty();
        assertThat(replay.at("/statistics/workloadLeads")).isEqualTo(workload.at("/dropped/leads"));
        Map<String, JsonNode> expectedLeads = new HashMap<>();
        expected.get("perLead")
                .forEach(lead -> expectedLeads.put(lead.get("leadId").stringValue(), lead));
        int flipped = 0;
        for (String set : List.of("gained", "dropped", "earlier", "later", "kept")) {
            for (JsonNode lead : client.json("/v1/replays/%s/leads?set=%s&limit=200"
                            .formatted(replay.get("id").stringValue(), set))
                    .get("leads")) {
                assertThat(lead).isEqualTo(expectedLeads.get(lead.get("leadId").stringValue()));
                flipped += lead.get("because").isNull() ? 0 : 1;
            }
        }
        assertThat(flipped).as("leads of which it is told why they flipped").isPositive();
        assertThresholdsLikeReplays(client, replay, order);
        assertPointsLikeReplays(client, replay);
    }

    private static void assertPointsLikeReplays(Client client, JsonNode replay) {
        String path = "/v1/replays/%s/points".formatted(replay.get("id").stringValue());
        JsonNode own = client.json(path);
        assertThat(own.get("logPosition")).isEqualTo(replay.get("logPosition"));
        assertThat(own.get("result")).isEqualTo(replay.get("result"));
        assertThat(own.get("candidate")).isEqualTo(replay.at("/request/candidate"));
        assertThat(own.get("rules"))
                .hasSize(5)
                .allMatch(rule -> rule.get("points").equals(rule.get("candidatePoints")));
        for (String moved :
                List.of("?points=demo:12&points=pages:3", "?points=demo:13", "?points=webinar:0&threshold=35")) {
            JsonNode tried = client.json(path + moved);
            ObjectNode asked = (ObjectNode) replay.get("request").deepCopy();
            asked.remove("documents");
            asked.putObject("candidate").set("document", tried.get("document"));
            asked.putObject("baseline").put("document", SharedData.exampleText(BASELINE));
            JsonNode expected = client.replay(asked.toString());
            assertThat(tried.get("result")).as(moved).isEqualTo(expected.get("result"));
            assertThat(tried.get("result")).as(moved).isNotEqualTo(own.get("result"));
            assertThat(tried.get("candidate")).isEqualTo(expected.at("/request/candidate"));
        }
        JsonNode tried = client.json(path + "?points=webinar:0&threshold=35");
        assertThat(tried.get("threshold").longValue()).isEqualTo(35);
        assertThat(tried.get("candidateThreshold").longValue()).isEqualTo(40);
        assertThat(tried.get("document").stringValue()).doesNotContain("{id: webinar");
        assertThat(client.json(path + "?points=demo:90")
                        .at("/warnings/0/message")
                        .stringValue())
                .contains("the cap 30 is below");
        assertRefused(client.get(path + "?points=demos:3"), 400, "unknown-rule");
        assertRefused(client.get(path + "?points=demo:3&points=demo:4"), 400, "bad-points");
        assertRefused(client.get(path + "?points=demo"), 400, "bad-points");
        assertRefused(client.get(path + "?threshold=5000"), 422, "policy-refused");
        assertRefused(client.get(path + "?points=demo:5000000"), 422, "policy-refused");
    }

    private static void assertRefused(Client.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().get("code").stringValue()).isEqualTo(code);
    }

    /** The rows of one side, as if it had been asked alone. */
    private static List<JsonNode> side(JsonNode compared, String metric, String side) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : compared.at("/metrics/" + metric)) {
            ObjectNode one = (ObjectNode) row.deepCopy();
            one.remove(List.of("baseline", "candidate"));
            if (row.get(side) instanceof ObjectNode figures) {
                rows.add(one.setAll(figures));
            }
        }
        return rows;
    }

    private static void assertMetricsLikeThoseOfEachSide(Client client, JsonNode replay, String asked) {
        JsonNode compared = replay.get("metrics");
        String order = replay.at("/request/order").stringValue();
        assertThat(compared.get("metrics")).hasSameSizeAs(Metric.values());
        assertThat(replay.at("/statistics/metricsMillis").isIntegralNumber()).isTrue();
        for (String metric : compared.get("metrics").propertyNames()) {
            for (String side : List.of("baseline", "candidate")) {
                String policy = replay.at("/request/" + side).stringValue();
                String path = "/v1/metrics/%s?policy=%s%s&grain=all&asOf=%s&limit=100000%s"
                        .formatted(
                                metric,
                                policy,
                                policy.equals("recorded") ? "" : "&order=" + order,
                                compared.get("asOf").stringValue(),
                                asked);
                if (metric.equals("conversion")) {
                    path += "&within=P7D&within=P14D&within=P30D&within=P90D";
                    for (String steps : List.of(
                            "CAPTURED,MQL,ACCEPTED,CONTACTED,WON",
                            "MQL,ACCEPTED,CONTACTED,WON",
                            "ACCEPTED,CONTACTED,WON",
                            "CONTACTED,WON")) {
                        path += "&steps=" + steps;
                    }
                }
                JsonNode alone = client.json(path);
                assertThat(alone.get("source").stringValue()).isEqualTo("store");
                assertThat(side(compared, metric, side).toString())
                        .as("%s of %s in order of %s", metric, policy, order)
                        .isEqualTo(alone.get("rows").valueStream().toList().toString())
                        .hasSizeGreaterThan(100);
                assertThat(compared.get("asKnownAt")).isEqualTo(alone.get("asKnownAt"));
            }
        }
    }

    @Test
    void metricsOfBothSidesAreThoseThatAreToldOfEach() {
        List<String> lines = Histories.lines(Histories.generated(folder, LEADS, 23));
        try (Engine engine = Engine.start(folder.resolve("metrics"))) {
            Client client = new Client(engine.uri());
            client.history(lines);
            Instant known = Instant.now().truncatedTo(ChronoUnit.MICROS);
            client.history(Histories.corrections(lines));
            Map<String, String> saved = new HashMap<>();
            for (String example : List.of(CANDIDATE, BASELINE)) {
                JsonNode policy = client.post(
                                "/v1/policies",
                                "application/yaml",
                                SharedData.exampleText(example).getBytes(StandardCharsets.UTF_8))
                        .json();
                saved.put(
                        example,
                        policy.get("name").stringValue() + "@"
                                + policy.get("version").stringValue());
            }
            String policies = "{\"candidate\":\"%s\",\"baseline\":\"%s\",\"dimension\":\"source\",";
            String asked = policies.formatted(saved.get(CANDIDATE), saved.get(BASELINE));
            JsonNode plain = client.replay(asked + "\"order\":\"occurrence\"}");
            assertThat(plain.has("metrics")).isFalse();
            JsonNode replay = client.replay(asked + "\"order\":\"occurrence\",\"metrics\":true}");
            assertThat(replay.at("/result/hash")).isEqualTo(plain.at("/result/hash"));
            assertThat(replay.get("workload")).isNull();
            assertMetricsLikeThoseOfEachSide(client, replay, "&dimension=source");

            JsonNode recorded = client.replay(policies.formatted(saved.get(CANDIDATE), "recorded")
                    + "\"metrics\":true,\"from\":\"2025-02-01\",\"asKnownAt\":\"%s\"}".formatted(known));
            assertThat(recorded.at("/metrics/asOf").stringValue()).isEqualTo(known.toString());
            assertMetricsLikeThoseOfEachSide(client, recorded, "&dimension=source&from=2025-02-01&asKnownAt=" + known);

            JsonNode some =
                    client.replay(asked + "\"metrics\":[\"quality\"],\"grain\":\"month\",\"zone\":\"Europe/Berlin\"}");
            assertThat(some.at("/metrics/metrics").propertyNames()).containsExactly("quality");
            JsonNode alone = client.json(
                    "/v1/metrics/quality?dimension=source&grain=month&zone=Europe/Berlin&policy=%s&order=occurrence&asOf=%s"
                            .formatted(
                                    saved.get(CANDIDATE),
                                    some.at("/metrics/asOf").stringValue()));
            assertThat(side(some.get("metrics"), "quality", "candidate").toString())
                    .isEqualTo(alone.get("rows").valueStream().toList().toString());
            assertThat(client.json("/v1/replays?limit=5").get("replays"))
                    .noneMatch(listed -> listed.has("metrics"))
                    .anyMatch(listed -> listed.at("/request/grain").asString("").equals("month"));
        }
    }

    private static void assertThresholdsLikeReplays(Client client, JsonNode replay, String order) {
        String path = "/v1/replays/%s/thresholds".formatted(replay.get("id").stringValue());
        JsonNode all = client.json(path);
        assertThat(all.get("logPosition")).isEqualTo(replay.get("logPosition"));
        assertThat(all.get("next").isNull()).isTrue();
        long own = all.get("candidateThreshold").longValue();
        for (long threshold : new long[] {own, own / 2}) {
            JsonNode one = client.json(path + "?threshold=" + threshold).at("/answers/0");
            assertThat(all.get("answers")).contains(one);
            JsonNode moved =
                    client.replay(question(order).replaceFirst("threshold: " + own, "threshold: " + threshold));
            for (String sets : List.of("sets", "otherCycles")) {
                JsonNode expected = moved.at("/result/" + sets).deepCopy();
                expected.forEach(set -> ((ObjectNode) set).remove("rejectedReasons"));
                assertThat(one.get(sets))
                        .as("threshold %d, %s", threshold, sets)
                        .isEqualTo(expected);
            }
            for (JsonNode stage : one.get("funnel")) {
                for (String leads : List.of("ever", "entered", "reached", "open")) {
                    long sum = 0;
                    for (JsonNode row : moved.at("/result/funnels/candidate")) {
                        for (JsonNode of : row.get("stages")) {
                            sum += of.get("stage").equals(stage.get("stage"))
                                    ? of.get(leads).longValue()
                                    : 0;
                        }
                    }
                    assertThat(stage.get(leads).longValue())
                            .as("threshold %d, %s, %s", threshold, stage.get("stage"), leads)
                            .isEqualTo(sum);
                }
            }
        }
        JsonNode first = client.json(path + "?limit=1");
        JsonNode second = client.json(path + "?limit=1&after=" + first.get("next"));
        assertThat(first.at("/answers/0")).isEqualTo(all.at("/answers/0"));
        assertThat(second.at("/answers/0")).isEqualTo(all.at("/answers/1"));
        assertThat(client.get(path + "?threshold=high").status()).isEqualTo(400);
    }

    @Test
    void lateVoidedAndEnrichedFactsBetweenTwoReplaysAreInTheColumnsOfTheSecond() {
        List<String> lines = Histories.lines(Histories.generated(folder, LEADS, 21));
        List<String> arrived = new ArrayList<>(lines.subList(0, lines.size() / 2));
        try (Engine engine = Engine.start(folder.resolve("growing"))) {
            Client client = new Client(engine.uri());
            client.history(arrived);
            assertLikeOffline(client, arrived, "occurrence");
            JsonNode before = client.json("/v1/replays/columns");

            List<String> corrections = Histories.corrections(arrived);
            arrived.addAll(corrections);
            client.history(corrections);
            assertLikeOffline(client, arrived, "occurrence");
            JsonNode after = client.json("/v1/replays/columns");
            assertThat(after.get("logPosition").longValue())
                    .isGreaterThan(before.get("logPosition").longValue());

            List<String> rest = lines.subList(lines.size() / 2, lines.size());
            for (int part = 0; part < 12; part++) {
                List<String> some = rest.subList(rest.size() * part / 12, rest.size() * (part + 1) / 12);
                arrived.addAll(some);
                client.history(some);
                client.replay("{\"candidate\":{\"document\":%s}}".formatted(quoted(CANDIDATE)));
            }
            assertLikeOffline(client, arrived, "arrival");
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(client.json("/v1/replays/columns")
                                    .get("segments")
                                    .intValue())
                            .as("segments, after some were merged")
                            .isLessThan(10));
            assertLikeOffline(client, arrived, "occurrence");
        }
    }

    private static List<Path> files(Path data, String suffix) {
        try (Stream<Path> files = Files.list(data.resolve("columns"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flip(Path file, long place) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(place);
            int was = bytes.read();
            bytes.seek(place);
            bytes.write(was ^ 4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cut(Path file) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(bytes.length() / 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void damagedColumnsOfARestartedEngineAreToldAndMadeAnewAndSoundOnesAreTakenUp() {
        List<String> lines = Histories.lines(Histories.generated(folder, LEADS / 3, 22));
        Path data = folder.resolve("damaged");
        try (Engine engine = Engine.start(data)) {
            new Client(engine.uri()).history(lines);
            Map<String, Runnable> harms = new LinkedHashMap<>();
            harms.put("", () -> {});
            harms.put(
                    "its header is not as it was written",
                    () -> flip(files(data, ".columns").get(0), 100));
            harms.put("bytes and should have", () -> cut(files(data, ".columns").get(0)));
            harms.put(
                    "history.json: it is not as it was written", () -> flip(data.resolve("columns/history.json"), 30));
            assertLikeOffline(new Client(engine.uri()), lines, "occurrence");
            harms.forEach((message, harm) -> {
                engine.restart(harm);
                assertLikeOffline(new Client(engine.uri()), lines, "occurrence");
                assertThat(madeAnewBecause(engine))
                        .contains(message)
                        .matches(told -> told.isEmpty() == message.isEmpty());
            });

            String lost = lastEventLost(engine);
            engine.restart();
            assertLikeOffline(
                    new Client(engine.uri()),
                    lines.stream()
                            .filter(line -> !line.contains("\"" + lost + "\""))
                            .toList(),
                    "occurrence");
            assertThat(madeAnewBecause(engine)).contains("of another store");
        }
    }

    private static String madeAnewBecause(Engine engine) {
        return new Client(engine.uri())
                .json("/v1/replays/columns")
                .get("madeAnewBecause")
                .asString("");
    }

    /** As in a database that was restored from a backup; the event's id. */
    private static String lastEventLost(Engine engine) {
        return JdbcClient.create(engine.dataSource())
                .sql("DELETE FROM lifecycle.lead_event WHERE global_index = (SELECT max(global_index) FROM"
                        + " lifecycle.lead_event) RETURNING event_id")
                .query(String.class)
                .single();
    }

    @Test
    void tenReplaysAtOnceOfWhichTwoAreCancelledAreAllRightAndNoneStarves() throws InterruptedException {
        Path history = Histories.generated(folder, LEADS, 23);
        try (Engine engine = Engine.start(folder.resolve("ten"))) {
            Client client = new Client(engine.uri());
            client.history(Histories.lines(history));
            // Facts that come in meanwhile are captured later than all that is asked for.
            String until = "2026-02-01T00:00:00Z";
            JsonNode expected = offline(history, "arrival", "--to", until);
            String question = question("arrival").replaceFirst("\\{", "{\"to\":\"%s\",".formatted(until));
            assertThat(client.replay(question).at("/result/hash")).isEqualTo(expected.get("hash"));

            long end = System.nanoTime() + LOAD.toNanos();
            latencies(client, "warm", () -> System.nanoTime() < end - LOAD.toNanos() / 2);
            List<Double> alone = latencies(client, "alone", () -> System.nanoTime() < end);

            List<Double> beside = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean over = new AtomicBoolean();
            Thread load = new Thread(() -> beside.addAll(latencies(client, "beside", () -> !over.get())));
            load.start();
            long began = System.nanoTime();
            int rounds = 0;
            double slowest = 0;
            do {
                slowest = Math.max(slowest, tenReplays(client, question, expected.get("hash")));
                rounds++;
            } while (System.nanoTime() - began < LOAD.toNanos());
            over.set(true);
            load.join();
            assertThat(beside).isNotEmpty();
            System.out.println(summary("alone", alone));
            System.out.println(summary(
                    "beside %d rounds of ten replays".formatted(rounds),
                    beside.stream().sorted().toList()));
            System.out.println("slowest of ten replays against the mean of them: %.1f times".formatted(slowest));
        }
    }

    /** How many times the mean the slowest took. */
    private static double tenReplays(Client client, String question, JsonNode hash) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            // Each may have four running.
            Client.Answer asked = client.postJson("/v1/replays", question, "X-Analyst", "analyst-" + i % 3);
            assertThat(asked.status()).as(asked.body()).isEqualTo(202);
            ids.add(asked.json().get("id").stringValue());
        }
        List<Integer> cancelled = Arrays.asList(3, 9);
        for (int number : cancelled) {
            // It may be done already.
            assertThat(client.delete("/v1/replays/" + ids.get(number)).status()).isIn(200, 409);
        }
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            String id = ids.get(i);
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !List.of("queued", "running")
                            .contains(client.json("/v1/replays/" + id)
                                    .get("status")
                                    .stringValue()));
            JsonNode replay = client.json("/v1/replays/" + id);
            if (replay.get("status").stringValue().equals("done")) {
                assertThat(replay.at("/result/hash")).isEqualTo(hash);
                seconds.add(Duration.between(
                                        Instant.parse(replay.get("createdAt").stringValue()),
                                        Instant.parse(replay.get("finishedAt").stringValue()))
                                .toMillis()
                        / 1e3);
            } else {
                assertThat(replay.get("status").stringValue()).isEqualTo("cancelled");
                assertThat(cancelled).contains(i);
            }
        }
        assertThat(seconds).hasSizeGreaterThanOrEqualTo(REPLAYS - cancelled.size());
        double mean =
                seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return Collections.max(seconds) / mean;
    }

    /** Sends single events until the time is over, or until told; how long each took, in milliseconds, in order. */
    private static List<Double> latencies(Client client, String prefix, BooleanSupplier goesOn) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; goesOn.getAsBoolean(); i++) {
            String line =
                    "{\"specversion\":\"1.0\",\"id\":\"%s-%d\",\"source\":\"urn:load\",\"type\":\"io.smarketing.lead.captured.v1\",\"subject\":\"%s-%d\",\"time\":\"2026-03-01T09:00:00Z\",\"data\":{\"source\":\"web\"}}"
                            .formatted(prefix, i, prefix, i);
            long begun = System.nanoTime();
            client.events(List.of(line));
            millis.add((System.nanoTime() - begun) / (double) TimeUnit.MILLISECONDS.toNanos(1));
        }
        Collections.sort(millis);
        return millis;
    }

    private static String summary(String when, List<Double> millis) {
        return "intake %s: %d events, p50 %.1f ms, p99 %.1f ms"
                .formatted(
                        when,
                        millis.size(),
                        millis.get(millis.size() / 2),
                        millis.get(Math.min(millis.size() - 1, millis.size() * 99 / 100)));
    }
}

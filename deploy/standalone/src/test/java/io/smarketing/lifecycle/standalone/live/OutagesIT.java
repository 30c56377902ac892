package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import io.smarketing.lifecycle.standalone.serve.OutsideServers;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Database or Kafka are away, slow, full or frozen while events come in by both doors: clear answers meanwhile, nothing is lost, and
 * all goes on by itself. {@code -Doutage.seconds} says how long they are away.
 */
class OutagesIT {

    private static final int AWAY_SECONDS = Integer.getInteger("outage.seconds", 10);

    /** No answer takes longer, whatever is away. */
    private static final double LONGEST_ANSWER_SECONDS = 20;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LINES_AT_ONCE = 20;
    private static final Duration PACE = Duration.ofMillis(150);

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // JUnit calls begin first
    private static OutsideServers servers;

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @SuppressWarnings("NullAway.Init")
    private static JdbcClient jdbc;

    private static final Books BOOKS = new Books();
    private static final Map<String, Lane.Line> SENT = Collections.synchronizedMap(new LinkedHashMap<>());
    private static final List<String> STORED = new ArrayList<>();
    private static String shadow = "";
    private static int histories;

    private List<Lane> lanes = List.of();

    @BeforeAll
    static void begin() {
        servers = OutsideServers.start(folder.resolve("servers"));
        engine = Engine.on(folder.resolve("data"), servers.settings());
        client = new Client(engine.uri());
        jdbc = Books.database(servers.jdbcUrl());
        client.activate(Policies.ofTenRules());
        JsonNode saved = client.post(
                        "/v1/policies",
                        "application/yaml",
                        SharedData.exampleText("product-led.yaml").getBytes(StandardCharsets.UTF_8))
                .json();
        String name = saved.get("name").stringValue();
        String version = saved.get("version").stringValue();
        assertThat(client.postJson("/v1/policies/%s/%s/shadow".formatted(name, version), "{}")
                        .status())
                .isEqualTo(200);
        shadow = name + "@" + version;
    }

    @AfterAll
    static void end() {
        engine.close();
        servers.close();
    }

    /** Both doors are busy for about so long, and longer where they have to wait. */
    private void load(int seconds) {
        int leads = 40 * seconds;
        histories++;
        Map<String, Lane.Line> lines = new LinkedHashMap<>();
        for (String text : Histories.lines(Histories.generated(folder, leads, 100 + histories))) {
            Lane.Line line = Lane.Line.of(text.replace("\"L-", "\"H%d-".formatted(histories)));
            lines.putIfAbsent(line.name(), line);
        }
        SENT.putAll(lines);
        List<List<Lane.Line>> split = Lane.split(List.copyOf(lines.values()), 3);
        lanes = List.of(
                Lane.overHttp(split.get(0), LINES_AT_ONCE, PACE),
                Lane.overHttp(split.get(1), LINES_AT_ONCE, PACE),
                Lane.overTheTopic(split.get(2), LINES_AT_ONCE, PACE));
        lanes.forEach(lane -> lane.begin(engine.uri(), servers.bootstrapServers()));
        await().atMost(PATIENCE).until(() -> lanes.stream().allMatch(lane -> lane.done() > 2 * LINES_AT_ONCE));
    }

    /** Nothing is lost, whatever has happened. */
    @AfterEach
    void everythingIsThere() {
        lanes.forEach(Lane::join);
        STORED.addAll(BOOKS.settle(client, jdbc, servers.bootstrapServers(), SENT.keySet()));
        assertThat(client.json("/v1/intake").at("/doors/1/deadLetters").longValue())
                .as("dead letters")
                .isZero();
        Path stored = Histories.write(
                folder.resolve("stored.jsonl"),
                STORED.stream().map(OutagesIT::text).toList());
        Path ten = Histories.write(folder.resolve("ten.yaml"), List.of(Policies.ofTenRules()));
        Path other = Histories.write(folder.resolve("other.yaml"), List.of(SharedData.exampleText("product-led.yaml")));
        assertShows("", Histories.offlineRows(stored, "source", "--policy", ten, "--order", "arrival"));
        assertShows(
                "&policy=" + shadow, Histories.offlineRows(stored, "source", "--policy", other, "--order", "arrival"));
        JsonNode audit = client.replay("{\"audit\":true}").get("result");
        assertThat(audit.get("mismatches").size())
                .as(audit.get("mismatches").toString())
                .isZero();
    }

    /** As it was sent; a decision was not sent as an event. */
    private static String text(String name) {
        Lane.Line line = SENT.get(name);
        return line == null ? Books.stored(jdbc, name) : line.text();
    }

    private static void assertShows(String policy, JsonNode expected) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .untilAsserted(() -> FunnelRows.assertSame(
                        client.json("/v1/funnel?dimension=source" + policy).get("rows"), expected, "source" + policy));
    }

    private record Timed(int status, double seconds, String retryAfter) {}

    private static Timed timed(String path, String body) {
        long begun = System.nanoTime();
        Client.Answer answer = body.isEmpty() ? client.get(path) : client.postJson(path, body);
        return new Timed(answer.status(), seconds(begun), answer.retryAfter());
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static String capture(String id) {
        return """
                {"specversion":"1.0","id":"%s","source":"urn:probe","type":"io.smarketing.lead.captured.v1","subject":"P-%s",\
                "time":"2026-03-01T09:00:00Z","data":{"source":"web"}}""".formatted(id, id);
    }

    /** Takes one event in, which the books then know, too. */
    private static Timed probe(String id) {
        Lane.Line line = Lane.Line.of(capture(id));
        SENT.put(line.name(), line);
        return timed("/v1/events", line.text());
    }

    /** All of them, asked at once, answer soon that they cannot answer now. */
    private static void assertAway(List<Callable<Timed>> questions) throws Exception {
        ExecutorService askers = Executors.newFixedThreadPool(questions.size());
        try {
            for (Future<Timed> future : askers.invokeAll(questions)) {
                Timed answer = future.get();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(Integer.parseInt(answer.retryAfter()))
                        .as("Retry-After")
                        .isPositive();
                assertThat(answer.seconds()).as("seconds to the answer").isLessThan(LONGEST_ANSWER_SECONDS);
            }
        } finally {
            askers.shutdown();
        }
    }

    private static boolean isReady() {
        try {
            return client.get("/actuator/health/readiness").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How long until everything that was taken by now is in store and funnel, and the relay keeps up with what goes on coming in. */
    private double secondsToCatchUp(long since) {
        Set<String> taken = new HashSet<>();
        lanes.forEach(lane -> taken.addAll(lane.acknowledged()));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Books.missing(jdbc, taken).isEmpty());
        long leads = jdbc.sql("SELECT count(*) FROM lifecycle.lead_event WHERE sequence = 0")
                .query(Long.class)
                .single();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> client.json("/v1/funnel?dimension=all")
                                .at("/rows/0/stages/0/ever")
                                .asLong(0)
                        >= leads);
        return seconds(since);
    }

    @Test
    void postgresqlIsAwayForAWhile() throws Exception {
        load(AWAY_SECONDS);
        servers.stopPostgres();
        long away = System.nanoTime();
        assertAway(List.of(
                () -> probe("away-1"),
                () -> timed("/v1/leads/P-nobody/accept", "{}"),
                () -> timed("/v1/leads/P-nobody", ""),
                () -> timed("/v1/intake", "")));
        assertThat(isReady()).isFalse();
        assertThat(client.get("/actuator/health/liveness").status()).isEqualTo(200);
        while (seconds(away) < AWAY_SECONDS) {
            assertAway(List.of(() -> probe("away-2")));
        }
        servers.startPostgres();
        long back = System.nanoTime();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> probe("away-1").status() == 200);
        double answering = seconds(back);
        // Another lead's, perhaps with a thread that still waits for a connection it asked for before.
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> probe("away-2").status() == 200);
        await().atMost(PATIENCE).until(OutagesIT::isReady);
        System.out.printf(
                "PostgreSQL was away for %.0f s: events are taken again after %.1f s, all has caught up after %.1f s%n",
                seconds(away) - seconds(back), answering, secondsToCatchUp(back));
    }

    @Test
    void kafkaIsAwayForAWhile() throws Exception {
        load(AWAY_SECONDS);
        assertThat(probe("worked").status()).isEqualTo(200);
        servers.stopKafka();
        long away = System.nanoTime();
        assertThat(probe("kafka-away").status()).isEqualTo(200);
        Timed accepted = timed("/v1/leads/P-kafka-away/accept", "{\"by\":\"ann\"}");
        assertThat(accepted.status()).isEqualTo(200);
        assertThat(accepted.seconds()).isLessThan(5);
        assertThat(isReady()).isTrue();
        assertThat(client.get("/actuator/health")
                        .json()
                        .at("/components/kafka/status")
                        .stringValue())
                .isEqualTo("DOWN");
        assertAway(List.of(
                () -> timed("/v1/dead-letters", ""),
                () -> timed("/v1/dead-letters/redrive", "{\"code\":\"unknown-lead\"}")));
        while (seconds(away) < AWAY_SECONDS) {
            assertThat(probe("kafka-away").status()).isEqualTo(200);
            pause(500);
        }
        servers.startKafka();
        long back = System.nanoTime();
        int done = lanes.get(2).done();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> lanes.get(2).done() > done);
        double answering = seconds(back);
        System.out.printf(
                "Kafka was away for %.0f s: the topic is written again after %.1f s, all has caught up after %.1f s%n",
                seconds(away) - seconds(back), answering, secondsToCatchUp(back));
        assertThat(client.get("/actuator/health")
                        .json()
                        .at("/components/kafka/status")
                        .stringValue())
                .isEqualTo("UP");
        assertThat(client.get("/v1/dead-letters").status()).isEqualTo(200);
    }

    @Test
    void postgresqlIsSlowForAWhile() throws Exception {
        load(5);
        Timed waited;
        try (Connection other = DriverManager.getConnection(servers.jdbcUrl(), "lifecycle", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE lifecycle.lead_event IN SHARE MODE");
            CompletableFuture<Timed> answer = CompletableFuture.supplyAsync(() -> probe("slow"));
            pause(4_000);
            assertThat(answer).isNotDone();
            assertThat(isReady()).as("ready: it answers").isTrue();
            other.rollback();
            waited = answer.join();
        }
        assertThat(waited.status()).isEqualTo(200);
        assertThat(waited.seconds()).isBetween(3.5, 10.0);
    }

    @Test
    void aLockThatIsHeldForLongIsToldAndWhatIsSentAgainIsTakenOnce() throws Exception {
        load(5);
        try (Connection other = DriverManager.getConnection(servers.jdbcUrl(), "lifecycle", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE lifecycle.lead_event IN SHARE MODE");
            assertAway(List.of(() -> probe("locked")));
            other.rollback();
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> probe("locked").status() == 200);
    }

    @Test
    void postgresqlIsFullForAWhile() throws Exception {
        load(5);
        // Of a lead of the load nobody knows what may be decided.
        assertThat(probe("decided").status()).isEqualTo(200);
        jdbc.sql("""
                        CREATE FUNCTION public.no_space() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$""").update();
        jdbc.sql("CREATE TRIGGER no_space BEFORE INSERT ON lifecycle.lead_event EXECUTE FUNCTION public.no_space()")
                .update();
        try {
            assertAway(List.of(() -> probe("full"), () -> timed("/v1/leads/P-decided/contact", "{}")));
            pause(3_000);
            assertAway(List.of(() -> probe("full")));
        } finally {
            jdbc.sql("DROP TRIGGER no_space ON lifecycle.lead_event").update();
            jdbc.sql("DROP FUNCTION public.no_space").update();
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> probe("full").status() == 200);
    }

    /** It takes connections and says nothing: worse than being away. */
    @Test
    void postgresqlIsFrozenForAWhile() throws Exception {
        load(5);
        servers.freezePostgres();
        long frozen = System.nanoTime();
        try {
            assertAway(List.of(() -> probe("frozen"), () -> timed("/v1/leads/P-nobody", "")));
            assertThat(isReady()).isFalse();
        } finally {
            servers.thawPostgres();
        }
        double seconds = seconds(frozen);
        long back = System.nanoTime();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> probe("frozen").status() == 200);
        double answering = seconds(back);
        System.out.printf(
                "PostgreSQL was frozen for %.0f s: events are taken again after %.1f s, all has caught up after %.1f s%n",
                seconds, answering, secondsToCatchUp(back));
    }
}

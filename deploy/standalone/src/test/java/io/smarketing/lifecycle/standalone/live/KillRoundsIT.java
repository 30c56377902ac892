package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.EngineProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Engine, broker and database are killed at random moments while events come in by both doors; whatever was acknowledged is there once, in
 * order, in the store, in the topic and in the funnel. {@code -Dkill.rounds} says how often, {@code -Dkill.seed} by which dice.
 */
class KillRoundsIT {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 5);
    private static final long SEED = Long.getLong("kill.seed", 1);
    private static final int LEADS = 250;
    private static final int FUNNEL_EVERY = 5;
    private static final int STOPPED_BY_SIGTERM = 143;

    @TempDir
    private Path folder = Path.of("");

    private enum Blow {
        /** The process with API, projections and broker. */
        ENGINE,
        /** Its PostgreSQL alone, which it has to start again. */
        POSTGRES,
        BOTH,
        /** The engine, and the next one before it is up. */
        ENGINE_TWICE,
        /** No kill: SIGTERM, which drains. */
        STOP;

        boolean endsTheEngine() {
            return this != POSTGRES;
        }
    }

    private final Books books = new Books();
    private final Random random = new Random(SEED);
    private final List<Blow> deck = new ArrayList<>();

    private Blow draw() {
        if (deck.isEmpty()) {
            deck.addAll(List.of(Blow.values()));
            Collections.shuffle(deck, random);
        }
        return deck.remove(deck.size() - 1);
    }

    @Test
    void whateverIsKilledWhatWasAcknowledgedIsThereOnceAndInOrder() {
        Path data = folder.resolve("data");
        Path stored = Histories.write(folder.resolve("stored.jsonl"), List.of());
        EngineProcess engine = EngineProcess.start(data);
        try {
            new Client(engine.uri()).activate(Policies.ofTenRules());
            for (int round = 1; round <= ROUNDS; round++) {
                Blow blow = draw();
                String told = "round %d of %d (seed %d): %s".formatted(round, ROUNDS, SEED, blow);
                try {
                    engine = play(round, blow, told, engine, data, stored);
                    if (round % FUNNEL_EVERY == 0 || round == ROUNDS) {
                        assertFunnelIsTheFoldOfWhatIsStored(engine, stored);
                    }
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(told + "; the engine said:\n" + engine.errors(), e);
                }
            }
            JsonNode audit = new Client(engine.uri()).replay("{\"audit\":true}").get("result");
            assertThat(audit.get("mismatches").size())
                    .as(audit.get("mismatches").toString())
                    .isZero();
            assertThat(audit.get("verdicts").intValue()).isPositive();
        } finally {
            engine.close();
        }
    }

    /** The engine that runs after it. */
    private EngineProcess play(int round, Blow blow, String told, EngineProcess engine, Path data, Path stored) {
        long begun = System.nanoTime();
        Map<String, Lane.Line> lines = lines(round);
        List<Lane> lanes = lanes(List.copyOf(lines.values()));
        lanes.forEach(lane -> lane.begin(engine.uri(), engine.bootstrapServers()));
        int moment = random.nextInt(lines.size() * 9 / 10);
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> lanes.stream().mapToInt(Lane::done).sum() >= moment);
        pause(random.nextInt(100));

        long struck = System.nanoTime();
        EngineProcess after = strike(blow, engine, lanes, data);
        if (blow.endsTheEngine()) {
            Set<String> acknowledged = acknowledgedOverHttp(lanes);
            assertThat(Books.missing(Books.database(after.jdbcUrl()), acknowledged))
                    .as("acknowledged over HTTP before the blow")
                    .isEmpty();
            lanes.forEach(lane -> lane.begin(after.uri(), after.bootstrapServers()));
        } else {
            int done = lanes.get(0).done();
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> lanes.get(0).done() > done || lanes.get(0).done() == lines.size());
        }
        double back = seconds(struck);
        lanes.forEach(Lane::join);
        Set<String> acknowledged = new HashSet<>();
        lanes.forEach(lane -> acknowledged.addAll(lane.acknowledged()));
        assertThat(acknowledged).isEqualTo(lines.keySet());

        Client client = new Client(after.uri());
        JdbcClient jdbc = Books.database(after.jdbcUrl());
        List<String> facts = books.settle(client, jdbc, after.bootstrapServers(), lines.keySet());
        append(stored, facts.stream().map(name -> line(lines, name)).toList());
        System.out.printf(
                "%s after %,d of %,d events, answering again after %.1f s, whole round %.1f s%n",
                told, moment, lines.size(), back, seconds(begun));
        engine.errors()
                .lines()
                .filter(line -> line.contains("that nobody ends any more"))
                .forEach(System.out::println);
        return after;
    }

    private EngineProcess strike(Blow blow, EngineProcess engine, List<Lane> lanes, Path data) {
        switch (blow) {
            case POSTGRES -> {
                engine.killPostgres();
                return engine;
            }
            case BOTH -> {
                engine.killPostgres();
                engine.kill9();
            }
            case ENGINE, ENGINE_TWICE -> engine.kill9();
            case STOP -> {
                long begun = System.nanoTime();
                assertThat(engine.stop()).isEqualTo(STOPPED_BY_SIGTERM);
                assertThat(seconds(begun)).as("seconds of a stop").isLessThan(30);
                System.out.printf("stopped in %.1f s%n", seconds(begun));
            }
        }
        lanes.forEach(Lane::end);
        if (blow == Blow.ENGINE_TWICE) {
            EngineProcess.startAndKill(data, Duration.ofMillis(300 + random.nextInt(9_000)));
        }
        return EngineProcess.start(data);
    }

    /** A history of its own; some leads by the topic, some over HTTP, and every tenth lead by both. */
    private Map<String, Lane.Line> lines(int round) {
        Path history = Histories.generated(folder, LEADS, (int) (SEED * 1_000 + round));
        Map<String, Lane.Line> lines = new LinkedHashMap<>();
        for (String text : Histories.lines(history)) {
            Lane.Line line = Lane.Line.of(text.replace("\"L-", "\"R%d-".formatted(round)));
            lines.putIfAbsent(line.name(), line);
        }
        return lines;
    }

    private static List<Lane> lanes(List<Lane.Line> lines) {
        List<Lane.Line> http = new ArrayList<>();
        List<Lane.Line> topic = new ArrayList<>();
        for (Lane.Line line : lines) {
            boolean byBoth = Math.floorMod(line.lead().hashCode(), 10) == 0;
            int dice = byBoth ? line.name().hashCode() : line.lead().hashCode() / 10;
            (dice % 2 == 0 ? http : topic).add(line);
        }
        List<Lane> lanes = new ArrayList<>();
        Lane.split(http, 2).forEach(some -> lanes.add(Lane.overHttp(some, 50, Duration.ZERO)));
        // Faster than it is read, so that a blow meets the intake at work.
        lanes.add(Lane.overTheTopic(topic, 200, Duration.ZERO));
        return lanes;
    }

    private static Set<String> acknowledgedOverHttp(List<Lane> lanes) {
        Set<String> acknowledged = new HashSet<>(lanes.get(0).acknowledged());
        acknowledged.addAll(lanes.get(1).acknowledged());
        return acknowledged;
    }

    private static String line(Map<String, Lane.Line> lines, String name) {
        Lane.Line line = lines.get(name);
        assertThat(line).as("%s was sent in this round", name).isNotNull();
        return line.text();
    }

    private static void append(Path file, List<String> lines) {
        try {
            Files.write(file, lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertFunnelIsTheFoldOfWhatIsStored(EngineProcess engine, Path stored) {
        Path policy = Histories.write(folder.resolve("policy.yaml"), List.of(Policies.ofTenRules()));
        Client client = new Client(engine.uri());
        for (String dimension : List.of("all", "source")) {
            JsonNode expected = Histories.offlineRows(stored, dimension, "--policy", policy, "--order", "arrival");
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> FunnelRows.assertSame(
                            client.json("/v1/funnel?dimension=" + dimension).get("rows"), expected, dimension));
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

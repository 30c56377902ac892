package io.smarketing.lifecycle.standalone.bench;

import io.micrometer.core.instrument.MeterRegistry;
import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.standalone.bench.AxonPeer.Setting;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How fast the relay catches up, and what it does when numbers are missing. Exit codes: 0 nothing wrong, 1 lost, out of order, twice or too slow. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        description = {
            "Times the relay from the store to Kafka.",
            "Carries the same stored events to Kafka by the engine's relay and by Axon's pooled",
            "streaming processor, in turn, and compares what arrived with the store; then again",
            "while transactions are rolled back, numbers burnt and one transaction held open",
            "across 20,000 later rows."
        },
        footer = {"", "Try it:", "  lifecycle bench relay --leads 15000"})
public final class RelayBench implements Callable<Integer> {

    private static final String EVENTS = Topic.LEAD_EVENTS.topicName();
    private static final String POSITION = "lifecycle.relay-position";
    private static final String PEERS = "bench.peer";
    private static final String BARE = "bench.bare";
    private static final List<Integer> BATCH_SIZES = List.of(100, 250, 500, 1_000, 2_000, 5_000);
    private static final int PARTITIONS = 4;
    private static final int PAGE = 4_000;
    private static final double WANTED = 2;

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "12000",
            description = "Generated leads (${DEFAULT-VALUE}).")
    private int leads;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** What was measured. */
    private record Figures(
            long events,
            long bytes,
            Map<Setting, Double> tried,
            Setting best,
            List<Double> relay,
            List<Double> peer,
            List<Double> select,
            List<Double> producer,
            Delivery carried,
            Delivery hardTimes,
            Delivery hardTimesPeer,
            long longestWriteMillis) {

        double ratio() {
            return Workbench.median(relay) / Workbench.median(peer);
        }

        boolean isGood() {
            return carried.isFaultless() && hardTimes.isFaultless() && ratio() >= WANTED;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Console console = Console.of(spec);
        try (Workbench workbench = Workbench.open(console)) {
            Figures figures = measure(workbench);
            console.out().println(json ? json(figures).toString() : text(figures));
            console.out().flush();
            return figures.isGood() ? 0 : 1;
        }
    }

    private Figures measure(Workbench workbench) throws IOException, InterruptedException, SQLException {
        Stream.of("funnelStreams", "tableWriter", "shadows", "relay")
                .forEach(part -> workbench.part(part).stop());
        workbench.tell("storing the events of %,d leads, judged by ten rules …".formatted(leads));
        workbench.store(leads, 1);
        workbench.part("kafkaIntake").stop();
        workbench.jdbc().sql("VACUUM ANALYZE lifecycle.lead_event").update();
        long events = count(workbench);
        long bytes = workbench
                .jdbc()
                .sql("SELECT sum(octet_length(payload)) FROM lifecycle.lead_event")
                .query(Long.class)
                .single();
        // Once each, so that none is measured while the JVM has not seen its code.
        relay(workbench, events);
        Map<Setting, Double> tried = tryPeers(workbench, events);
        Setting best = tried.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        List<Double> relay = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        List<Double> select = new ArrayList<>();
        List<Double> producer = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            relay.add(relay(workbench, events));
            peer.add(peer(workbench, best, events));
            select.add(select(workbench));
            producer.add(producer(workbench));
            workbench.tell("round %d: relay %s/s, Axon %s/s, plain SELECT %s/s, bare producer %s/s"
                    .formatted(
                            round,
                            Workbench.rate(relay.get(round - 1)),
                            Workbench.rate(peer.get(round - 1)),
                            Workbench.rate(select.get(round - 1)),
                            Workbench.rate(producer.get(round - 1))));
        }
        Delivery carried = Delivery.of(workbench, EVENTS);
        return hardTimes(
                workbench,
                new Figures(events, bytes, tried, best, relay, peer, select, producer, carried, carried, carried, 0));
    }

    private static long count(Workbench workbench) {
        return workbench
                .jdbc()
                .sql("SELECT count(*) FROM lifecycle.lead_event")
                .query(Long.class)
                .single();
    }

    private Map<Setting, Double> tryPeers(Workbench workbench, long events) {
        Map<Setting, Double> tried = new LinkedHashMap<>();
        long part = Math.min(events, 40_000);
        for (int segments = 1; segments <= 2; segments++) {
            for (int batchSize : BATCH_SIZES) {
                Setting setting = new Setting(batchSize, segments);
                tried.put(setting, peer(workbench, setting, part));
                workbench.tell("Axon, %s: %s/s".formatted(setting, Workbench.rate(tried.get(setting))));
            }
        }
        return tried;
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) 1);
    }

    /** From an empty topic on. */
    private static double relay(Workbench workbench, long events) {
        SmartLifecycle relay = workbench.part("relay");
        workbench.deleteTopics(List.of(EVENTS, POSITION));
        workbench.makeTopics(List.of(
                topic(EVENTS).configs(Map.of("retention.ms", "-1")),
                new NewTopic(POSITION, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))));
        relay.start();
        try {
            return Stretch.pace(() -> relayed(workbench), events);
        } finally {
            relay.stop();
        }
    }

    private static long relayed(Workbench workbench) {
        return (long) workbench
                .bean(MeterRegistry.class)
                .get("lifecycle.relay.events")
                .functionCounter()
                .count();
    }

    private static double peer(Workbench workbench, Setting setting, long events) {
        workbench.makeTopics(List.of(topic(PEERS)));
        try (AxonPeer peer = new AxonPeer(workbench, PEERS, setting)) {
            peer.start();
            return Stretch.pace(peer::carried, events);
        } finally {
            workbench.deleteTopics(List.of(PEERS));
        }
    }

    /** What reading alone could do. */
    private static double select(Workbench workbench) {
        long begun = System.nanoTime();
        long rows = 0;
        long[] last = {0};
        while (true) {
            int read = workbench
                    .jdbc()
                    .sql("SELECT global_index, lead_id, sequence, payload FROM lifecycle.lead_event"
                            + " WHERE global_index > ? ORDER BY global_index LIMIT ?")
                    .params(last[0], PAGE)
                    .query((row, number) -> {
                        last[0] = row.getLong(1);
                        return row.getBytes(4);
                    })
                    .list()
                    .size();
            if (read == 0) {
                return rows * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
            }
            rows += read;
        }
    }

    /** What Kafka alone would take: the records of the topic as they are, with the relay's settings. */
    private static double producer(Workbench workbench) {
        List<ProducerRecord<byte[], byte[]>> letters = new ArrayList<>();
        Delivery.read(
                workbench,
                EVENTS,
                entry -> letters.add(new ProducerRecord<>(BARE, null, entry.key(), entry.value(), entry.headers())));
        workbench.makeTopics(List.of(topic(BARE)));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(workbench.bean(KafkaSettings.class).transactionalProducer("bench-bare"))) {
            producer.initTransactions();
            long begun = System.nanoTime();
            for (int from = 0; from < letters.size(); from += PAGE) {
                producer.beginTransaction();
                for (var letter : letters.subList(from, Math.min(letters.size(), from + PAGE))) {
                    // The commit tells whether it went.
                    var unused = producer.send(letter);
                }
                producer.commitTransaction();
            }
            return letters.size() * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
        } finally {
            workbench.deleteTopics(List.of(BARE));
        }
    }

    private static Figures hardTimes(Workbench workbench, Figures figures) throws SQLException, InterruptedException {
        workbench.tell("writing with gaps, rollbacks and a transaction held open …");
        workbench.makeTopics(List.of(topic(PEERS)));
        SmartLifecycle relay = workbench.part("relay");
        long longest;
        try (AxonPeer peer = new AxonPeer(workbench, PEERS, figures.best())) {
            peer.start();
            relay.start();
            Workbench.await("the peer", () -> peer.carried() >= figures.events());
            long before = relayed(workbench);
            longest = new HardTimes(workbench.bean(DataSource.class)).befall();
            long all = count(workbench);
            Workbench.await("the relay", () -> relayed(workbench) - before >= all - figures.events());
            // A peer that has lost something does not come to an end.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            Workbench.await("the peer", () -> peer.carried() >= all || System.nanoTime() > end);
        } finally {
            relay.stop();
        }
        return new Figures(
                figures.events(),
                figures.bytes(),
                figures.tried(),
                figures.best(),
                figures.relay(),
                figures.peer(),
                figures.select(),
                figures.producer(),
                figures.carried(),
                Delivery.of(workbench, EVENTS),
                Delivery.of(workbench, PEERS),
                longest);
    }

    private static String text(Figures figures) {
        Table rates = new Table().row("catching up", "events/s", "rounds");
        rates.row("the relay", Workbench.rate(Workbench.median(figures.relay())), list(figures.relay()));
        rates.row(
                "Axon pooled, " + figures.best(),
                Workbench.rate(Workbench.median(figures.peer())),
                list(figures.peer()));
        rates.row("plain SELECT, no Kafka", Workbench.rate(Workbench.median(figures.select())), list(figures.select()));
        rates.row(
                "bare producer, no store",
                Workbench.rate(Workbench.median(figures.producer())),
                list(figures.producer()));
        Table deliveries = new Table().row("arrived", "stored", "lost", "out of order", "twice", "strange");
        row(deliveries, "the relay, catching up", figures.carried());
        row(deliveries, "the relay, in hard times", figures.hardTimes());
        row(deliveries, "Axon, in hard times", figures.hardTimesPeer());
        return "%s%n%,d events of %,d bytes on average, judged by ten rules%n%n%s%n%s%n%s"
                .formatted(
                        Workbench.machine(),
                        figures.events(),
                        figures.bytes() / figures.events(),
                        rates.render(),
                        deliveries.render(),
                        String.format(
                                Locale.ROOT,
                                "  %.2f times as fast as Axon at its best (%.1f wanted); while a transaction was held open across %,d rows the"
                                        + " slowest of the others took %,d ms",
                                figures.ratio(),
                                WANTED,
                                HardTimes.LATER_ROWS,
                                figures.longestWriteMillis()));
    }

    private static String list(List<Double> rates) {
        return String.join("  ", rates.stream().map(Workbench::rate).toList());
    }

    private static void row(Table table, String what, Delivery delivery) {
        table.row(
                what,
                "%,d".formatted(delivery.stored()),
                delivery.lost(),
                delivery.outOfOrder(),
                delivery.duplicates(),
                delivery.strange());
    }

    private static ObjectNode json(Figures figures) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("machine", Workbench.machine()).put("events", figures.events()).put("bytes", figures.bytes());
        ObjectNode tried = node.putObject("axonTried");
        figures.tried().forEach((setting, rate) -> tried.put(setting.toString(), Math.round(rate)));
        node.put("axonBest", figures.best().toString());
        put(node, "relay", figures.relay());
        put(node, "axon", figures.peer());
        put(node, "select", figures.select());
        put(node, "producer", figures.producer());
        node.put("ratio", figures.ratio()).put("wanted", WANTED);
        node.set("catchingUp", figures.carried().json());
        node.set("hardTimes", figures.hardTimes().json());
        node.set("hardTimesAxon", figures.hardTimesPeer().json());
        return node.put("longestWriteMillis", figures.longestWriteMillis()).put("good", figures.isGood());
    }

    private static void put(ObjectNode node, String name, List<Double> rates) {
        ObjectNode of = node.putObject(name);
        of.put("median", Math.round(Workbench.median(rates)));
        rates.forEach(rate -> of.withArray("rounds").add(Math.round(rate)));
    }
}

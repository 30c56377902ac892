package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.api.KafkaSettings;
import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.send.Subjects;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The whole way of events: how many go it, how long one takes, and what it costs. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        description = {
            "Times the whole way of an event, from intake to funnel.",
            "Sends generated leads to lead.intake and watches them come out of funnel.stages,",
            "everything in this process: broker, database, writers, relay, projections and the",
            "sender. First as fast as it goes, then at a steady pace, when one event's way is timed."
        },
        footer = {"", "Try it:", "  lifecycle bench pipeline --leads 4000 --seconds 20"})
public final class PipelineBench implements Callable<Integer> {

    /** So many that every partition on the way has some. */
    private static final int LAST_PROBES = 128;

    private static final int EVENTS_PER_PROBE = 20;
    private static final String PROBE = "probe-";
    private static final String CAPTURED = """
            {"specversion":"1.0","id":"%s","source":"urn:bench","type":"io.smarketing.lead.captured.v1","subject":"%s",\
            "time":"2026-03-01T09:00:00Z","data":{"source":"%s","attributes":{"employees":50}}}""";

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "6000",
            description = "Generated leads of each measured flood (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--floods",
            paramLabel = "N",
            defaultValue = "3",
            description = "Floods that count (${DEFAULT-VALUE}).")
    private int floods;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Events offered a second when one's way is timed (${DEFAULT-VALUE}).")
    private int perSecond;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "For how long (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "30",
            description = "Seconds before them that do not count (${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** One flood: when the last event was written, carried and counted, in seconds behind the first that was sent. */
    private record Flood(int events, double written, double carried, double counted) {

        double perSecond() {
            return events / counted;
        }
    }

    /** Milliseconds of an event's way. */
    private record Way(int probes, double p50, double p90, double p99, double longest) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console = Console.of(spec);
        try (Workbench workbench = Workbench.open(console);
                StageRows rows = StageRows.watch(workbench, PROBE);
                KafkaProducer<byte[], byte[]> producer = producer(workbench)) {
            List<Flood> measured = new ArrayList<>();
            Costs costs = Costs.begin(workbench.postgres());
            for (int flood = 0; flood <= floods; flood++) {
                List<byte[]> events = events(leads, flood + 1);
                if (flood == 1) {
                    costs = Costs.begin(workbench.postgres());
                }
                Flood done = flood(workbench, rows, producer, events, PROBE + "flood-" + flood + "-");
                workbench.tell(
                        "flood %d%s: %,d events, %s/s to funnel.stages (written after %.1f s, carried %.1f, counted %.1f)"
                                .formatted(
                                        flood,
                                        flood == 0 ? " (warms up)" : "",
                                        done.events(),
                                        Workbench.rate(done.perSecond()),
                                        done.written(),
                                        done.carried(),
                                        done.counted()));
                if (flood > 0) {
                    measured.add(done);
                }
            }
            Map<String, Double> shares = costs.microsPerEvent(
                    measured.stream().mapToInt(Flood::events).sum());
            Way way = way(workbench, rows, producer);
            report(console, measured, shares, way);
            return 0;
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Workbench workbench) {
        Map<String, Object> settings = workbench.bean(KafkaSettings.class).producer("bench");
        // As emitters are told to.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return new KafkaProducer<>(settings);
    }

    private static List<byte[]> events(int leads, long seed) throws IOException {
        List<byte[]> events = new ArrayList<>();
        GeneratedLeads.tell(leads, seed, Workbench.DAY_AFTER_HISTORY, events::add);
        return events;
    }

    private static ProducerRecord<byte[], byte[]> letter(Subjects subjects, byte[] event) {
        return new ProducerRecord<>(
                Topic.LEAD_INTAKE.topicName(),
                Objects.requireNonNull(subjects.of(event)).getBytes(StandardCharsets.UTF_8),
                event);
    }

    /** The last events are probes: when their rows are there, those of all events before them are. */
    private static Flood flood(
            Workbench workbench,
            StageRows rows,
            KafkaProducer<byte[], byte[]> producer,
            List<byte[]> flood,
            String lastOnes) {
        List<String> probes =
                IntStream.range(0, LAST_PROBES).mapToObj(i -> lastOnes + i).toList();
        List<byte[]> events = new ArrayList<>(flood);
        probes.forEach(name -> events.add(probe(name)));
        Subjects subjects = new Subjects();
        List<ProducerRecord<byte[], byte[]>> letters =
                events.stream().map(event -> letter(subjects, event)).toList();
        long before = workbench.taken();
        long begun = System.nanoTime();
        // The intake's tally tells whether they came.
        letters.forEach(letter -> {
            var unused = producer.send(letter);
        });
        producer.flush();
        Workbench.await("the intake", () -> workbench.taken() - before >= events.size());
        long written = System.nanoTime();
        Workbench.await("the relay", () -> workbench.relayLag() == 0);
        long carried = System.nanoTime();
        Workbench.await("the rows", () -> probes.stream().allMatch(rows::hasSeen));
        long counted = probes.stream().mapToLong(rows::seenAt).max().orElseThrow();
        return new Flood(events.size(), seconds(begun, written), seconds(begun, carried), seconds(begun, counted));
    }

    private static byte[] probe(String name) {
        return CAPTURED.formatted(name, name, name).getBytes(StandardCharsets.UTF_8);
    }

    private static double seconds(long from, long to) {
        return (to - from) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** A probe is the capture of a lead whose source nobody else has: its row tells when it has come through. */
    private Way way(Workbench workbench, StageRows rows, KafkaProducer<byte[], byte[]> producer) throws IOException {
        int all = (warmUp + seconds) * perSecond;
        workbench.tell("%,d events a second for %d s …".formatted(perSecond, warmUp + seconds));
        List<byte[]> events = events(all / 8, 1_000);
        Subjects subjects = new Subjects();
        long[] sentAt = new long[all / EVENTS_PER_PROBE + 1];
        long begun = System.nanoTime();
        for (int i = 0; i < all; i++) {
            long due = begun + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            byte[] event = events.get(i % events.size());
            if (i % EVENTS_PER_PROBE == 0) {
                String name = PROBE + i / EVENTS_PER_PROBE;
                event = probe(name);
                sentAt[i / EVENTS_PER_PROBE] = System.nanoTime();
            }
            var unused = producer.send(letter(subjects, event));
        }
        int first = warmUp * perSecond / EVENTS_PER_PROBE;
        int probes = all / EVENTS_PER_PROBE;
        Workbench.await("the probes", () -> IntStream.range(0, probes).allMatch(probe -> rows.hasSeen(PROBE + probe)));
        double[] millis = new double[probes - first];
        for (int probe = first; probe < probes; probe++) {
            millis[probe - first] = (rows.seenAt(PROBE + probe) - sentAt[probe]) / 1e6;
        }
        Arrays.sort(millis);
        return new Way(
                millis.length,
                percentile(millis, 0.5),
                percentile(millis, 0.9),
                percentile(millis, 0.99),
                millis[millis.length - 1]);
    }

    /** Nearest rank. */
    private static double percentile(double[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private void report(Console console, List<Flood> measured, Map<String, Double> shares, Way way) {
        double rate = Workbench.median(measured.stream().map(Flood::perSecond).toList());
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        if (json) {
            ObjectNode answer = JsonMapper.shared().createObjectNode();
            answer.put("machine", Workbench.machine()).put("eventsPerSecond", rate);
            answer.putObject("wayMillis")
                    .put("perSecond", perSecond)
                    .put("probes", way.probes())
                    .put("p50", way.p50())
                    .put("p90", way.p90())
                    .put("p99", way.p99())
                    .put("max", way.longest());
            ObjectNode costs = answer.putObject("cpuMicrosPerEvent");
            shares.forEach(costs::put);
            console.out().println(answer);
        } else {
            Table table = new Table().row("processor time", "µs an event", "share");
            shares.forEach((part, micros) -> table.row(
                    part,
                    String.format(Locale.ROOT, "%.1f", micros),
                    String.format(Locale.ROOT, "%.0f %%", 100 * micros / sum)));
            table.row("all", String.format(Locale.ROOT, "%.1f", sum), "100 %");
            int cores = Runtime.getRuntime().availableProcessors();
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s%n%nsustained, lead.intake to funnel.stages: %s events/s (median of %d)%n"
                                    + "%d cores could do %s/s if nothing ever waited%n%n%s%n"
                                    + "one event's way at %,d/s: p50 %.0f ms, p90 %.0f ms, p99 %.0f ms, longest %.0f ms (%,d probes)%n",
                            Workbench.machine(),
                            Workbench.rate(rate),
                            measured.size(),
                            cores,
                            Workbench.rate(cores * 1e6 / sum),
                            table.render(),
                            perSecond,
                            way.p50(),
                            way.p90(),
                            way.p99(),
                            way.longest(),
                            way.probes());
        }
        console.out().flush();
    }
}

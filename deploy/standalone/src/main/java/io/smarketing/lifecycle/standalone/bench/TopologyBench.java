package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.projections.topology.FunnelStreams;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The topologies alone: events a second from {@code lead.events} to all rows, what they keep, and how soon they are back. */
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        description = {
            "Times the projections' topologies.",
            "Fills lead.events with generated leads and verdicts, and lets the topologies make all rows of it,",
            "exactly once, broker in this process: from an empty state in a cold JVM, again in a warm one, and",
            "after restarts. Beside them, in turn, a plain consumer that folds the same into PostgreSQL."
        },
        footer = {"", "Try it:", "  lifecycle bench topology --leads 100000 --rounds 3"})
public final class TopologyBench implements Callable<Integer> {

    private static final String PROBE = "probe-";
    /** So many that every partition on the way has some. */
    private static final int PROBES = 64;

    private static final List<String> APPLICATIONS = List.of("lifecycle-stages", "lifecycle-days");

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Generated leads, of about ten facts each (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds; the first is that of a cold JVM (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--without-peer",
            description = "Leave the plain consumer out: it keeps all events of all leads in memory.")
    private boolean withoutPeer;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    private int probeSets;

    /** Seconds until the streams run, and until a new event has come through. */
    private record Start(double running, double through) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console = Console.of(spec);
        try (Workbench workbench = Workbench.open(console)) {
            Stream.of("funnelStreams", "tableWriter", "shadows", "relay", "kafkaIntake")
                    .forEach(part -> workbench.part(part).stop());
            try (FilledLog log = new FilledLog(workbench);
                    StageRows rows = StageRows.watch(workbench, PROBE)) {
                workbench.tell("filling lead.events with %,d leads …".formatted(leads));
                log.fill(leads, 1);
                measure(console, workbench, log, rows);
            }
            return 0;
        }
    }

    private void measure(Console console, Workbench workbench, FilledLog log, StageRows rows) throws IOException {
        FunnelStreams streams = workbench.bean(FunnelStreams.class);
        List<Double> rates = new ArrayList<>();
        List<Double> peers = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            List<String> probes = probes(log);
            long before = rows.rows();
            long begun = System.nanoTime();
            streams.rebuild();
            Workbench.await("the streams", () -> isRunning(streams));
            long running = System.nanoTime();
            awaitProbes(rows, probes, log.events());
            long done = System.nanoTime();
            rates.add(log.events() / seconds(running, done));
            workbench.tell("round %d: %,d events, %s/s to the last row (%,d rows; running after %.1f s)"
                    .formatted(
                            round,
                            log.events(),
                            Workbench.rate(rates.get(round - 1)),
                            rows.rows() - before,
                            seconds(begun, running)));
            streams.stop();
            if (!withoutPeer) {
                try (PlainFold peer = new PlainFold(workbench)) {
                    peers.add(peer.fold(log.events()));
                    workbench.tell("round %d: plain consumer %s/s (%,d leads)"
                            .formatted(round, Workbench.rate(peers.get(round - 1)), peer.leads()));
                }
            }
        }
        List<Path> states = APPLICATIONS.stream()
                .map(workbench.data().resolve("streams")::resolve)
                .toList();
        long onDisk = 0;
        for (Path state : states) {
            onDisk += size(state);
        }
        Start again = start(log, rows, streams);
        workbench.tell("with its state: running after %.1f s, a new event through after %.1f s"
                .formatted(again.running(), again.through()));
        streams.stop();
        for (Path state : states) {
            FileSystemUtils.deleteRecursively(state);
        }
        Start fromChangelog = start(log, rows, streams);
        report(console, log, rates, peers, onDisk, again, fromChangelog);
    }

    private List<String> probes(FilledLog log) {
        int set = probeSets++;
        List<String> probes =
                IntStream.range(0, PROBES).mapToObj(i -> PROBE + set + "-" + i).toList();
        probes.forEach(log::probe);
        return probes;
    }

    private static void awaitProbes(StageRows rows, List<String> probes, long events) {
        Workbench.await(
                "the rows",
                events,
                () -> probes.stream().allMatch(probe -> rows.hasSeen(probe) && rows.hasSeenShared(probe)));
    }

    private Start start(FilledLog log, StageRows rows, FunnelStreams streams) {
        List<String> probes = probes(log);
        long begun = System.nanoTime();
        streams.start();
        Workbench.await("the streams", () -> isRunning(streams));
        long running = System.nanoTime();
        awaitProbes(rows, probes, log.events());
        return new Start(seconds(begun, running), seconds(begun, System.nanoTime()));
    }

    private static boolean isRunning(FunnelStreams streams) {
        return streams.state().filter(KafkaStreams.State.RUNNING::equals).isPresent();
    }

    private static double seconds(long from, long to) {
        return (to - from) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(TopologyBench::bytes)
                    .sum();
        }
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void report(
            Console console,
            FilledLog log,
            List<Double> rates,
            List<Double> peers,
            long onDisk,
            Start again,
            Start fromChangelog) {
        double cold = rates.get(0);
        double warm = Workbench.median(rates.size() > 1 ? rates.subList(1, rates.size()) : rates);
        double bytesPerLead = onDisk / (double) log.leads();
        if (json) {
            ObjectNode answer = JsonMapper.shared().createObjectNode();
            answer.put("machine", Workbench.machine())
                    .put("leads", log.leads())
                    .put("events", log.events())
                    .put("coldPerSecond", cold)
                    .put("warmPerSecond", warm)
                    .put("bytesPerLead", bytesPerLead);
            answer.putObject("restartSeconds").put("running", again.running()).put("through", again.through());
            answer.putObject("restoreSeconds")
                    .put("running", fromChangelog.running())
                    .put("through", fromChangelog.through());
            if (!peers.isEmpty()) {
                answer.put("plainPerSecond", Workbench.median(peers));
            }
            console.out().println(answer);
        } else {
            Table table = new Table().row("from lead.events to all rows", "events/s", "rounds");
            table.row("topologies, cold JVM", Workbench.rate(cold), "");
            table.row("topologies, warm", Workbench.rate(warm), list(rates));
            if (!peers.isEmpty()) {
                table.row("plain consumer into PostgreSQL", Workbench.rate(Workbench.median(peers)), list(peers));
            }
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s%n%,d events of %,d leads%n%n%s%nstate on disk: %.0f bytes a lead%n"
                                    + "restart with its state: running after %.1f s, a new event through after %.1f s%n"
                                    + "restart without: running after %.1f s, through after %.1f s%n",
                            Workbench.machine(),
                            log.events(),
                            log.leads(),
                            table.render(),
                            bytesPerLead,
                            again.running(),
                            again.through(),
                            fromChangelog.running(),
                            fromChangelog.through());
        }
        console.out().flush();
    }

    private static String list(List<Double> rates) {
        return String.join("  ", rates.stream().map(Workbench::rate).toList());
    }
}

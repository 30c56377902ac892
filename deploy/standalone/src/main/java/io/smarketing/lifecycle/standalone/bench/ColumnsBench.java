package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.projections.replay.ColumnsFolder;
import io.smarketing.lifecycle.projections.replay.StoredHistory;
import io.smarketing.lifecycle.projections.replay.TopicHistory;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How fast columns are built. Exit codes: 0 a replay over each of them gives the same answer, 1 it does not. */
@Command(
        name = "columns",
        mixinStandardHelpOptions = true,
        description = {
            "Times the building of history columns.",
            "Stores generated leads in an engine of its own, and builds history columns from its event store, from",
            "its lead.events and from the same leads' facts in JSON lines, in turn; beside them, plain reading of the",
            "same rows and lines, which is the limit. A replay over each has to give the same answer before a time is",
            "told."
        },
        footer = {"", "Try it:", "  lifecycle bench columns --leads 50000"})
public final class ColumnsBench implements Callable<Integer> {

    /** Asked for, they are made in haste; unasked, nobody makes them. */
    private static final String NOT_BY_THEMSELVES = "--lifecycle.replays.keep-up=P7D";

    private static final String FROM_STORE = "from the event store";
    private static final String FROM_TOPIC = "from lead.events";
    private static final String FROM_LINES = "from JSON lines";
    private static final String ROWS = "plain SELECT of the rows";
    private static final String LINES = "plain reading of the lines";

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "50000",
            description = "Generated leads, of about ten facts each (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds that count, behind one that warms up (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    private final Map<String, HistoryColumns> built = new LinkedHashMap<>();

    private interface Built {
        @Nullable HistoryColumns into(Path folder) throws IOException;
    }

    /** Nobody hears how far it is, and nobody else has work for the cores. */
    private static final class InHaste implements ColumnsFolder.Watch {

        @Override
        public void begins(long events) {}

        @Override
        public void hasRead(long events) {}

        @Override
        public boolean isInHaste() {
            return true;
        }

        @Override
        public boolean isAbandoned() {
            return false;
        }

        @Override
        public void worked(long nanos) {}
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RefusedDocument {
        Console console = Console.of(spec);
        try (Workbench workbench = Workbench.open(console, NOT_BY_THEMSELVES)) {
            Stream.of("funnelStreams", "tableWriter", "shadows")
                    .forEach(part -> workbench.part(part).stop());
            workbench.tell("storing the events of %,d leads, judged by ten rules …".formatted(leads));
            workbench.store(leads, 1);
            Workbench.await("the relay", () -> workbench.relayLag() == 0);
            Stream.of("kafkaIntake", "relay")
                    .forEach(part -> workbench.part(part).stop());
            workbench.jdbc().sql("VACUUM ANALYZE lifecycle.lead_event").update();
            Path lines = workbench.data().resolve("bench.jsonl");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(lines))) {
                GeneratedLeads.tell(leads, 1, Workbench.DAY_AFTER_HISTORY, event -> {
                    out.write(event);
                    out.write('\n');
                });
            }
            for (int round = 0; round <= rounds; round++) {
                measure(workbench, lines, round);
                workbench.tell(round == 0 ? "warmed up" : "round %d".formatted(round));
            }
            if (!answersAreEqual()) {
                workbench.tell("replays over columns of the same facts give different answers");
                return 1;
            }
            report(console, Files.size(lines));
            return 0;
        }
    }

    private void measure(Workbench workbench, Path lines, int round) throws IOException {
        StoredHistory history = workbench.bean(StoredHistory.class);
        long position = history.position();
        Path data = workbench.data();
        time(FROM_STORE, round, data, folder -> new ColumnsFolder(folder, history).upTo(position, new InHaste()));
        time(FROM_TOPIC, round, data, folder -> {
            TopicHistory topic = TopicHistory.read(
                    Map.of("bootstrap.servers", workbench.engine().bootstrapServers()),
                    Topic.LEAD_EVENTS.topicName(),
                    new Unheard());
            return written(folder, topic.leads(), topic.coverage());
        });
        time(FROM_LINES, round, data, folder -> {
            try (InputStream in = Files.newInputStream(lines)) {
                List<LeadHistory> read = ReplayBench.Lines.read(in);
                return written(folder, read, new Coverage("lines", read.size(), Files.size(lines), ""));
            }
        });
        time(ROWS, round, data, folder -> {
            workbench
                    .jdbc()
                    .sql("SELECT lead_id, sequence, source, event_id, payload FROM lifecycle.lead_event"
                            + " ORDER BY lead_id, sequence")
                    .withFetchSize(2_000)
                    .query(row -> {
                        row.getString("payload");
                    });
            return null;
        });
        time(LINES, round, data, folder -> {
            try (Stream<String> all = Files.lines(lines)) {
                all.forEach(line -> {});
            }
            return null;
        });
    }

    private static HistoryColumns written(Path folder, List<LeadHistory> leads, Coverage coverage) throws IOException {
        ColumnsWriter writer = new ColumnsWriter(folder);
        writer.segments(leads, ReplayBench.LEADS_PER_SEGMENT, number -> {});
        writer.finish(coverage);
        return HistoryColumns.open(folder);
    }

    private void time(String what, int round, Path data, Built work) throws IOException {
        Path folder = data.resolve("bench-columns")
                .resolve("%d-%s".formatted(round, what.replace(' ', '-').replace('.', '-')));
        long begun = System.nanoTime();
        HistoryColumns columns = work.into(folder);
        double took = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        if (columns != null) {
            built.put(what, columns);
        }
        if (round > 0) {
            seconds.computeIfAbsent(what, absent -> new ArrayList<>()).add(took);
        }
    }

    /** Lines lack the engine's verdicts; a replay of a policy against another needs none. */
    private boolean answersAreEqual() throws IOException, RefusedDocument {
        ReplayQuestion question = ReplayBench.question(ReplayBench.cumulative(), ReplayBench.example(), false);
        return built.values().stream()
                        .map(columns -> new ColumnarReplay(columns)
                                .run(question, Runtime.getRuntime().availableProcessors(), number -> {}, () -> false)
                                .toJson(false)
                                .toString())
                        .distinct()
                        .count()
                == 1;
    }

    /** What was read, whether columns were made of it or not. */
    private HistoryColumns columns(String what) {
        String made = what.equals(ROWS) ? FROM_STORE : what.equals(LINES) ? FROM_LINES : what;
        return Objects.requireNonNull(built.get(made));
    }

    private void report(Console console, long bytesOfLines) {
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.put("machine", Workbench.machine()).put("leads", leads).put("bytesOfLines", bytesOfLines);
        ObjectNode sources = answer.putObject("sources");
        Table table = new Table().texts(0, 5);
        table.row("columns built, written and opened", "events", "facts", "events/s", "facts/s", "seconds");
        seconds.forEach((what, all) -> {
            double median = Workbench.median(all);
            HistoryColumns columns = columns(what);
            sources.putObject(what)
                    .put("events", columns.events())
                    .put("facts", columns.facts())
                    .put("medianSeconds", median)
                    .put("factsPerSecond", columns.facts() / median);
            table.row(
                    what,
                    "%,d".formatted(columns.events()),
                    "%,d".formatted(columns.facts()),
                    Workbench.rate(columns.events() / median),
                    Workbench.rate(columns.facts() / median),
                    String.join(
                            "  ",
                            all.stream()
                                    .map(one -> String.format(Locale.ROOT, "%.2f", one))
                                    .toList()));
        });
        console.out().println(json ? answer.toString() : "%s%n%n%s".formatted(Workbench.machine(), table.render()));
        console.out().flush();
    }

    private static final class Unheard implements TopicHistory.Watch {

        @Override
        public void begins(long offsets) {}

        @Override
        public void hasRead(long offsets) {}

        @Override
        public void passesOver(TopicHistory.Unreadable unreadable) {
            throw new IllegalStateException(unreadable.toString());
        }
    }
}

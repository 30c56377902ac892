package io.smarketing.lifecycle.standalone.bench;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.Replay;
import io.smarketing.lifecycle.replay.columns.ColumnScan;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.ThresholdSweep;
import io.smarketing.lifecycle.standalone.generate.GeneratedHistories;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Table;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Replays over columns beside peers and beside the limit. Exit codes: 0 all answers are equal, 1 some are not. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Times replays over columns.",
            "Replays generated histories by the kernel over columns, by DuckDB, by the plain fold on",
            "objects and from JSON, and reads the same columns for a plain sum; in turn. Answers are",
            "compared before a time is told."
        },
        footer = {"", "Try it:", "  lifecycle bench replay --leads 500000"})
public final class ReplayBench implements Callable<Integer> {

    static final int LEADS_PER_SEGMENT = 250_000;
    private static final String SCAN = "plain sum of the columns";
    private static final String DUCK_BEST = "DuckDB, stored counts";
    private static final String DUCK_WINDOW = "DuckDB, window functions";
    private static final String OBJECTS = "plain fold, objects in memory";
    private static final String JSON = "plain fold, JSON lines";
    /** Rounds until the compiler knows the kernel: it is as fast as it gets after some fifty replays. */
    private static final int WARM_UPS = 10;

    private static final int MOVES = 1_000;
    private static final String CUMULATIVE = "cumulative";
    private static final List<String> FORMS = List.of(CUMULATIVE, "windows", "decay", "capped-decay");
    /** What is changed in the cumulative candidate, behind a replay of it that remembers: the points of one rule. */
    private static final Map<String, String> CHANGES = new TreeMap<>(Map.of(
            "another rule for demo requests", "demo_request,     points: 30",
            "another rule for page views", "page_view,        points: 1",
            "another rule for industries", "'fintech']\", points: 10"));

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "500000",
            description = "Generated leads (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Another seed, another history (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds that count, behind " + WARM_UPS + " that warm up (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--duckdb-leads",
            paramLabel = "N",
            defaultValue = "500000",
            description = "Leads that DuckDB has, at most (${DEFAULT-VALUE}); 0 leaves it out.")
    private int duckLeads;

    @Option(
            names = "--fold-leads",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Leads that the plain fold has, at most (${DEFAULT-VALUE}).")
    private int foldLeads;

    @Option(
            names = "--sweep",
            description =
                    "Pass once for all thresholds of the cumulative candidate too, and ask for a thousand of them.")
    private boolean sweep;

    @Option(
            names = "--one-cycle",
            description = "Leave out what leads did behind their first rejection or loss: what cycles cost.")
    private boolean oneCycle;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** Seconds by who took them, and how many events each had. */
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

    private final Map<String, Long> events = new LinkedHashMap<>();
    private final Map<String, String> remarks = new LinkedHashMap<>();

    private interface Timed {
        void run() throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        Console console = Console.of(spec);
        Path folder = Files.createTempDirectory("lifecycle-bench");
        Thread atTheLatest = new Thread(() -> FileSystemUtils.deleteRecursively(folder.toFile()), "bench-stop");
        Runtime.getRuntime().addShutdownHook(atTheLatest);
        try {
            return measure(console, folder);
        } finally {
            FileSystemUtils.deleteRecursively(folder.toFile());
            Runtime.getRuntime().removeShutdownHook(atTheLatest);
        }
    }

    private int measure(Console console, Path folder) throws Exception {
        GeneratedHistories generated = new GeneratedHistories(leads, seed);
        tell(console, "writing %,d leads into columns …".formatted(leads));
        long begun = System.nanoTime();
        build(generated, folder);
        double building = since(begun);
        begun = System.nanoTime();
        HistoryColumns columns = HistoryColumns.open(folder);
        double opening = since(begun);

        Policy baseline = example();
        Map<String, Policy> candidates = new LinkedHashMap<>();
        for (String form : FORMS) {
            candidates.put(form, read(form, text(form)));
        }
        List<LeadHistory> forDuck = taken(generated, Math.min(leads, duckLeads));
        List<LeadHistory> forFold = taken(generated, Math.min(leads, foldLeads));
        byte[] lines = Lines.of(forFold);
        String expected = foldOf(forFold, candidates, baseline);
        if (!equalsFold(expected, forFold, candidates, baseline)) {
            tell(console, "the kernel's answer is not that of the plain fold");
            return 1;
        }
        int threads = Runtime.getRuntime().availableProcessors();
        ColumnarReplay replay = ColumnarReplay.keeping(columns);
        Map<String, ReplayAnswer> answers = new LinkedHashMap<>();
        try (DuckPeer duck = new DuckPeer(forDuck)) {
            if (!forDuck.isEmpty() && !equalsDuck(console, duck, forDuck, candidates, baseline)) {
                return 1;
            }
            for (int round = 1 - WARM_UPS; round <= rounds; round++) {
                boolean counts = round > 0;
                time(SCAN, columns.events(), counts, () -> ColumnScan.sum(columns));
                for (String form : FORMS) {
                    time(
                            "kernel, " + form,
                            columns.events(),
                            counts,
                            () -> answers.put(
                                    form,
                                    replay.run(
                                            question(candidate(candidates, form), baseline, false),
                                            threads,
                                            n -> {},
                                            () -> false)));
                }
                time(
                        "kernel, cumulative, nothing kept",
                        columns.events(),
                        counts,
                        () -> new ColumnarReplay(columns)
                                .run(
                                        question(candidate(candidates, CUMULATIVE), baseline, false),
                                        threads,
                                        n -> {},
                                        () -> false));
                time(
                        "kernel, cumulative, against recorded",
                        columns.events(),
                        counts,
                        () -> replay.run(
                                question(candidate(candidates, CUMULATIVE), null, false),
                                threads,
                                n -> {},
                                () -> false));
                if (!changed(columns, baseline, threads, round, counts)) {
                    tell(console, "what was remembered gave another answer");
                    return 1;
                }
                if (!forDuck.isEmpty()) {
                    time(DUCK_BEST, eventsOf(forDuck), counts, duck::bestForm);
                    time(DUCK_WINDOW, eventsOf(forDuck), counts, duck::windowForm);
                }
                time(OBJECTS, eventsOf(forFold), counts, () -> foldOf(forFold, candidates, baseline));
                time(
                        JSON,
                        eventsOf(forFold),
                        counts,
                        () -> foldOf(Lines.read(new ByteArrayInputStream(lines)), candidates, baseline));
                tell(console, "round %d%s".formatted(round, counts ? "" : " (warms up)"));
            }
        }
        if (sweep) {
            sweep(console, columns, question(candidate(candidates, CUMULATIVE), baseline, false));
        }
        answers.forEach((form, answer) -> remarks.put(
                "kernel, " + form,
                "%,d leads by the plain fold %s"
                        .formatted(
                                answer.statistics().slow(), answer.statistics().slowLeads())));
        report(console, columns, building, opening);
        return 0;
    }

    /** An analyst changes one rule after the other, each in a policy that was just replayed; false if an answer is wrong. */
    private boolean changed(HistoryColumns columns, Policy baseline, int threads, int round, boolean counts)
            throws Exception {
        ColumnarReplay remembering = ColumnarReplay.remembering(columns);
        Policy before = read(CUMULATIVE, text(CUMULATIVE));
        boolean right = true;
        for (Map.Entry<String, String> change : CHANGES.entrySet()) {
            remembering.run(question(before, baseline, false), threads, n -> {}, () -> false);
            // Never seen before: what was asked already would be known whole.
            Policy after = read(
                    CUMULATIVE, text(CUMULATIVE).replace(change.getValue(), change.getValue() + (WARM_UPS + round)));
            AtomicReference<ReplayAnswer> found = new AtomicReference<>();
            String who = "kernel, cumulative, " + change.getKey();
            time(
                    who,
                    columns.events(),
                    counts,
                    () -> found.set(remembering.run(question(after, baseline, false), threads, n -> {}, () -> false)));
            ReplayAnswer answer = Objects.requireNonNull(found.get());
            long known = answer.statistics().knownLeads();
            remarks.put(who, "%,d leads not judged again".formatted(known));
            if (round == 1) {
                right &= answer.toJson(false)
                        .equals(new ColumnarReplay(columns)
                                .run(question(after, baseline, false), threads, n -> {}, () -> false)
                                .toJson(false));
            }
        }
        return right;
    }

    private void sweep(Console console, HistoryColumns columns, ReplayQuestion question) {
        List<Double> passes = new ArrayList<>();
        List<Double> moves = new ArrayList<>();
        int levels = 0;
        for (int round = 0; round <= rounds; round++) {
            long begun = System.nanoTime();
            ThresholdSweep swept =
                    ThresholdSweep.of(columns, question, () -> false).orElseThrow();
            if (round > 0) {
                passes.add(since(begun));
            }
            levels = swept.levels();
            for (int move = 0; move < MOVES; move++) {
                begun = System.nanoTime();
                swept.at(move);
                moves.add(since(begun));
            }
        }
        tell(
                console,
                String.format(
                        Locale.ROOT,
                        "one pass for all thresholds %.1f ms, median of %d; %,d levels; a threshold then %.1f µs, median of %,d",
                        1_000 * Workbench.median(passes),
                        passes.size(),
                        levels,
                        1_000_000 * Workbench.median(moves),
                        moves.size()));
    }

    private void build(GeneratedHistories generated, Path folder) throws IOException {
        ColumnsWriter writer = new ColumnsWriter(folder);
        IntStream.range(0, (leads + LEADS_PER_SEGMENT - 1) / LEADS_PER_SEGMENT)
                .parallel()
                .forEach(segment -> {
                    int from = segment * LEADS_PER_SEGMENT;
                    try {
                        writer.segment(segment, histories(generated, from, Math.min(leads, from + LEADS_PER_SEGMENT)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        writer.finish(new Coverage("generated", leads, leads, "seed " + seed));
    }

    private Iterator<LeadHistory> histories(GeneratedHistories generated, int from, int to) {
        Iterator<LeadHistory> all = generated.range(from, to);
        return oneCycle
                ? StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, 0), false)
                        .map(ReplayBench::firstCycle)
                        .iterator()
                : all;
    }

    /** What occurred up to the first rejection or loss. */
    private static LeadHistory firstCycle(LeadHistory lead) {
        Instant end = lead.entries().stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Rejected || entry.event() instanceof LeadEvent.Lost)
                .map(Entry::occurredAt)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        return new LeadHistory(
                lead.leadId(),
                lead.entries().stream()
                        .filter(entry -> !entry.occurredAt().isAfter(end))
                        .toList());
    }

    private List<LeadHistory> taken(GeneratedHistories generated, int count) {
        List<LeadHistory> taken = new ArrayList<>(count);
        histories(generated, 0, count).forEachRemaining(taken::add);
        taken.sort(Comparator.comparing(LeadHistory::leadId, io.smarketing.lifecycle.lead.FoldOrder::compareUtf8));
        return taken;
    }

    private static Policy candidate(Map<String, Policy> candidates, String form) {
        return Objects.requireNonNull(candidates.get(form));
    }

    private static long eventsOf(List<LeadHistory> histories) {
        return histories.stream().mapToLong(lead -> lead.entries().size()).sum();
    }

    static ReplayQuestion question(Policy candidate, @Nullable Policy baseline, boolean withLeads) {
        return new ReplayQuestion(
                candidate,
                baseline,
                Judge.Order.OCCURRENCE,
                null,
                new Dimension("source"),
                new CaptureRange(null, null),
                withLeads);
    }

    private static String foldOf(List<LeadHistory> histories, Map<String, Policy> candidates, Policy baseline) {
        Policy candidate = candidate(candidates, CUMULATIVE);
        return Replay.against(baseline, candidate, Judge.Order.OCCURRENCE, new Dimension("source"), lead -> true)
                .run(histories, () -> {})
                .toJson(false)
                .toString();
    }

    private static boolean equalsFold(
            String expected, List<LeadHistory> histories, Map<String, Policy> candidates, Policy baseline) {
        Policy candidate = candidate(candidates, CUMULATIVE);
        return ColumnarReplay.keeping(HistoryColumns.of(histories, LEADS_PER_SEGMENT))
                .run(question(candidate, baseline, false), 2, n -> {}, () -> false)
                .toJson(false)
                .toString()
                .equals(expected);
    }

    private boolean equalsDuck(
            Console console,
            DuckPeer duck,
            List<LeadHistory> histories,
            Map<String, Policy> candidates,
            Policy baseline)
            throws Exception {
        Policy candidate = candidate(candidates, CUMULATIVE);
        ReplayAnswer answer = ColumnarReplay.keeping(HistoryColumns.of(histories, LEADS_PER_SEGMENT))
                .run(question(candidate, baseline, true), 2, n -> {}, () -> false);
        List<String> kernel = asDuckSays(answer, histories);
        for (List<String> peer : List.of(duck.bestForm(), duck.windowForm())) {
            if (!peer.equals(kernel)) {
                List<String> missing = new ArrayList<>(kernel);
                missing.removeAll(peer);
                List<String> other = new ArrayList<>(peer);
                other.removeAll(kernel);
                tell(console, "DuckDB's answer is another: it has %s in place of %s".formatted(other, missing));
                return false;
            }
        }
        return true;
    }

    /** The part of the kernel's answer that DuckDB has too, in the same words. */
    private static List<String> asDuckSays(ReplayAnswer answer, List<LeadHistory> histories) {
        List<String> lines = new ArrayList<>();
        addSets(lines, "first", answer.report().sets());
        addSets(lines, "other", answer.report().otherCycles());
        lines.sort(null);
        Map<String, String> sources = new TreeMap<>();
        for (FunnelRow row : answer.report().candidateRows()) {
            FunnelRow before = answer.report().baselineRows().stream()
                    .filter(other -> Objects.equals(other.value(), row.value()))
                    .findFirst()
                    .orElseThrow();
            String source = row.value() == null ? "-" : row.value();
            sources.put(
                    source,
                    "funnel %s %d%s%s"
                            .formatted(source, row.stage(Stage.CAPTURED).entered(), stages(before), stages(row)));
        }
        lines.addAll(sources.values());
        Map<String, List<Long>> times = new TreeMap<>();
        for (int i = 0; i < histories.size(); i++) {
            LeadResult lead = answer.leads().get(i);
            LeadEvent.Captured opening = null;
            Instant captured = Instant.MAX;
            for (var entry : histories.get(i).entries()) {
                if (entry.event() instanceof LeadEvent.Captured form
                        && entry.occurredAt().isBefore(captured)) {
                    opening = form;
                    captured = entry.occurredAt();
                }
            }
            Instant marked = lead.candidateMark();
            if (marked != null && opening != null) {
                String source = opening.source() == null ? "-" : opening.source();
                times.computeIfAbsent(source, absent -> new ArrayList<>())
                        .add(ChronoUnit.MICROS.between(captured, marked));
            }
        }
        times.forEach((source, all) -> {
            all.sort(null);
            int n = all.size();
            lines.add("times %s %d %d"
                    .formatted(source, all.get((n * 75 + 99) / 100 - 1), all.get((n * 90 + 99) / 100 - 1)));
        });
        return lines;
    }

    /** Leads that were ever marked, and those that entered each stage. */
    private static String stages(FunnelRow row) {
        StringBuilder leads = new StringBuilder(" " + row.stage(Stage.MQL).ever());
        row.stages().forEach(stage -> leads.append(' ').append(stage.entered()));
        return leads.toString();
    }

    private static void addSets(List<String> lines, String which, OutcomeTally tally) {
        for (MarkSet set : MarkSet.values()) {
            for (Cycle.Outcome outcome : Cycle.Outcome.values()) {
                if (tally.count(set, outcome) > 0) {
                    lines.add("sets %s %s %s %d".formatted(which, set, outcome, tally.count(set, outcome)));
                }
            }
        }
    }

    private void time(String who, long had, boolean counts, Timed work) throws Exception {
        long begun = System.nanoTime();
        work.run();
        if (counts) {
            seconds.computeIfAbsent(who, absent -> new ArrayList<>()).add(since(begun));
            events.put(who, had);
        }
    }

    private static double since(long begun) {
        return (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private void report(Console console, HistoryColumns columns, double building, double opening) {
        double kernel = rate("kernel, cumulative");
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.put("machine", Workbench.machine())
                .put("leads", columns.leads())
                .put("events", columns.events())
                .put("facts", columns.facts())
                .put("wideLeads", columns.wideLeads())
                .put("bytesPerEvent", columns.bytes() / (double) columns.events())
                .put("fastBytesPerEvent", columns.fastBytes() / (double) columns.events())
                .put("buildEventsPerSecond", columns.events() / building)
                .put("openSeconds", opening)
                .put("peakMemoryMegabytes", peakMemory());
        ObjectNode peers = answer.putObject("peers");
        Table table = new Table().texts(0, 5);
        table.row("", "events", "median ms", "events/s", "kernel is times", "");
        seconds.forEach((who, all) -> {
            double median = Workbench.median(all);
            double times = kernel / rate(who);
            peers.putObject(who)
                    .put("events", events.get(who))
                    .put("medianSeconds", median)
                    .put("kernelTimes", times);
            table.row(
                    who,
                    "%,d".formatted(events.get(who)),
                    String.format(Locale.ROOT, "%,.1f", 1_000 * median),
                    Workbench.rate(rate(who)),
                    String.format(Locale.ROOT, "%.2f", times),
                    remarks.getOrDefault(who, ""));
        });
        if (json) {
            console.out().println(answer);
        } else {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s%n%n%,d leads, %,d events, of these %,d facts in columns; %,d leads are stored as events%n"
                                    + "%.2f bytes an event, of these %.2f that a replay reads; written at %s events/s, opened and checked in"
                                    + " %.2f s; peak memory %,d MB%n%n%s",
                            Workbench.machine(),
                            columns.leads(),
                            columns.events(),
                            columns.facts(),
                            columns.wideLeads(),
                            columns.bytes() / (double) columns.events(),
                            columns.fastBytes() / (double) columns.events(),
                            Workbench.rate(columns.events() / building),
                            opening,
                            peakMemory(),
                            table.render());
        }
        console.out().flush();
    }

    private double rate(String who) {
        return Objects.requireNonNull(events.get(who)) / Workbench.median(Objects.requireNonNull(seconds.get(who)));
    }

    /** Of the process, mapped columns among it; 0 where the system does not tell. */
    private static long peakMemory() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void tell(Console console, String progress) {
        console.err().println(progress);
        console.err().flush();
    }

    private static String text(String form) throws IOException {
        return resource("/bench/replay-%s.yaml".formatted(form));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ReplayBench.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Policy read(String name, String text) throws RefusedDocument {
        return PolicyReader.read(name, text).policy();
    }

    /** The one that the documents show: cumulative, caps, a cooldown of 30 days. */
    static Policy example() throws IOException, RefusedDocument {
        return read("b2b-default", resource("/examples/b2b-default.yaml"));
    }

    /** Another: cumulative points with caps. */
    static Policy cumulative() throws IOException, RefusedDocument {
        return read(CUMULATIVE, text(CUMULATIVE));
    }

    /** Histories as CloudEvents, a line each. */
    static final class Lines {

        private Lines() {}

        static byte[] of(List<LeadHistory> histories) throws IOException {
            var codec = new io.smarketing.lifecycle.event.CloudEventCodec();
            var out = new ByteArrayOutputStream();
            for (LeadHistory lead : histories) {
                for (var entry : lead.entries()) {
                    out.write(codec.bytes(codec.encode(
                            lead.leadId(), entry.eventId(), entry.occurredAt(), entry.recordedAt(), entry.event())));
                    out.write('\n');
                }
            }
            return out.toByteArray();
        }

        static List<LeadHistory> read(InputStream lines) throws IOException {
            HistoryReader reader = new HistoryReader(Instant.now(), line -> {});
            reader.read("lines", lines, bytes -> {});
            return reader.history().leads();
        }
    }
}

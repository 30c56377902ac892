package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.projections.replay.TopicHistory;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.UnusableColumns;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code history}: works on histories in columns, which replays read far sooner than lines. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Puts a history into columns, for replays that take no time.",
        synopsisSubcommandLabel = "(build | info | verify)")
public final class HistoryCommand implements Runnable {

    private static final int LEADS_PER_SEGMENT = 250_000;
    private static final double PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Console console = Console.of(spec);
        console.commandLine().usage(console.out());
    }

    /**
     * What columns are made from.
     *
     * @param read what became of the records of a topic; null for files
     * @param whole whether nothing is missing
     */
    private record Source(
            List<LeadHistory> leads,
            Coverage coverage,
            @Nullable ObjectNode read,
            boolean whole) {}

    @Command(
            name = "build",
            mixinStandardHelpOptions = true,
            description = {
                "Puts a history into columns, in a folder.",
                "What was in the folder before stays until all of the new is written."
            },
            footer = {
                "",
                "Exit codes: 0 done, 1 the topic has records that are passed over or lacks some (the columns are made of",
                "the others), 2 wrong usage or input.",
                "",
                "From files, and from a running engine's topic:",
                "  lifecycle history build --history history.jsonl --out columns",
                "  lifecycle history build --from-topic --bootstrap-servers localhost:9092 --out columns"
            })
    int build(
            @Mixin HistoryFiles files,
            @Mixin HistoryTopic topic,
            @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where to; made if need be.")
                    Path folder,
            @Option(names = "--json", description = "Print what was built as JSON.") boolean json)
            throws IOException {
        Console console = Console.of(spec);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new WrongInput("--out: %s is a file (name a folder)".formatted(folder));
        }
        long begun = System.nanoTime();
        Source source = topic.isAsked(files)
                ? fromTopic(topic.read(console.err(), files.isStrict()))
                : fromFiles(files, console);
        long read = System.nanoTime();
        ColumnsWriter writer = new ColumnsWriter(folder);
        try (ProgressBar progress = Progress.bar("building", source.leads().size(), " leads")) {
            writer.segments(source.leads(), LEADS_PER_SEGMENT, progress::stepBy);
        }
        writer.finish(source.coverage());
        HistoryColumns history = open(folder);
        console.err()
                .printf(
                        Locale.ROOT,
                        "read in %.1f s, built in %.1f s%n",
                        (read - begun) / PER_SECOND,
                        (System.nanoTime() - read) / PER_SECOND);
        print(console, folder, history, json, source.read());
        return source.whole() ? 0 : 1;
    }

    private static Source fromFiles(HistoryFiles files, Console console) {
        ReadBytes bytes = new ReadBytes();
        List<LeadHistory> leads = files.read(console.err(), bytes).leads();
        long events = leads.stream().mapToLong(lead -> lead.entries().size()).sum();
        return new Source(
                leads, new Coverage(names(files.files()), events, bytes.number(), bytes.sha256()), null, true);
    }

    private static Source fromTopic(TopicHistory history) {
        return new Source(history.leads(), history.coverage(), HistoryTopic.json(history), history.isWhole());
    }

    @Command(
            name = "info",
            mixinStandardHelpOptions = true,
            description = "Tells what a folder of columns holds, and what it was made from.")
    int info(
            @Parameters(paramLabel = "FOLDER", description = "As built.") Path folder,
            @Option(names = "--json", description = "Print it as JSON.") boolean json)
            throws IOException {
        print(Console.of(spec), folder, open(folder), json, null);
        return 0;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Checks every byte of a folder of columns, and with --history whether it was made from these files as they are now.",
                "Exit code 1 when it has to be built anew."
            })
    int verify(
            @Parameters(paramLabel = "FOLDER", description = "As built.") Path folder,
            @Option(names = "--history", paramLabel = "FILE", description = "As given to build, in the same order.")
                    @Nullable List<Path> files)
            throws IOException {
        Console console = Console.of(spec);
        try {
            HistoryColumns history = HistoryColumns.open(folder);
            if (files != null) {
                if (!digestOf(files).equals(history.coverage().digest())) {
                    console.out()
                            .println("%s: it was made from %s (%s), and these are other files (build it anew)"
                                    .formatted(
                                            folder,
                                            history.coverage().source(),
                                            history.coverage().extent()));
                    return 1;
                }
            }
            console.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s is sound: %,d bytes are as they were written%s",
                            folder,
                            history.bytes(),
                            files == null ? "" : ", from these files"));
            return 0;
        } catch (UnusableColumns e) {
            console.out().println(e.getMessage());
            return 1;
        }
    }

    /** What cannot be used is told with its mend. */
    static HistoryColumns open(Path folder) throws IOException {
        try {
            return HistoryColumns.open(folder);
        } catch (UnusableColumns e) {
            throw new WrongInput(e.getMessage() + "\n  lifecycle history build --history FILE --out " + folder);
        }
    }

    private static String digestOf(List<Path> files) throws IOException {
        ReadBytes bytes = new ReadBytes();
        for (Path file : files) {
            try (InputStream in = bytes.of(Files.newInputStream(file))) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (NoSuchFileException e) {
                throw new WrongInput("--history: there is no file %s".formatted(file));
            }
        }
        return bytes.sha256();
    }

    /** As columns and reports name what they were made from. */
    static String names(List<Path> files) {
        return files.stream().map(file -> String.valueOf(file.getFileName())).collect(Collectors.joining(", "));
    }

    private static String sourceOf(Coverage coverage) {
        return coverage.kind() == Coverage.Kind.TOPIC ? "topic " + coverage.source() : coverage.source();
    }

    private static void print(
            Console console, Path folder, HistoryColumns history, boolean json, @Nullable ObjectNode read) {
        Coverage coverage = history.coverage();
        double bytesPerFact = history.facts() == 0 ? 0 : (double) history.fastBytes() / history.facts();
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("leads", history.leads())
                    .put("leadsStoredAsEvents", history.wideLeads())
                    .put("events", history.events())
                    .put("facts", history.facts())
                    .put("bytes", history.bytes())
                    .put("bytesReadByAReplay", history.fastBytes());
            ObjectNode source = answer.putObject("source")
                    .put("kind", coverage.kind().name().toLowerCase(Locale.ROOT))
                    .put("name", coverage.source())
                    .put("events", coverage.events());
            if (coverage.kind() == Coverage.Kind.LINES) {
                source.put("bytes", coverage.position()).put("sha256", coverage.digest());
            } else {
                source.put("position", coverage.position()).put("eventSha256", coverage.digest());
            }
            if (read != null) {
                answer.set("read", read);
            }
            console.out().println(answer);
        } else {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %,d facts of %,d leads (%,d of them stored as events), %,d bytes, of which a replay reads %.1f a fact%n"
                                    + (coverage.kind() == Coverage.Kind.LINES
                                            ? "made from %s: %,d events, %s, SHA-256 %s%n"
                                            : "made from the %s: %,d events, %s, whose event has the SHA-256 %s%n"),
                            folder,
                            history.facts(),
                            history.leads(),
                            history.wideLeads(),
                            history.bytes(),
                            bytesPerFact,
                            sourceOf(coverage),
                            coverage.events(),
                            coverage.extent(),
                            coverage.digest());
        }
    }
}

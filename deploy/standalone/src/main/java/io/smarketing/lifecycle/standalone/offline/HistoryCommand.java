package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.LeadHistory;
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

    @Command(
            name = "build",
            mixinStandardHelpOptions = true,
            description = {
                "Puts a history into columns, in a folder. What was in the folder before stays until all of the new is written."
            })
    int build(
            @Mixin HistoryFiles files,
            @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where to; made if need be.")
                    Path folder,
            @Option(names = "--json", description = "Print what was built as JSON.") boolean json)
            throws IOException {
        Console console = Console.of(spec);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new WrongInput("--out: %s is a file (name a folder)".formatted(folder));
        }
        long begun = System.nanoTime();
        ReadBytes bytes = new ReadBytes();
        List<LeadHistory> leads = files.read(console.err(), bytes).leads();
        long read = System.nanoTime();
        ColumnsWriter writer = new ColumnsWriter(folder);
        long events = 0;
        try (ProgressBar progress = Progress.bar("building", leads.size(), " leads")) {
            for (int from = 0; from < leads.size(); from += LEADS_PER_SEGMENT) {
                List<LeadHistory> some = leads.subList(from, Math.min(leads.size(), from + LEADS_PER_SEGMENT));
                writer.segment(from / LEADS_PER_SEGMENT, some.iterator());
                events += some.stream().mapToLong(lead -> lead.entries().size()).sum();
                progress.stepBy(some.size());
            }
        }
        writer.finish(new Coverage(names(files.files()), events, bytes.number(), bytes.sha256()));
        HistoryColumns history = open(folder);
        console.err()
                .printf(
                        Locale.ROOT,
                        "read in %.1f s, built in %.1f s%n",
                        (read - begun) / PER_SECOND,
                        (System.nanoTime() - read) / PER_SECOND);
        print(console, folder, history, json);
        return 0;
    }

    @Command(
            name = "info",
            mixinStandardHelpOptions = true,
            description = "Tells what a folder of columns holds, and what it was made from.")
    int info(
            @Parameters(paramLabel = "FOLDER", description = "As built.") Path folder,
            @Option(names = "--json", description = "Print it as JSON.") boolean json)
            throws IOException {
        print(Console.of(spec), folder, open(folder), json);
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
                            .println("%s: it was made from %s (%,d bytes), and these are other files (build it anew)"
                                    .formatted(
                                            folder,
                                            history.coverage().source(),
                                            history.coverage().position()));
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

    private static void print(Console console, Path folder, HistoryColumns history, boolean json) {
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
            if (coverage.kind() == Coverage.Kind.STORE) {
                source.put("position", coverage.position()).put("eventSha256", coverage.digest());
            } else {
                source.put("bytes", coverage.position()).put("sha256", coverage.digest());
            }
            console.out().println(answer);
        } else {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %,d facts of %,d leads (%,d of them stored as events), %,d bytes, of which a replay reads %.1f a fact%n"
                                    + (coverage.kind() == Coverage.Kind.STORE
                                            ? "made from the %s: %,d events, up to position %d, whose event has the SHA-256 %s%n"
                                            : "made from %s: %,d events, %,d bytes, SHA-256 %s%n"),
                            folder,
                            history.facts(),
                            history.leads(),
                            history.wideLeads(),
                            history.bytes(),
                            bytesPerFact,
                            coverage.source(),
                            coverage.events(),
                            coverage.position(),
                            coverage.digest());
        }
    }
}

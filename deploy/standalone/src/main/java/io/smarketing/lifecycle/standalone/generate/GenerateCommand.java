package io.smarketing.lifecycle.standalone.generate;

import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WholeFile;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import java.util.zip.Deflater;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Exit codes: 0 written, 2 wrong usage or a file that cannot be written. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Writes a believable lead history as CloudEvents, one JSON line each, in order of arrival.",
        footer = {
            "",
            "The same options give the same bytes, on any machine. Example:",
            "  lifecycle generate --leads 20000 --seed 7 --out history.jsonl.gz"
        })
public final class GenerateCommand implements Callable<Integer> {

    private static final Path STDOUT = Path.of("-");
    private static final int PROGRESS_STEP = 1_024;
    private static final int BUFFER_BYTES = 1 << 16;

    @Option(
            names = "--leads",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many leads (${DEFAULT-VALUE}).")
    private int leads;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Another seed, another history (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "F",
            required = true,
            description = "The file to write; '-' is stdout, a name in .gz is gzipped.")
    private Path out = STDOUT;

    @Option(
            names = "--start",
            paramLabel = "DATE",
            defaultValue = "2025-01-01",
            description = "First day of captures, UTC (${DEFAULT-VALUE}).")
    private LocalDate start = LocalDate.EPOCH;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = {"Days of captures (${DEFAULT-VALUE});", "histories go on for 180 more."})
    private int days;

    @Option(names = "--json", description = "Print the summary as one JSON object on stdout (on stderr with --out -).")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        GeneratorOptions options;
        try {
            options = GeneratorOptions.ofFile(leads, seed, start, days);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            HistorySummary summary = write(options);
            boolean onStdout = json && !out.equals(STDOUT);
            PrintWriter to = onStdout ? spec.commandLine().getOut() : err;
            to.println(
                    json
                            ? JsonMapper.shared().writeValueAsString(summary)
                            : summary.toText().stripTrailing());
            to.flush();
            return 0;
        } catch (IOException e) {
            err.println("Cannot write " + (out.equals(STDOUT) ? "to stdout" : out) + ": " + reason(e));
            err.flush();
            return 2;
        }
    }

    private HistorySummary write(GeneratorOptions options) throws IOException {
        if (out.equals(STDOUT)) {
            try (OutputStream stream =
                    new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES)) {
                return write(options, stream);
            }
        }
        // What lay there stays until all is written.
        try (WholeFile file = WholeFile.at(out, Deflater.BEST_SPEED)) {
            HistorySummary summary = write(options, file.out());
            file.complete();
            return summary;
        }
    }

    private HistorySummary write(GeneratorOptions options, OutputStream stream) throws IOException {
        try (ProgressBar bar = Progress.bar("writing", leads, " leads")) {
            return new HistoryGenerator(options).write(stream, told -> {
                if (told % PROGRESS_STEP == 0 || told == leads) {
                    bar.stepTo(told);
                }
            });
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist; create it first";
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied; choose another place or change its permissions";
        }
        String message = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}

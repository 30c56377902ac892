package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.history.IntakeCounts;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.Unpacked;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Option;

/** The files of a history. */
final class HistoryFiles {

    private static final int SHOWN_LINES = 20;

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = {
                "CloudEvents, one JSON object a line, in order of arrival; .gz is read too.",
                "May be given several times: the files are read in that order."
            })
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--strict",
            description = "Stop at the first line that is refused, or record that is unreadable (exit code 2).")
    private boolean strict;

    /** In the order in which they are read. */
    List<Path> files() {
        return List.copyOf(files);
    }

    /** Whether to stop at the first that is refused. */
    boolean isStrict() {
        return strict;
    }

    /** Whatever makes sense of the bytes of files. */
    interface Reader {

        /**
         * Reads a file to its end.
         *
         * @param progress is told of the number of bytes read since it was last told
         */
        void read(String file, InputStream in, Consumer<Long> progress) throws IOException;
    }

    /** Gives them to a reader, in order, unpacked. */
    void readBy(Reader reader, ReadBytes bytes) {
        check();
        for (Path file : files) {
            read(file, reader, bytes);
        }
    }

    private void check() {
        if (files.isEmpty()) {
            throw new WrongInput("Missing required option: '--history=FILE' (CloudEvents, one JSON object a line)");
        }
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new WrongInput("--history: there is no file %s".formatted(file));
            }
            if (Files.isDirectory(file)) {
                throw new WrongInput("--history: %s is a folder (name the file in it)".formatted(file));
            }
        }
    }

    /** Reads them; what is refused is told, and all is counted. */
    History read(PrintWriter err, ReadBytes bytes) {
        long[] shown = {0};
        HistoryReader reader = new HistoryReader(Instant.now(), line -> {
            if (strict) {
                throw new WrongInput(line + "\nstopped at the first refused line, as --strict says");
            }
            if (shown[0]++ < SHOWN_LINES) {
                err.println(line);
            } else if (shown[0] == SHOWN_LINES + 1) {
                err.println("… further refused lines are counted only");
            }
        });
        readBy(reader::read, bytes);
        History history = reader.history();
        IntakeCounts counts = history.counts();
        err.println(describe(counts));
        if (counts.events() > 0 && counts.refused() == counts.events()) {
            throw new WrongInput(
                    "every line was refused (a history is CloudEvents, one JSON object a line; CSV files are"
                            + " turned into one by `lifecycle import`)");
        }
        return history;
    }

    private static void read(Path file, Reader reader, ReadBytes bytes) {
        try (InputStream all = bytes.of(Files.newInputStream(file));
                InputStream in = unpacked(file, new BufferedInputStream(all, 1 << 16));
                ProgressBar progress = Progress.bar("reading " + file.getFileName(), Files.size(file) >> 10, " KiB")) {
            long[] read = {0};
            reader.read(file.toString(), in, more -> {
                read[0] += more;
                progress.stepTo(read[0] >> 10);
            });
            all.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new WrongInput("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    private static InputStream unpacked(Path file, InputStream in) throws IOException {
        return file.toString().endsWith(".gz") ? new Unpacked(in) : in;
    }

    private static String describe(IntakeCounts counts) {
        String refused = counts.refusedByCode().entrySet().stream()
                .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return "%,d events = %,d stored + %,d duplicates + %,d unknown-lead + %,d refused%s"
                .formatted(
                        counts.events(),
                        counts.stored(),
                        counts.duplicates(),
                        counts.unknownLead(),
                        counts.refused(),
                        refused.isEmpty() ? "" : " (" + refused + ")");
    }
}

package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.standalone.send.EngineUrl;
import io.smarketing.lifecycle.standalone.send.HistoryFiles;
import io.smarketing.lifecycle.standalone.send.HistorySender;
import io.smarketing.lifecycle.standalone.send.Patience;
import io.smarketing.lifecycle.standalone.send.SendReport;
import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WholeFile;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code import}: makes a history of CSV files, sends a history to an engine, or both at once. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Makes lead events of CSV files, or sends a history as it is.",
            "A mapping says how; events are written to a file, or sent to a running engine.",
            "Broken rows and lines are refused and told, the others are taken."
        },
        footer = {
            "",
            "Sending twice is safe: what was taken is recognised. The events of one lead",
            "arrive in the order in which they stand. While the engine is away, it waits.",
            "",
            "Exit codes: 0 done (refused rows and lines are told), 1 given up because the",
            "engine did not answer, 2 wrong usage or input, or every row or line was refused.",
            "",
            "docs/examples has two mappings. Examples:",
            "  lifecycle import leads.csv deals.csv --mapping m.yaml --out history.jsonl",
            "  lifecycle import history.jsonl.gz --url http://localhost:8080",
            "  lifecycle import leads.csv --mapping m.yaml --url http://localhost:8080",
            "  zcat *.gz | lifecycle import - --url http://localhost:8080 --json"
        })
public final class ImportCommand implements Callable<Integer> {

    private static final Path STDOUT = Path.of("-");

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "With --mapping: CSV files in UTF-8 with a header. Without: histories, CloudEvents, one JSON"
                    + " object a line; '-' is stdin. Packed ones (.gz) are read too.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "Which columns of CSV files make which events (YAML).")
    private @Nullable Path mappingFile;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the events go, one JSON object a line; '-' is stdout, a name in .gz is gzipped.")
    private @Nullable Path out;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The engine that takes the events, as http://localhost:8080.")
    private @Nullable String url;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = Patience.class,
            description = "How long to wait for an engine that takes nothing: 30s, 5m, 2h (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--refused",
            paramLabel = "FILE",
            description = "Where the refused rows and lines go, one JSON object a line, each as it stood in its file.")
    private @Nullable Path refused;

    @Option(
            names = "--strict",
            description = "Stop at the first row or line that is refused (exit code 2); a refused row stops it before"
                    + " anything is written or sent.")
    private boolean strict;

    @Option(names = "--json", description = "Print the report as one JSON object on stdout (on stderr with --out -).")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Console console = Console.of(spec);
        refuseWrongUsage(console);
        refuseOverwriting();
        EngineUrl engine = url == null ? null : EngineUrl.parse(url);
        Path mapping = mappingFile;
        try (WholeFile refusedOnes = refused == null ? null : WholeFile.at(refused)) {
            if (mapping == null && engine != null) {
                return sendHistory(engine, refusedOnes, console);
            }
            return importTables(
                    mapping(mapping == null ? Path.of("") : mapping, console.err()), engine, refusedOnes, console);
        }
    }

    private void refuseWrongUsage(Console console) {
        if (out == null && url == null) {
            throw new ParameterException(
                    console.commandLine(), "Where do the events go? Add --out FILE (a file) or --url URL (an engine)");
        }
        if (mappingFile == null && out != null) {
            throw new ParameterException(
                    console.commandLine(),
                    url == null
                            ? "CSV files need --mapping FILE; a history is one already: send it by --url URL"
                            : "--out FILE takes what comes of CSV files and needs --mapping FILE; a history is a file already");
        }
        if (url == null && console.commandLine().getParseResult().hasMatchedOption("--timeout")) {
            throw new ParameterException(
                    console.commandLine(),
                    "--timeout goes with --url URL: without one no engine is waited for (leave it out)");
        }
        if (mappingFile != null) {
            for (Path file : files) {
                if (HistoryFiles.isHistory(file)) {
                    throw new ParameterException(
                            console.commandLine(),
                            "%s is a history, which needs no mapping: send it by itself with --url URL"
                                    .formatted(file));
                }
            }
        }
    }

    private int sendHistory(EngineUrl engine, @Nullable WholeFile refusedLines, Console console) throws IOException {
        SendReport report;
        try (HistoryFiles lines = new HistoryFiles(files)) {
            report = sender(engine, refusedLines, console).send(lines);
        }
        complete(refusedLines);
        report.print(console.err());
        if (json) {
            console.out().println(report.json());
        }
        return report.exitCode();
    }

    private int importTables(
            Mapping mapping, @Nullable EngineUrl engine, @Nullable WholeFile refusedOnes, Console console)
            throws IOException {
        CsvImport csvImport = new CsvImport(mapping, Instant.now(), row -> {
            if (strict) {
                throw new WrongInput(row + "\nstopped at the first refused row, as --strict says; nothing is written");
            }
            if (refusedOnes != null) {
                write(row, refusedOnes.out());
            }
        });
        ImportReport report;
        try (WholeFile events = out == null || out.equals(STDOUT) ? null : WholeFile.at(out)) {
            report = csvImport.read();
            if (events != null) {
                csvImport.writeTo(events.out());
                events.complete();
            } else if (out != null) {
                csvImport.writeTo(System.out);
                if (System.out.checkError()) {
                    throw new IOException("stdout took no more of the events");
                }
            }
        }
        report.print(console.err());
        ObjectNode answer = report.json();
        int exitCode = CommandLine.ExitCode.OK;
        if (report.isAllRefused()) {
            console.err().println("no event was made: every row was refused");
            exitCode = CommandLine.ExitCode.USAGE;
        } else if (engine != null) {
            SendReport sent = sender(engine, refusedOnes, console).send(csvImport.lines());
            sent.print(console.err());
            answer.set("sending", sent.json());
            exitCode = sent.exitCode();
        }
        complete(refusedOnes);
        if (json) {
            PrintWriter to = STDOUT.equals(out) ? console.err() : console.out();
            to.println(answer);
        }
        return exitCode;
    }

    private HistorySender sender(EngineUrl engine, @Nullable WholeFile refusedLines, Console console) {
        return new HistorySender(
                engine, timeout, strict, refusedLines == null ? null : refusedLines.out(), console.err());
    }

    private static void complete(@Nullable WholeFile file) throws IOException {
        if (file != null) {
            file.complete();
        }
    }

    private static void write(RefusedRow row, OutputStream out) throws IOException {
        out.write(JsonMapper.shared()
                .writeValueAsBytes(row.json().put("row", row.row().text())));
        out.write('\n');
    }

    private Mapping mapping(Path file, PrintWriter err) {
        InputFiles inputs = new InputFiles(files);
        String name = String.valueOf(file.getFileName());
        try {
            Mapping mapping = MappingReader.read(name, Files.readString(file, StandardCharsets.UTF_8), inputs);
            mapping.warnings().forEach(warning -> err.println(name + ": " + warning));
            inputs.left().forEach(left -> err.println("%s: no table of the mapping is in this file".formatted(left)));
            return mapping;
        } catch (RefusedDocument e) {
            throw new WrongInput(String.valueOf(e.getMessage()));
        } catch (CharacterCodingException e) {
            throw new WrongInput("%s is not readable as UTF-8; save it with that encoding".formatted(file));
        } catch (IOException e) {
            throw new WrongInput("--mapping: there is no file %s that can be read".formatted(file));
        }
    }

    private void refuseOverwriting() {
        Set<Path> inputs = new HashSet<>();
        files.forEach(file -> inputs.add(WholeFile.real(file)));
        if (mappingFile != null) {
            inputs.add(WholeFile.real(mappingFile));
        }
        for (Path written : new @Nullable Path[] {out, refused}) {
            if (written != null && !inputs.add(WholeFile.real(written))) {
                throw new WrongInput(
                        "%s would be read and written, or written twice; name another file".formatted(written));
            }
        }
    }
}

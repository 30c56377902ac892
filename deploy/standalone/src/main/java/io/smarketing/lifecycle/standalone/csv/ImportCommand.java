package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.standalone.terminal.Console;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code import}: makes a history of CSV files. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Makes lead events of CSV files, as a mapping says.",
            "Broken rows are refused and told, the others' events written in order of time."
        },
        footer = {
            "",
            "docs/examples has two mappings. Example:",
            "  lifecycle import leads.csv deals.csv --mapping m.yaml --out history.jsonl"
        })
public final class ImportCommand implements Callable<Integer> {

    private static final Path STDOUT = Path.of("-");

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "CSV files in UTF-8 with a header; .csv.gz are read too.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            required = true,
            description = "Which columns make which events (YAML).")
    private Path mappingFile = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "Where the events go, one JSON object a line; '-' is stdout, a name in .gz is gzipped.")
    private Path out = STDOUT;

    @Option(
            names = "--refused",
            paramLabel = "FILE",
            description =
                    "Where the refused rows go, one JSON object a line, each with the row as it stood in its file.")
    private @Nullable Path refused;

    @Option(names = "--strict", description = "Stop at the first row that is refused (exit code 2), writing nothing.")
    private boolean strict;

    @Option(names = "--json", description = "Print the report as one JSON object on stdout (on stderr with --out -).")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        refuseOverwriting();
        Console console = Console.of(spec);
        Mapping mapping = mapping(console.err());
        ImportReport report;
        try (WholeFile events = out.equals(STDOUT) ? null : WholeFile.at(out);
                WholeFile refusedRows = refused == null ? null : WholeFile.at(refused)) {
            report = run(mapping, events, refusedRows);
        }
        report.print(console.err());
        if (json) {
            PrintWriter to = out.equals(STDOUT) ? console.err() : console.out();
            to.println(report.json());
        }
        return 0;
    }

    private ImportReport run(Mapping mapping, @Nullable WholeFile events, @Nullable WholeFile refusedRows)
            throws IOException {
        CsvImport csvImport = new CsvImport(mapping, Instant.now(), row -> {
            if (strict) {
                throw new WrongInput(row + "\nstopped at the first refused row, as --strict says; nothing is written");
            }
            if (refusedRows != null) {
                write(row, refusedRows.out());
            }
        });
        ImportReport report = csvImport.read();
        if (refusedRows != null) {
            refusedRows.complete();
        }
        if (events == null) {
            csvImport.writeTo(System.out);
            System.out.flush();
        } else {
            csvImport.writeTo(events.out());
            events.complete();
        }
        return report;
    }

    private static void write(RefusedRow row, OutputStream out) throws IOException {
        out.write(JsonMapper.shared()
                .writeValueAsBytes(row.json().put("row", row.row().text())));
        out.write('\n');
    }

    private Mapping mapping(PrintWriter err) {
        InputFiles inputs = new InputFiles(files);
        String name = String.valueOf(mappingFile.getFileName());
        try {
            Mapping mapping = MappingReader.read(name, Files.readString(mappingFile, StandardCharsets.UTF_8), inputs);
            mapping.warnings().forEach(warning -> err.println(name + ": " + warning));
            inputs.left().forEach(file -> err.println("%s: no table of the mapping is in this file".formatted(file)));
            return mapping;
        } catch (RefusedDocument e) {
            throw new WrongInput(String.valueOf(e.getMessage()));
        } catch (CharacterCodingException e) {
            throw new WrongInput("%s is not readable as UTF-8; save it with that encoding".formatted(mappingFile));
        } catch (IOException e) {
            throw new WrongInput("--mapping: there is no file %s that can be read".formatted(mappingFile));
        }
    }

    private void refuseOverwriting() {
        Set<Path> inputs = new HashSet<>();
        files.forEach(file -> inputs.add(real(file)));
        inputs.add(real(mappingFile));
        for (Path written : refused == null ? List.of(out) : List.of(out, refused)) {
            if (!inputs.add(real(written))) {
                throw new WrongInput(
                        "%s would be read and written, or written twice; name another file".formatted(written));
            }
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }
}

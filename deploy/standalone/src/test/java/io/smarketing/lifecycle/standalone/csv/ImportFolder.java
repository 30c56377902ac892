package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder with CSV files and a mapping, in which the command is run as a shell would run it. */
final class ImportFolder {

    private final Path folder;
    private final Set<Path> files = new LinkedHashSet<>();

    record Run(int exitCode, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    ImportFolder(Path folder) {
        this.folder = folder;
    }

    /** Adds a file that the command line names. */
    ImportFolder csv(String name, String... lines) {
        return csv(name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    ImportFolder csv(String name, byte[] bytes) {
        try {
            files.add(Files.write(folder.resolve(name), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    ImportFolder mapping(String yaml) {
        try {
            Files.writeString(folder.resolve("mapping.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Imports all files by the mapping into {@code out.jsonl}. */
    Run run(String... options) {
        return runTo(path("out.jsonl").toString(), options);
    }

    Run runTo(String out, String... options) {
        List<String> arguments = new ArrayList<>();
        files.forEach(file -> arguments.add(file.toString()));
        arguments.addAll(List.of("--mapping", path("mapping.yaml").toString()));
        arguments.addAll(List.of("--out", out));
        arguments.addAll(Arrays.asList(options));
        return call(arguments.toArray(String[]::new));
    }

    static Run call(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new ImportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler(ImportFolder::explain)
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** As the main program does. */
    private static int explain(Exception e, CommandLine commandLine, CommandLine.ParseResult arguments)
            throws Exception {
        if (e instanceof WrongInput) {
            commandLine.getErr().println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        throw e;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    List<String> names() {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> events() {
        return jsonLines("out.jsonl");
    }

    List<JsonNode> jsonLines(String name) {
        try {
            return Files.readAllLines(path(name)).stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each event as {@code type lead time}. */
    List<String> briefly() {
        return events().stream()
                .map(event -> "%s %s %s"
                        .formatted(
                                event.get("type").stringValue().split("\\.")[3],
                                event.get("subject").stringValue(),
                                event.get("time").stringValue()))
                .toList();
    }
}

package io.smarketing.lifecycle.standalone.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/**
 * The jar as a user starts it, with its own servers in its data folder, as a process that can be killed. It needs the jar: {@code mvn
 * verify} builds it before these tests.
 */
public final class EngineProcess implements AutoCloseable {

    private static final Path JAR = Path.of("target", "lifecycle.jar").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Pattern BANNER = Pattern.compile(
            "^ {2}page +(\\S+)$.*^ {2}Kafka +(\\S+)$.*^ {2}PostgreSQL +(\\S+).*$", Pattern.MULTILINE | Pattern.DOTALL);

    /** Where a killed engine has left its PostgreSQL; what no later start has ended, the end of the tests does. */
    private static final Set<Path> LEFT_BEHIND = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> LEFT_BEHIND.stream()
                        .map(EngineProcess::postgres)
                        .flatMap(Optional::stream)
                        .forEach(ProcessHandle::destroyForcibly)));
    }

    private final Process process;
    private final Path data;
    private final Path errors;
    private final URI uri;
    private final String bootstrapServers;
    private final String jdbcUrl;

    private EngineProcess(Process process, Path data, Path errors, Matcher banner) {
        this.process = process;
        this.data = data;
        this.errors = errors;
        this.uri = URI.create(banner.group(1));
        this.bootstrapServers = banner.group(2);
        this.jdbcUrl = banner.group(3);
    }

    /** Starts the jar on a data folder, at free ports, and waits until it answers. */
    public static EngineProcess start(Path data, String... arguments) {
        try {
            Path errors = errors(data);
            Process process = process(data, errors, arguments);
            return new EngineProcess(process, data, errors, await(process, errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the jar on a data folder and kills it, as {@code kill -9} does, wherever it has got to after some time. */
    public static void startAndKill(Path data, Duration after) {
        try {
            Process process = process(data, errors(data));
            LEFT_BEHIND.add(data);
            boolean ended = process.waitFor(after.toMillis(), TimeUnit.MILLISECONDS);
            Assertions.assertThat(ended).as("the engine gave up").isFalse();
            process.destroyForcibly().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path errors(Path data) throws IOException {
        Files.createDirectories(data.toAbsolutePath().resolveSibling("."));
        return Files.createTempFile(data.toAbsolutePath().getParent(), "engine", ".stderr");
    }

    private static Process process(Path data, Path errors, String... arguments) throws IOException {
        Assertions.assertThat(JAR).as("the jar: build it with mvn package").exists();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // Compiled soon rather than well: a start takes half of the processor's time.
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "serve",
                "--data=" + data,
                "--port=0",
                "--kafka-port=0",
                "--postgres-port=0"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
    }

    private static Matcher await(Process process, Path errors) throws IOException {
        Instant end = Instant.now().plus(PATIENCE);
        try {
            while (process.isAlive() && Instant.now().isBefore(end)) {
                Matcher banner = BANNER.matcher(Files.readString(errors));
                if (banner.find()) {
                    return banner;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy();
        throw new AssertionError("the engine did not start; it said:\n" + Files.readString(errors));
    }

    /** Where it answers. */
    public URI uri() {
        return uri;
    }

    /** Its Kafka. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Its database, for the user {@code lifecycle}. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** What it has told on stderr so far. */
    public String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its PostgreSQL, by the pid file in its folder; also one that outlived it. */
    public Optional<ProcessHandle> postgres() {
        return postgres(data);
    }

    private static Optional<ProcessHandle> postgres(Path data) {
        Path pidFile = data.resolve("postgres").resolve("postmaster.pid");
        try {
            return Files.exists(pidFile)
                    ? ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it as {@code kill -9} does. Its PostgreSQL lives on, as it does then. */
    public void kill9() {
        LEFT_BEHIND.add(data);
        process.destroyForcibly();
        waitFor();
    }

    /** Kills the first process of its PostgreSQL, as {@code kill -9} does; the others notice. */
    public void killPostmaster() {
        postgres().orElseThrow().destroyForcibly();
    }

    /** Kills its PostgreSQL, the first process and all that it has started, as {@code kill -9} does. */
    public void killPostgres() {
        ProcessHandle first = postgres().orElseThrow();
        List<ProcessHandle> others = first.descendants().toList();
        first.destroyForcibly();
        others.forEach(ProcessHandle::destroyForcibly);
    }

    /** Stops it as a Ctrl-C or a service manager does, and returns its exit code. */
    public int stop() {
        process.destroy();
        return waitFor();
    }

    private int waitFor() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the engine does not stop; it said:\n" + errors());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}

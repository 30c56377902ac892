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
    private static final Pattern PAGE = Pattern.compile("^ {2}page +(\\S+)$", Pattern.MULTILINE);

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

    private EngineProcess(Process process, Path data, Path errors, URI uri) {
        this.process = process;
        this.data = data;
        this.errors = errors;
        this.uri = uri;
    }

    /** Starts the jar on a data folder, at free ports, and waits until it answers. */
    public static EngineProcess start(Path data, String... arguments) {
        Assertions.assertThat(JAR).as("the jar: build it with mvn package").exists();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-jar",
                JAR.toString(),
                "serve",
                "--data=" + data,
                "--port=0",
                "--kafka-port=0",
                "--postgres-port=0"));
        command.addAll(List.of(arguments));
        try {
            Files.createDirectories(data.toAbsolutePath().resolveSibling("."));
            Path errors = Files.createTempFile(data.toAbsolutePath().getParent(), "engine", ".stderr");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(errors.toFile())
                    .start();
            return new EngineProcess(process, data, errors, await(process, errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI await(Process process, Path errors) throws IOException {
        Instant end = Instant.now().plus(PATIENCE);
        try {
            while (process.isAlive() && Instant.now().isBefore(end)) {
                Matcher page = PAGE.matcher(Files.readString(errors));
                if (page.find()) {
                    return URI.create(page.group(1));
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

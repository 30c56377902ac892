package io.smarketing.lifecycle.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: where its stdout goes, and what it does when its memory ends. */
class ProgramTest {

    private static final File FULL_DISK = new File("/dev/full");

    @TempDir
    private Path folder = Path.of("");

    private ProcessBuilder program(List<String> options, Object... arguments) {
        return program(options, Lifecycle.class, arguments);
    }

    private ProcessBuilder program(List<String> options, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"), StandardCharsets.UTF_8);
    }

    private Path history(int leads) {
        Path history = folder.resolve("history.jsonl");
        assertThat(CommandRun.of("generate", "--leads", leads, "--out", history).exitCode())
                .isZero();
        return history;
    }

    @Test
    void anAnswerThatADiskTakesNoMoreIsToldAndIsNoSuccess() throws IOException, InterruptedException {
        assumeThat(FULL_DISK).exists();
        Path history = history(20);

        int exitCode = program(List.of(), "funnel", "--history", history, "--json")
                .redirectOutput(FULL_DISK)
                .start()
                .waitFor();

        assertThat(exitCode).isEqualTo(2);
        assertThat(err()).contains("the answer cannot be written to stdout: ").doesNotContain("\tat ");
    }

    @Test
    void eventsThatADiskTakesNoMoreAreToldAndAreNoSuccess() throws IOException, InterruptedException {
        assumeThat(FULL_DISK).exists();
        Path table = Files.writeString(folder.resolve("leads.csv"), "id,created\n1,2026-01-01T00:00:00Z\n");
        Path mapping = Files.writeString(folder.resolve("mapping.yaml"), """
                source: urn:test:crm
                tables:
                  leads: {file: leads.csv}
                events:
                  - {from: leads, type: captured, lead: id, time: created}
                """);

        int exitCode = program(List.of(), "import", table, "--mapping", mapping, "--out", "-")
                .redirectOutput(FULL_DISK)
                .start()
                .waitFor();

        assertThat(exitCode).isEqualTo(2);
        assertThat(err()).contains("cannot read or write: stdout took no more of the events");
    }

    @Test
    void aReaderWhoHasSeenEnoughIsNoFailure() throws IOException, InterruptedException {
        Process process = program(
                        List.of(),
                        "verdicts",
                        "--history",
                        history(300),
                        "--policy",
                        SharedData.example("b2b-default.yaml"))
                .start();
        process.getInputStream().close();

        assertThat(process.waitFor()).as(err()).isZero();
        assertThat(err()).doesNotContain("stdout");
    }

    @Test
    @Timeout(120)
    void aHistoryLargerThanTheMemoryEndsTheProgramWithOneLine() throws IOException, InterruptedException {
        assertEndsForWantOfMemory(
                program(heap(40), "funnel", "--history", history(20_000))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD),
                40);
    }

    @Test
    @Timeout(120)
    void aThreadThatDiesWhereNothingCanBeMadeEndsTheProgramThatWaitsForIt() throws IOException, InterruptedException {
        assertEndsForWantOfMemory(program(heap(20), FullMemory.class), 20);
    }

    /** With the collector that has all of it to give, whatever the machine would choose: others keep some back, and tell less. */
    private static List<String> heap(int megabytes) {
        return List.of("-XX:+UseG1GC", "-Xmx%dm".formatted(megabytes));
    }

    private void assertEndsForWantOfMemory(ProcessBuilder program, int megabytes)
            throws IOException, InterruptedException {
        Process process = program.start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(err()).contains("the history does not fit into %d MB of memory".formatted(megabytes));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void memoryThatEndedIsFoundBehindWhatCameOfIt() {
        OutOfMemoryError end = new OutOfMemoryError();
        IOException closing = new IOException("closing");
        closing.addSuppressed(end);

        assertThat(MemoryEnded.isBehind(end)).isTrue();
        assertThat(MemoryEnded.isBehind(new ExecutionException(new CompletionException(end))))
                .isTrue();
        assertThat(MemoryEnded.isBehind(new IllegalArgumentException("Self-suppression not permitted", end)))
                .isTrue();
        assertThat(MemoryEnded.isBehind(new IllegalStateException(closing))).isTrue();
        assertThat(MemoryEnded.isBehind(new IllegalStateException(new IOException("another"))))
                .isFalse();
    }
}

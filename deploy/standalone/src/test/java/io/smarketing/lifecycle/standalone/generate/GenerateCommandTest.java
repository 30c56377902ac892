package io.smarketing.lifecycle.standalone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theSummaryGoesToStderrAndTheHistoryToTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("history.jsonl");

        assertThat(run("--leads", "60", "--out", file.toString())).isZero();

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("leads", "planned deviations", "captured-again");
        assertThat(Files.readAllLines(file)).hasSizeGreaterThan(200);
    }

    @Test
    void withJsonStdoutHoldsOneObject(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("history.jsonl");

        assertThat(run("--leads", "60", "--json", "--out", file.toString())).isZero();

        JsonNode summary = JsonMapper.shared().readTree(out.toString());
        assertThat(summary.path("leads").intValue()).isEqualTo(60);
        assertThat(summary.path("lines").intValue())
                .isEqualTo(Files.readAllLines(file).size());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aNameInGzIsGzippedToTheSameBytesEachTime(@TempDir Path folder) throws IOException {
        Path plain = folder.resolve("plain.jsonl");
        Path zipped = folder.resolve("one.jsonl.gz");
        Path again = folder.resolve("two.jsonl.gz");
        run("--leads", "60", "--out", plain.toString());
        run("--leads", "60", "--out", zipped.toString());
        run("--leads", "60", "--out", again.toString());

        assertThat(again).hasSameBinaryContentAs(zipped);
        assertThat(Arrays.copyOf(Files.readAllBytes(zipped), 10))
                .isEqualTo(HexFormat.of().parseHex("1f8b08000000000000ff"));
        try (InputStream unzipped = new GZIPInputStream(Files.newInputStream(zipped))) {
            assertThat(unzipped.readAllBytes()).isEqualTo(Files.readAllBytes(plain));
        }
    }

    @Test
    void wrongUsageIsTwoAndSaysWhatToChange(@TempDir Path folder) {
        String file = folder.resolve("history.jsonl").toString();

        assertThat(run("--leads", "0", "--out", file)).isEqualTo(2);
        assertThat(err.toString()).contains("--leads is 0", "for example --leads 1000");
        assertThat(run("--days", "0", "--out", file)).isEqualTo(2);
        assertThat(run("--start", "1999-12-31", "--out", file)).isEqualTo(2);
        assertThat(run("--start", "2026-05-04", "--days", "2", "--out", file)).isEqualTo(2);
        assertThat(err.toString()).contains("take fewer days or an earlier start");
        assertThat(run("--leads", "10")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--out=F'");
    }

    @Test
    void aFileThatCannotBeWrittenIsTwoAndOneLine(@TempDir Path folder) {
        Path file = folder.resolve("missing").resolve("history.jsonl");

        assertThat(run("--out", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("Cannot write " + file + ": its folder does not exist; create it first");
    }

    /** It is written beside, and cannot be here. */
    @Test
    void whatLayThereStaysUntilAllIsWritten(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("history.jsonl"), "an older history");
        Files.createDirectory(folder.resolve(
                "history.jsonl.%d.part".formatted(ProcessHandle.current().pid())));

        assertThat(run("--leads", "200", "--out", file.toString())).isEqualTo(2);

        assertThat(file).hasContent("an older history");
    }

    private int run(String... arguments) {
        return new CommandLine(new GenerateCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}

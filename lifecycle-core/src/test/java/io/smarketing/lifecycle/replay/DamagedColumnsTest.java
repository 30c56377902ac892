package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.ColumnsWriter;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.UnusableColumns;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns on a disk that lies: an error that tells it, or the very numbers, and never others. */
class DamagedColumnsTest {

    private static final int FLIPS = Integer.getInteger("columns.flips", 10_500);
    private static final long SEED = Long.getLong("columns.flips.seed", 7);

    @TempDir
    private Path folder = Path.of("");

    private Policy policy;
    private String right = "";

    DamagedColumnsTest() throws RefusedDocument {
        policy = PolicyReader.read("random", RandomHistory.policy(3)).policy();
    }

    @BeforeEach
    void twoSegments() throws IOException {
        List<LeadHistory> leads = new ArrayList<>();
        for (int seed = 0; seed < 12; seed++) {
            for (LeadHistory lead :
                    ReplayAgainstNaiveTest.history(RandomHistory.lines(seed)).leads()) {
                leads.add(new LeadHistory(seed + lead.leadId(), lead.entries()));
            }
        }
        write(leads);
        right = answer();
    }

    private void write(List<LeadHistory> leads) throws IOException {
        ColumnsWriter writer = new ColumnsWriter(folder);
        int half = leads.size() / 2;
        writer.segment(0, leads.subList(0, half).iterator());
        writer.segment(1, leads.subList(half, leads.size()).iterator());
        writer.finish(new Coverage("random", 12, 12, "none"));
    }

    private String answer() throws IOException {
        return new ColumnarReplay(HistoryColumns.open(folder))
                .run(
                        new ReplayQuestion(
                                policy,
                                null,
                                Judge.Order.ARRIVAL,
                                null,
                                new Dimension("source"),
                                new CaptureRange(null, null),
                                true),
                        1,
                        leads -> {},
                        () -> false)
                .toJson(true)
                .toString();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aFlippedByteIsToldWhereverItLies() throws IOException {
        Random random = new Random(SEED);
        List<Path> files = files();
        assertThat(files).hasSize(3);
        for (int i = 0; i < FLIPS; i++) {
            Path file = files.get(random.nextInt(files.size()));
            int place = random.nextInt((int) Files.size(file));
            int flip = 1 + random.nextInt(255);
            change(file, place, flip);
            assertThatThrownBy(this::answer)
                    .as("seed %d, flip %d: byte %d of %s", SEED, i, place, file)
                    .isInstanceOf(UnusableColumns.class);
            change(file, place, flip);
        }
        assertThat(answer()).isEqualTo(right);
    }

    /** Done twice, nothing has changed. */
    private static void change(Path file, int place, int change) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(place);
            int was = bytes.read();
            bytes.seek(place);
            bytes.write(was ^ change);
        }
    }

    @Test
    void aFileThatEndsTooEarlyIsTold() throws IOException {
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length = 0; length < bytes.length; length += 1 + bytes.length / 300) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertThatThrownBy(this::answer)
                        .as("%d of %d bytes of %s", length, bytes.length, file)
                        .isInstanceOf(UnusableColumns.class);
            }
            Files.delete(file);
            assertThatThrownBy(this::answer)
                    .as("without %s", file)
                    .isInstanceOfSatisfying(
                            UnusableColumns.class,
                            e -> assertThat(e.kind()).isEqualTo(UnusableColumns.Kind.INCOMPLETE));
            Files.write(file, bytes);
        }
        assertThat(answer()).isEqualTo(right);
    }

    @Test
    void aWritingThatDidNotComeToItsEndLeavesWhatWasThere() throws IOException {
        ColumnsWriter interrupted = new ColumnsWriter(folder);
        interrupted.segment(0, List.<LeadHistory>of().iterator());
        Files.write(folder.resolve("2-000001.columns.unfinished"), new byte[100]);

        assertThat(answer()).isEqualTo(right);
    }

    @Test
    void anotherWritingTakesThePlaceOfTheFirst() throws IOException {
        write(ReplayAgainstNaiveTest.history(RandomHistory.lines(1)).leads());

        assertThat(answer()).isNotEqualTo(right);
        assertThat(files()).hasSize(3);
        assertThat(HistoryColumns.open(folder).coverage()).isEqualTo(new Coverage("random", 12, 12, "none"));
    }

    @Test
    void segmentsInEachOthersPlaceAreTold() throws IOException {
        List<Path> segments = files().stream()
                .filter(file -> file.toString().endsWith(".columns"))
                .toList();
        byte[] first = Files.readAllBytes(segments.get(0));
        Files.write(segments.get(0), Files.readAllBytes(segments.get(1)));
        Files.write(segments.get(1), first);

        assertThatThrownBy(this::answer).isInstanceOf(UnusableColumns.class);
    }
}

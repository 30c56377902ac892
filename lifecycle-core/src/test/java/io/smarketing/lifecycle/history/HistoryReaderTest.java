package io.smarketing.lifecycle.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.BrokenLines;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HistoryReaderTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private final List<RefusedLine> refused = new ArrayList<>();

    private History read(byte[] bytes) throws IOException {
        HistoryReader reader = new HistoryReader(NOW, refused::add);
        reader.read("history.jsonl", new ByteArrayInputStream(bytes), read -> {});
        return reader.history();
    }

    private History read(String... lines) throws IOException {
        return read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private static String event(String id, String lead, String type, String time, String more) {
        return """
               {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.%s.v1","subject":"%s","time":"%s"%s}""".formatted(id, type, lead, time, more);
    }

    private static String sequence(LeadHistory lead) {
        return lead.entries().stream().map(entry -> entry.eventId().id()).collect(Collectors.joining(" "));
    }

    @Test
    void factsWaitForTheirCaptureAndFollowItInTheOrderTheyCame() throws IOException {
        History history = read(
                event("w", "L1", "won", "2026-01-09T00:00:00Z", ""),
                event("a", "L1", "accepted", "2026-01-08T00:00:00Z", ""),
                event("c", "L1", "captured", "2026-01-01T00:00:00Z", ""),
                event("x", "L1", "contacted", "2026-01-02T00:00:00Z", ""),
                event("u", "L2", "won", "2026-01-02T00:00:00Z", ""));
        assertThat(history.leads()).extracting(HistoryReaderTest::sequence).containsExactly("c w a x");
        assertThat(history.leads().get(0).entries()).extracting(Entry::sequence).containsExactly(0L, 1L, 2L, 3L);
        assertThat(history.counts().unknownLead()).isEqualTo(1);
    }

    @Test
    void theFirstIsStoredTheSameIsADuplicateAndAnotherIsRefused() throws IOException {
        History history = read(
                event("c", "L1", "captured", "2026-01-01T00:00:00Z", ""),
                event("c", "L1", "captured", "2026-01-01T01:00:00+01:00", ",\"recordedtime\":\"2026-01-05T00:00:00Z\""),
                event("c", "L1", "captured", "2026-01-01T00:00:01Z", ""),
                event("c", "L2", "captured", "2026-01-01T00:00:00Z", ""));
        assertThat(history.counts().stored()).isEqualTo(1);
        assertThat(history.counts().duplicates()).isEqualTo(1);
        assertThat(history.counts().refusedByCode()).containsExactly(Map.entry("conflicting-duplicate", 2L));
        assertThat(refused).extracting(RefusedLine::line).containsExactly(3L, 4L);
        assertThat(refused.get(0).toString())
                .startsWith("history.jsonl:3: conflicting-duplicate in id:")
                .contains("void it");
    }

    @Test
    void aRefusedEventClaimsNothing() throws IOException {
        History history = read(
                event("c", "L1", "captured", "2031-01-01T00:00:00Z", ""),
                event("c", "L1", "captured", "2026-01-01T00:00:00Z", ""));
        assertThat(history.counts().stored()).isEqualTo(1);
        assertThat(refused).extracting(line -> line.refusal().code()).containsExactly("clock-ahead");
    }

    @Test
    void asKnownAtIsTheEngineThatGotNoMore() throws IOException {
        History history = read(
                event("a", "L1", "accepted", "2026-01-02T00:00:00Z", ",\"recordedtime\":\"2026-01-03T00:00:00Z\""),
                event("c", "L1", "captured", "2026-01-01T00:00:00Z", ",\"recordedtime\":\"2026-01-10T00:00:00Z\""),
                event("d", "L1", "captured", "2026-01-04T00:00:00Z", ""),
                event("w", "L1", "won", "2026-01-11T00:00:00Z", ""));
        assertThat(history.leads()).extracting(HistoryReaderTest::sequence).containsExactly("c a d w");
        assertThat(history.knownAt(Instant.parse("2026-01-03T23:59:59Z"))).isEmpty();
        assertThat(history.knownAt(Instant.parse("2026-01-04T00:00:00Z")))
                .extracting(HistoryReaderTest::sequence)
                .containsExactly("d a");
    }

    @Test
    void aThousandBrokenLinesAmongGoodOnesReconcile() throws IOException {
        List<BrokenLines.Broken> broken = BrokenLines.lines(11, 1_000);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        int good = 0;
        for (BrokenLines.Broken line : broken) {
            if (new String(line.line(), StandardCharsets.ISO_8859_1).contains("\n")) {
                continue;
            }
            file.write(line.line());
            file.write('\n');
            file.write(event("g" + good, "L" + good, "captured", "2026-01-01T00:00:00Z", "")
                    .getBytes(StandardCharsets.UTF_8));
            file.write("\r\n\n".getBytes(StandardCharsets.UTF_8));
            good++;
        }
        History history = read(file.toByteArray());
        IntakeCounts counts = history.counts();
        assertThat(broken.stream().map(BrokenLines.Broken::kind).distinct().count())
                .isGreaterThanOrEqualTo(20);
        assertThat(counts.events())
                .isEqualTo(counts.stored() + counts.duplicates() + counts.unknownLead() + counts.refused());
        assertThat(history.leads()).hasSize(good);
        assertThat(refused).hasSize((int) counts.refused());
        assertThat(counts.refused()).isGreaterThan(900);
        assertThat(refused).allSatisfy(line -> {
            assertThat(line.line() % 3).as("line number of %s", line).isEqualTo(1);
            assertThat(line.refusal().mend()).isNotBlank();
        });
    }

    @Test
    void anEndlessLineIsRefusedAndDoesNotFillTheMemory() throws IOException {
        byte[] endless = new byte[8 << 20];
        Arrays.fill(endless, (byte) 'x');
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(endless);
        file.write('\n');
        file.write(event("c", "L1", "captured", "2026-01-01T00:00:00Z", "").getBytes(StandardCharsets.UTF_8));
        History history = read(file.toByteArray());
        assertThat(history.counts().stored()).isEqualTo(1);
        assertThat(refused).extracting(line -> line.refusal().code()).containsExactly("too-large");
    }
}

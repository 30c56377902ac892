package io.smarketing.lifecycle.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.CloudEventCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinesTest {

    private static final int MEGABYTE = 1 << 20;

    /** Lines of one letter, read as they are asked for. */
    private static final class Letters extends InputStream {

        private final long end;
        private final int line;
        private long read;

        Letters(int lines, int line) {
            this.end = (long) lines * line;
            this.line = line;
        }

        @Override
        public int read() {
            return read == end ? -1 : ++read % line == 0 ? '\n' : 'x';
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            int some = (int) Math.min(length, end - read);
            for (int i = from; i < from + some; i++) {
                bytes[i] = (byte) read();
            }
            return some == 0 ? -1 : some;
        }
    }

    @Test
    void longLinesAreTakenBeforeAllAreRead() throws IOException {
        Letters letters = new Letters(100, MEGABYTE);
        AtomicLong taken = new AtomicLong();
        AtomicLong held = new AtomicLong();
        Lines.forEach(
                letters,
                line -> {
                    assertThat(line.length()).isEqualTo(MEGABYTE - 1);
                    return line;
                },
                line -> {
                    held.accumulateAndGet(letters.read - taken.get(), Math::max);
                    taken.addAndGet(MEGABYTE);
                },
                read -> {});
        assertThat(taken).hasValue(100L * MEGABYTE);
        assertThat(held.get()).isLessThan(35L * MEGABYTE);
    }

    @Test
    void ofALineThatIsTooLongNothingIsKeptButItsNumber() throws IOException {
        List<Lines.Line> lines = new ArrayList<>();
        Lines.forEach(new Letters(3, 3 * MEGABYTE), line -> line, lines::add, read -> {});
        assertThat(lines).extracting(Lines.Line::number).containsExactly(1L, 2L, 3L);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.bytes()).isEmpty();
            assertThat(line.length()).isGreaterThan(CloudEventCodec.MOST_BYTES);
        });
    }

    @Test
    void aRecordedEventThatIsTooLongIsToldSo() throws IOException {
        List<String> told = new ArrayList<>();
        RecordedReader reader = new RecordedReader(unreadable -> told.add(unreadable.toString()));
        byte[] line = "x".repeat(2 * MEGABYTE).getBytes(StandardCharsets.UTF_8);
        reader.read("events.jsonl", new ByteArrayInputStream(line), read -> {});
        assertThat(told).containsExactly("events.jsonl:1: no stored event: it has more than 1,048,576 bytes");
        assertThat(reader.events()).isEqualTo(1);
    }
}

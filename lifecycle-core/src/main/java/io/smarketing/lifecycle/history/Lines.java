package io.smarketing.lifecycle.history;

import io.smarketing.lifecycle.event.CloudEventCodec;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Splits bytes into lines without looking into them; blank lines are passed over but counted. */
final class Lines {

    /** Lines made something of at a time, by all cores. */
    private static final int BATCH = 8_192;

    /** A batch ends with the line that brings it to so many bytes: lines may have a megabyte each. */
    private static final int BATCH_BYTES = 32 << 20;

    private static final int LONGEST = CloudEventCodec.MOST_BYTES + 1;

    private static final byte[] NONE = {};

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private long number;

    /**
     * A line with its number from 1.
     *
     * @param length of the line; where it is beyond what an event may have, it is cut and there are no bytes
     */
    record Line(long number, byte[] bytes, int length) {

        boolean isTooLong() {
            return bytes.length < length;
        }
    }

    Lines(InputStream in) {
        this.in = in;
    }

    /**
     * Makes something of every line, in parallel, and takes it in the order of the lines.
     *
     * @param progress is told of the number of bytes read since it was last told
     */
    static <T> void forEach(InputStream in, Function<Line, T> decode, Consumer<T> take, Consumer<Long> progress)
            throws IOException {
        Lines lines = new Lines(in);
        List<Line> batch = new ArrayList<>(BATCH);
        long bytes = 0;
        @Nullable Line line = lines.next();
        while (line != null) {
            batch.add(line);
            bytes += line.bytes().length;
            line = lines.next();
            if (batch.size() == BATCH || bytes >= BATCH_BYTES || line == null) {
                batch.parallelStream().map(decode).toList().forEach(take);
                progress.accept(batch.stream().mapToLong(Line::length).sum());
                batch.clear();
                bytes = 0;
            }
        }
    }

    /** The next line that is not blank; null at the end. */
    @Nullable Line next() throws IOException {
        while (true) {
            byte[] line = new byte[0];
            int length = 0;
            boolean ended = false;
            while (!ended) {
                if (start == end) {
                    end = in.read(buffer);
                    start = 0;
                    if (end <= 0) {
                        end = 0;
                        if (length == 0) {
                            return null;
                        }
                        break;
                    }
                }
                int stop = start;
                while (stop < end && buffer[stop] != '\n') {
                    stop++;
                }
                ended = stop < end;
                int taken = Math.min(stop - start, LONGEST - length);
                if (taken > 0) {
                    line = Arrays.copyOf(line, length + taken);
                    System.arraycopy(buffer, start, line, length, taken);
                    length += taken;
                }
                start = ended ? stop + 1 : stop;
            }
            number++;
            if (length == LONGEST) {
                return new Line(number, NONE, length);
            }
            int begin = number == 1 && startsWithByteOrderMark(line) ? 3 : 0;
            if (!isBlank(line, begin)) {
                byte[] bytes = begin == 0 ? line : Arrays.copyOfRange(line, begin, line.length);
                return new Line(number, bytes, bytes.length);
            }
        }
    }

    private static boolean startsWithByteOrderMark(byte[] line) {
        return line.length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }

    private static boolean isBlank(byte[] line, int begin) {
        for (int i = begin; i < line.length; i++) {
            if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}

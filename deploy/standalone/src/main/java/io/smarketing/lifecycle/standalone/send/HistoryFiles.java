package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.standalone.terminal.Unpacked;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The lines of histories, one file after the other; packed ones are unpacked. Blank lines are passed over but counted. */
public final class HistoryFiles implements Lines, Closeable {

    /** A line beyond it is cut here: it is no event, and the memory it takes must end somewhere. */
    static final int LONGEST_LINE = 4 << 20;

    private static final Path STDIN = Path.of("-");
    private static final int BUFFER_BYTES = 1 << 16;

    private final List<Path> files;
    private final long bytes;
    private int opened;
    private @Nullable InputStream in;
    private String file = "";
    private long number;
    private long bytesRead;

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;

    /**
     * Looks whether the files are there.
     *
     * @param files {@code -} is stdin
     * @throws WrongInput when one cannot be read, or is no history by its name
     */
    public HistoryFiles(List<Path> files) throws IOException {
        this.files = List.copyOf(files);
        long size = 0;
        for (Path path : files) {
            refuseUnreadable(path);
            size = size < 0 || !Files.isRegularFile(path) ? -1 : size + Files.size(path);
        }
        this.bytes = size;
    }

    /** By its name, as far as names tell. */
    public static boolean isHistory(Path file) {
        String name = plainName(file);
        return file.equals(STDIN) || name.endsWith(".jsonl") || name.endsWith(".ndjson");
    }

    private static boolean isTable(Path file) {
        String name = plainName(file);
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    private static String plainName(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    private static void refuseUnreadable(Path path) {
        if (path.equals(STDIN)) {
            return;
        }
        if (Files.isDirectory(path)) {
            throw new WrongInput("%s is a folder; name the files in it".formatted(path));
        }
        if (!Files.isReadable(path)) {
            throw new WrongInput("%s: no file that can be read; check the path".formatted(path));
        }
        if (isTable(path)) {
            throw new WrongInput("%s is a table, not a history: say which columns make which events by --mapping FILE"
                    .formatted(path));
        }
    }

    @Override
    public @Nullable Line next() throws IOException {
        while (true) {
            try {
                if (in == null && !open()) {
                    return null;
                }
                byte[] line = read();
                if (line == null) {
                    close();
                    continue;
                }
                number++;
                int begin = number == 1 && startsWithByteOrderMark(line) ? 3 : 0;
                if (!isBlank(line, begin)) {
                    return new Line(file, number, begin == 0 ? line : withoutByteOrderMark(line));
                }
            } catch (IOException e) {
                throw new WrongInput(
                        "%s cannot be read to its end: %s; fetch or pack it again".formatted(file, e.getMessage()));
            }
        }
    }

    private boolean open() throws IOException {
        if (opened == files.size()) {
            return false;
        }
        Path path = files.get(opened++);
        file = path.equals(STDIN) ? "stdin" : path.toString();
        number = 0;
        start = 0;
        end = 0;
        InputStream counted = new BufferedInputStream(
                new Counted(path.equals(STDIN) ? System.in : Files.newInputStream(path)), 1 << 16);
        counted.mark(2);
        boolean packed = counted.read() == 0x1f && counted.read() == 0x8b;
        counted.reset();
        in = packed ? new Unpacked(counted) : counted;
        return true;
    }

    /** A line without its break; null at the end of the file. */
    private byte @Nullable [] read() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        boolean any = false;
        while (start < end || fill()) {
            any = true;
            int stop = start;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            line.write(buffer, start, Math.min(stop - start, LONGEST_LINE + 1 - line.size()));
            boolean ended = stop < end;
            start = ended ? stop + 1 : stop;
            if (ended) {
                return line.toByteArray();
            }
        }
        return any ? line.toByteArray() : null;
    }

    private boolean fill() throws IOException {
        start = 0;
        end = in == null ? -1 : in.read(buffer);
        return end > 0;
    }

    private static boolean startsWithByteOrderMark(byte[] line) {
        return line.length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }

    private static byte[] withoutByteOrderMark(byte[] line) {
        return Arrays.copyOfRange(line, 3, line.length);
    }

    private static boolean isBlank(byte[] line, int begin) {
        for (int i = begin; i < line.length; i++) {
            if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public long position() {
        return bytesRead >> 10;
    }

    @Override
    public long end() {
        return bytes < 0 ? -1 : bytes >> 10;
    }

    @Override
    public String unit() {
        return " KiB";
    }

    @Override
    public void close() throws IOException {
        InputStream open = in;
        in = null;
        if (open != null) {
            open.close();
        }
    }

    /** Counts before unpacking, as the size of a file does. */
    private final class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            bytesRead += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            bytesRead += Math.max(0, read);
            return read;
        }
    }
}

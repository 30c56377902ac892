package io.smarketing.lifecycle.standalone.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Stdout, where writers pass over in silence what could not be written: it remembers the first failure. */
public final class Answers extends OutputStream {

    private static final int KIND_OF_FILE = 0170000;
    private static final int PIPE = 0010000;

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private @Nullable IOException failure;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Why an answer is not where it was to go; null when it is. A reader who has seen enough and closes the pipe, as {@code head}
     * does, has what they wanted.
     */
    public @Nullable String failure() {
        IOException e = failure;
        return e == null || isClosedPipe(e) ? null : String.valueOf(e.getMessage());
    }

    /** The words of the system are in its own language, but writing into a pipe fails in no other way. */
    private static boolean isClosedPipe(IOException e) {
        try {
            return Files.getAttribute(Path.of("/dev/stdout"), "unix:mode") instanceof Integer mode
                    && (mode & KIND_OF_FILE) == PIPE;
        } catch (IOException | RuntimeException unknown) {
            return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
        }
    }
}

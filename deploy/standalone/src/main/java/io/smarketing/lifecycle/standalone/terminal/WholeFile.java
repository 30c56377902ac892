package io.smarketing.lifecycle.standalone.terminal;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all: written beside its place and moved there by {@link #complete}; packed when its name
 * ends in {@code .gz}. A place that holds something else than a file (a pipe, a device) is written to directly.
 */
public final class WholeFile implements Closeable {

    private final Path place;
    private final @Nullable Path beside;
    private final OutputStream out;

    private WholeFile(Path place, @Nullable Path beside) throws IOException {
        this.place = place;
        this.beside = beside;
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(beside == null ? place : beside), 1 << 16);
        this.out = place.toString().endsWith(".gz") ? new GZIPOutputStream(file, 1 << 16) : file;
    }

    /**
     * Begins a file.
     *
     * @throws WrongInput when nothing can be written there
     */
    public static WholeFile at(Path path) {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                return new WholeFile(path, null);
            }
            Path place = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
            String name = "%s.%d.part"
                    .formatted(place.getFileName(), ProcessHandle.current().pid());
            return new WholeFile(place, place.resolveSibling(name));
        } catch (IOException e) {
            throw new WrongInput("%s cannot be written (%s); name a file in a folder that is there"
                    .formatted(path, e.getClass().getSimpleName()));
        }
    }

    public OutputStream out() {
        return out;
    }

    public void complete() throws IOException {
        out.close();
        if (beside != null) {
            Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Without {@link #complete} before, leaves nothing behind. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            if (beside != null) {
                Files.deleteIfExists(beside);
            }
        }
    }
}

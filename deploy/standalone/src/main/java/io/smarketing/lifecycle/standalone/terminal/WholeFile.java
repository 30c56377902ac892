package io.smarketing.lifecycle.standalone.terminal;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.Deflater;
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

    private WholeFile(Path place, @Nullable Path beside, int level) throws IOException {
        this.place = place;
        this.beside = beside;
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(beside == null ? place : beside), 1 << 16);
        this.out = place.toString().endsWith(".gz") ? new Packed(file, level) : file;
    }

    /** The JDK writes a header without time or name, always the same since Java 16. */
    private static final class Packed extends GZIPOutputStream {

        Packed(OutputStream out, int level) throws IOException {
            super(out, 1 << 16);
            def.setLevel(level);
        }
    }

    /**
     * Begins a file.
     *
     * @throws WrongInput when nothing can be written there
     */
    public static WholeFile at(Path path) {
        try {
            return at(path, Deflater.DEFAULT_COMPRESSION);
        } catch (IOException e) {
            throw new WrongInput("%s cannot be written (%s); name a file in a folder that is there"
                    .formatted(path, e.getClass().getSimpleName()));
        }
    }

    /**
     * The same, where the caller tells why nothing can be written there.
     *
     * @param level of {@link Deflater}, of what is packed
     */
    public static WholeFile at(Path path, int level) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return new WholeFile(path, null, level);
        }
        Path place = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        String name = "%s.%d.part"
                .formatted(place.getFileName(), ProcessHandle.current().pid());
        return new WholeFile(place, place.resolveSibling(name), level);
    }

    /** Where a path leads, whatever it is called: two that lead to one place would be one file. */
    public static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
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

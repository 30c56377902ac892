package io.smarketing.lifecycle.standalone.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL's data folder as a first start leaves it: made once by the product itself, then copied, which is cheaper. */
public final class PostgresTemplate {

    private static final Path BUILD = Path.of("target").toAbsolutePath();
    private static @Nullable Path made;

    private PostgresTemplate() {}

    /** Where the tests of a build share PostgreSQL's programs. */
    public static Path programs() {
        return BUILD.resolve("postgres-programs");
    }

    /** Lays PostgreSQL's folder into an engine's data folder. */
    public static void copyInto(Path data) throws IOException {
        Path template = template();
        Path copy = data.resolve("postgres");
        try (Stream<Path> files = Files.walk(template)) {
            files.forEach(
                    file -> copy(file, copy.resolve(template.relativize(file).toString())));
        }
    }

    private static void copy(Path file, Path copy) {
        try {
            Files.createDirectories(copy.resolveSibling("."));
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path template() throws IOException {
        Path template = made;
        if (template == null) {
            Path folder = BUILD.resolve("postgres-template");
            FileSystemUtils.deleteRecursively(folder);
            template = folder.resolve("postgres");
            Files.createDirectories(folder);
            EmbeddedPostgres.start(template, programs(), 0, message -> {}).close();
            made = template;
        }
        return template;
    }
}

package io.smarketing.lifecycle.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Real data sets, which are not part of the repository: the folder that the system property {@code shared.data} names, else
 * {@code shared/data} beside the repository or one of its ancestors. Where it is not, the test is skipped.
 */
public final class SharedData {

    private SharedData() {}

    /** A folder of the data sets; where it is absent the calling test is skipped. */
    public static Path folder(String name) {
        Optional<Path> folder = data().map(data -> data.resolve(name)).filter(Files::isDirectory);
        Assumptions.assumeTrue(
                folder.isPresent(),
                "no shared/data/%s above %s; name the folder with -Dshared.data=…".formatted(name, workingDirectory()));
        return folder.orElseThrow();
    }

    private static Optional<Path> data() {
        String named = System.getProperty("shared.data", "");
        return named.isBlank() ? above("shared/data").filter(Files::isDirectory) : Optional.of(Path.of(named));
    }

    /** A file of the repository. */
    public static Path example(String name) {
        return above("docs/examples/" + name).orElseThrow();
    }

    /** The text of an example. */
    public static String exampleText(String name) {
        try {
            return Files.readString(example(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> above(String relative) {
        return Stream.<Path>iterate(workingDirectory(), folder -> folder != null, Path::getParent)
                .map(folder -> folder.resolve(relative))
                .filter(Files::exists)
                .findFirst();
    }

    private static Path workingDirectory() {
        return Path.of("").toAbsolutePath();
    }
}

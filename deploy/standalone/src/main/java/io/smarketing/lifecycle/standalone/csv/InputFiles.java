package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files of the command line, by the names a mapping may use: a {@code .gz} at the end may be left out. */
final class InputFiles {

    private final Map<String, Path> byName = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * Takes files as the command line names them.
     *
     * @throws WrongInput when a file cannot be read or two have the same name
     */
    InputFiles(List<Path> files) {
        for (Path file : files) {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new WrongInput("%s: no file that can be read; check the path".formatted(file));
            }
            Path earlier = byName.putIfAbsent(plain(String.valueOf(file.getFileName())), file);
            if (earlier != null) {
                throw new WrongInput("%s and %s have the same name, by which the mapping finds them; rename one"
                        .formatted(earlier, file));
            }
        }
    }

    private static String plain(String name) {
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    Optional<Path> named(String name) {
        asked.add(plain(name));
        return Optional.ofNullable(byName.get(plain(name)));
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** The files nobody has asked for. */
    List<Path> left() {
        return byName.keySet().stream()
                .filter(name -> !asked.contains(name))
                .map(byName::get)
                .toList();
    }
}

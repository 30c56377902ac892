package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns of a table while a mapping is read; every join adds those of the joined table. */
final class Columns {

    /** Takes the place of a column that is not there, in a mapping that is refused for it. */
    private static final Column STAND_IN = new Column("", 0);

    private static final int MOST_NAMES = 40;

    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final Set<String> ambiguous = new HashSet<>();
    private boolean known = true;
    private int width;

    static Columns of(List<String> header) {
        Columns columns = new Columns();
        header.forEach(columns::add);
        return columns;
    }

    /** Those of a table that is not there: any name is taken, so that one mistake is told once. */
    static Columns unknown() {
        Columns columns = new Columns();
        columns.becomeUnknown();
        return columns;
    }

    private void add(String name) {
        if (columns.putIfAbsent(name, new Column(name, width)) != null) {
            ambiguous.add(name);
        }
        width++;
    }

    /** Adds another table's columns behind these, as {@code accounts.sector}. */
    void join(CsvTable table) {
        table.header().forEach(name -> add(table.name() + "." + name));
    }

    void becomeUnknown() {
        known = false;
    }

    /**
     * The column that a place in the mapping names. Where there is none, the place is told and a stand-in returned.
     *
     * @param place null where the mapping names no column, which is told already
     */
    Column named(YamlDocument.@Nullable Value place) {
        return place == null ? STAND_IN : named(place, "");
    }

    /**
     * The same where something else than a column may be meant.
     *
     * @param otherwise how that is written
     */
    Column named(YamlDocument.Value place, String otherwise) {
        return named(place, place.text(), 0, otherwise);
    }

    /**
     * The same for a name inside a longer text.
     *
     * @param offset where in the text the name stands
     */
    Column named(YamlDocument.Value place, String name, int offset) {
        return named(place, name, offset, "");
    }

    private Column named(YamlDocument.Value place, String name, int offset, String otherwise) {
        Column column = columns.get(name);
        if (column == null) {
            if (known && !name.isBlank()) {
                place.errorAt(
                        offset,
                        "there is no column '%s'".formatted(name),
                        YamlDocument.nearest(name, columns.keySet())
                                .map("did you mean %s?"::formatted)
                                .orElseGet(() -> "there are " + firstNames() + otherwise));
            }
            return STAND_IN;
        }
        if (ambiguous.contains(name)) {
            place.errorAt(
                    offset,
                    "the column '%s' stands in the header twice".formatted(name),
                    "rename one of them in the file");
        }
        return column;
    }

    private String firstNames() {
        String names = columns.keySet().stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
        return columns.size() <= MOST_NAMES ? names : names + ", …";
    }
}

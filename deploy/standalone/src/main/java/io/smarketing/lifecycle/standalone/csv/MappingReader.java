package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a mapping and checks it against the headers of the files it is about, before any row is read. */
final class MappingReader {

    private static final String JOIN_MEND = "write {table: deals, column: account, with: accounts, key: account}";
    private static final char UNREADABLE = '\uFFFD';

    private final YamlDocument.Mapping document;
    private final InputFiles files;
    private final Map<String, Table> tables = new LinkedHashMap<>();

    /** A table while the mapping is read; without csv where its file is not there. */
    private static final class Table {
        private final @Nullable CsvTable csv;
        private final Columns columns;
        private final List<Mapping.Join> joins = new ArrayList<>();
        private final List<EventRule> events = new ArrayList<>();
        private boolean isJoined;

        private Table(@Nullable CsvTable csv, Columns columns) {
            this.csv = csv;
            this.columns = columns;
        }

        private boolean isJoinedWith(CsvTable other) {
            return joins.stream().anyMatch(join -> join.lookup().table().equals(other));
        }
    }

    private MappingReader(YamlDocument.Mapping document, InputFiles files) {
        this.document = document;
        this.files = files;
    }

    /**
     * Reads a mapping.
     *
     * @param name how messages call the document, usually its file name
     * @throws RefusedDocument with every mistake, each with line, column and mend
     */
    static Mapping read(String name, String text, InputFiles files) throws RefusedDocument {
        return new MappingReader(YamlDocument.open(name, text), files).read();
    }

    private Mapping read() throws RefusedDocument {
        document.onlyKeys(List.of("source", "zone", "tables", "joins", "events"));
        String source = source();
        readTables();
        readJoins();
        readEvents(new EventRuleReader(zone()));
        refuseIdleTables();
        document.refuseIfBroken();
        List<Mapping.Feed> feeds = new ArrayList<>();
        for (Table table : tables.values()) {
            if (table.csv != null && !table.events.isEmpty()) {
                feeds.add(new Mapping.Feed(table.csv, List.copyOf(table.joins), List.copyOf(table.events)));
            }
        }
        return new Mapping(source, feeds, document.problems());
    }

    private String source() {
        YamlDocument.@Nullable Value place =
                document.required("source", "name the system the rows are from, as source: urn:crm:export");
        if (place == null) {
            return "";
        }
        String source = place.text();
        try {
            return new URI(source).toString();
        } catch (URISyntaxException e) {
            place.error("'%s' is no URI".formatted(source), "write it without spaces, as urn:crm:export");
            return "";
        }
    }

    private ZoneId zone() {
        YamlDocument.@Nullable Value place = document.optional("zone");
        String name = place == null ? "" : place.text();
        if (place == null || name.isBlank()) {
            return ZoneOffset.UTC;
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            place.error(
                    "'%s' is no time zone".formatted(name),
                    YamlDocument.nearest(name, new TreeSet<>(ZoneId.getAvailableZoneIds()))
                            .map("did you mean %s?"::formatted)
                            .orElse("write UTC, Europe/Berlin or +01:00"));
            return ZoneOffset.UTC;
        }
    }

    private void readTables() {
        YamlDocument.@Nullable Value place =
                document.required("tables", "name the CSV files, as tables: {leads: {file: leads.csv}}");
        if (place == null) {
            return;
        }
        YamlDocument.Mapping named = place.mapping();
        for (String name : named.keys()) {
            YamlDocument.@Nullable Value value = named.optional(name);
            if (value != null) {
                tables.put(name, table(name, value.mapping()));
            }
        }
    }

    private Table table(String name, YamlDocument.Mapping mapping) {
        mapping.onlyKeys(List.of("file", "delimiter"));
        char delimiter = delimiter(mapping.optional("delimiter"));
        YamlDocument.@Nullable Value place = mapping.required("file", "name the file, as file: leads.csv");
        Optional<CsvTable> csv = place == null ? Optional.empty() : csvTable(name, place, delimiter);
        return csv.map(found -> new Table(found, Columns.of(found.header())))
                .orElseGet(() -> new Table(null, Columns.unknown()));
    }

    private static char delimiter(YamlDocument.@Nullable Value place) {
        if (place == null) {
            return ',';
        }
        String text = place.text();
        if (text.equals("tab")) {
            return '\t';
        }
        if (text.length() == 1 && !Character.isLetterOrDigit(text.charAt(0)) && !text.equals("\"")) {
            return text.charAt(0);
        }
        if (!text.isBlank()) {
            place.error("'%s' is no delimiter".formatted(text), "write one character, as \";\", or the word tab");
        }
        return ',';
    }

    private Optional<CsvTable> csvTable(String name, YamlDocument.Value place, char delimiter) {
        String fileName = place.text();
        Optional<Path> file = files.named(fileName);
        if (file.isEmpty()) {
            if (!fileName.isBlank()) {
                place.error(
                        "the command line names no file '%s'".formatted(fileName),
                        YamlDocument.nearest(fileName, files.names())
                                .map("did you mean %s?"::formatted)
                                .orElse("add it to the files behind `import`"));
            }
            return Optional.empty();
        }
        try {
            CsvTable csv = CsvTable.of(name, file.get(), delimiter);
            return headerIsSound(csv, place) ? Optional.of(csv) : Optional.empty();
        } catch (IOException e) {
            place.error("'%s' cannot be read: %s".formatted(fileName, e.getMessage()), "check the file");
            return Optional.empty();
        }
    }

    private static boolean headerIsSound(CsvTable csv, YamlDocument.Value place) {
        String names = String.join("", csv.header());
        if (names.isBlank()) {
            place.error("'%s' has no header".formatted(csv.fileName()), "the first line must name the columns");
            return false;
        }
        if (names.indexOf(UNREADABLE) >= 0 || names.indexOf('\0') >= 0) {
            place.error(
                    "the header of '%s' is not readable as UTF-8".formatted(csv.fileName()),
                    "save the file as CSV with the encoding UTF-8");
            return false;
        }
        if (csv.header().size() == 1) {
            for (String other : List.of(";", "\t", "|", ",")) {
                if (names.contains(other)) {
                    place.error(
                            "the columns of '%s' are not separated by '%s'".formatted(csv.fileName(), csv.delimiter()),
                            "write delimiter: " + (other.equals("\t") ? "tab" : "\"" + other + "\""));
                    return false;
                }
            }
        }
        return true;
    }

    private @Nullable Table tableNamed(YamlDocument.@Nullable Value place) {
        String name = place == null ? "" : place.text();
        Table table = tables.get(name);
        if (place != null && table == null && !tables.isEmpty() && !name.isBlank()) {
            place.error(
                    "there is no table '%s'".formatted(name),
                    YamlDocument.nearest(name, tables.keySet())
                            .map("did you mean %s?"::formatted)
                            .orElse("one of " + String.join(", ", tables.keySet())));
        }
        return table;
    }

    private static Columns columnsOf(@Nullable Table table) {
        return table == null ? Columns.unknown() : table.columns;
    }

    private void readJoins() {
        YamlDocument.@Nullable Value place = document.optional("joins");
        if (place != null) {
            place.items().forEach(item -> readJoin(item.mapping()));
        }
    }

    private void readJoin(YamlDocument.Mapping join) {
        join.onlyKeys(List.of("table", "column", "with", "key"));
        Table table = tableNamed(join.required("table", JOIN_MEND));
        YamlDocument.@Nullable Value withPlace = join.required("with", JOIN_MEND);
        Table with = tableNamed(withPlace);
        Column column = columnsOf(table).named(join.required("column", JOIN_MEND));
        Column key = columnsOf(with).named(join.required("key", JOIN_MEND));
        if (table == null) {
            return;
        }
        if (withPlace == null || with == null || with.csv == null) {
            table.columns.becomeUnknown();
        } else if (table == with || table.isJoinedWith(with.csv)) {
            withPlace.error(
                    "'%s' is there already".formatted(with.csv.name()),
                    "list its file under a second name in tables and join that");
            table.columns.becomeUnknown();
        } else {
            with.isJoined = true;
            table.joins.add(new Mapping.Join(column, new Mapping.Lookup(with.csv, key)));
            table.columns.join(with.csv);
        }
    }

    private void readEvents(EventRuleReader rules) {
        YamlDocument.@Nullable Value place =
                document.required("events", "say what a row makes, as events: [{from: leads, type: captured, …}]");
        if (place == null) {
            return;
        }
        List<YamlDocument.Value> items = place.items();
        if (items.isEmpty() && place.isList()) {
            place.error("is empty", "add at least one event");
        }
        for (YamlDocument.Value item : items) {
            YamlDocument.Mapping event = item.mapping();
            Table table = tableNamed(event.required("from", "name the table, as from: leads"));
            Optional<EventRule> rule = rules.read(event, columnsOf(table));
            if (table != null) {
                rule.ifPresent(table.events::add);
            }
        }
    }

    private void refuseIdleTables() {
        if (document.isBroken()) {
            return;
        }
        tables.forEach((name, table) -> {
            if (table.events.isEmpty() && !table.joins.isEmpty()) {
                document.keyOf("joins")
                        .error(
                                "'%s' has a join, but no event comes from it".formatted(name),
                                "join to a table that events come from");
            } else if (table.events.isEmpty() && !table.isJoined) {
                document.keyOf("tables").warning("nothing uses the table '%s'".formatted(name), "it may be left out");
            }
        });
    }
}

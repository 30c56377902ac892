package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Arrival;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.standalone.send.Line;
import io.smarketing.lifecycle.standalone.send.Lines;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of rows. A row is all or nothing: when one of its events cannot be formed, the row is refused. The events are
 * kept in memory until they are sorted, about half a kilobyte each.
 */
final class CsvImport {

    private static final Comparator<Made> IN_ORDER = Comparator.comparing(Made::occurredAt);

    private final Mapping mapping;
    private final Instant now;
    private final RefusedRows refusedRows;
    private final ImportReport report = new ImportReport();
    private final CloudEventCodec codec = new CloudEventCodec();
    private final Set<Path> filesRead = new HashSet<>();
    /** A table that is joined and makes events too is read twice. */
    private final Set<Place> placesRefused = new HashSet<>();

    private final Map<Mapping.Lookup, Map<String, List<String>>> lookups = new HashMap<>();
    private final Map<String, Fingerprint> fingerprintsById = new HashMap<>();
    private final List<Made> made = new ArrayList<>();

    /** Told of every row that is refused. */
    interface RefusedRows {
        void add(RefusedRow row) throws IOException;
    }

    private interface RowReader {
        void read(CsvRow row) throws Refusal;
    }

    private record Place(Path file, long line) {}

    private record Made(Instant occurredAt, byte[] json, CsvTable table, long line) {}

    private record Formed(EventRule rule, Arrival arrival, byte[] json) {}

    private record JoinedRows(Column column, Map<String, List<String>> byKey, List<String> blank, JoinTally tally) {}

    /**
     * Imports by a mapping.
     *
     * @param now the clock's reading, against events from the future
     */
    CsvImport(Mapping mapping, Instant now, RefusedRows refusedRows) {
        this.mapping = mapping;
        this.now = now;
        this.refusedRows = refusedRows;
    }

    /**
     * Reads all files.
     *
     * @throws WrongInput when a joined table has a key twice or a file cannot be read to its end
     */
    ImportReport read() throws IOException {
        for (Mapping.Feed feed : mapping.feeds()) {
            report.expectRowsOf(feed.table());
            feed.events().forEach(report::expectEventsOf);
        }
        for (Mapping.Feed feed : mapping.feeds()) {
            for (Mapping.Join join : feed.joins()) {
                if (!lookups.containsKey(join.lookup())) {
                    lookups.put(join.lookup(), rowsByKey(join.lookup()));
                }
            }
        }
        for (Mapping.Feed feed : mapping.feeds()) {
            List<JoinedRows> joins = feed.joins().stream()
                    .map(join -> joinedRows(feed.table(), join))
                    .toList();
            readRows(feed.table(), row -> makeEvents(feed, row.line(), widened(row.cells(), joins)));
        }
        return report;
    }

    private void readRows(CsvTable table, RowReader reader) throws IOException {
        report.expectRowsOf(table);
        boolean isFirstReading = filesRead.add(table.file());
        try (CsvRows rows = table.rows()) {
            for (CsvRow row = next(table, rows); row != null; row = next(table, rows)) {
                if (isFirstReading) {
                    report.countRow(table);
                }
                Refusal fault = faultOf(table, row);
                try {
                    if (fault == null) {
                        reader.read(row);
                    } else if (isFirstReading) {
                        throw fault;
                    }
                } catch (Refusal refusal) {
                    if (placesRefused.add(new Place(table.file(), row.line()))) {
                        RefusedRow refused = new RefusedRow(table.fileName(), row, refusal);
                        report.countRefused(refused);
                        refusedRows.add(refused);
                    }
                }
            }
        }
    }

    private static @Nullable CsvRow next(CsvTable table, CsvRows rows) {
        try {
            return rows.next();
        } catch (IOException e) {
            throw new WrongInput(
                    "%s cannot be read to its end: %s; fetch or pack it again".formatted(table.file(), e.getMessage()));
        }
    }

    private static @Nullable Refusal faultOf(CsvTable table, CsvRow row) {
        int columns = table.header().size();
        int cells = row.cells().size();
        if (row.fault() != null || cells == columns) {
            return row.fault();
        }
        return new Refusal(
                "wrong-column-count",
                "",
                "the row has %d cells, the header %d columns".formatted(cells, columns),
                "put a cell that contains '%s' in quotes, or fill the row up".formatted(table.delimiter()));
    }

    private Map<String, List<String>> rowsByKey(Mapping.Lookup lookup) throws IOException {
        Map<String, List<String>> rows = new HashMap<>();
        Map<String, Long> lineByKey = new HashMap<>();
        readRows(lookup.table(), row -> {
            String key = lookup.key().in(row.cells());
            if (key.isEmpty()) {
                return;
            }
            Long earlier = lineByKey.putIfAbsent(key, row.line());
            if (earlier != null) {
                throw new WrongInput(
                        "%s, line %d: the %s '%s' stands in line %d already; a join needs it once: remove one of the rows"
                                .formatted(
                                        lookup.table().fileName(),
                                        row.line(),
                                        lookup.key().name(),
                                        key,
                                        earlier));
            }
            rows.put(key, row.cells());
        });
        return rows;
    }

    private JoinedRows joinedRows(CsvTable table, Mapping.Join join) {
        Map<String, List<String>> byKey = lookups.getOrDefault(join.lookup(), Map.of());
        int width = join.lookup().table().header().size();
        return new JoinedRows(join.column(), byKey, Collections.nCopies(width, ""), report.tallyOf(table, join));
    }

    private static List<String> widened(List<String> cells, List<JoinedRows> joins) throws Refusal {
        List<String> row = new ArrayList<>(cells);
        for (JoinedRows join : joins) {
            String key = join.column().in(row);
            List<String> found = join.byKey().getOrDefault(key, join.blank());
            join.tally().count(key, join.byKey().containsKey(key));
            row.addAll(found);
        }
        return row;
    }

    private void makeEvents(Mapping.Feed feed, long line, List<String> row) throws Refusal {
        List<Formed> events = new ArrayList<>();
        for (EventRule rule : feed.events()) {
            if (rule.appliesTo(row)) {
                events.add(formed(rule, rule.form(row, mapping.source(), codec, now)));
            }
        }
        if (events.isEmpty()) {
            report.countWithoutEvent();
        }
        Map<String, Fingerprint> ofThisRow = new HashMap<>();
        for (Formed event : events) {
            refuseConflict(event, ofThisRow);
        }
        for (Formed event : events) {
            add(event, feed.table(), line);
        }
    }

    private Formed formed(EventRule rule, Arrival arrival) throws Refusal {
        byte[] json = codec.bytes(
                codec.encode(arrival.leadId(), arrival.eventId(), arrival.occurredAt(), null, arrival.event()));
        if (json.length > CloudEventCodec.MOST_BYTES) {
            throw new Refusal(
                    "too-large",
                    "",
                    "the %s event would have %,d bytes".formatted(rule.type().word(), json.length),
                    "shorten the row's texts to at most %,d bytes in all, or map fewer columns"
                            .formatted(CloudEventCodec.MOST_BYTES));
        }
        return new Formed(rule, arrival, json);
    }

    /** Readers of a history refuse a second event under a taken id, unless it says the same. */
    private void refuseConflict(Formed event, Map<String, Fingerprint> ofThisRow) throws Refusal {
        String id = event.arrival().eventId().id();
        Fingerprint fingerprint = event.arrival().fingerprint();
        Fingerprint earlier = fingerprintsById.getOrDefault(id, ofThisRow.getOrDefault(id, fingerprint));
        if (!earlier.equals(fingerprint)) {
            throw new Refusal(
                    "conflicting-duplicate",
                    event.rule().idColumns(),
                    "another event has the id '%s' already".formatted(id),
                    "make the id of columns that differ from row to row, as id: \"{order_id}/%s\""
                            .formatted(event.rule().type().word()));
        }
        ofThisRow.put(id, fingerprint);
    }

    private void add(Formed event, CsvTable table, long line) {
        Arrival arrival = event.arrival();
        if (fingerprintsById.putIfAbsent(arrival.eventId().id(), arrival.fingerprint()) != null) {
            report.countDuplicate();
            return;
        }
        report.countEvent(event.rule());
        made.add(new Made(arrival.occurredAt(), event.json(), table, line));
    }

    /** Writes the events as JSON lines in order of time; those of the same instant stay in the order of the rows. */
    void writeTo(OutputStream out) throws IOException {
        made.sort(IN_ORDER);
        for (Made event : made) {
            out.write(event.json());
            out.write('\n');
        }
    }

    /** The same events in the same order, each with the place of its row. */
    Lines lines() {
        made.sort(IN_ORDER);
        return new Lines() {

            private int next;

            @Override
            public @Nullable Line next() {
                if (next == made.size()) {
                    return null;
                }
                Made event = made.get(next++);
                return new Line(event.table().fileName(), event.line(), event.json());
            }

            @Override
            public long position() {
                return next;
            }

            @Override
            public long end() {
                return made.size();
            }

            @Override
            public String unit() {
                return " events";
            }
        };
    }
}

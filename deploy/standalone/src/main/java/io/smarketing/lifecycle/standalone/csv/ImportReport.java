package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.EventType;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What an import has read, made and refused. */
final class ImportReport {

    private static final int MOST_ROWS_IN_JSON = 100;
    private static final int MOST_ROWS_ON_TERMINAL = 10;

    private final Map<String, Long> rowsByFile = new LinkedHashMap<>();
    private final Map<EventType, Long> eventsByType = new LinkedHashMap<>();
    private final Map<String, Long> eventsByRule = new LinkedHashMap<>();
    private final List<JoinTally> joins = new ArrayList<>();
    private final Map<String, Long> refusedByCode = new TreeMap<>();
    private final List<RefusedRow> firstRefused = new ArrayList<>();
    private long duplicates;
    private long withoutEvent;

    void expectRowsOf(CsvTable table) {
        rowsByFile.putIfAbsent(table.fileName(), 0L);
    }

    void expectEventsOf(EventRule rule) {
        eventsByRule.put(rule.place(), 0L);
        eventsByType.putIfAbsent(rule.type(), 0L);
    }

    JoinTally tallyOf(CsvTable table, Mapping.Join join) {
        JoinTally tally = new JoinTally(table, join);
        joins.add(tally);
        return tally;
    }

    void countRow(CsvTable table) {
        rowsByFile.merge(table.fileName(), 1L, Long::sum);
    }

    void countEvent(EventRule rule) {
        eventsByRule.merge(rule.place(), 1L, Long::sum);
        eventsByType.merge(rule.type(), 1L, Long::sum);
    }

    /** No rule applies to a row. */
    void countWithoutEvent() {
        withoutEvent++;
    }

    void countDuplicate() {
        duplicates++;
    }

    void countRefused(RefusedRow row) {
        refusedByCode.merge(row.refusal().code(), 1L, Long::sum);
        if (firstRefused.size() < MOST_ROWS_IN_JSON) {
            firstRefused.add(row);
        }
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** There was something to be made, and nothing was. */
    boolean isAllRefused() {
        return !refusedByCode.isEmpty() && sum(eventsByType) == 0 && duplicates == 0 && withoutEvent == 0;
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode files = json.putArray("files");
        rowsByFile.forEach((file, rows) -> files.addObject().put("file", file).put("rows", rows));
        json.put("rows", sum(rowsByFile));
        ObjectNode events = json.putObject("events");
        eventsByType.forEach((type, count) -> events.put(type.word(), count));
        json.put("eventCount", sum(eventsByType));
        json.put("duplicates", duplicates);
        ArrayNode joined = json.putArray("joins");
        joins.forEach(tally -> joined.add(tally.json()));
        ObjectNode refused = json.putObject("refused");
        refusedByCode.forEach(refused::put);
        json.put("refusedCount", sum(refusedByCode));
        ArrayNode refusedRows = json.putArray("refusedRows");
        firstRefused.forEach(row -> refusedRows.add(row.json()));
        return json;
    }

    /** Tells it in words. */
    void print(PrintWriter out) {
        rowsByFile.forEach((file, rows) -> out.println(counted(rows, "rows of " + file)));
        eventsByType.forEach((type, count) -> out.println(counted(count, type.word() + " events")));
        if (duplicates > 0) {
            out.println(counted(duplicates, "events left out: an earlier row says the same under the same id"));
        }
        eventsByRule.forEach((place, count) -> {
            if (count == 0) {
                out.println("Note: no row made an event by %s; check its condition.".formatted(place));
            }
        });
        joins.forEach(tally -> tally.print(out));
        printRefused(out);
    }

    private void printRefused(PrintWriter out) {
        long refused = sum(refusedByCode);
        if (refused == 0) {
            return;
        }
        out.println(counted(refused, "rows refused, of which nothing was imported:"));
        refusedByCode.forEach((code, count) -> out.println("  " + counted(count, code)));
        firstRefused.stream().limit(MOST_ROWS_ON_TERMINAL).forEach(row -> out.println("  " + row));
        if (refused > MOST_ROWS_ON_TERMINAL) {
            out.println(
                    "  … and %,d more; `--refused FILE` writes them all.".formatted(refused - MOST_ROWS_ON_TERMINAL));
        }
    }

    private static String counted(long count, String what) {
        return "%,11d  %s".formatted(count, what);
    }
}

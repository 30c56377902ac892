package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.yaml.Problem;
import java.util.List;

/**
 * How CSV files become events; checked against the files' headers, so that only rows can be wrong from here on.
 *
 * @param source the CloudEvents source of all events
 * @param feeds the tables that events come from, in the order in which the mapping names them
 * @param warnings what should be said though the mapping is accepted
 */
record Mapping(String source, List<Feed> feeds, List<Problem> warnings) {

    /** A table with what is joined to its rows, in this order, and the events that come out of each row, in this order. */
    record Feed(CsvTable table, List<Join> joins, List<EventRule> events) {}

    /**
     * Widens a row by that row of another table whose key is in the column.
     *
     * @param column may be one that an earlier join brought in
     */
    record Join(Column column, Lookup lookup) {}

    /** A table whose rows are found by a key. */
    record Lookup(CsvTable table, Column key) {}
}

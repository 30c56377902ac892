package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether an event comes out of a row.
 *
 * @param test gets the cell, empty when it is blank
 */
record RowCondition(Column column, Predicate<String> test) {

    boolean holdsFor(List<String> row) throws Refusal {
        return test.test(column.in(row));
    }
}

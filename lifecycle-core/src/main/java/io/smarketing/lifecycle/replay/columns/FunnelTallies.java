package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.FunnelRow;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows by the number of a dimension's value. Not thread-safe. */
final class FunnelTallies {

    private @Nullable RowTally[] rows = new RowTally[16];

    RowTally row(int number) {
        if (number >= rows.length) {
            rows = Arrays.copyOf(rows, Math.max(number + 1, 2 * rows.length));
        }
        RowTally row = rows[number];
        if (row == null) {
            row = new RowTally();
            rows[number] = row;
        }
        return row;
    }

    private @Nullable RowTally at(int number) {
        return number < rows.length ? rows[number] : null;
    }

    /** Adds the leads of others; takes over their rows, so that they are of no use any more. */
    void merge(FunnelTallies others) {
        for (int i = 0; i < others.rows.length; i++) {
            RowTally other = others.rows[i];
            if (other != null) {
                RowTally mine = at(i);
                if (mine == null) {
                    if (i >= rows.length) {
                        rows = Arrays.copyOf(rows, others.rows.length);
                    }
                    rows[i] = other;
                } else {
                    mine.merge(other);
                }
            }
        }
    }

    /** Puts the durations in order, for all that the rows are added to. */
    void sort() {
        rows = Arrays.stream(rows)
                .parallel()
                .map(row -> row == null ? null : row.sorted())
                .toArray(RowTally[]::new);
    }

    /**
     * Adds the leads of others, which stay as they are.
     *
     * @param numbers of the rows here, by those of the others
     */
    void add(FunnelTallies others, int[] numbers) {
        for (int i = 0; i < others.rows.length; i++) {
            RowTally other = others.rows[i];
            if (other != null) {
                row(numbers[i]).merge(other);
            }
        }
    }

    /** A funnel of the leads of two tallies, its rows in the order of the dimension's values. */
    static List<FunnelRow> rows(FunnelTallies some, FunnelTallies others, DimensionRows dimension) {
        return IntStream.range(0, Math.max(some.rows.length, others.rows.length))
                .filter(i -> some.at(i) != null || others.at(i) != null)
                .boxed()
                .sorted((a, b) -> dimension.compare(a, b))
                .toList()
                .parallelStream()
                .map(i -> {
                    RowTally both = new RowTally();
                    RowTally first = some.at(i);
                    RowTally second = others.at(i);
                    if (first != null) {
                        both.merge(first);
                    }
                    if (second != null) {
                        both.merge(second);
                    }
                    // Leads without marks may all have been taken out again.
                    return both.isEmpty() ? null : both.row(dimension.value(i));
                })
                .filter(Objects::nonNull)
                .toList();
    }
}

package io.smarketing.lifecycle.projections.funnel;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes many rows in one statement: each column is sent as one array, so that the statement is the same however many rows there are.
 * Columns are named {@code c1}, {@code c2}, …
 */
final class Upsert {

    private static final int ROWS_AT_ONCE = 2_000;
    private static final int LAST_YEAR_OF_FOUR_DIGITS = 9_999;

    private final String sql;
    private final List<String> types;

    /**
     * Prepares a statement.
     *
     * @param insert up to the columns that are written
     * @param select what is written of the columns
     * @param conflict what becomes of a row that is there
     * @param types of the columns
     */
    Upsert(String insert, String select, String conflict, List<String> types) {
        this.types = List.copyOf(types);
        this.sql = "%s SELECT %s FROM unnest(%s) AS rows (%s) %s"
                .formatted(
                        insert,
                        select,
                        types.stream().map(type -> "?::" + type + "[]").collect(Collectors.joining(", ")),
                        IntStream.rangeClosed(1, types.size())
                                .mapToObj(number -> "c" + number)
                                .collect(Collectors.joining(", ")),
                        conflict);
    }

    /** Writes rows, none of which has the key of another. */
    void write(JdbcTemplate jdbc, List<@Nullable Object[]> rows) {
        for (int from = 0; from < rows.size(); from += ROWS_AT_ONCE) {
            List<@Nullable Object[]> some = rows.subList(from, Math.min(from + ROWS_AT_ONCE, rows.size()));
            jdbc.execute((Connection connection) -> {
                List<Array> columns = new ArrayList<>();
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    for (int column = 0; column < types.size(); column++) {
                        Array array = connection.createArrayOf(types.get(column), column(some, column));
                        columns.add(array);
                        statement.setArray(column + 1, array);
                    }
                    return statement.executeUpdate();
                } finally {
                    for (Array column : columns) {
                        column.free();
                    }
                }
            });
        }
    }

    private static @Nullable Object[] column(List<@Nullable Object[]> rows, int column) {
        // The driver writes arrays of bytes only where it is told that they are some.
        boolean bytes = rows.stream().anyMatch(row -> row[column] instanceof byte[]);
        @Nullable Object[] values = bytes ? new byte[rows.size()][] : new Object[rows.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.get(i)[column];
        }
        return values;
    }

    /** An instant as PostgreSQL reads it, also where its year has not four digits. */
    static @Nullable String written(@Nullable Instant instant) {
        if (instant == null) {
            return null;
        }
        OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
        return utc.getYear() >= 1 && utc.getYear() <= LAST_YEAR_OF_FOUR_DIGITS
                ? instant.toString()
                : String.format(
                        Locale.ROOT,
                        "%04d-%02d-%02dT%sZ%s",
                        utc.get(ChronoField.YEAR_OF_ERA),
                        utc.getMonthValue(),
                        utc.getDayOfMonth(),
                        utc.toLocalTime(),
                        utc.getYear() < 1 ? " BC" : "");
    }
}

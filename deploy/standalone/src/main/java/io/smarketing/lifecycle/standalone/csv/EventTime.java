package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * When an event happened.
 *
 * @param formats tried in turn
 * @param zone that of dates and times written without an offset
 */
record EventTime(Column column, List<TimeFormat> formats, ZoneId zone) {

    Instant in(List<String> row) throws Refusal {
        String cell = column.required(
                        row,
                        "missing-time",
                        "fill it in, or form the event only `when: {column: %s, blank: false}`"
                                .formatted(column.name()))
                .strip();
        for (TimeFormat format : formats) {
            Optional<Instant> instant = format.parse(cell, zone);
            if (instant.isPresent()) {
                return instant.get();
            }
        }
        throw new Refusal(
                "invalid-time",
                column.name(),
                "'%s' is no time as %s"
                        .formatted(cell, formats.stream().map(TimeFormat::name).collect(Collectors.joining(" or "))),
                "mend the cell, or add its form to the event's time, as format: [yyyy-MM-dd, dd/MM/yyyy]");
    }
}

package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of a CSV file.
 *
 * @param line the physical line it starts on, 1-based
 * @param text the row as it stands in the file
 * @param cells empty when the row cannot be read
 * @param fault why it cannot be read, or null
 */
record CsvRow(
        long line,
        String text,
        List<String> cells,
        @Nullable Refusal fault) {}

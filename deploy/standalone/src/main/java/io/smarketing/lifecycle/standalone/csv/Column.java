package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import java.util.List;

/**
 * A column of a table's rows, joined columns included.
 *
 * @param index its place in the row
 */
record Column(String name, int index) {

    private static final char REPLACEMENT = '\uFFFD';

    /** The cell as it stands in the file; empty when it is blank. */
    String in(List<String> row) throws Refusal {
        String cell = row.get(index);
        if (cell.indexOf(REPLACEMENT) >= 0) {
            throw new Refusal(
                    "invalid-encoding",
                    name,
                    "'%s' is not readable as UTF-8".formatted(cell),
                    "save the file with the encoding UTF-8");
        }
        return cell.isBlank() ? "" : cell;
    }

    String required(List<String> row, String code, String mend) throws Refusal {
        String cell = in(row);
        if (cell.isEmpty()) {
            throw new Refusal(code, name, "'%s' is blank".formatted(name), mend);
        }
        return cell;
    }
}

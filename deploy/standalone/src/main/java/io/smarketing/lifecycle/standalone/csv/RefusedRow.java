package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of which nothing was imported, and why.
 *
 * @param file the file's name
 */
record RefusedRow(String file, CsvRow row, Refusal refusal) {

    /** Without the row's text. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("file", file);
        json.put("line", row.line());
        json.put("code", refusal.code());
        json.put("field", refusal.field());
        json.put("message", refusal.message());
        json.put("mend", refusal.mend());
        return json;
    }

    @Override
    public String toString() {
        String field = refusal.field().isEmpty() ? "" : " in " + refusal.field();
        return "%s:%d: %s%s: %s (%s)"
                .formatted(file, row.line(), refusal.code(), field, refusal.message(), refusal.mend());
    }
}

package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A field of an event's data and where its value comes from: a column or, where that is null, a constant.
 *
 * @param path the names from {@code data} inwards
 * @param isAttribute an attribute of the wrong type is kept as the text it is: what it is worth is judged later
 */
record DataField(
        List<String> path,
        ValueType type,
        boolean isAttribute,
        @Nullable Column column,
        @Nullable JsonNode constant) {

    /** Puts the row's value in; a blank cell leaves the field out. */
    void put(List<String> row, ObjectNode data) throws Refusal {
        JsonNode value = column == null ? constant : read(column, row);
        if (value == null) {
            return;
        }
        ObjectNode object = data;
        for (String name : path.subList(0, path.size() - 1)) {
            object = object.withObjectProperty(name);
        }
        object.set(path.get(path.size() - 1), value);
    }

    private @Nullable JsonNode read(Column from, List<String> row) throws Refusal {
        String cell = from.in(row);
        if (cell.isEmpty()) {
            return null;
        }
        Optional<JsonNode> value = type.parse(cell);
        if (value.isEmpty() && isAttribute) {
            value = ValueType.STRING.parse(cell);
        }
        return value.orElseThrow(() -> new Refusal(
                "invalid-value", from.name(), "'%s' is not %s".formatted(cell, type.wanted()), type.mend()));
    }

    /** As the codec names the field in its refusals. */
    String codecPath() {
        return "data." + String.join(".", path);
    }
}

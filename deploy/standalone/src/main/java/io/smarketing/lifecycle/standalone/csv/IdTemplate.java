package io.smarketing.lifecycle.standalone.csv;

import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An event id made of columns, as {@code {order_id}/won}.
 *
 * @param texts what stands around the columns: one more than there are columns
 */
record IdTemplate(List<String> texts, List<Column> columns) {

    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");

    static IdTemplate read(YamlDocument.Value place, Columns known) {
        String template = place.text();
        List<String> texts = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        Matcher braces = BRACES.matcher(template);
        int behind = 0;
        while (braces.find()) {
            texts.add(template.substring(behind, braces.start()));
            columns.add(known.named(place, braces.group(1), braces.start(1)));
            behind = braces.end();
        }
        texts.add(template.substring(behind));
        if (texts.stream().anyMatch(text -> text.contains("{") || text.contains("}"))) {
            place.error("a brace has no partner", "write a column as {column}");
        } else if (columns.isEmpty() && !template.isBlank()) {
            place.error(
                    "the id '%s' names no column, so that all events would have the same".formatted(template),
                    "write a column that differs from row to row, as \"{order_id}/won\"");
        }
        return new IdTemplate(texts, columns);
    }

    String in(List<String> row) throws Refusal {
        StringBuilder id = new StringBuilder(texts.get(0));
        for (int i = 0; i < columns.size(); i++) {
            id.append(columns.get(i).required(row, "missing-id", "fill it in, or make the id of other columns"))
                    .append(texts.get(i + 1));
        }
        return id.toString();
    }

    String columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }
}

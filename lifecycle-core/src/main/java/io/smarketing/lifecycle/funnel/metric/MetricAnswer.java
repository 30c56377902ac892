package io.smarketing.lifecycle.funnel.metric;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A metric's rows with what is to be said of all of them. */
public record MetricAnswer(Metric metric, MetricHead head, List<MetricCube.ValueRow> rows) {

    /** The head, and under {@code rows} flat rows. */
    public ObjectNode toJson() {
        ObjectNode answer = head.toJson(metric.word());
        putRows(answer);
        return answer;
    }

    /** Puts the rows under {@code rows}. */
    public void putRows(ObjectNode answer) {
        ArrayNode list = answer.putArray("rows");
        for (MetricCube.ValueRow row : rows) {
            ObjectNode node = list.addObject();
            putBucket(node, row.row().bucket());
            node.put("value", row.value());
            row.row().parts().forEach(node::put);
            putFigures(node, row.row().figures());
        }
    }

    static void putFigures(ObjectNode node, Map<String, @Nullable Object> figures) {
        figures.forEach((name, figure) -> put(node, name, figure));
    }

    /** All of time has no bucket and no start: null, never the word. */
    public static void putBucket(ObjectNode node, Bucket bucket) {
        node.put("bucket", bucket.grain() == Grain.ALL ? null : bucket.label());
    }

    private static void put(ObjectNode node, String name, @Nullable Object figure) {
        if (figure == null) {
            node.putNull(name);
        } else if (figure instanceof Long number) {
            node.put(name, number);
        } else if (figure instanceof BigDecimal decimal) {
            node.put(name, decimal);
        } else {
            node.put(name, (Boolean) figure);
        }
    }

    /** The same rows under one heading; a cell is empty where there is no figure, and "" where a value is empty. */
    public String toCsv() {
        Set<String> parts = new LinkedHashSet<>();
        Set<String> figures = new LinkedHashSet<>();
        for (MetricCube.ValueRow row : rows) {
            parts.addAll(row.row().parts().keySet());
            figures.addAll(row.row().figures().keySet());
        }
        List<String> heading = new ArrayList<>(List.of("bucket", "value"));
        heading.addAll(parts);
        heading.addAll(figures);
        List<List<@Nullable String>> lines = new ArrayList<>();
        for (MetricCube.ValueRow row : rows) {
            MetricRow cells = row.row();
            List<@Nullable String> line = new ArrayList<>();
            line.add(cells.bucket().grain() == Grain.ALL ? null : cells.bucket().label());
            line.add(row.value());
            parts.forEach(part -> line.add(cells.parts().get(part)));
            figures.forEach(figure -> line.add(text(cells.figures().get(figure))));
            lines.add(line);
        }
        return csv(heading, lines);
    }

    /** Lines under a heading; null is an empty cell, an empty text is "". */
    public static String csv(List<String> heading, List<List<@Nullable String>> lines) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer = CsvWriter.builder()
                .quoteStrategy(QuoteStrategies.EMPTY)
                .lineDelimiter(LineDelimiter.LF)
                .build(text)) {
            writer.writeRecord(heading);
            lines.forEach(writer::writeRecord);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable String text(@Nullable Object figure) {
        return figure == null
                ? null
                : figure instanceof BigDecimal decimal ? decimal.toPlainString() : figure.toString();
    }
}

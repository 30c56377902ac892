package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.standalone.report.MainFigures;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metrics of both sides of a replay for people to read: the figures that matter most. JSON has all of them. */
final class MetricsOfSidesTable {

    private MetricsOfSidesTable() {}

    static String render(ComparedMetrics compared) {
        StringBuilder text = new StringBuilder("\nShared metrics, baseline → candidate, looked at %s%s\n"
                .formatted(
                        compared.asOf(),
                        compared.grain() == Grain.ALL
                                ? ""
                                : ", days in " + compared.definition().zone()));
        compared.metrics().forEach((metric, rows) -> {
            List<ComparedMetrics.Row> main = MainFigures.rows(metric, rows);
            text.append("\n  %s: %s\n\n".formatted(MainFigures.heading(metric), MainFigures.told(metric)));
            text.append(main.isEmpty() ? "  nothing to tell\n" : table(compared, metric, main));
        });
        return text.append("\n  the figures that matter most; --json has all of them\n")
                .toString();
    }

    private static String table(ComparedMetrics compared, Metric metric, List<ComparedMetrics.Row> rows) {
        List<String> parts = MainFigures.parts(rows);
        List<MainFigures.Figure> figures = MainFigures.of(metric);
        List<Object> heading = new ArrayList<>(MainFigures.headings(compared, parts));
        Table table = new Table();
        for (int i = 1; i < heading.size(); i++) {
            table.texts(i);
        }
        figures.forEach(figure -> heading.add(figure.heading()));
        table.row(heading.toArray());
        for (ComparedMetrics.Row row : rows) {
            List<Object> cells = new ArrayList<>(MainFigures.names(compared, parts, row));
            figures.forEach(figure -> cells.add(cell(figure, row)));
            table.row(cells.toArray());
        }
        return table.render();
    }

    private static String cell(MainFigures.Figure figure, ComparedMetrics.Row row) {
        return figure.isIn(row) ? shown(figure, row.baseline()) + " → " + shown(figure, row.candidate()) : "";
    }

    private static String shown(MainFigures.Figure figure, @Nullable Map<String, @Nullable Object> figures) {
        @Nullable Object value = figures == null ? null : figures.get(figure.name());
        return switch (figure.form()) {
            case COUNT -> value instanceof Long number ? FunnelTable.count(number) : "–";
            case SHARE -> value instanceof BigDecimal share ? MetricTable.percent(share) : "–";
            case TIME -> FunnelTable.days((BigDecimal) value);
        };
    }
}

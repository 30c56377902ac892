package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import j2html.tags.DomContent;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shared metrics of both sides, a table for each. */
final class MetricsSection {

    private MetricsSection() {}

    /** Nothing where none were asked for. */
    static DomContent of(ReplayPage.Contents contents) {
        ComparedMetrics compared = contents.metrics();
        if (compared == null) {
            return text("");
        }
        return Card.of("metrics", "Shared metrics, side by side")
                .with(each(
                        compared.metrics().entrySet(), metric -> metric(compared, metric.getKey(), metric.getValue())))
                .with(Card.aside(
                        "Baseline → candidate, of what was known at %s. What sales did, it did under the baseline: figures of what follows a mark differ only because other leads are marked, or at other times."
                                .formatted(Words.moment(compared.asOf(), contents.zone()))));
    }

    private static DomContent metric(ComparedMetrics compared, Metric metric, List<ComparedMetrics.Row> all) {
        List<ComparedMetrics.Row> rows = MainFigures.rows(metric, all);
        String told = MainFigures.told(metric);
        return div(
                h3(MainFigures.heading(metric)),
                Card.aside(told.substring(0, 1).toUpperCase(Locale.ROOT) + told.substring(1) + "."),
                rows.isEmpty() ? Card.aside("Nothing to tell.") : figures(compared, metric, rows));
    }

    private static DomContent figures(ComparedMetrics compared, Metric metric, List<ComparedMetrics.Row> rows) {
        List<String> parts = MainFigures.parts(rows);
        List<DomContent> headings = new ArrayList<>();
        MainFigures.headings(compared, parts).forEach(heading -> headings.add(Card.heading(capitalised(heading))));
        MainFigures.of(metric).forEach(figure -> headings.add(Card.numbers(capitalised(figure.heading()))));
        return Card.scroll(table(
                        thead(tr().with(headings)),
                        tbody(each(rows, row -> line(metric, row, MainFigures.names(compared, parts, row)))))
                .withClass("side-by-side")
                .attr("data-metric", metric.word()));
    }

    private static String capitalised(String words) {
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static TrTag line(Metric metric, ComparedMetrics.Row row, List<String> names) {
        return tr().with(Card.row(names.get(0)))
                .with(each(names.subList(1, names.size()), name -> td(name)))
                .with(each(MainFigures.of(metric), figure -> cell(figure, row)));
    }

    private static TdTag cell(MainFigures.Figure figure, ComparedMetrics.Row row) {
        return td(figure.isIn(row) ? shown(figure, row.baseline()) + " → " + shown(figure, row.candidate()) : "")
                .withClass("number")
                .attr("data-figure", figure.name());
    }

    private static String shown(MainFigures.Figure figure, @Nullable Map<String, @Nullable Object> figures) {
        @Nullable Object value = figures == null ? null : figures.get(figure.name());
        return switch (figure.form()) {
            case COUNT -> value instanceof Long number ? Words.count(number) : Words.NONE;
            case SHARE ->
                value instanceof BigDecimal share
                        ? String.format(Locale.ROOT, "%.1f %%", 100 * share.doubleValue())
                        : Words.NONE;
            case TIME -> Words.duration((BigDecimal) value);
        };
    }
}

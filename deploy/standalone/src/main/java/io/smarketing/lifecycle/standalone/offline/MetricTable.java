package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricAnswer;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.standalone.terminal.Bars;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A metric for people to read: the figures that matter most. JSON and CSV have all of them. */
final class MetricTable {

    private static final double MOST = 1_000_000;

    /** How a figure is shown. */
    private enum Form {
        COUNT,
        SHARE,
        /** The 95 % limits of the share of that name. */
        LIMITS,
        TIME,
        BAR,
        TRUTH
    }

    private record Column(String heading, String figure, Form form) {}

    private static final Column EMPTY_BAR_OF_RATE = new Column(Bars.EMPTY, "rate", Form.BAR);

    private MetricTable() {}

    static String render(MetricAnswer answer) {
        StringBuilder text = new StringBuilder("%s: %s\n"
                .formatted(capitalised(answer.metric().word()), answer.metric().question()));
        text.append("by %s, known at %s, looked at %s%s\n"
                .formatted(
                        answer.head().policy().equals(MetricHead.RECORDED)
                                ? "the marks of the history"
                                : "policy " + answer.head().policy(),
                        answer.head().asKnownAt(),
                        answer.head().asOf(),
                        answer.head().grain() == Grain.ALL
                                ? ""
                                : ", days in " + answer.head().definition().zone()));
        if (answer.rows().isEmpty()) {
            return text.append("\n  nothing to tell\n").toString();
        }
        text.append('\n').append(table(answer)).append(note(answer.metric()));
        return text.toString();
    }

    private static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String table(MetricAnswer answer) {
        boolean buckets = answer.head().grain() != Grain.ALL;
        boolean values = !answer.head().dimension().equals(Dimension.ALL);
        Set<String> parts = new LinkedHashSet<>();
        answer.rows().forEach(row -> parts.addAll(row.row().parts().keySet()));
        List<Column> columns = columns(answer.metric());
        List<Object> heading = new ArrayList<>();
        if (buckets) {
            heading.add(answer.head().grain().word());
        }
        if (values) {
            heading.add(answer.head().dimension().name());
        }
        heading.addAll(parts);
        columns.forEach(column -> heading.add(column.heading()));
        Table table = new Table().row(heading.toArray());
        int texts = heading.size() - columns.size();
        for (int i = 1; i < texts; i++) {
            table.texts(i);
        }
        double most = answer.metric() == Metric.FLOW ? most(answer.rows()) : 1;
        for (MetricCube.ValueRow row : answer.rows()) {
            if (answer.metric() == Metric.INCIDENCE
                    && number(row.row().figures().get("ended")) == 0) {
                continue;
            }
            List<Object> cells = new ArrayList<>();
            if (buckets) {
                cells.add(row.row().bucket().label());
            }
            if (values) {
                cells.add(row.value() == null ? "(missing)" : row.value());
            }
            parts.forEach(part -> cells.add(row.row().parts().getOrDefault(part, "")));
            columns.forEach(column -> cells.add(cell(column, row.row().figures(), most)));
            table.row(cells.toArray());
        }
        // The bar's column has no heading.
        return table.render()
                .replaceFirst(" " + Bars.EMPTY + "(?= {2,}|\n)", "  ")
                .replaceFirst(" +\n", "\n");
    }

    private static double most(List<MetricCube.ValueRow> rows) {
        return rows.stream()
                .mapToDouble(row -> number(row.row().figures().get("end")))
                .max()
                .orElse(0);
    }

    private static double number(@Nullable Object figure) {
        return figure instanceof Number number ? number.doubleValue() : 0;
    }

    private static List<Column> columns(Metric metric) {
        return switch (metric) {
            case FLOW ->
                List.of(
                        new Column("start", "start", Form.COUNT),
                        new Column("in", "in", Form.COUNT),
                        new Column("forward", "outForward", Form.COUNT),
                        new Column("won", "outWon", Form.COUNT),
                        new Column("rejected", "outRejected", Form.COUNT),
                        new Column("lost", "outLost", Form.COUNT),
                        new Column("back", "outBack", Form.COUNT),
                        new Column("recycled", "outRecycled", Form.COUNT),
                        new Column("reopened", "outReopened", Form.COUNT),
                        new Column("end", "end", Form.COUNT),
                        new Column(Bars.EMPTY, "end", Form.BAR));
            case CONVERSION ->
                List.of(
                        new Column("cohort", "cohort", Form.COUNT),
                        new Column("converted", "converted", Form.COUNT),
                        new Column("rate", "rate", Form.SHARE),
                        new Column("95 %", "rate", Form.LIMITS),
                        EMPTY_BAR_OF_RATE,
                        new Column("of step before", "stepRate", Form.SHARE),
                        new Column("mean", "meanSeconds", Form.TIME),
                        new Column("median", "p50Seconds", Form.TIME),
                        new Column("immature", "immature", Form.TRUTH),
                        new Column("mature rate", "matureRate", Form.SHARE));
            case VELOCITY, AGES ->
                List.of(
                        new Column("n", "n", Form.COUNT),
                        new Column("mean", "meanSeconds", Form.TIME),
                        new Column("median", "p50Seconds", Form.TIME),
                        new Column("p75", "p75Seconds", Form.TIME),
                        new Column("p90", "p90Seconds", Form.TIME));
            case INCIDENCE ->
                List.of(
                        new Column("n", "n", Form.COUNT),
                        new Column("open", "open", Form.COUNT),
                        new Column("ended", "ended", Form.COUNT),
                        new Column("at risk", "atRisk", Form.COUNT),
                        new Column("incidence", "incidence", Form.SHARE),
                        new Column("95 %", "", Form.LIMITS),
                        new Column(Bars.EMPTY, "incidence", Form.BAR),
                        new Column("median", "medianSeconds", Form.TIME));
            case RESPONSE ->
                List.of(
                        new Column("n", "n", Form.COUNT),
                        new Column("contacted", "contacted", Form.COUNT),
                        new Column("waiting", "waiting", Form.COUNT),
                        new Column("uncontacted", "uncontacted", Form.COUNT),
                        new Column("within", "incidence", Form.SHARE),
                        new Column("95 %", "", Form.LIMITS),
                        new Column(Bars.EMPTY, "incidence", Form.BAR),
                        new Column("median", "medianSeconds", Form.TIME),
                        new Column("of those contacted", "p50Seconds", Form.TIME),
                        new Column("p90", "p90Seconds", Form.TIME));
            case ACCEPTANCE ->
                List.of(
                        new Column("marked", "marked", Form.COUNT),
                        new Column("accepted", "accepted", Form.COUNT),
                        new Column("rejected", "rejected", Form.COUNT),
                        new Column("acceptance", "acceptance", Form.SHARE),
                        new Column("95 %", "acceptance", Form.LIMITS),
                        new Column(Bars.EMPTY, "acceptance", Form.BAR),
                        new Column("share of reasons", "share", Form.SHARE),
                        new Column("unanswered", "unanswered", Form.COUNT),
                        new Column("untouched", "untouched", Form.COUNT),
                        new Column("recycled", "recycleRate", Form.SHARE));
            case QUALITY ->
                List.of(
                        new Column("leads", "leads", Form.COUNT),
                        new Column("observed", "observed", Form.COUNT),
                        new Column("marked won", "markedWon", Form.COUNT),
                        new Column("marked not", "markedNotWon", Form.COUNT),
                        new Column("unmarked won", "unmarkedWon", Form.COUNT),
                        new Column("precision", "precision", Form.SHARE),
                        new Column("95 %", "precision", Form.LIMITS),
                        new Column(Bars.EMPTY, "precision", Form.BAR),
                        new Column("recall", "recall", Form.SHARE),
                        new Column("95 %", "recall", Form.LIMITS));
        };
    }

    private static Object cell(Column column, Map<String, @Nullable Object> figures, double most) {
        @Nullable Object figure = figures.get(column.figure());
        return switch (column.form()) {
            case COUNT -> figure instanceof Long number ? FunnelTable.count(number) : "";
            case SHARE ->
                figure instanceof BigDecimal share ? percent(share) : figures.containsKey(column.figure()) ? "–" : "";
            case LIMITS -> limits(column.figure(), figures);
            case TIME -> FunnelTable.days((BigDecimal) figure);
            case BAR -> figure == null ? "" : Bars.bar(Math.round(MOST * number(figure)), Math.round(MOST * most));
            case TRUTH -> Boolean.TRUE.equals(figure) ? "yes" : "";
        };
    }

    static String percent(BigDecimal share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share.doubleValue());
    }

    private static String limits(String name, Map<String, @Nullable Object> figures) {
        @Nullable Object lower = figures.get(name.isEmpty() ? "lower" : name + "Lower");
        @Nullable Object upper = figures.get(name.isEmpty() ? "upper" : name + "Upper");
        return lower instanceof BigDecimal from && upper instanceof BigDecimal to
                ? String.format(Locale.ROOT, "%.1f–%.1f", 100 * from.doubleValue(), 100 * to.doubleValue())
                : "";
    }

    private static String note(Metric metric) {
        return switch (metric) {
            case FLOW -> "\n  end = start + in − all that left; visits, not leads\n";
            case CONVERSION ->
                "\n  ordered: each step after the one before; any: reached at all. Immature: the window has not elapsed for all\n";
            case VELOCITY ->
                "\n  of visits that ended; the open ones are told by `metrics incidence` and `metrics ages`\n";
            case INCIDENCE ->
                "\n  Aalen–Johansen: other exits compete, open visits are censored. No median: the curve does not reach 50 %\n";
            case AGES -> "\n  of open visits, up to the instant at which they are looked at\n";
            case ACCEPTANCE ->
                "\n  acceptance: of marked cycles that sales accepted or rejected, those accepted first\n";
            case RESPONSE ->
                "\n  within: an attempt at contact by then; who waits is censored; uncontacted: won, rejected or lost without one\n";
            case QUALITY -> "\n  on leads won, lost or rejected; what the open ones will become nobody knows\n";
        };
    }
}

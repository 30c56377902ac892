package io.smarketing.lifecycle.standalone.report;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Of each metric of both sides, the rows and the figures that matter most to whoever decides. JSON has all of them. */
public final class MainFigures {

    private MainFigures() {}

    /** How a figure is shown. */
    public enum Form {
        COUNT,
        SHARE,
        TIME
    }

    /**
     * A figure of a row.
     *
     * @param name as the metric has it
     */
    public record Figure(String heading, String name, Form form) {

        /** Whether one of the sides has it, be it null. */
        public boolean isIn(ComparedMetrics.Row row) {
            return holds(row.baseline()) || holds(row.candidate());
        }

        private boolean holds(@Nullable Map<String, @Nullable Object> figures) {
            return figures != null && figures.containsKey(name);
        }
    }

    /** The metric's name, as a heading begins. */
    public static String heading(Metric metric) {
        return metric.word().substring(0, 1).toUpperCase(Locale.ROOT)
                + metric.word().substring(1);
    }

    /** What the rows that are told are of. */
    public static String told(Metric metric) {
        return switch (metric) {
            case FLOW -> "visits that entered each stage, left it, and are in it at the end";
            case CONVERSION ->
                "leads that came from the capture through each step to the stage, within 30 days and ever";
            case VELOCITY -> "times in stage of visits that ended, however they ended";
            case INCIDENCE -> "the probability that a visit has gone onward after 30 days, open visits included";
            case AGES -> "how long the open visits have been waiting";
            case ACCEPTANCE -> "what sales first said to marked cycles, and why not";
            case QUALITY -> "whether a mark foretells a win, on leads won, lost or rejected";
            case RESPONSE ->
                "how soon sales first tried to contact a lead, and the share of leads that it did within a day";
        };
    }

    /** In the order in which they are shown. */
    public static List<Figure> of(Metric metric) {
        return switch (metric) {
            case FLOW ->
                List.of(
                        new Figure("in", "in", Form.COUNT),
                        new Figure("out", "out", Form.COUNT),
                        new Figure("end", "end", Form.COUNT));
            case CONVERSION ->
                List.of(
                        new Figure("cohort", "cohort", Form.COUNT),
                        new Figure("converted", "converted", Form.COUNT),
                        new Figure("rate", "rate", Form.SHARE),
                        new Figure("median", "p50Seconds", Form.TIME),
                        new Figure("mature rate", "matureRate", Form.SHARE));
            case VELOCITY, AGES ->
                List.of(
                        new Figure("n", "n", Form.COUNT),
                        new Figure("median", "p50Seconds", Form.TIME),
                        new Figure("p90", "p90Seconds", Form.TIME));
            case INCIDENCE ->
                List.of(
                        new Figure("n", "n", Form.COUNT),
                        new Figure("open", "open", Form.COUNT),
                        new Figure("incidence", "incidence", Form.SHARE),
                        new Figure("median", "medianSeconds", Form.TIME));
            case ACCEPTANCE ->
                List.of(
                        new Figure("marked", "marked", Form.COUNT),
                        new Figure("accepted", "accepted", Form.COUNT),
                        new Figure("rejected", "rejected", Form.COUNT),
                        new Figure("acceptance", "acceptance", Form.SHARE),
                        new Figure("share of reasons", "share", Form.SHARE),
                        new Figure("untouched", "untouched", Form.COUNT));
            case RESPONSE ->
                List.of(
                        new Figure("n", "n", Form.COUNT),
                        new Figure("contacted", "contacted", Form.COUNT),
                        new Figure("within", "incidence", Form.SHARE),
                        new Figure("median", "medianSeconds", Form.TIME),
                        new Figure("waiting", "waiting", Form.COUNT),
                        new Figure("uncontacted", "uncontacted", Form.COUNT));
            case QUALITY ->
                List.of(
                        new Figure("observed", "observed", Form.COUNT),
                        new Figure("marked won", "markedWon", Form.COUNT),
                        new Figure("marked not", "markedNotWon", Form.COUNT),
                        new Figure("unmarked won", "unmarkedWon", Form.COUNT),
                        new Figure("precision", "precision", Form.SHARE),
                        new Figure("recall", "recall", Form.SHARE));
        };
    }

    /** Those of the rows that are told. */
    public static List<ComparedMetrics.Row> rows(Metric metric, List<ComparedMetrics.Row> rows) {
        return rows.stream().filter(row -> isTold(metric, row.parts())).toList();
    }

    private static boolean isTold(Metric metric, Map<String, String> parts) {
        return switch (metric) {
            case FLOW, AGES, ACCEPTANCE, QUALITY -> true;
            case CONVERSION ->
                is(parts, "base", "CAPTURED")
                        && is(parts, "mode", "ordered")
                        && (is(parts, "within", "P30D") || is(parts, "within", "ever"));
            case VELOCITY -> is(parts, "exit", "any");
            case INCIDENCE -> is(parts, "exit", "onward") && is(parts, "after", "P30D");
            case RESPONSE -> is(parts, "after", "P1D");
        };
    }

    private static boolean is(Map<String, String> parts, String part, String value) {
        return value.equals(parts.get(part));
    }

    /** Above what {@link #names} gives, of the same parts. */
    public static List<String> headings(ComparedMetrics compared, List<String> parts) {
        List<String> headings = new ArrayList<>();
        if (compared.grain() != Grain.ALL) {
            headings.add(compared.grain().word());
        }
        if (!compared.dimension().equals(Dimension.ALL)) {
            headings.add(compared.dimension().name());
        }
        headings.addAll(parts);
        return headings.isEmpty() ? List.of("leads") : headings;
    }

    /** What tells a row from the others; never empty: of all leads of all time there is one row. */
    public static List<String> names(ComparedMetrics compared, List<String> parts, ComparedMetrics.Row row) {
        List<String> names = new ArrayList<>();
        if (compared.grain() != Grain.ALL) {
            names.add(row.bucket().label());
        }
        if (!compared.dimension().equals(Dimension.ALL)) {
            names.add(Words.value(row.value()));
        }
        parts.forEach(part -> names.add(row.parts().getOrDefault(part, "")));
        return names.isEmpty() ? List.of("all") : names;
    }

    /** What tells the rows apart, in order; without what is the same in all of them. */
    public static List<String> parts(List<ComparedMetrics.Row> rows) {
        Set<String> parts = new LinkedHashSet<>();
        rows.forEach(row -> parts.addAll(row.parts().keySet()));
        parts.removeIf(part -> rows.size() > 1
                && rows.stream().map(row -> row.parts().get(part)).distinct().count() == 1);
        return List.copyOf(parts);
    }
}

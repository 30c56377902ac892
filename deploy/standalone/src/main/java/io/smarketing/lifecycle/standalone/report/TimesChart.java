package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Stage;
import j2html.tags.DomContent;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TrTag;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How long visits took: the exact quantiles, each where it lies on a scale of time. Between them nothing is known, and nothing drawn. */
final class TimesChart {

    private static final double WIDTH = 900;
    private static final double LEFT = 132;
    private static final double RIGHT = 872;
    private static final double BAND = 64;
    private static final double TOP = 26;
    private static final double SIDE = 11;

    /** Seconds and their words. */
    private record Tick(double seconds, String words) {}

    private static final List<Tick> TICKS = List.of(
            new Tick(1, "1 s"),
            new Tick(60, "1 min"),
            new Tick(3_600, "1 h"),
            new Tick(86_400, "1 d"),
            new Tick(7 * 86_400, "1 week"),
            new Tick(30 * 86_400, "30 d"),
            new Tick(365 * 86_400, "1 year"),
            new Tick(3_650 * 86_400.0, "10 years"));

    /** A stage's times on both sides. */
    private record Pair(String name, FunnelRow.Times before, FunnelRow.Times after) {}

    private final List<Pair> pairs;
    private final double least;
    private final double most;

    private TimesChart(List<Pair> pairs) {
        this.pairs = pairs;
        double[] seconds = pairs.stream()
                .flatMap(pair -> Stream.of(pair.before(), pair.after()))
                .flatMap(times -> Stream.of(times.p50(), times.p75(), times.p90()))
                .filter(Objects::nonNull)
                .mapToDouble(TimesChart::atLeastASecond)
                .sorted()
                .toArray();
        this.least = seconds[0] / 1.6;
        this.most = seconds[seconds.length - 1] * 1.6;
    }

    private static double atLeastASecond(@Nullable BigDecimal seconds) {
        return seconds == null ? 1 : Math.max(1, seconds.doubleValue());
    }

    static SectionTag of(ReplayPage.Contents contents) {
        String heading = "How long it took";
        List<Pair> pairs = pairs(contents);
        if (pairs.isEmpty()) {
            return Card.of("times", heading, Card.aside("No visit has ended yet."));
        }
        return Card.of(
                "times",
                heading,
                div(
                                span(span().withClass("key side-baseline"), span("baseline")),
                                span(span().withClass("key side-candidate"), span("candidate")))
                        .withClass("legend"),
                CurveChart.of(contents.timeToMark()),
                h3("In each stage, of visits that ended"),
                div(span("● half took at most this long (median)"), span("┃ three quarters"), span("│ nine in ten"))
                        .withClass("legend"),
                Card.scroll(new TimesChart(pairs).drawing()),
                Card.scroll(figures(pairs)),
                Card.aside(
                        "Exact figures of visits that ended, on a logarithmic scale; how long open ones will take is not known. Time in Captured ends"
                                + " with whatever came next, most often the mark; what follows the mark was done under the baseline."));
    }

    private static List<Pair> pairs(ReplayPage.Contents contents) {
        List<Pair> pairs = new ArrayList<>();
        if (contents.all().candidateRows().isEmpty()) {
            return pairs;
        }
        FunnelRow before = contents.all().baselineRows().get(0);
        FunnelRow after = contents.all().candidateRows().get(0);
        for (Stage stage : List.of(Stage.CAPTURED, Stage.MQL, Stage.ACCEPTED, Stage.CONTACTED)) {
            add(
                    pairs,
                    "in " + Words.stage(stage),
                    before.stage(stage).timeInStage(),
                    after.stage(stage).timeInStage());
        }
        add(pairs, "captured → won", before.cycle(), after.cycle());
        return pairs;
    }

    private static void add(List<Pair> pairs, String name, FunnelRow.Times before, FunnelRow.Times after) {
        if (before.n() > 0 || after.n() > 0) {
            pairs.add(new Pair(name, before, after));
        }
    }

    private double x(double seconds) {
        return LEFT + (RIGHT - LEFT) * Math.log(seconds / least) / Math.log(most / least);
    }

    private Svg drawing() {
        double bottom = TOP + BAND * pairs.size();
        List<DomContent> parts = new ArrayList<>();
        for (Tick tick : TICKS) {
            if (tick.seconds() >= least && tick.seconds() <= most) {
                double x = x(tick.seconds());
                parts.add(Svg.line(x, TOP, x, bottom, "grid"));
                parts.add(Svg.words(x, 16, tick.words(), "tick"));
            }
        }
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            double middle = TOP + BAND * i + BAND / 2;
            parts.add(Svg.words(LEFT - 12, middle + 5, pair.name(), "label end"));
            parts.add(side(pair.before(), middle - SIDE, "side-baseline", pair.name() + ", baseline"));
            parts.add(side(pair.after(), middle + SIDE, "side-candidate", pair.name() + ", candidate"));
        }
        return Svg.drawing(WIDTH, bottom + 6, "Quantiles of the time in each stage, baseline and candidate")
                .withClass("times")
                .with(parts);
    }

    private Svg side(FunnelRow.Times times, double y, String css, String title) {
        Svg group = Svg.group("side " + css);
        BigDecimal median = times.p50();
        if (median == null) {
            return group;
        }
        double from = x(atLeastASecond(median));
        BigDecimal most90 = times.p90();
        if (most90 != null) {
            double to = x(atLeastASecond(most90));
            group.with(Svg.line(from, y, to, y, "range"), Svg.line(to, y - 7, to, y + 7, "nine"));
        }
        BigDecimal three = times.p75();
        if (three != null) {
            double at = x(atLeastASecond(three));
            group.with(Svg.line(at, y - 6, at, y + 6, "three"));
        }
        group.with(Svg.circle(from, y, 6, "half"));
        return group.titled("%s: median %s, p75 %s, p90 %s, of %s visits"
                .formatted(
                        title,
                        Words.duration(median),
                        Words.duration(three),
                        Words.duration(most90),
                        Words.count(times.n())));
    }

    private static DomContent figures(List<Pair> pairs) {
        return table(
                        thead(tr(
                                Card.heading("Time"),
                                Card.heading("Side"),
                                Card.numbers("Ended"),
                                Card.numbers("Median"),
                                Card.numbers("p75"),
                                Card.numbers("p90"),
                                Card.numbers("Mean"))),
                        tbody(each(
                                pairs,
                                pair -> each(
                                        line(pair.name(), "baseline", pair.before()),
                                        line("", "candidate", pair.after())))))
                .withClass("quantiles");
    }

    private static TrTag line(String name, String side, FunnelRow.Times times) {
        return tr(
                Card.row(name),
                td(side),
                Card.number(times.n()),
                Card.duration(times.p50()),
                Card.duration(times.p75()),
                Card.duration(times.p90()),
                Card.duration(times.mean()));
    }
}

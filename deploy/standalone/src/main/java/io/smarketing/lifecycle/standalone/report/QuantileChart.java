package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.funnel.FunnelRow;
import j2html.tags.DomContent;
import j2html.tags.specialized.DivTag;
import j2html.tags.specialized.TableTag;
import j2html.tags.specialized.TrTag;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How long something took: the exact quantiles, each where it lies on a scale of time. Between them nothing is known, and nothing drawn. */
final class QuantileChart {

    private static final double WIDTH = 900;
    private static final double LEFT = 132;
    private static final double RIGHT = 872;
    private static final double TOP = 26;
    private static final double SIDE = 22;
    private static final double GAP = 20;

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

    /**
     * Times that are drawn on a line.
     *
     * @param word whose they are
     * @param css its colour's class
     */
    record Side(String word, String css, FunnelRow.Times times) {}

    /** What took its time, whoever's. */
    record Band(String name, List<Side> sides) {

        Band {
            sides = List.copyOf(sides);
        }

        boolean isEmpty() {
            return sides.stream().allMatch(side -> side.times().n() == 0);
        }
    }

    private final List<Band> bands;
    private final double least;
    private final double most;

    /** Draws bands, one of which at least is not empty. */
    QuantileChart(List<Band> bands) {
        this.bands = bands.stream().filter(band -> !band.isEmpty()).toList();
        double[] seconds = this.bands.stream()
                .flatMap(band -> band.sides().stream())
                .map(Side::times)
                .flatMap(times -> Stream.of(times.p50(), times.p75(), times.p90()))
                .filter(Objects::nonNull)
                .mapToDouble(QuantileChart::atLeastASecond)
                .sorted()
                .toArray();
        this.least = seconds[0] / 1.6;
        this.most = seconds[seconds.length - 1] * 1.6;
    }

    private static double atLeastASecond(@Nullable BigDecimal seconds) {
        return seconds == null ? 1 : Math.max(1, seconds.doubleValue());
    }

    static DivTag legend() {
        return div(span("● half took at most this long (median)"), span("┃ three quarters"), span("│ nine in ten"))
                .withClass("legend");
    }

    private double x(double seconds) {
        return LEFT + (RIGHT - LEFT) * Math.log(seconds / least) / Math.log(most / least);
    }

    Svg drawing(String title) {
        List<DomContent> lines = new ArrayList<>();
        double y = TOP;
        for (Band band : bands) {
            double height = SIDE * band.sides().size() + GAP;
            lines.add(Svg.words(LEFT - 12, y + height / 2 + 5, band.name(), "label end"));
            double at = y + (GAP + SIDE) / 2;
            for (Side side : band.sides()) {
                lines.add(side(side.times(), at, side.css(), band.name() + ", " + side.word()));
                at += SIDE;
            }
            y += height;
        }
        List<DomContent> parts = new ArrayList<>();
        for (Tick tick : TICKS) {
            if (tick.seconds() >= least && tick.seconds() <= most) {
                double x = x(tick.seconds());
                parts.add(Svg.line(x, TOP, x, y, "grid"));
                parts.add(Svg.words(x, 16, tick.words(), "tick"));
            }
        }
        parts.addAll(lines);
        return Svg.drawing(WIDTH, y + 6, title).withClass("times").with(parts);
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
        return group.titled("%s: median %s, p75 %s, p90 %s, of %s"
                .formatted(
                        title,
                        Words.duration(median),
                        Words.duration(three),
                        Words.duration(most90),
                        Words.count(times.n())));
    }

    /** The same in figures. */
    TableTag figures() {
        return table(
                        thead(tr(
                                Card.heading("Time"),
                                Card.heading("Side"),
                                Card.numbers("Ended"),
                                Card.numbers("Median"),
                                Card.numbers("p75"),
                                Card.numbers("p90"),
                                Card.numbers("Mean"))),
                        tbody(each(bands, band -> each(lines(band)))))
                .withClass("quantiles");
    }

    private static DomContent[] lines(Band band) {
        List<DomContent> lines = new ArrayList<>();
        for (Side side : band.sides()) {
            lines.add(line(lines.isEmpty() ? band.name() : "", side));
        }
        return lines.toArray(DomContent[]::new);
    }

    private static TrTag line(String name, Side side) {
        return tr(
                Card.row(name),
                td(side.word()),
                Card.number(side.times().n()),
                Card.duration(side.times().p50()),
                Card.duration(side.times().p75()),
                Card.duration(side.times().p90()),
                Card.duration(side.times().mean()));
    }
}

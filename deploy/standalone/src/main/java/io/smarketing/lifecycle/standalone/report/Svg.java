package io.smarketing.lifecycle.standalone.report;

import j2html.tags.ContainerTag;
import java.util.Locale;

/** An element of a drawing. */
final class Svg extends ContainerTag<Svg> {

    private Svg(String name) {
        super(name);
    }

    /** A drawing so wide and high, in units of its own; it is shown as wide as its place. */
    static Svg drawing(double width, double height, String label) {
        return new Svg("svg")
                .attr("viewBox", "0 0 %s %s".formatted(number(width), number(height)))
                .attr("role", "img")
                .attr("aria-label", label);
    }

    static Svg group(String classes) {
        return new Svg("g").withClass(classes);
    }

    static Svg rectangle(double x, double y, double width, double height, String classes) {
        return new Svg("rect")
                .attr("x", number(x))
                .attr("y", number(y))
                .attr("width", number(width))
                .attr("height", number(height))
                .withClass(classes);
    }

    static Svg line(double x1, double y1, double x2, double y2, String classes) {
        return new Svg("line")
                .attr("x1", number(x1))
                .attr("y1", number(y1))
                .attr("x2", number(x2))
                .attr("y2", number(y2))
                .withClass(classes);
    }

    static Svg circle(double x, double y, double radius, String classes) {
        return new Svg("circle")
                .attr("cx", number(x))
                .attr("cy", number(y))
                .attr("r", number(radius))
                .withClass(classes);
    }

    static Svg path(String way, String classes) {
        return new Svg("path").attr("d", way).withClass(classes);
    }

    static Svg words(double x, double y, String text, String classes) {
        return new Svg("text")
                .attr("x", number(x))
                .attr("y", number(y))
                .withClass(classes)
                .withText(text);
    }

    /** What is shown to who points at it. */
    Svg titled(String text) {
        return with(new Svg("title").withText(text));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }
}

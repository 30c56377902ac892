package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.h3;

import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.replay.TimeToMark;
import j2html.tags.DomContent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which share of all leads is marked how long after the capture: one step a lead, as far as the eye can tell steps apart. */
final class CurveChart {

    private static final double WIDTH = 900;
    private static final double LEFT = 60;
    private static final double RIGHT = 872;
    private static final double TOP = 14;
    private static final double BOTTOM = 250;
    private static final double DAY = 86_400;
    private static final double MICROS = 1_000_000;
    private static final int SHOWN_PERCENT = 95;
    private static final int MOST_STEPS = 600;

    private final TimeToMark times;
    private final double days;
    private final double share;

    private CurveChart(TimeToMark times) {
        this.times = times;
        double longest = Stream.of(times.baseline(), times.candidate())
                .map(side -> side.percentile(SHOWN_PERCENT))
                .filter(seconds -> seconds != null)
                .mapToDouble(BigDecimal::doubleValue)
                .max()
                .orElse(DAY);
        this.days = Math.max(longest / DAY, 1.0 / 24);
        this.share = Math.max(times.baseline().n(), times.candidate().n()) * 1.05 / times.leads();
    }

    /** Nothing where neither side marks a lead, or where it is not known when leads were captured. */
    static DomContent of(@Nullable TimeToMark times) {
        if (times == null || times.baseline().n() + times.candidate().n() == 0) {
            return div();
        }
        return div(
                h3("From the capture to the first mark: share of all leads that are marked by then"),
                Card.scroll(new CurveChart(times).drawing()),
                Card.aside(
                        "Exact, first cycles, over days since the capture; the last twentieth of the marks lies further to the right. Median of"
                                + " those marked: baseline %s, candidate %s."
                                        .formatted(
                                                Words.duration(times.baseline().median()),
                                                Words.duration(times.candidate().median()))));
    }

    private double x(double seconds) {
        return LEFT + (RIGHT - LEFT) * seconds / DAY / days;
    }

    private double y(double part) {
        return BOTTOM - (BOTTOM - TOP) * part / share;
    }

    private Svg drawing() {
        List<DomContent> parts = new ArrayList<>();
        double grid = step(share * 100, 5);
        for (double percent = 0; percent <= share * 100; percent += grid) {
            double y = y(percent / 100);
            parts.add(Svg.line(LEFT, y, RIGHT, y, "grid"));
            parts.add(Svg.words(LEFT - 8, y + 5, Svg.number(percent) + " %", "tick end"));
        }
        double every = step(days, 8);
        for (double day = 0; day <= days; day += every) {
            parts.add(Svg.words(x(day * DAY), BOTTOM + 20, Svg.number(day) + " d", "tick"));
        }
        parts.add(Svg.path(way(times.baseline()), "curve side-baseline").titled("baseline"));
        parts.add(Svg.path(way(times.candidate()), "curve side-candidate").titled("candidate"));
        return Svg.drawing(WIDTH, BOTTOM + 28, "Share of leads marked by the time since their capture, on both sides")
                .withClass("curves")
                .with(parts);
    }

    /** One, two or five of a power of ten, so that there are about so many. */
    private static double step(double whole, int about) {
        double least = whole / about;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (int times : new int[] {1, 2, 5}) {
            if (times * power >= least) {
                return times * power;
            }
        }
        return 10 * power;
    }

    private String way(Ranked side) {
        StringBuilder way = new StringBuilder("M%s %s".formatted(Svg.number(x(0)), Svg.number(y(0))));
        long apart = Math.max(1, side.n() / MOST_STEPS);
        long marked = 0;
        long drawn = 0;
        for (int place = 0; place < side.size(); place++) {
            double at = x(side.micros(place) / MICROS);
            if (at > RIGHT) {
                break;
            }
            marked += side.count(place);
            if (marked - drawn >= apart) {
                drawn = marked;
                way.append("H%sV%s".formatted(Svg.number(at), Svg.number(y((double) marked / times.leads()))));
            }
        }
        return way.append("H").append(Svg.number(RIGHT)).toString();
    }
}

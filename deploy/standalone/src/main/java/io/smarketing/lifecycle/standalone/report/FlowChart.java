package io.smarketing.lifecycle.standalone.report;

import io.smarketing.lifecycle.lead.Cycle.Outcome;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import j2html.tags.specialized.SectionTag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Leads as a stream: from the baseline's mark over the candidate's to the outcome, as broad as there are leads. */
final class FlowChart {

    private static final List<MarkSet> SETS =
            List.of(MarkSet.KEPT, MarkSet.EARLIER, MarkSet.LATER, MarkSet.GAINED, MarkSet.DROPPED);

    private static final double WIDTH = 900;
    private static final double TOP = 34;
    private static final double STREAM = 330;
    private static final double GAP = 16;
    private static final double NODE = 12;
    private static final double LEFT = 138;
    private static final double MIDDLE = 430;
    private static final double RIGHT = 742;
    /** Labels keep apart so much, however small what they name. */
    private static final double LINE = 17;

    private final OutcomeTally sets;
    private final double perLead;
    private final List<Svg> ribbons = new ArrayList<>();
    private final List<Svg> nodes = new ArrayList<>();
    private double bottom;

    private FlowChart(OutcomeTally sets, long leads) {
        this.sets = sets;
        this.perLead = STREAM / leads;
    }

    static SectionTag of(ReplayPage.Contents contents) {
        OutcomeTally sets = contents.all().sets();
        long leads = SETS.stream().mapToLong(sets::count).sum();
        String heading = "From the baseline’s mark to the candidate’s, and what became of the leads";
        if (leads == 0) {
            return Card.of("flow", heading, Card.aside("Neither side marks a lead."));
        }
        long neither = sets.count(MarkSet.NEITHER);
        return Card.of(
                "flow",
                heading,
                Card.scroll(new FlowChart(sets, leads).drawing()),
                Card.aside("As broad as there are leads, %s in all. The %s that neither side marks are not drawn."
                        .formatted(Words.count(leads), Words.count(neither))));
    }

    /** A node's place, and how far each side of it is taken already. */
    private static final class Node {

        private final double x;
        private final double y;
        private double in;
        private double out;

        Node(double x, double y) {
            this.x = x;
            this.y = y;
        }
    }

    private Svg drawing() {
        Map<String, Node> before = column(
                LEFT,
                List.of("marked", "not"),
                side -> SETS.stream()
                        .filter(set -> side.equals(side(set)))
                        .mapToLong(sets::count)
                        .sum(),
                side -> side.equals("marked") ? "MQL" : "no MQL",
                "node-side",
                false);
        Map<MarkSet, Node> middle = column(MIDDLE, SETS, sets::count, MarkSet::word, null, true);
        Map<Outcome, Node> after = column(
                RIGHT,
                SetsSection.OUTCOMES,
                outcome ->
                        SETS.stream().mapToLong(set -> sets.count(set, outcome)).sum(),
                Words::outcome,
                null,
                true);
        for (MarkSet set : SETS) {
            Node from = before.get(side(set));
            Node to = middle.get(set);
            if (from != null && to != null) {
                ribbon(from, to, sets.count(set), set, "%s, %s".formatted(set.word(), Words.leads(sets.count(set))));
            }
        }
        for (Outcome outcome : SetsSection.OUTCOMES) {
            for (MarkSet set : SETS) {
                Node from = middle.get(set);
                Node to = after.get(outcome);
                if (from != null && to != null && sets.count(set, outcome) > 0) {
                    // In the order of the right side; the left one is laid out below.
                    from.out = outOf(set, outcome);
                    ribbon(
                            from,
                            to,
                            sets.count(set, outcome),
                            set,
                            "%s, %s: %s"
                                    .formatted(
                                            set.word(), Words.outcome(outcome), Words.leads(sets.count(set, outcome))));
                }
            }
        }
        return Svg.drawing(WIDTH, bottom + 10, "Leads from the baseline’s mark over the candidate’s to their outcome")
                .withClass("flow")
                .with(
                        Svg.words(LEFT + NODE, 14, "baseline", "column end"),
                        Svg.words(MIDDLE, 14, "candidate", "column"),
                        Svg.words(RIGHT, 14, "outcome", "column"))
                .with(ribbons)
                .with(nodes);
    }

    private static String side(MarkSet set) {
        return set == MarkSet.GAINED ? "not" : "marked";
    }

    /** Where in a set's node an outcome begins. */
    private double outOf(MarkSet set, Outcome outcome) {
        double before = 0;
        for (Outcome other : SetsSection.OUTCOMES) {
            if (other == outcome) {
                return before;
            }
            before += sets.count(set, other) * perLead;
        }
        return before;
    }

    private <T> Map<T, Node> column(
            double x,
            List<T> members,
            ToLongFunction<T> leads,
            Function<T, String> name,
            @Nullable String css,
            boolean labelsRight) {
        Map<T, Node> column = new LinkedHashMap<>();
        double y = TOP;
        double label = 0;
        for (T member : members) {
            long count = leads.applyAsLong(member);
            if (count == 0) {
                continue;
            }
            double height = count * perLead;
            column.put(member, new Node(x, y));
            nodes.add(Svg.rectangle(x, y, NODE, Math.max(height, 1), "node " + (css == null ? css(member) : css)));
            label = Math.max(y + height / 2 + 5, label + LINE);
            nodes.add(Svg.words(
                    labelsRight ? x + NODE + 7 : x - 7,
                    label,
                    "%s %s".formatted(name.apply(member), Words.count(count)),
                    labelsRight ? "label" : "label end"));
            y += height + GAP;
            bottom = Math.max(bottom, Math.max(y - GAP, label));
        }
        return column;
    }

    private static String css(Object member) {
        return member instanceof MarkSet set
                ? "set-" + set.word()
                : member instanceof Outcome outcome ? SetsSection.css(outcome) : "";
    }

    private void ribbon(Node from, Node to, long leads, MarkSet set, String title) {
        double height = leads * perLead;
        double x0 = from.x + NODE;
        double x1 = to.x;
        double bend = (x0 + x1) / 2;
        double y0 = from.y + from.out;
        double y1 = to.y + to.in;
        String way = "M%s %sC%s %s %s %s %s %sV%sC%s %s %s %s %s %sZ"
                .formatted(
                        n(x0),
                        n(y0),
                        n(bend),
                        n(y0),
                        n(bend),
                        n(y1),
                        n(x1),
                        n(y1),
                        n(y1 + height),
                        n(bend),
                        n(y1 + height),
                        n(bend),
                        n(y0 + height),
                        n(x0),
                        n(y0 + height));
        ribbons.add(Svg.path(way, "ribbon set-" + set.word()).titled(title));
        from.out += height;
        to.in += height;
    }

    private static String n(double value) {
        return Svg.number(value);
    }
}

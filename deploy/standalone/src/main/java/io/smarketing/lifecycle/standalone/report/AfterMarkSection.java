package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.replay.AfterMark;
import io.smarketing.lifecycle.replay.MarkSet;
import j2html.tags.DomContent;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.util.ArrayList;
import java.util.List;

/** How soon sales worked leads after their marks: known of marks that both sides make, and of no others. */
final class AfterMarkSection {

    private AfterMarkSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        String heading = "After the mark, what sales did";
        if (contents.all().afterMark().isEmpty()) {
            return Card.of("after-mark", heading, Card.aside("There are no leads."));
        }
        AfterMark all = contents.all().afterMark().get(0);
        List<QuantileChart.Band> bands = new ArrayList<>(List.of(
                band("to the answer", all.answered()),
                band("to a contact", all.contacted()),
                band("to the win", all.won())));
        bands.removeIf(QuantileChart.Band::isEmpty);
        List<AfterMark> told = contents.told().afterMark();
        return Card.of("after-mark", heading, Card.scroll(sets(all)))
                .with(drawing(bands))
                .condWith(
                        told.size() > 1,
                        h3("Of kept marks, by " + contents.dimension().name()),
                        Card.scroll(values(told)))
                .with(
                        Card.aside(
                                "Sales worked under the baseline. Where the candidate marks a lead at another instant, or alone, nobody knows how soon sales"
                                        + " would have worked it: it was not observed, and nothing is imputed. Answered: from the mark until sales first"
                                        + " accepted, rejected, contacted, won or lost the lead; none where sales was at work before the mark. A contact or"
                                        + " win before the mark counts as 0. Leads that are missing from a number have not come that far."));
    }

    private static QuantileChart.Band band(String name, FunnelRow.Times times) {
        return new QuantileChart.Band(name, List.of(new QuantileChart.Side(MarkSet.KEPT.word(), "side-kept", times)));
    }

    private static List<DomContent> drawing(List<QuantileChart.Band> bands) {
        return bands.isEmpty()
                ? List.of()
                : List.of(
                        QuantileChart.legend(),
                        Card.scroll(new QuantileChart(bands)
                                .drawing("Quantiles of the time from the mark, of marks that both sides make")));
    }

    private static DomContent sets(AfterMark all) {
        return table(
                        thead(tr(
                                Card.heading("Mark"),
                                Card.numbers("Leads"),
                                Card.numbers("Answered"),
                                Card.numbers("Median"),
                                Card.numbers("Contacted"),
                                Card.numbers("Median"),
                                Card.numbers("Won"),
                                Card.numbers("Median"))),
                        tbody(
                                tr(
                                                Card.row(MarkSet.KEPT.word()).withClass("set set-kept"),
                                                Card.number(all.kept()),
                                                each(times(all)))
                                        .attr("data-set", MarkSet.KEPT.word()),
                                unobserved(MarkSet.EARLIER, all.earlier()),
                                unobserved(MarkSet.LATER, all.later()),
                                unobserved(MarkSet.GAINED, all.gained())))
                .withClass("sets");
    }

    private static DomContent[] times(AfterMark row) {
        List<TdTag> cells = new ArrayList<>();
        for (FunnelRow.Times times : List.of(row.answered(), row.contacted(), row.won())) {
            cells.add(Card.number(times.n()));
            cells.add(Card.duration(times.p50()));
        }
        return cells.toArray(DomContent[]::new);
    }

    private static TrTag unobserved(MarkSet set, long leads) {
        return tr(
                        Card.row(set.word()).withClass("set set-" + set.word()),
                        Card.number(leads),
                        td("not observed").attr("colspan", "6").withClass("aside"))
                .attr("data-set", set.word());
    }

    private static DomContent values(List<AfterMark> rows) {
        return table(
                        thead(tr(
                                Card.sorting("Value", false),
                                Card.sorting("Kept", true),
                                Card.sorting("Answered", true),
                                Card.sorting("Median", true),
                                Card.sorting("Contacted", true),
                                Card.sorting("Median", true),
                                Card.sorting("Won", true),
                                Card.sorting("Median", true))),
                        tbody(each(
                                rows,
                                row -> tr(
                                        Card.row(Words.value(row.value())),
                                        Card.number(row.kept()),
                                        each(times(row))))))
                .withClass("values sortable");
    }
}

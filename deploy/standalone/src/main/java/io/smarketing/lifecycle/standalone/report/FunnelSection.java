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
import io.smarketing.lifecycle.lead.Stage;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TrTag;
import java.util.List;

/** The funnels side by side. */
final class FunnelSection {

    private FunnelSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        String heading = "The funnel, side by side";
        if (contents.all().candidateRows().isEmpty()) {
            return Card.of("funnels", heading, Card.aside("There are no leads."));
        }
        FunnelRow before = contents.all().baselineRows().get(0);
        FunnelRow after = contents.all().candidateRows().get(0);
        long captured = after.stage(Stage.CAPTURED).reached();
        return Card.of(
                "funnels",
                heading,
                div(
                                span(
                                        span().withClass("key side-baseline"),
                                        span("baseline, " + contents.baselineName())),
                                span(
                                        span().withClass("key side-candidate"),
                                        span("candidate, " + contents.candidateName())))
                        .withClass("legend"),
                Card.scroll(table(
                                thead(tr(
                                        Card.heading("Stage"),
                                        Card.heading("Leads that entered it").withClass("mix"),
                                        Card.numbers("Baseline"),
                                        Card.numbers("Candidate"),
                                        Card.numbers("Change"),
                                        Card.numbers("Of captured"),
                                        Card.numbers("There now"))),
                                tbody(each(
                                        List.of(Stage.values()),
                                        stage -> line(before.stage(stage), after.stage(stage), captured))))
                        .withClass("side-by-side")),
                Card.aside(
                        "Accepted, contacted, rejected, lost and won are facts: what sales did, it did under the baseline. They change only where a"
                                + " mark makes one of them a deviation. MQL counts leads that entered the stage in any cycle; a mark while sales is"
                                + " at work already opens no visit. There now: leads at the stage, baseline → candidate."));
    }

    private static TrTag line(FunnelRow.StageRow before, FunnelRow.StageRow after, long captured) {
        return tr(
                        Card.row(Words.stage(after.stage())),
                        td(
                                        Card.bar(before.entered(), captured, "side-baseline"),
                                        Card.bar(after.entered(), captured, "side-candidate"))
                                .withClass("mix pair"),
                        Card.number(before.entered()).attr("data-side", "baseline"),
                        Card.number(after.entered()).attr("data-side", "candidate"),
                        Card.change(after.entered() - before.entered()),
                        td(Words.share(before.entered(), captured) + " → " + Words.share(after.entered(), captured))
                                .withClass("number"),
                        td(Words.count(before.open()) + " → " + Words.count(after.open()))
                                .withClass("number"))
                .attr("data-stage", after.stage().name());
    }
}

package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.span;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Stage;
import j2html.tags.specialized.SectionTag;
import java.util.ArrayList;
import java.util.List;

/** How long visits took on both sides. What came after the mark is told apart, by {@link AfterMarkSection}. */
final class TimesChart {

    private TimesChart() {}

    static SectionTag of(ReplayPage.Contents contents) {
        String heading = "How long it took";
        List<QuantileChart.Band> bands = bands(contents);
        if (bands.isEmpty()) {
            return Card.of("times", heading, Card.aside("No visit has ended yet."));
        }
        QuantileChart chart = new QuantileChart(bands);
        return Card.of(
                "times",
                heading,
                div(
                                span(span().withClass("key side-baseline"), span("baseline")),
                                span(span().withClass("key side-candidate"), span("candidate")))
                        .withClass("legend"),
                CurveChart.of(contents.timeToMark()),
                h3("In each stage but MQL, of visits that ended"),
                QuantileChart.legend(),
                Card.scroll(chart.drawing("Quantiles of the time in each stage, baseline and candidate")),
                Card.scroll(chart.figures()),
                Card.aside(
                        "Exact figures of visits that ended, on a logarithmic scale; how long open ones will take is not known. Time in Captured ends"
                                + " with whatever came next, most often the mark. Time in MQL is told below, of marks that both sides make."));
    }

    private static List<QuantileChart.Band> bands(ReplayPage.Contents contents) {
        List<QuantileChart.Band> bands = new ArrayList<>();
        if (contents.all().candidateRows().isEmpty()) {
            return bands;
        }
        FunnelRow before = contents.all().baselineRows().get(0);
        FunnelRow after = contents.all().candidateRows().get(0);
        for (Stage stage : List.of(Stage.CAPTURED, Stage.ACCEPTED, Stage.CONTACTED)) {
            bands.add(band(
                    "in " + Words.stage(stage),
                    before.stage(stage).timeInStage(),
                    after.stage(stage).timeInStage()));
        }
        bands.add(band("captured → won", before.cycle(), after.cycle()));
        bands.removeIf(QuantileChart.Band::isEmpty);
        return bands;
    }

    private static QuantileChart.Band band(String name, FunnelRow.Times before, FunnelRow.Times after) {
        return new QuantileChart.Band(
                name,
                List.of(
                        new QuantileChart.Side("baseline", "side-baseline", before),
                        new QuantileChart.Side("candidate", "side-candidate", after)));
    }
}

package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Stage;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Both funnels by the values of a dimension, to be put in order by any column. */
final class DimensionSection {

    private DimensionSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        Map<Optional<String>, FunnelRow> before = new HashMap<>();
        contents.told().baselineRows().forEach(row -> before.put(Optional.ofNullable(row.value()), row));
        List<FunnelRow> rows = contents.told().candidateRows().stream()
                .filter(row -> before.containsKey(Optional.ofNullable(row.value())))
                .toList();
        String name = contents.dimension().name();
        return Card.of(
                "dimension",
                "By " + name,
                Card.scroll(table(
                                thead(tr(
                                        Card.sorting(
                                                name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                                                false),
                                        Card.sorting("Captured", true),
                                        Card.sorting("MQL, baseline", true),
                                        Card.sorting("MQL, candidate", true),
                                        Card.sorting("Change", true),
                                        Card.sorting("Of captured, baseline", true),
                                        Card.sorting("Of captured, candidate", true),
                                        Card.sorting("Won", true),
                                        Card.sorting("Won of captured", true),
                                        Card.sorting("Median in Captured, baseline", true),
                                        Card.sorting("Median in Captured, candidate", true))),
                                tbody(each(
                                        rows,
                                        row -> line(before.getOrDefault(Optional.ofNullable(row.value()), row), row))))
                        .withClass("values sortable")),
                Card.aside(
                        "A lead counts for one value: the rows add up to all leads. A heading puts the rows in order."));
    }

    private static TrTag line(FunnelRow before, FunnelRow after) {
        long captured = after.stage(Stage.CAPTURED).reached();
        long was = before.stage(Stage.MQL).entered();
        long is = after.stage(Stage.MQL).entered();
        long won = after.stage(Stage.WON).entered();
        return tr(
                        Card.row(Words.value(after.value())),
                        Card.number(captured),
                        Card.number(was),
                        Card.number(is),
                        Card.change(is - was),
                        share(was, captured),
                        share(is, captured),
                        Card.number(won),
                        share(won, captured),
                        Card.duration(before.stage(Stage.CAPTURED).timeInStage().p50()),
                        Card.duration(after.stage(Stage.CAPTURED).timeInStage().p50()))
                .condAttr(after.value() != null, "data-value", String.valueOf(after.value()));
    }

    private static TdTag share(long part, long whole) {
        return td(Words.share(part, whole))
                .withClass("number")
                .attr("data-v", whole == 0 ? "" : Double.toString((double) part / whole));
    }
}

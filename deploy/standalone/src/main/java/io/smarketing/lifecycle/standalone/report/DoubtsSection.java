package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.ReplayReport;
import j2html.tags.specialized.SectionTag;
import java.util.Map;
import java.util.TreeMap;

/** What to keep in mind: late facts, and what rules could not see. */
final class DoubtsSection {

    private DoubtsSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        ReplayReport report = contents.all();
        Map<String, Map<String, Long>> unknowns = new TreeMap<>(report.unknowns());
        Map<MarkSet, Long> alone = report.orderAlone();
        SectionTag card = Card.of("doubts", "What to keep in mind");
        if (alone != null) {
            long otherwise = alone.entrySet().stream()
                    .filter(entry -> entry.getKey().isFlipped())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            card.with(p(
                    "Late facts alone: judged in the order in which facts occurred, %s would mark %s otherwise than in the order in which they arrived."
                            .formatted(contents.candidateName(), Words.leads(otherwise))));
        }
        if (unknowns.isEmpty()) {
            return card.with(p("Every rule could be decided for every lead."));
        }
        return card.with(
                h3("Rules that could not be decided, by the attribute that is missing or of another type"),
                Card.scroll(table(
                                thead(tr(
                                        Card.heading("Rule"),
                                        Card.heading("Attribute"),
                                        Card.numbers("Leads"),
                                        Card.numbers("Of all"))),
                                tbody(each(
                                        unknowns.entrySet(),
                                        rule -> each(
                                                new TreeMap<>(rule.getValue()).entrySet(),
                                                field -> tr(
                                                        Card.row(rule.getKey()),
                                                        td(field.getKey()),
                                                        Card.number(field.getValue()),
                                                        td(Words.share(field.getValue(), report.leads()))
                                                                .withClass("number"))))))
                        .withClass("unknowns")),
                Card.aside("Such a rule gives no points: better data may change more than another threshold."));
    }
}

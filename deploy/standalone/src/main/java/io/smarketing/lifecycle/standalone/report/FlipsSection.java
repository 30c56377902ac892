package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.time;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.replay.Flip;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.TrTag;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Single leads that flipped, and why. */
final class FlipsSection {

    private FlipsSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        long all = Arrays.stream(MarkSet.values())
                .filter(MarkSet::isFlipped)
                .mapToLong(contents.all().sets()::count)
                .sum();
        String heading = "Leads that flipped, and why";
        if (contents.flips().isEmpty()) {
            return Card.of(
                    "flips",
                    heading,
                    Card.aside(all == 0 ? "No lead flipped." : Words.leads(all) + " flipped; none was to be listed."));
        }
        return Card.of(
                "flips",
                heading,
                Card.scroll(table(
                                thead(tr(
                                        Card.sorting("Lead", false),
                                        Card.sorting("Set", false),
                                        Card.sorting("Outcome", false),
                                        Card.sorting("Flipped at", false),
                                        Card.sorting("Rule", false),
                                        Card.heading("Why"),
                                        Card.heading("Fact"),
                                        Card.sorting("Baseline mark", false),
                                        Card.sorting("Candidate mark", false))),
                                tbody(each(contents.flips(), lead -> line(lead, contents.zone()))))
                        .withClass("values sortable flips")),
                Card.aside("The first leads of each set, %s of %s that flipped.%s All of them: replay --leads flipped."
                        .formatted(
                                Words.count(contents.flips().size()),
                                Words.count(all),
                                contents.namesEvents()
                                        ? ""
                                        : " Columns do not hold which fact it was; with the events beside (--history) the page"
                                                + " names it.")));
    }

    private static TrTag line(LeadResult lead, ZoneId zone) {
        Flip because = lead.because();
        return tr(
                        Card.row(lead.leadId()),
                        td(lead.set().word()).withClass("set set-" + lead.set().word()),
                        td(Words.outcome(lead.outcome())),
                        moment(because == null ? null : because.at(), zone),
                        td(because == null || because.rule() == null ? Words.NONE : because.rule()),
                        td(because == null ? Words.NONE : because.explanation()).withClass("why"),
                        td(
                                because == null || because.event() == null
                                        ? Words.NONE
                                        : because.event().id() + " of "
                                                + because.event().source()),
                        moment(lead.baselineMark(), zone),
                        moment(lead.candidateMark(), zone))
                .attr("data-lead", lead.leadId());
    }

    private static TdTag moment(@Nullable Instant instant, ZoneId zone) {
        return instant == null
                ? td(Words.NONE).attr("data-v", "")
                : td(time(Words.moment(instant, zone)).attr("datetime", instant.toString()))
                        .attr("data-v", instant.toString());
    }
}

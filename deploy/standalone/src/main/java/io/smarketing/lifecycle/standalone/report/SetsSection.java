package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import io.smarketing.lifecycle.lead.Cycle.Outcome;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import j2html.tags.DomContent;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TrTag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What becomes of marks, by what became of leads; and what nobody can know. */
final class SetsSection {

    static final List<Outcome> OUTCOMES =
            List.of(Outcome.WON, Outcome.LOST, Outcome.REJECTED, Outcome.OPEN, Outcome.NEVER_WORKED);

    private SetsSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        OutcomeTally first = contents.all().sets();
        OutcomeTally others = contents.all().otherCycles();
        long later = Arrays.stream(MarkSet.values()).mapToLong(others::count).sum();
        return Card.of(
                        "sets",
                        "What becomes of the first mark, by the outcome of the lead’s first cycle",
                        legend(),
                        Card.scroll(tally(first, "sets")),
                        Card.aside(
                                "Kept: the same instant. Gained: marked by the candidate alone. Dropped: marked by the baseline alone. What sales"
                                        + " did, it did under the baseline: outcomes of gained, earlier and later leads are those of that rule."))
                .with(bounds(first))
                .condWith(
                        later > 0,
                        h3("Later cycles, after a rejection or loss"),
                        Card.scroll(tally(others, "otherCycles")));
    }

    private static DomContent legend() {
        return div(each(
                        OUTCOMES,
                        outcome -> span(span().withClass("key " + css(outcome)), span(Words.outcome(outcome)))))
                .withClass("legend");
    }

    static String css(Outcome outcome) {
        return "outcome-" + outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static DomContent tally(OutcomeTally tally, String name) {
        return table(
                        thead(tr(
                                Card.heading("Set"),
                                Card.numbers("Cycles"),
                                Card.heading("Outcomes").withClass("mix"),
                                each(OUTCOMES, outcome -> Card.numbers(capital(Words.outcome(outcome)))))),
                        tbody(each(List.of(MarkSet.values()), set -> line(tally, set))))
                .withClass("sets")
                .attr("data-tally", name);
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static TrTag line(OutcomeTally tally, MarkSet set) {
        return tr(
                        Card.row(set.word()).withClass("set set-" + set.word()),
                        Card.number(tally.count(set)),
                        td(mix(tally, set)).withClass("mix"),
                        each(
                                OUTCOMES,
                                outcome -> Card.number(tally.count(set, outcome))
                                        .attr("data-outcome", OutcomeTally.word(outcome))))
                .attr("data-set", set.word());
    }

    private static DomContent mix(OutcomeTally tally, MarkSet set) {
        return span(each(
                        OUTCOMES.stream()
                                .filter(outcome -> tally.count(set, outcome) > 0)
                                .toList(),
                        outcome -> span().withClass("part " + css(outcome))
                                .withStyle("flex-grow:" + tally.count(set, outcome))
                                .withTitle("%s: %s of %s, %s"
                                        .formatted(
                                                Words.outcome(outcome),
                                                Words.count(tally.count(set, outcome)),
                                                Words.count(tally.count(set)),
                                                Words.share(tally.count(set, outcome), tally.count(set))))))
                .withClass("parts")
                .attr("aria-hidden", "true");
    }

    /** None and all, and an assumption that is called one. */
    private static DomContent bounds(OutcomeTally tally) {
        long won = tally.count(MarkSet.KEPT, Outcome.WON);
        long decided = won + tally.count(MarkSet.KEPT, Outcome.LOST) + tally.count(MarkSet.KEPT, Outcome.REJECTED);
        List<MarkSet> open = Arrays.stream(MarkSet.values())
                .filter(set -> set != MarkSet.NEITHER && tally.count(set, Outcome.NEVER_WORKED) > 0)
                .toList();
        if (open.isEmpty()) {
            return div();
        }
        return div(
                h3("Wins, had sales worked the never worked"),
                Card.scroll(table(
                                thead(tr(
                                        Card.heading("Set"),
                                        Card.numbers("Never worked"),
                                        Card.numbers("Won, at least"),
                                        Card.numbers("Won, at most"),
                                        Card.numbers("Won, at the rate of kept"))),
                                tbody(each(open, set -> bound(tally, set, won, decided))))
                        .withClass("bounds")),
                Card.aside(
                        ("At least: none of them would have been won; at most: all. Nothing is imputed. The rate of kept, %s of %s that were"
                                        + " won, lost or rejected (%s), is an assumption, not a measurement.")
                                .formatted(Words.count(won), Words.count(decided), Words.share(won, decided))));
    }

    private static TrTag bound(OutcomeTally tally, MarkSet set, long keptWon, long keptDecided) {
        long never = tally.count(set, Outcome.NEVER_WORKED);
        long won = tally.count(set, Outcome.WON);
        return tr(
                        Card.row(set.word()).withClass("set set-" + set.word()),
                        Card.number(never),
                        Card.number(won),
                        Card.number(won + never),
                        td(keptDecided == 0
                                        ? Words.NONE
                                        : String.format(
                                                Locale.ROOT, "≈ %,.1f", won + (double) never * keptWon / keptDecided))
                                .withClass("number assumed"))
                .attr("data-set", set.word());
    }
}

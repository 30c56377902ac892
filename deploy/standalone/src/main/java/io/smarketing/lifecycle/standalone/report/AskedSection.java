package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.ul;

import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyDiff;
import io.smarketing.lifecycle.replay.columns.Coverage;
import j2html.tags.DomContent;
import j2html.tags.specialized.DivTag;
import j2html.tags.specialized.SectionTag;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The question, so that anybody can ask it again. */
final class AskedSection {

    private AskedSection() {}

    static SectionTag of(ReplayPage.Contents contents) {
        Coverage coverage = contents.coverage();
        return Card.of(
                        "asked",
                        "What was asked",
                        dl(
                                        fact("Candidate", contents.asked().candidate()),
                                        fact(
                                                "Baseline",
                                                contents.baseline() == null
                                                        ? "recorded: the marks that the history holds"
                                                        : contents.asked().baseline()),
                                        fact(
                                                "Judged in order of",
                                                contents.asked().order().name().toLowerCase(Locale.ROOT)),
                                        fact("As known at", knownAt(contents)),
                                        fact("Leads captured", range(contents)),
                                        fact("History", history(coverage)),
                                        fact(
                                                coverage.kind() == Coverage.Kind.LINES
                                                        ? "SHA-256 of the history"
                                                        : "SHA-256 of its last event",
                                                coverage.digest().isEmpty() ? Words.NONE : coverage.digest()),
                                        fact("Judged", contents.how()))
                                .withClass("question"))
                .with(differences(contents))
                .with(document("The candidate as it is written", contents.candidateText()))
                .with(document("The baseline as it is written", contents.baselineText()));
    }

    private static DivTag fact(String name, String words) {
        return div(dt(name), dd(words));
    }

    private static String knownAt(ReplayPage.Contents contents) {
        return contents.knownAt() == null ? "all that is recorded" : Words.moment(contents.knownAt(), contents.zone());
    }

    private static String range(ReplayPage.Contents contents) {
        CaptureRange range = contents.range();
        Instant from = range.from();
        Instant to = range.to();
        if (from == null && to == null) {
            return "at any time";
        }
        return (from == null ? "" : "from " + Words.moment(from, contents.zone()))
                + (from == null || to == null ? "" : " ")
                + (to == null ? "" : "before " + Words.moment(to, contents.zone()));
    }

    private static String history(Coverage coverage) {
        return String.format(
                Locale.ROOT, "%s: %,d events, %s", coverage.source(), coverage.events(), coverage.extent());
    }

    private static DomContent differences(ReplayPage.Contents contents) {
        Policy baseline = contents.baseline();
        Policy candidate = contents.candidate();
        if (baseline == null) {
            return p(
                    "The candidate marks from %s points on; it has %s rules. The marks of the history have no rules to compare them with."
                            .formatted(Words.count(candidate.threshold()), Words.count(candidate.rules())));
        }
        PolicyDiff diff = PolicyDiff.of(baseline, candidate);
        return diff.changes().isEmpty()
                ? p("The policies mean the same.")
                : div(
                        h3("What changes from the baseline to the candidate"),
                        ul(each(diff.changes(), change -> li(change.text()))).withClass("changes"));
    }

    private static DomContent document(String name, @Nullable String text) {
        return text == null ? div() : details(summary(name), pre(code(text)));
    }
}

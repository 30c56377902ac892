package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.ul;

import io.smarketing.lifecycle.lead.Cycle.Outcome;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.Workload;
import j2html.tags.specialized.DivTag;
import j2html.tags.specialized.SectionTag;
import java.util.ArrayList;
import java.util.List;

/** The answer in words, and the figures that matter most. */
final class Headline {

    private final ReplayPage.Contents contents;
    private final OutcomeTally sets;

    private Headline(ReplayPage.Contents contents) {
        this.contents = contents;
        this.sets = contents.all().sets();
    }

    static SectionTag of(ReplayPage.Contents contents) {
        return new Headline(contents).section();
    }

    private SectionTag section() {
        return Card.of(
                "answer",
                "The answer",
                p(first()).withClass("headline"),
                dl(each(tiles(), tile -> tile)).withClass("tiles"),
                ul(each(sentences(), sentence -> li(sentence))).withClass("sentences"));
    }

    private long marked(MarkSet... of) {
        long sum = 0;
        for (MarkSet set : of) {
            sum += sets.count(set);
        }
        return sum;
    }

    private long before() {
        return marked(MarkSet.KEPT, MarkSet.EARLIER, MarkSet.LATER, MarkSet.DROPPED);
    }

    private long after() {
        return marked(MarkSet.KEPT, MarkSet.EARLIER, MarkSet.LATER, MarkSet.GAINED);
    }

    private String first() {
        long more = after() - before();
        String change = more == 0
                ? "as many as by %s".formatted(contents.baselineName())
                : "%s %s than by %s"
                        .formatted(Words.count(Math.abs(more)), more > 0 ? "more" : "fewer", contents.baselineName());
        return "By %s %s would have become MQLs: %s.".formatted(contents.candidateName(), Words.leads(after()), change);
    }

    private List<DivTag> tiles() {
        return List.of(
                tile("before", "MQLs, baseline", Words.count(before())),
                tile("after", "MQLs, candidate", Words.count(after())),
                tile("gained", "Gained", Words.count(sets.count(MarkSet.GAINED))),
                tile("dropped", "Dropped", Words.count(sets.count(MarkSet.DROPPED))));
    }

    private static DivTag tile(String name, String words, String figure) {
        return div(dt(words), dd(figure)).attr("data-name", name);
    }

    private List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        gained(sentences);
        dropped(sentences);
        moved(sentences);
        long missed = sets.count(MarkSet.NEITHER, Outcome.WON);
        if (missed > 0) {
            sentences.add("Neither side marks %s that %s won.".formatted(Words.leads(missed), Words.were(missed)));
        }
        return sentences;
    }

    private void gained(List<String> sentences) {
        long gained = sets.count(MarkSet.GAINED);
        if (gained == 0) {
            sentences.add("Nothing is gained: every lead that %s marks, the baseline marks too."
                    .formatted(contents.candidateName()));
            return;
        }
        long won = sets.count(MarkSet.GAINED, Outcome.WON);
        long never = sets.count(MarkSet.GAINED, Outcome.NEVER_WORKED);
        String worked = never == 0
                ? ""
                : " Sales never worked %s of them, of which between none and all would have been won."
                        .formatted(Words.count(never));
        sentences.add("%s more would have been MQLs; of those %s %s won anyway.%s"
                .formatted(Words.leads(gained), Words.count(won), Words.were(won), worked));
    }

    private void dropped(List<String> sentences) {
        long dropped = sets.count(MarkSet.DROPPED);
        if (dropped == 0) {
            sentences.add("Nothing is dropped: every MQL of the baseline stays one.");
            return;
        }
        long won = sets.count(MarkSet.DROPPED, Outcome.WON);
        Workload workload = contents.workload();
        String worth = workload == null || workload.revenue().isEmpty()
                ? ""
                : " and brought %s".formatted(Words.revenue(workload));
        String spent = workload == null
                ? ""
                : " Sales spent %s %s on them, %s of which got through."
                        .formatted(
                                Words.count(workload.contacts()),
                                workload.contacts() == 1 ? "contact" : "contacts",
                                Words.count(workload.reached()));
        String nameless = workload == null || workload.wonWithoutAmount() == 0
                ? ""
                : " (%s of the wins came without an amount)".formatted(Words.count(workload.wonWithoutAmount()));
        sentences.add("%s would not have been MQLs any more; of those %s %s won%s%s.%s"
                .formatted(Words.leads(dropped), Words.count(won), Words.were(won), worth, nameless, spent));
    }

    private void moved(List<String> sentences) {
        Workload workload = contents.workload();
        long earlier = sets.count(MarkSet.EARLIER);
        long later = sets.count(MarkSet.LATER);
        if (earlier > 0) {
            sentences.add("%s would have been marked earlier%s."
                    .formatted(
                            Words.leads(earlier),
                            workload == null
                                    ? ""
                                    : ", by %s in the median"
                                            .formatted(Words.duration(
                                                    workload.sooner().median()))));
        }
        if (later > 0) {
            sentences.add("%s would have been marked later%s."
                    .formatted(
                            Words.leads(later),
                            workload == null
                                    ? ""
                                    : ", by %s in the median"
                                            .formatted(Words.duration(
                                                    workload.later().median()))));
        }
    }
}

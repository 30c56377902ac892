package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.button;
import static j2html.TagCreator.div;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;

import j2html.tags.DomContent;
import j2html.tags.specialized.DivTag;
import j2html.tags.specialized.SectionTag;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.ThTag;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What the sections of the page are made of. */
final class Card {

    private Card() {}

    static SectionTag of(String id, String heading, DomContent... content) {
        return section(h2(heading).withId(id + "-title"))
                .with(content)
                .withId(id)
                .withClass("card")
                .attr("aria-labelledby", id + "-title");
    }

    static DomContent aside(String words) {
        return p(words).withClass("aside");
    }

    /** Wider than a narrow screen, on which it can be moved. */
    static DivTag scroll(DomContent content) {
        return div(content).withClass("scroll").attr("tabindex", "0");
    }

    static ThTag heading(String words) {
        return th(words).attr("scope", "col");
    }

    static ThTag numbers(String words) {
        return heading(words).withClass("number");
    }

    /** A heading by which the rows can be put in order. */
    static ThTag sorting(String words, boolean number) {
        ThTag heading = th(button(words).attr("type", "button")).attr("scope", "col");
        return number ? heading.withClass("number") : heading;
    }

    static ThTag row(String words) {
        return th(words).attr("scope", "row");
    }

    /** A number, beside its words as a program reads it. */
    static TdTag number(long number) {
        return cell(Words.count(number), number);
    }

    static TdTag change(long change) {
        return cell(Words.change(change), change);
    }

    static TdTag duration(@Nullable BigDecimal seconds) {
        return cell(Words.duration(seconds), seconds);
    }

    private static TdTag cell(String words, @Nullable Object value) {
        return td(words).withClass("number").attr("data-v", value == null ? "" : value.toString());
    }

    /** A part of a whole as a bar. */
    static DomContent bar(long part, long whole, String classes) {
        return span(span().withClass("fill " + classes)
                        .withStyle("width:" + Svg.number(whole == 0 ? 0 : 100.0 * part / whole) + "%"))
                .withClass("track")
                .attr("aria-hidden", "true");
    }
}

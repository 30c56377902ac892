package io.smarketing.lifecycle.standalone.report;

import static j2html.TagCreator.body;
import static j2html.TagCreator.code;
import static j2html.TagCreator.document;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.p;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.style;
import static j2html.TagCreator.text;
import static j2html.TagCreator.title;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.TimeToMark;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.Coverage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A replay for whoever decides: what was asked, the answer in words, tables and drawings. One document that loads nothing; the browser is told
 * to run no script but the one inside. The same replay gives the same bytes. Names that came with facts are text, whatever they hold.
 */
public final class ReplayPage {

    private ReplayPage() {}

    /**
     * What the page tells.
     *
     * @param candidateText the policy as it is written
     * @param baseline null for the marks of the history
     * @param asked the report as it was asked for; the hash is its
     * @param all the same replay, all leads in one row
     * @param told the same replay by {@code dimension}
     * @param workload null where the history holds no amounts
     * @param timeToMark null where the history does not tell when leads were captured
     * @param metrics of both sides; null where none were asked for
     * @param flips leads that flipped, with the reason
     * @param namesEvents whether the reasons name events
     * @param how leads were judged
     * @param knownAt null for all that is recorded
     * @param zone of the instants that are shown
     */
    public record Contents(
            Policy candidate,
            String candidateText,
            @Nullable Policy baseline,
            @Nullable String baselineText,
            ReplayReport asked,
            ReplayReport all,
            ReplayReport told,
            Dimension dimension,
            @Nullable Workload workload,
            @Nullable TimeToMark timeToMark,
            @Nullable ComparedMetrics metrics,
            List<LeadResult> flips,
            boolean namesEvents,
            Coverage coverage,
            String how,
            @Nullable Instant knownAt,
            CaptureRange range,
            ZoneId zone) {

        public Contents {
            flips = List.copyOf(flips);
        }

        /** As sentences call it. */
        String candidateName() {
            return candidate.reference().name();
        }

        String baselineName() {
            return baseline == null
                    ? "the marks of the history"
                    : baseline.reference().name();
        }

        String hash() {
            return asked.toJson(null).get("hash").asString();
        }
    }

    /** The page as HTML. */
    public static String render(Contents contents) {
        String script = resource("report/report.js");
        return document(html(
                        head(
                                meta().withCharset("utf-8"),
                                meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
                                meta().withName("color-scheme").withContent("light dark"),
                                meta().attr("http-equiv", "Content-Security-Policy")
                                        .withContent(
                                                "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
                                                        .formatted(sha256(script))),
                                title("Replay: %s against %s"
                                        .formatted(contents.candidateName(), contents.baselineName())),
                                style(rawHtml(resource("static/page/page.css") + resource("report/report.css")))),
                        body(
                                header(
                                        h1("What if %s had decided?".formatted(contents.candidateName())),
                                        p("A replay of %s against %s. Facts stay as they are; verdicts and visits are made anew."
                                                        .formatted(
                                                                Words.leads(contents.all()
                                                                        .leads()),
                                                                contents.baselineName()))
                                                .withClass("aside")),
                                main(
                                        Headline.of(contents),
                                        FlowChart.of(contents),
                                        SetsSection.of(contents),
                                        FunnelSection.of(contents),
                                        TimesChart.of(contents),
                                        AfterMarkSection.of(contents),
                                        DimensionSection.of(contents),
                                        MetricsSection.of(contents),
                                        FlipsSection.of(contents),
                                        DoubtsSection.of(contents),
                                        AskedSection.of(contents)),
                                footer(p(
                                                text("hash "),
                                                code(contents.hash()).withId("hash"),
                                                text(
                                                        " — the same policies over the same events give the same figures and the same hash."))
                                        .withClass("aside")),
                                script(rawHtml(script))))
                .withLang("en"));
    }

    private static String resource(String name) {
        try (InputStream in = ReplayPage.class.getClassLoader().getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

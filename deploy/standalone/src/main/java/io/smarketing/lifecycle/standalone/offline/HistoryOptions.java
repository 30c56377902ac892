package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.WrittenTime;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.replay.columns.Coverage;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that works on a file of history takes. */
final class HistoryOptions {

    @Mixin
    private HistoryFiles files = new HistoryFiles();

    @Option(
            names = "--as-known-at",
            paramLabel = "TIME",
            description =
                    "Only what was recorded up to then: an instant (2026-03-01T00:00:00Z) or a date, whose end counts.")
    private @Nullable String asKnownAt;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Only leads captured from then on: an instant, or a date in the zone.")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "Only leads captured before then: an instant, or a date in the zone.")
    private @Nullable String to;

    @Option(
            names = "--zone",
            defaultValue = "UTC",
            paramLabel = "ZONE",
            description = "The zone of dates, default ${DEFAULT-VALUE}.")
    private String zoneName = "UTC";

    private ZoneId zone = ZoneOffset.UTC;

    /**
     * A history as a command works on it.
     *
     * @param coverage what was read
     */
    record Loaded(
            History history,
            List<LeadHistory> leads,
            Predicate<LeadFold> selection,
            boolean selects,
            String asOf,
            ZoneId zone,
            Coverage coverage) {

        /** By its history alone; a lead whose captures are all voided is only there when nothing is selected. */
        boolean isSelected(LeadHistory lead) {
            return !selects
                    || LeadFold.of(lead, Marks.recorded()).filter(selection).isPresent();
        }
    }

    /**
     * Which leads, and what of them.
     *
     * @param known null for all that is recorded
     */
    record Asked(CaptureRange range, @Nullable Instant known) {}

    Asked asked() {
        try {
            zone = ZoneId.of(zoneName);
        } catch (DateTimeException e) {
            throw new WrongInput("--zone: '%s' is no time zone (write UTC or Europe/Berlin)".formatted(zoneName));
        }
        @Nullable Instant start = from == null ? null : instant("--from", from, WrittenTime::beginning);
        @Nullable Instant end = to == null ? null : instant("--to", to, WrittenTime::beginning);
        @Nullable Instant known = asKnownAt == null ? null : knownAt(asKnownAt);
        CaptureRange range = new CaptureRange(start, end);
        if (range.isEmpty()) {
            throw new WrongInput(
                    "--from %s is not before --to %s: no lead can be captured between".formatted(from, to));
        }
        return new Asked(range, known);
    }

    /** The files, in the order in which they are read. */
    List<Path> files() {
        return files.files();
    }

    /** For what reads them otherwise. */
    HistoryFiles historyFiles() {
        return files;
    }

    /** The zone in which dates were written. Only after {@link #asked}. */
    ZoneId zone() {
        return zone;
    }

    Loaded load(PrintWriter err) throws IOException {
        Asked asked = asked();
        CaptureRange range = asked.range();
        @Nullable Instant known = asked.known();
        ReadBytes bytes = new ReadBytes();
        History history = files.read(err, bytes);
        List<LeadHistory> leads = known == null ? history.leads() : history.knownAt(known);
        String asOf = known != null
                ? known.toString()
                : history.lastRecordedAt().map(Instant::toString).orElse("");
        return new Loaded(
                history,
                leads,
                range::holds,
                range.from() != null || range.to() != null,
                asOf,
                zone,
                new Coverage(HistoryCommand.names(files()), history.counts().events(), bytes.number(), bytes.sha256()));
    }

    /** An instant of another option, or a date whose end counts. Only after {@link #load}, which knows the zone. */
    Instant endOf(String option, String text) {
        return instant(option, text, WrittenTime::end);
    }

    private Instant knownAt(String text) {
        return endOf("--as-known-at", text);
    }

    private Instant instant(String option, String text, BiFunction<String, ZoneId, Instant> meaning) {
        try {
            return meaning.apply(text, zone);
        } catch (DateTimeException e) {
            throw new WrongInput("%s: '%s' is no time (%s)".formatted(option, text, WrittenTime.MEND));
        }
    }

    /** The dimension of that name; what the history knows nothing of is refused. */
    static Dimension dimension(String name, List<LeadHistory> leads, Collection<String> declared) {
        if (Dimension.BUILT_IN.contains(name) || declared.contains(name)) {
            return new Dimension(name);
        }
        TreeSet<String> attributes = new TreeSet<>(declared);
        leads.forEach(lead -> attributes.addAll(lead.attributeNames()));
        return dimension(name, attributes);
    }

    /** The dimension of that name, where the attributes are the only ones that there are. */
    static Dimension dimension(String name, Collection<String> attributes) {
        if (Dimension.BUILT_IN.contains(name)) {
            return new Dimension(name);
        }
        if (!attributes.contains(name)) {
            throw new WrongInput("--dimension: no lead has the attribute '%s' (there are %s)"
                    .formatted(
                            name,
                            Stream.concat(Dimension.BUILT_IN.stream(), attributes.stream())
                                    .limit(40)
                                    .collect(Collectors.joining(", "))));
        }
        return new Dimension(name);
    }
}

package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.WrittenTime;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.history.HistoryReader;
import io.smarketing.lifecycle.history.IntakeCounts;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.standalone.terminal.Progress;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that works on a file of history takes. */
final class HistoryOptions {

    private static final int SHOWN_LINES = 20;

    @Option(
            names = "--history",
            required = true,
            paramLabel = "FILE",
            description = {
                "CloudEvents, one JSON object a line, in order of arrival; .gz is read too.",
                "May be given several times: the files are read in that order."
            })
    private List<Path> files = new ArrayList<>();

    @Option(names = "--strict", description = "Stop at the first line that is refused (exit code 2).")
    private boolean strict;

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

    /** A history as a command works on it. */
    record Loaded(
            History history,
            List<LeadHistory> leads,
            Predicate<LeadFold> selection,
            boolean selects,
            String asOf,
            ZoneId zone) {

        /** By its history alone; a lead whose captures are all voided is only there when nothing is selected. */
        boolean isSelected(LeadHistory lead) {
            return !selects
                    || LeadFold.of(lead, Marks.recorded()).filter(selection).isPresent();
        }
    }

    Loaded load(PrintWriter err) throws IOException {
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
        History history = read(err);
        List<LeadHistory> leads = known == null ? history.leads() : history.knownAt(known);
        String asOf = known != null
                ? known.toString()
                : history.lastRecordedAt().map(Instant::toString).orElse("");
        return new Loaded(history, leads, range::holds, start != null || end != null, asOf, zone);
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

    private History read(PrintWriter err) throws IOException {
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new WrongInput("--history: there is no file %s".formatted(file));
            }
            if (Files.isDirectory(file)) {
                throw new WrongInput("--history: %s is a folder (name the file in it)".formatted(file));
            }
        }
        long[] shown = {0};
        HistoryReader reader = new HistoryReader(Instant.now(), line -> {
            if (strict) {
                throw new WrongInput(line + "\nstopped at the first refused line, as --strict says");
            }
            if (shown[0]++ < SHOWN_LINES) {
                err.println(line);
            } else if (shown[0] == SHOWN_LINES + 1) {
                err.println("… further refused lines are counted only");
            }
        });
        for (Path file : files) {
            read(file, reader);
        }
        History history = reader.history();
        IntakeCounts counts = history.counts();
        err.println(describe(counts));
        if (counts.events() > 0 && counts.refused() == counts.events()) {
            throw new WrongInput(
                    "every line was refused (a history is CloudEvents, one JSON object a line; CSV files are"
                            + " turned into one by `lifecycle import`)");
        }
        return history;
    }

    private static void read(Path file, HistoryReader reader) {
        try (InputStream in = open(file);
                ProgressBar progress = Progress.bar("reading " + file.getFileName(), Files.size(file) >> 10, " KiB")) {
            long[] bytes = {0};
            reader.read(file.toString(), in, read -> {
                bytes[0] += read;
                progress.stepTo(bytes[0] >> 10);
            });
        } catch (IOException e) {
            throw new WrongInput("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        return file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static String describe(IntakeCounts counts) {
        String refused = counts.refusedByCode().entrySet().stream()
                .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return "%,d events = %,d stored + %,d duplicates + %,d unknown-lead + %,d refused%s"
                .formatted(
                        counts.events(),
                        counts.stored(),
                        counts.duplicates(),
                        counts.unknownLead(),
                        counts.refused(),
                        refused.isEmpty() ? "" : " (" + refused + ")");
    }

    /** The dimension of that name; what the history knows nothing of is refused. */
    static Dimension dimension(String name, List<LeadHistory> leads, Collection<String> declared) {
        if (Dimension.BUILT_IN.contains(name) || declared.contains(name)) {
            return new Dimension(name);
        }
        TreeSet<String> attributes = new TreeSet<>(declared);
        leads.forEach(lead -> attributes.addAll(lead.attributeNames()));
        if (!attributes.contains(name)) {
            throw new WrongInput("--dimension: no lead has the attribute '%s' (there are %s)"
                    .formatted(
                            name,
                            java.util.stream.Stream.concat(Dimension.BUILT_IN.stream(), attributes.stream())
                                    .limit(40)
                                    .collect(Collectors.joining(", "))));
        }
        return new Dimension(name);
    }
}

package io.smarketing.lifecycle.standalone.report;

import io.smarketing.lifecycle.lead.Cycle.Outcome;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.replay.Workload;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How numbers, times and names are shown. */
final class Words {

    /** What is shown where there is nothing to show. */
    static final String NONE = "–";

    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss zzz", Locale.ENGLISH);
    private static final String[] UNITS = {"d", "h", "min", "s"};
    private static final long[] SECONDS = {86_400, 3_600, 60, 1};

    private Words() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With its sign. */
    static String change(long number) {
        return number == 0 ? "±0" : String.format(Locale.ROOT, "%+,d", number).replace('-', '−');
    }

    /** One lead, two leads. */
    static String leads(long number) {
        return number == 1 ? "1 lead" : count(number) + " leads";
    }

    static String were(long number) {
        return number == 1 ? "was" : "were";
    }

    static String share(long part, long whole) {
        return whole == 0 ? NONE : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    /** The two greatest units, as the live page has it: 3 d 4 h, 12 min 5 s. */
    static String duration(@Nullable BigDecimal seconds) {
        if (seconds == null) {
            return NONE;
        }
        double value = seconds.doubleValue();
        if (value < 1) {
            return Math.round(value * 1_000) + " ms";
        }
        int at = greatest(value);
        int smaller = Math.min(at + 1, UNITS.length - 1);
        long whole = Math.round(value / SECONDS[smaller]) * SECONDS[smaller];
        at = greatest((double) whole);
        long rest = (whole % SECONDS[at]) / SECONDS[smaller];
        String greater = count(whole / SECONDS[at]) + " " + UNITS[at];
        return rest > 0 && at != smaller ? greater + " " + rest + " " + UNITS[smaller] : greater;
    }

    private static int greatest(double seconds) {
        int at = 0;
        while (at < UNITS.length - 1 && seconds < SECONDS[at]) {
            at++;
        }
        return at;
    }

    /** In a zone, which is named. */
    static String moment(@Nullable Instant instant, ZoneId zone) {
        return instant == null ? NONE : MOMENT.withZone(zone).format(instant);
    }

    /** Sums by currency, which are never added across; empty when there is none. */
    static String revenue(Workload workload) {
        return workload.revenue().entrySet().stream()
                .map(sum -> String.format(Locale.ROOT, "%,.2f ", sum.getValue())
                        + (sum.getKey() == null ? "without a currency" : sum.getKey()))
                .collect(Collectors.joining(", "));
    }

    static String outcome(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String stage(Stage stage) {
        return stage == Stage.MQL
                ? "MQL"
                : stage.name().charAt(0) + stage.name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** A missing value is none, and an empty one has to be seen. */
    static String value(@Nullable String value) {
        return value == null ? "(missing)" : value.isEmpty() ? "\"\"" : value;
    }
}

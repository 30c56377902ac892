package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One row of {@code funnel.stages}, of whatever grain: flat figures under their key. Figures that a row does not have are zero. */
record StageRow(StageKey key, ObjectNode figures) {

    private static final int DECIMALS = 6;
    private static final List<String> WHOLE_NUMBERS = wholeNumbers();
    private static final List<String> DECIMAL_NUMBERS = List.of(
            "meanSeconds",
            "p50Seconds",
            "p75Seconds",
            "p90Seconds",
            "cycleMeanSeconds",
            "cycleP50Seconds",
            "cycleP90Seconds",
            "sumSeconds",
            "openSumSeconds",
            "quantileError");

    private static List<String> wholeNumbers() {
        List<String> names = new ArrayList<>(
                List.of("ever", "entered", "reached", "open", "n", "cycleN", "revision", "logPosition"));
        names.addAll(List.of("start", "in", "out", "end", "openN"));
        for (ExitKind kind : ExitKind.values()) {
            names.add(name(kind));
            names.add("out" + capitalised(kind.name()));
        }
        Arrays.stream(Deviation.values()).map(StageRow::name).forEach(names::add);
        return List.copyOf(names);
    }

    static StageRow read(String key, byte[] figures) throws UnreadableRow {
        StageRow row = new StageRow(StageKey.read(key), FlatJson.readObject(figures));
        row.check();
        return row;
    }

    /** So that every reader of the table may take numbers as numbers and times as times. */
    private void check() throws UnreadableRow {
        FlatJson.instant(figures, "asOf");
        for (String name : WHOLE_NUMBERS) {
            JsonNode number = figures.path(name);
            if (!number.isMissingNode()
                    && !number.isNull()
                    && !(number.isIntegralNumber() && number.canConvertToLong())) {
                throw new UnreadableRow("'%s' is no whole number".formatted(name));
            }
        }
        for (String name : DECIMAL_NUMBERS) {
            JsonNode number = figures.path(name);
            if (!number.isMissingNode() && !number.isNull() && !number.isNumber()) {
                throw new UnreadableRow("'%s' is no number".formatted(name));
            }
        }
    }

    private static String name(ExitKind kind) {
        return "exit" + capitalised(kind.name());
    }

    private static String name(Deviation kind) {
        StringBuilder name = new StringBuilder("deviation");
        for (String word : kind.name().split("_")) {
            name.append(capitalised(word));
        }
        return name.toString();
    }

    private static String capitalised(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
    }

    long count(String name) {
        return figures.path(name).asLong(0);
    }

    long revision() {
        return count("revision");
    }

    long deviations(Deviation kind) {
        return count(name(kind));
    }

    @Nullable String text(String name) {
        JsonNode text = figures.path(name);
        return text.isString() ? text.stringValue() : null;
    }

    @Nullable BigDecimal number(String name) {
        JsonNode number = figures.path(name);
        return number.isNumber() ? number.decimalValue() : null;
    }

    private @Nullable BigDecimal seconds(String name) {
        BigDecimal seconds = number(name);
        return seconds == null ? null : seconds.setScale(DECIMALS, RoundingMode.HALF_UP);
    }

    FunnelRow.StageRow stage() {
        long[] exits = new long[ExitKind.values().length];
        for (ExitKind kind : ExitKind.values()) {
            exits[kind.ordinal()] = count(name(kind));
        }
        return new FunnelRow.StageRow(
                key.stage(),
                count("ever"),
                count("entered"),
                count("reached"),
                count("open"),
                exits,
                new FunnelRow.Times(
                        count("n"),
                        seconds("meanSeconds"),
                        seconds("p50Seconds"),
                        seconds("p75Seconds"),
                        seconds("p90Seconds")));
    }

    /** From the capture to the win; only rows of the stage WON have it. */
    FunnelRow.Times cycle() {
        return new FunnelRow.Times(
                count("cycleN"),
                seconds("cycleMeanSeconds"),
                seconds("cycleP50Seconds"),
                null,
                seconds("cycleP90Seconds"));
    }
}

package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelRow;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.standalone.terminal.Bars;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A funnel for people to read. */
final class FunnelTable {

    private static final double SECONDS_PER_DAY = 86_400;

    private FunnelTable() {}

    static String render(List<FunnelRow> rows, Dimension dimension, String marks) {
        StringBuilder text = new StringBuilder();
        text.append("Funnel by %s, counting %s\n".formatted(marks, "each lead once"));
        if (rows.isEmpty()) {
            return text.append("\n  no leads\n").toString();
        }
        if (rows.size() == 1 || dimension.equals(Dimension.ALL)) {
            rows.forEach(row -> text.append(one(row, dimension)));
        } else {
            text.append(side(rows, dimension));
        }
        return text.toString();
    }

    private static String one(FunnelRow row, Dimension dimension) {
        long captured = row.stage(Stage.CAPTURED).reached();
        StringBuilder text = new StringBuilder("\n");
        if (!dimension.equals(Dimension.ALL)) {
            text.append("%s %s\n".formatted(dimension.name(), name(row)));
        }
        Table table = new Table()
                .row(
                        "stage",
                        "reached",
                        "of captured",
                        Bars.EMPTY,
                        "entered",
                        "ever",
                        "open",
                        "left",
                        "median in stage");
        for (FunnelRow.StageRow stage : row.stages()) {
            long left = 0;
            for (long exits : stage.exits()) {
                left += exits;
            }
            table.row(
                    stage.stage(),
                    count(stage.reached()),
                    percent(stage.reached(), captured),
                    Bars.bar(stage.reached(), captured),
                    count(stage.entered()),
                    count(stage.ever()),
                    count(stage.open()),
                    count(left),
                    days(stage.timeInStage().p50()));
        }
        // The bar's column has no heading.
        text.append(table.render().replaceFirst(" " + Bars.EMPTY + "(?= {2,})", "  "));
        text.append("\n  leads stand: %s\n".formatted(outcomes(row)));
        text.append("  captured → won: %s won in a mean of %s, median %s, p90 %s\n"
                .formatted(
                        count(row.cycle().n()),
                        days(row.cycle().mean()),
                        days(row.cycle().p50()),
                        days(row.cycle().p90())));
        String exits = exits(row);
        if (!exits.isEmpty()) {
            text.append("  visits left: %s\n".formatted(exits));
        }
        String deviations = deviations(row);
        if (!deviations.isEmpty()) {
            text.append("  deviations: %s\n".formatted(deviations));
        }
        return text.toString();
    }

    private static String side(List<FunnelRow> rows, Dimension dimension) {
        Table table = new Table()
                .row(
                        dimension.name(),
                        "captured",
                        "MQL",
                        "accepted",
                        "contacted",
                        "won",
                        "won %",
                        "rejected",
                        "lost",
                        "open",
                        "median to won");
        for (FunnelRow row : rows) {
            long captured = row.stage(Stage.CAPTURED).reached();
            table.row(
                    name(row),
                    count(captured),
                    count(row.stage(Stage.MQL).reached()),
                    count(row.stage(Stage.ACCEPTED).reached()),
                    count(row.stage(Stage.CONTACTED).reached()),
                    count(row.stage(Stage.WON).reached()),
                    percent(row.stage(Stage.WON).reached(), captured),
                    count(row.outcomes().rejected()),
                    count(row.outcomes().lost()),
                    count(row.outcomes().open()),
                    days(row.cycle().p50()));
        }
        return "\n" + table.render()
                + "\n  MQL to won: leads that reached the stage; rejected, lost, open: where they stand now\n";
    }

    private static String name(FunnelRow row) {
        return row.value() == null ? "(missing)" : row.value();
    }

    private static String outcomes(FunnelRow row) {
        return "%s won, %s lost, %s rejected, %s open"
                .formatted(
                        count(row.outcomes().won()),
                        count(row.outcomes().lost()),
                        count(row.outcomes().rejected()),
                        count(row.outcomes().open()));
    }

    private static String exits(FunnelRow row) {
        StringJoiner joiner = new StringJoiner(", ");
        for (ExitKind kind : ExitKind.values()) {
            long sum = row.stages().stream()
                    .mapToLong(stage -> stage.exits()[kind.ordinal()])
                    .sum();
            if (sum > 0) {
                joiner.add(kind.word() + " " + count(sum));
            }
        }
        return joiner.toString();
    }

    private static String deviations(FunnelRow row) {
        StringJoiner joiner = new StringJoiner(", ");
        for (Deviation kind : Deviation.values()) {
            if (row.deviations()[kind.ordinal()] > 0) {
                joiner.add(kind.word() + " " + count(row.deviations()[kind.ordinal()]));
            }
        }
        return joiner.toString();
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String percent(long part, long whole) {
        return whole == 0 ? "–" : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / whole);
    }

    /** Seconds in the unit a person would use. */
    static String days(@Nullable BigDecimal seconds) {
        if (seconds == null) {
            return "–";
        }
        double value = seconds.doubleValue();
        if (value >= SECONDS_PER_DAY) {
            return String.format(Locale.ROOT, "%.2f d", value / SECONDS_PER_DAY);
        } else if (value >= 3_600) {
            return String.format(Locale.ROOT, "%.2f h", value / 3_600);
        }
        return String.format(Locale.ROOT, "%.0f s", value);
    }
}

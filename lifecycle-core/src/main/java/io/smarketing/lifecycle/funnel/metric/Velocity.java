package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.List;

/** Times in stage of the visits that ended in a bucket: of all, and by how they ended. Open visits are not among them. */
final class Velocity {

    private Velocity() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            for (Stage stage : Stage.values()) {
                if (tally.left(stage) > 0) {
                    MetricRow.Builder all = MetricRow.of(bucket).part("stage", stage.name());
                    rows.add(row(all.part("exit", "any"), tally.left(stage), tally.timeLeft(stage)));
                    for (ExitKind exit : ExitKind.values()) {
                        if (tally.left(stage, exit) > 0) {
                            MetricRow.Builder one = MetricRow.of(bucket).part("stage", stage.name());
                            rows.add(row(
                                    one.part("exit", exit.word()),
                                    tally.left(stage, exit),
                                    tally.timeLeft(stage, exit)));
                        }
                    }
                }
            }
        });
        return rows;
    }

    private static MetricRow row(MetricRow.Builder row, long left, Durations times) {
        Ranked ranked = times.ranked();
        return row.figure("n", times.n())
                .figure("untimed", left - times.n())
                .figure("meanSeconds", times.mean())
                .figure("p50Seconds", ranked.median())
                .figure("p75Seconds", ranked.percentile(75))
                .figure("p90Seconds", ranked.percentile(90))
                .row();
    }
}

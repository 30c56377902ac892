package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Visits that begin and end in each bucket. What a stage holds at the end is what it held at the start, plus in, minus out. */
final class Flow {

    /** What a stage held at the end of the bucket before. */
    static final String START = "start";

    private Flow() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        Map<Bucket, MetricTally> buckets = days.by(reading.grain());
        long[] balances = new long[Stage.values().length];
        List<MetricRow> rows = new ArrayList<>();
        for (Bucket bucket : reading.buckets()) {
            MetricTally tally = buckets.getOrDefault(bucket, MetricTally.exact());
            for (Stage stage : Stage.values()) {
                long start = balances[stage.ordinal()];
                long end = start + tally.entered(stage) - tally.left(stage);
                balances[stage.ordinal()] = end;
                rows.add(row(bucket, stage, tally, start, end));
            }
        }
        return rows;
    }

    private static MetricRow row(Bucket bucket, Stage stage, MetricTally tally, long start, long end) {
        MetricRow.Builder row = MetricRow.of(bucket)
                .part("stage", stage.name())
                .figure(START, start)
                .figure("in", tally.entered(stage))
                .figure("out", tally.left(stage));
        for (ExitKind exit : ExitKind.values()) {
            row.figure("out" + capitalised(exit.word()), tally.left(stage, exit));
        }
        return row.figure("end", end).row();
    }

    static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}

package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has become, after which time, of the visits that began in a bucket, the open ones among them. */
final class Incidence {

    private Incidence() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            for (Stage stage : Stage.values()) {
                // A won lead stays won: there is nothing to wait for.
                if (stage != Stage.WON && tally.entered(stage) > 0) {
                    rows(bucket, stage, tally, reading, rows);
                }
            }
        });
        return rows;
    }

    private static void rows(Bucket bucket, Stage stage, MetricTally tally, Reading reading, List<MetricRow> rows) {
        Map<ExitKind, Ranked> ended = new EnumMap<>(ExitKind.class);
        for (ExitKind exit : ExitKind.values()) {
            Ranked times = tally.stay(stage, exit).ranked();
            if (times.n() > 0) {
                ended.put(exit, times);
            }
        }
        CumulativeIncidence<ExitKind> incidence = new CumulativeIncidence<>(
                ExitKind.values(), ended, tally.open(stage).ages(reading.asOf()));
        causes(stage).forEach((cause, kinds) -> {
            CumulativeIncidence<ExitKind>.Curve curve = incidence.curve(kinds);
            for (long micros : CurveFigures.times(curve, reading)) {
                MetricRow.Builder row = MetricRow.of(bucket)
                        .part("stage", stage.name())
                        .part("exit", cause)
                        .part("after", CurveFigures.written(micros))
                        .figure("n", incidence.n())
                        .figure("untimed", tally.entered(stage) - incidence.n())
                        .figure("open", incidence.censored())
                        .figure("ended", curve.events());
                rows.add(CurveFigures.put(row, incidence, curve, micros).row());
            }
        });
    }

    /** All together, the ways onward together, and each way in which the stage can be left; in order, the same for all leads. */
    private static Map<String, Set<ExitKind>> causes(Stage stage) {
        Set<ExitKind> kinds = switch (stage) {
            case CAPTURED, MQL, ACCEPTED ->
                EnumSet.of(ExitKind.FORWARD, ExitKind.WON, ExitKind.REJECTED, ExitKind.LOST);
            case CONTACTED -> EnumSet.of(ExitKind.BACK, ExitKind.WON, ExitKind.REJECTED, ExitKind.LOST);
            case REJECTED, LOST -> EnumSet.of(ExitKind.RECYCLED, ExitKind.REOPENED);
            case WON -> EnumSet.noneOf(ExitKind.class);
        };
        Map<String, Set<ExitKind>> causes = new LinkedHashMap<>();
        causes.put("any", kinds);
        if (kinds.contains(ExitKind.FORWARD)) {
            causes.put("onward", EnumSet.of(ExitKind.FORWARD, ExitKind.WON));
        }
        for (ExitKind kind : kinds) {
            causes.put(kind.word(), EnumSet.of(kind));
        }
        return causes;
    }
}

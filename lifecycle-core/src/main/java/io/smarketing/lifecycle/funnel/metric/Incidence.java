package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Period;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What has become, after which time, of the visits that began in a bucket, the open ones among them. */
final class Incidence {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);

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
        CumulativeIncidence incidence =
                new CumulativeIncidence(ended, tally.open(stage).ages(reading.asOf()));
        causes(stage).forEach((cause, kinds) -> {
            CumulativeIncidence.Curve curve = incidence.curve(kinds);
            for (long micros : times(curve, reading)) {
                MetricRow.Builder row = MetricRow.of(bucket)
                        .part("stage", stage.name())
                        .part("exit", cause)
                        .part("after", Period.written(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros))));
                rows.add(row(row, tally.entered(stage), incidence, curve, micros));
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

    private static List<Long> times(CumulativeIncidence.Curve curve, Reading reading) {
        List<Long> times = new ArrayList<>();
        for (Duration horizon : reading.horizons()) {
            times.add(TimeUnit.NANOSECONDS.toMicros(horizon.toNanos()));
        }
        if (reading.horizons().isEmpty()) {
            for (int i = 0; i < curve.size(); i++) {
                times.add(curve.micros(i));
            }
        }
        return times;
    }

    private static MetricRow row(
            MetricRow.Builder row,
            long entered,
            CumulativeIncidence incidence,
            CumulativeIncidence.Curve curve,
            long micros) {
        boolean known = curve.isKnown(micros);
        boolean limits = known && curve.hasLimits(micros);
        long median = curve.medianMicros();
        return row.figure("n", incidence.n())
                .figure("untimed", entered - incidence.n())
                .figure("open", incidence.censored())
                .figure("ended", curve.events())
                .figure("plateau", Proportion.rounded(curve.plateau()))
                .figure("reachesHalf", median >= 0)
                .figure("medianSeconds", median < 0 ? null : seconds(median))
                .figure("afterSeconds", seconds(micros))
                .figure("atRisk", incidence.atRisk(micros))
                .figure("incidence", rounded(known, curve.incidence(micros)))
                .figure("standardError", rounded(known, curve.standardError(micros)))
                .figure("lower", limits ? Proportion.rounded(curve.lower(micros)) : null)
                .figure("upper", limits ? Proportion.rounded(curve.upper(micros)) : null)
                .row();
    }

    private static @Nullable BigDecimal rounded(boolean known, double value) {
        return known ? Proportion.rounded(value) : null;
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 6, RoundingMode.UNNECESSARY);
    }
}

package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.policy.Period;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What rows say of a curve of cumulative incidence at a time. */
final class CurveFigures {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);

    private CurveFigures() {}

    /** The times at which a curve is asked for, in microseconds: none asked for are all at which it rises. */
    static List<Long> times(CumulativeIncidence<?>.Curve curve, Reading reading) {
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

    static String written(long micros) {
        return Period.written(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)));
    }

    /** Puts the curve's figures at a time behind those of the row. */
    static MetricRow.Builder put(
            MetricRow.Builder row, CumulativeIncidence<?> incidence, CumulativeIncidence<?>.Curve curve, long micros) {
        boolean known = curve.isKnown(micros);
        boolean limits = known && curve.hasLimits(micros);
        long median = curve.medianMicros();
        return row.figure("plateau", Proportion.rounded(curve.plateau()))
                .figure("reachesHalf", median >= 0)
                .figure("medianSeconds", median < 0 ? null : seconds(median))
                .figure("afterSeconds", seconds(micros))
                .figure("atRisk", incidence.atRisk(micros))
                .figure("incidence", rounded(known, curve.incidence(micros)))
                .figure("standardError", rounded(known, curve.standardError(micros)))
                .figure("lower", limits ? Proportion.rounded(curve.lower(micros)) : null)
                .figure("upper", limits ? Proportion.rounded(curve.upper(micros)) : null);
    }

    private static @Nullable BigDecimal rounded(boolean known, double value) {
        return known ? Proportion.rounded(value) : null;
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 6, RoundingMode.UNNECESSARY);
    }
}

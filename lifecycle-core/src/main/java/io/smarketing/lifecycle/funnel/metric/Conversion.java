package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ConversionPath.Mode;
import io.smarketing.lifecycle.policy.Period;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Of the leads that first entered a stage in a bucket, how many came to each further stage, within a window. Windows that have not
 * elapsed are told: for the members of a day when it ended less than the window ago.
 */
final class Conversion {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000);

    private Conversion() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        MetricDefinition definition = reading.definition();
        List<MetricRow> rows = new ArrayList<>();
        for (int window = 0; window <= definition.windows().size(); window++) {
            @Nullable Duration within = window == definition.windows().size()
                    ? null
                    : definition.windows().get(window);
            Map<Bucket, MetricTally> elapsed = within == null ? Map.of() : elapsed(days, within, reading);
            int place = window;
            days.by(reading.grain()).forEach((bucket, tally) -> {
                for (int path = 0; path < definition.paths().size(); path++) {
                    if (tally.count(Measure.cohort(path)) > 0) {
                        new Cohort(
                                        bucket,
                                        tally,
                                        elapsed.getOrDefault(bucket, MetricTally.exact()),
                                        path,
                                        definition.paths().get(path),
                                        place,
                                        within,
                                        reading)
                                .rows(rows);
                    }
                }
            });
        }
        return rows;
    }

    /** The days of each bucket whose members have all had the whole window. */
    private static Map<Bucket, MetricTally> elapsed(MetricDays days, Duration within, Reading reading) {
        Map<Bucket, MetricTally> buckets = new TreeMap<>();
        for (Map.Entry<LocalDate, MetricTally> day : days.days().entrySet()) {
            if (reading.isElapsed(Grain.DAY.bucket(day.getKey()), within)) {
                buckets.computeIfAbsent(
                                reading.grain().bucket(day.getKey()),
                                absent -> day.getValue().empty())
                        .merge(day.getValue());
            }
        }
        return buckets;
    }

    /** The leads of one bucket on their way along one path, looked at through one window. */
    private record Cohort(
            Bucket bucket,
            MetricTally tally,
            MetricTally elapsed,
            int path,
            ConversionPath steps,
            int window,
            @Nullable Duration within,
            Reading reading) {

        void rows(List<MetricRow> rows) {
            for (Mode mode : Mode.values()) {
                for (int step = 1; step < steps.steps().size(); step++) {
                    rows.add(row(mode, step));
                }
            }
        }

        private MetricRow row(Mode mode, int step) {
            long cohort = tally.count(Measure.cohort(path));
            long converted = converted(tally, mode, step);
            long before = step == 1 ? cohort : converted(tally, mode, step - 1);
            long mature = within == null ? 0 : elapsed.count(Measure.cohort(path));
            long matureConverted = within == null ? 0 : converted(elapsed, mode, step);
            long timed = upToWindow(tally, place -> Measure.timed(path, step, mode, place));
            return MetricRow.of(bucket)
                    .part("base", steps.base().name())
                    .part("stage", steps.steps().get(step).name())
                    .part("mode", mode.word())
                    .part("within", within == null ? "ever" : Period.written(within))
                    .figure("cohort", cohort)
                    .figure("converted", converted)
                    .rate("rate", converted, cohort)
                    .figure("before", before)
                    .rate("stepRate", converted, before)
                    .figure("timed", timed)
                    .figure("meanSeconds", mean(mode, step, timed))
                    .figure(
                            "p50Seconds",
                            tally.timeToConvert(path, step, mode).ranked().medianOfFirst(timed))
                    .figure("immature", within != null && isImmature(cohort, mature))
                    .figure("mature", mature)
                    .figure("matureConverted", matureConverted)
                    .rate("matureRate", matureConverted, mature)
                    .row();
        }

        private boolean isImmature(long cohort, long mature) {
            return bucket.grain() == Grain.ALL ? mature < cohort : within != null && !reading.isElapsed(bucket, within);
        }

        private long converted(MetricTally of, Mode mode, int step) {
            return upToWindow(of, place -> Measure.converted(path, step, mode, place));
        }

        private long upToWindow(MetricTally of, IntUnaryOperator measure) {
            return IntStream.rangeClosed(0, window)
                    .mapToLong(place -> of.count(measure.applyAsInt(place)))
                    .sum();
        }

        private @Nullable BigDecimal mean(Mode mode, int step, long timed) {
            if (timed == 0) {
                return null;
            }
            BigDecimal micros = BigDecimal.valueOf(upToWindow(tally, place -> Measure.seconds(path, step, mode, place)))
                    .multiply(MICROS_PER_SECOND)
                    .add(BigDecimal.valueOf(upToWindow(tally, place -> Measure.micros(path, step, mode, place))));
            return micros.divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(timed)), 6, RoundingMode.HALF_UP);
        }
    }
}

package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Ranked;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lead response time: how soon sales first tried to contact a lead, from the mark and from the acceptance of a cycle on. Whom nobody tried to contact stays in: as one who waits,
 * or as one for whom there was nothing more to wait for.
 */
final class Response {

    private Response() {}

    /** Where a wait begins. The order is part of the packed form. */
    enum From {
        MARK,
        ACCEPTED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a wait ends. */
    private enum End {
        CONTACTED,
        OVER
    }

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            for (From from : From.values()) {
                Durations contacted = tally.contacted(from);
                Ranked times = contacted.ranked();
                Ranked over = tally.over(from).ranked();
                CumulativeIncidence<End> incidence = new CumulativeIncidence<>(
                        End.values(), ended(times, over), tally.waiting(from).ages(reading.asOf()));
                long untimed = tally.count(Measure.untimed(from));
                if (incidence.n() + untimed == 0) {
                    continue;
                }
                CumulativeIncidence<End>.Curve curve = incidence.curve(Set.of(End.CONTACTED));
                for (long micros : CurveFigures.times(curve, reading)) {
                    MetricRow.Builder row = MetricRow.of(bucket)
                            .part("from", from.word())
                            .part("clock", "wall")
                            .part("after", CurveFigures.written(micros))
                            .figure("n", incidence.n())
                            .figure("untimed", untimed)
                            .figure("contacted", contacted.n())
                            .figure("waiting", incidence.censored())
                            .figure("uncontacted", over.n())
                            .figure("meanSeconds", contacted.mean())
                            .figure("p50Seconds", times.median())
                            .figure("p75Seconds", times.percentile(75))
                            .figure("p90Seconds", times.percentile(90));
                    rows.add(CurveFigures.put(row, incidence, curve, micros).row());
                }
            }
        });
        return rows;
    }

    private static Map<End, Ranked> ended(Ranked contacted, Ranked over) {
        Map<End, Ranked> ended = new EnumMap<>(End.class);
        ended.put(End.CONTACTED, contacted);
        ended.put(End.OVER, over);
        return ended;
    }
}

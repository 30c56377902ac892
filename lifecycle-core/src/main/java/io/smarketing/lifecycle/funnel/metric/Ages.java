package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.List;

/** How long ago the visits began that are open, by the bucket in which they began. */
final class Ages {

    private Ages() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            for (Stage stage : Stage.values()) {
                Instants open = tally.open(stage);
                if (stage.isOpen() && open.n() > 0) {
                    Ranked ages = open.ages(reading.asOf());
                    rows.add(MetricRow.of(bucket)
                            .part("stage", stage.name())
                            .figure("n", ages.n())
                            .figure("meanSeconds", open.meanAge(reading.asOf()))
                            .figure("p50Seconds", ages.median())
                            .figure("p75Seconds", ages.percentile(75))
                            .figure("p90Seconds", ages.percentile(90))
                            .row());
                }
            }
        });
        return rows;
    }
}

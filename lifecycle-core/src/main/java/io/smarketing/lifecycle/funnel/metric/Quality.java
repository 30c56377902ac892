package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.List;

/** How well a mark foretells a win: leads captured in a bucket, of whom it is known what became of them. */
final class Quality {

    private Quality() {}

    static List<MetricRow> rows(MetricDays days, Reading reading) {
        List<MetricRow> rows = new ArrayList<>();
        days.by(reading.grain()).forEach((bucket, tally) -> {
            long markedWon = tally.count(Measure.leads(true, Stage.WON));
            long markedNot = closed(tally, true);
            long unmarkedWon = tally.count(Measure.leads(false, Stage.WON));
            long unmarkedNot = closed(tally, false);
            long markedOpen = tally.count(Measure.leads(true, Stage.CAPTURED));
            long unmarkedOpen = tally.count(Measure.leads(false, Stage.CAPTURED));
            long observed = markedWon + markedNot + unmarkedWon + unmarkedNot;
            if (observed + markedOpen + unmarkedOpen > 0) {
                rows.add(MetricRow.of(bucket)
                        .figure("leads", observed + markedOpen + unmarkedOpen)
                        .figure("observed", observed)
                        .figure("markedWon", markedWon)
                        .figure("markedNotWon", markedNot)
                        .figure("unmarkedWon", unmarkedWon)
                        .figure("unmarkedNotWon", unmarkedNot)
                        .figure("markedOpen", markedOpen)
                        .figure("unmarkedOpen", unmarkedOpen)
                        .rate("precision", markedWon, markedWon + markedNot)
                        .rate("recall", markedWon, markedWon + unmarkedWon)
                        .row());
            }
        });
        return rows;
    }

    static long closed(MetricTally tally, boolean marked) {
        return tally.count(Measure.leads(marked, Stage.LOST)) + tally.count(Measure.leads(marked, Stage.REJECTED));
    }
}

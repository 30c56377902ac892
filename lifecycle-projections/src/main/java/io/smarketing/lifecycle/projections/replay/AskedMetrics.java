package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics a replay tells of both sides.
 *
 * @param metrics at least one, in the order in which they are told
 * @param zone of the days
 */
record AskedMetrics(List<Metric> metrics, Grain grain, ZoneId zone) {

    AskedMetrics {
        metrics = List.copyOf(metrics);
    }

    /** Begins without leads. */
    MetricsSideBySide sides(String dimension) {
        return new MetricsSideBySide(new Dimension(dimension), zone);
    }

    /**
     * The answer as JSON.
     *
     * @throws ReplayRun.Failed where nobody could read all its rows
     */
    String told(MetricsSideBySide sides, @Nullable Instant asKnownAt) {
        try {
            return sides.compared(metrics, grain, asKnownAt).toJson().toString();
        } catch (TooManyBuckets e) {
            throw new ReplayRun.Failed(
                    "the metrics of both sides are too many: %s; ask with a coarser 'grain', for fewer 'metrics', by a dimension of fewer values or of fewer leads ('from', 'to'), and void a fact of a wrong date"
                            .formatted(e.getMessage()));
        }
    }
}

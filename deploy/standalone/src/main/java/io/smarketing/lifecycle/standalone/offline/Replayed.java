package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ComparedMetrics;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayReport;
import io.smarketing.lifecycle.replay.TimeToMark;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.Coverage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A history that was replayed, whichever way, and what more can be asked of it. */
interface Replayed {

    ReplayReport report();

    /** The same replay, its leads told apart by another dimension. */
    ReplayReport by(Dimension dimension);

    /** All leads in the order of their ids. Whether they say why they flipped is up to {@link #explained}. */
    List<LeadResult> leads();

    /** Some of them, with why they flipped. */
    List<LeadResult> explained(List<LeadResult> leads);

    /** What flipped cycles meant to sales; null where the history holds no amounts. */
    @Nullable Workload workload();

    /** How soon leads are marked; null where the history beside is missing. */
    @Nullable TimeToMark timeToMark();

    /**
     * The metrics of both sides; null where the history beside is missing.
     *
     * @throws TooManyBuckets if nobody could read them all
     */
    @Nullable ComparedMetrics metrics(List<Metric> metrics, Grain grain);

    /** Whether reasons name the events that led to them. */
    boolean namesEvents();

    Coverage coverage();

    /** The way leads were judged, in words. */
    String how();
}

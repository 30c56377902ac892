package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the same leads add up to under two rules, by the standard definition. Either side's figures are those of a {@link Measurement} by its
 * marks alone. Mergeable; not thread-safe.
 */
public final class MetricsSideBySide {

    /** Most rows of all metrics together. */
    public static final int MOST_ROWS = 100_000;

    /** Most buckets of all values together: a conversion has a hundred rows in each. */
    static final int MOST_BUCKETS = 10_000;

    private final Dimension dimension;
    private final MetricDefinition definition;
    private final MetricCube baseline;
    private final MetricCube candidate;
    private @Nullable Instant lastRecordedAt;

    /** Begins without leads. */
    public MetricsSideBySide(Dimension dimension, ZoneId zone) {
        this.dimension = dimension;
        this.definition = MetricDefinition.standard(zone);
        this.baseline = new MetricCube(dimension, definition);
        this.candidate = new MetricCube(dimension, definition);
    }

    /**
     * Whose marks count on either side, and which leads. Thread-safe.
     *
     * @param selection leads by what does not depend on a policy
     */
    public record Sides(
            Function<LeadHistory, Marks> baseline,
            Function<LeadHistory, Marks> candidate,
            Predicate<LeadFold> selection) {

        /**
         * As a replay has them.
         *
         * @param baseline null for the marks that history holds: they were made as facts came, so the candidate is judged in that order
         */
        public static Sides of(
                @Nullable Policy baseline, Policy candidate, Judge.Order order, Predicate<LeadFold> selection) {
            return baseline == null
                    ? new Sides(
                            lead -> Marks.recorded(),
                            Measurement.by(new Judge(candidate, Judge.Order.ARRIVAL)),
                            selection)
                    : new Sides(
                            Measurement.by(new Judge(baseline, order)),
                            Measurement.by(new Judge(candidate, order)),
                            selection);
        }
    }

    /**
     * Adds leads, on all processors.
     *
     * @param leads others than were added before
     * @param progress is called once a lead, from many threads, and may throw to stop
     */
    public void add(List<LeadHistory> leads, Sides sides, Runnable progress) {
        merge(leads.parallelStream()
                .collect(
                        () -> new MetricsSideBySide(dimension, definition.zone()),
                        (partial, lead) -> {
                            partial.add(lead, sides);
                            progress.run();
                        },
                        MetricsSideBySide::merge));
    }

    private void add(LeadHistory lead, Sides sides) {
        add(baseline, lead, sides.baseline(), sides.selection());
        add(candidate, lead, sides.candidate(), sides.selection());
        for (Entry entry : lead.entries()) {
            recorded(entry.recordedAt());
        }
    }

    private static void add(
            MetricCube cube, LeadHistory lead, Function<LeadHistory, Marks> marks, Predicate<LeadFold> selection) {
        LeadFold.of(lead, marks.apply(lead)).filter(selection).ifPresent(cube::add);
    }

    private void recorded(@Nullable Instant at) {
        if (at != null && (lastRecordedAt == null || at.isAfter(lastRecordedAt))) {
            lastRecordedAt = at;
        }
    }

    /** Adds other leads, by the same dimension and in the same zone. */
    public void merge(MetricsSideBySide other) {
        baseline.merge(other.baseline);
        candidate.merge(other.candidate);
        recorded(other.lastRecordedAt);
    }

    /**
     * What they add up to.
     *
     * @param metrics in the order in which they are to be told
     * @param asKnownAt what was recorded later was left out; null for nothing. Open visits and windows are looked at then, or else when
     *     the last was recorded of what was added, whether its lead was selected or not
     * @throws TooManyBuckets if nobody could read them all
     */
    public ComparedMetrics compared(Collection<Metric> metrics, Grain grain, @Nullable Instant asKnownAt) {
        Instant known = asKnownAt == null ? lastRecordedAt : asKnownAt;
        Instant asOf = known == null ? Instant.EPOCH : known;
        MetricCube both = new MetricCube(dimension, definition).merge(baseline).merge(candidate);
        Map<Metric, List<ComparedMetrics.Row>> told = new LinkedHashMap<>();
        long rows = 0;
        for (Metric metric : metrics) {
            both.requireFew(metric, both.reading(grain, asOf, metric.horizons()), MOST_BUCKETS);
            List<ComparedMetrics.Row> ofMetric = rows(both, metric, grain, asOf);
            rows += ofMetric.size();
            if (rows > MOST_ROWS) {
                throw TooManyBuckets.rows(MOST_ROWS, grain);
            }
            told.put(metric, ofMetric);
        }
        return new ComparedMetrics(grain, known, asOf, dimension, definition, told);
    }

    private record Key(@Nullable String value, Bucket bucket, Map<String, String> parts) {

        static Key of(MetricCube.ValueRow row) {
            return new Key(row.value(), row.row().bucket(), row.row().parts());
        }
    }

    /** In the order that the metric has where leads count under either rule. */
    private List<ComparedMetrics.Row> rows(MetricCube both, Metric metric, Grain grain, Instant asOf) {
        Map<Key, MetricRow> before = oneSide(baseline, metric, grain, asOf);
        Map<Key, MetricRow> after = oneSide(candidate, metric, grain, asOf);
        Set<Key> keys = new LinkedHashSet<>(oneSide(both, metric, grain, asOf).keySet());
        keys.removeIf(key -> !before.containsKey(key) && !after.containsKey(key));
        keys.addAll(before.keySet());
        keys.addAll(after.keySet());
        List<ComparedMetrics.Row> rows = new ArrayList<>(keys.size());
        for (Key key : keys) {
            rows.add(new ComparedMetrics.Row(
                    key.value(), key.bucket(), key.parts(), figures(before.get(key)), figures(after.get(key))));
        }
        return rows;
    }

    private static @Nullable Map<String, @Nullable Object> figures(@Nullable MetricRow row) {
        return row == null ? null : row.figures();
    }

    private static Map<Key, MetricRow> oneSide(MetricCube cube, Metric metric, Grain grain, Instant asOf) {
        Map<Key, MetricRow> rows = new LinkedHashMap<>();
        for (MetricCube.ValueRow row : cube.rows(metric, cube.reading(grain, asOf, metric.horizons()))) {
            rows.put(Key.of(row), row.row());
        }
        return rows;
    }
}

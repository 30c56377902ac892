package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a metric, of one bucket and one value of a dimension.
 *
 * @param parts what tells it from the other rows of the bucket, as {@code stage}; in order
 * @param figures by name, in order: whole numbers, decimals of six digits, truths; null where there is none
 */
public record MetricRow(Bucket bucket, Map<String, String> parts, Map<String, @Nullable Object> figures) {

    /** Keeps the order. */
    public MetricRow {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    static Builder of(Bucket bucket) {
        return new Builder(bucket);
    }

    /** Puts a row together. */
    static final class Builder {

        private final Bucket bucket;
        private final Map<String, String> parts = new LinkedHashMap<>();
        private final Map<String, @Nullable Object> figures = new LinkedHashMap<>();

        private Builder(Bucket bucket) {
            this.bucket = bucket;
        }

        Builder part(String name, String value) {
            parts.put(name, value);
            return this;
        }

        Builder figure(String name, @Nullable Object value) {
            figures.put(name, value);
            return this;
        }

        /** A rate with its 95 % limits. */
        Builder rate(String name, long part, long whole) {
            Proportion proportion = new Proportion(part, whole);
            return figure(name, proportion.rate())
                    .figure(name + "Lower", proportion.lower())
                    .figure(name + "Upper", proportion.upper());
        }

        MetricRow row() {
            return new MetricRow(bucket, parts, figures);
        }
    }
}

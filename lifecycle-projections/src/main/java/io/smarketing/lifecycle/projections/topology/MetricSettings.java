package io.smarketing.lifecycle.projections.topology;

import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the metrics of a series are made with. Another definition, or other attributes, and they are made anew from what is kept of the
 * leads.
 *
 * @param finality so long after its end a bucket's rows are final
 * @param attributes that are dimensions beside those every series has; empty as long as they are not known
 */
record MetricSettings(MetricDefinition definition, Duration finality, Supplier<Optional<List<String>>> attributes) {

    /** As an installation sets it. */
    record Calendar(ZoneId zone, Duration finality) {

        MetricSettings with(Supplier<Optional<List<String>>> attributes) {
            return new MetricSettings(MetricDefinition.standard(zone), finality, attributes);
        }
    }
}

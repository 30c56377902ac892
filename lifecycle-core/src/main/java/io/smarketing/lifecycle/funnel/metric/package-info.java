/**
 * The metrics of the funnel. A lead adds to days ({@link io.smarketing.lifecycle.funnel.metric.Contribution}); days of many leads are
 * merged and make up weeks, months and all of time ({@link io.smarketing.lifecycle.funnel.metric.MetricDays}); a {@link
 * io.smarketing.lifecycle.funnel.metric.Metric} reads its figures from the merged days and from nothing else. So it does not matter
 * who merged them, in which order, or how often something was taken out and added again.
 */
@NullMarked
package io.smarketing.lifecycle.funnel.metric;

import org.jspecify.annotations.NullMarked;

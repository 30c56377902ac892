package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How leads are added up. Thread-safe.
 *
 * @param marks those of a history that count
 * @param selection the leads that count
 */
public record Measurement(
        Dimension dimension,
        MetricDefinition definition,
        Function<LeadHistory, Marks> marks,
        Predicate<LeadFold> selection) {

    /** The marks that a judge makes. */
    public static Function<LeadHistory, Marks> by(Judge judge) {
        return lead -> judge.judge(lead).marks();
    }

    /**
     * Adds leads up, on all processors.
     *
     * @param progress is called once a lead, from many threads, and may throw to stop
     */
    public MetricCube of(List<LeadHistory> leads, Runnable progress) {
        return leads.parallelStream()
                .collect(
                        () -> new MetricCube(dimension, definition),
                        (partial, lead) -> {
                            LeadFold.of(lead, marks.apply(lead))
                                    .filter(selection)
                                    .ifPresent(partial::add);
                            progress.run();
                        },
                        MetricCube::merge);
    }
}

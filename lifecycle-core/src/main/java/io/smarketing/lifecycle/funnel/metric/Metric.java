package io.smarketing.lifecycle.funnel.metric;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What can be read from merged days, and the question that it answers. */
public enum Metric {
    FLOW("how many visits entered each stage, left it (and how), and are still in it"),
    CONVERSION("how many come from one stage to the next ones, and how soon"),
    VELOCITY("how long visits took that have ended, by how they ended"),
    INCIDENCE("the probability that a visit has ended in a given way after a given time, open visits included"),
    AGES("how long the open visits have been waiting"),
    ACCEPTANCE("what sales says to the leads that are marked, and why not"),
    QUALITY("whether a mark foretells a win: precision and recall"),
    RESPONSE("how soon sales first tries to contact a lead, from the mark and from the acceptance on");

    private final String question;

    Metric(String question) {
        this.question = question;
    }

    /** As commands and paths name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String question() {
        return question;
    }

    /** Times at which its curve is told unless others are asked for. */
    public List<Duration> horizons() {
        return this == RESPONSE ? Reading.RESPONSE_HORIZONS : Reading.HORIZONS;
    }

    /** Whether there are rows also for buckets in which nothing happened. */
    boolean hasEveryBucket() {
        return this == FLOW;
    }

    /** The rows of the leads that were added to these days, by bucket. */
    public List<MetricRow> rows(MetricDays days, Reading reading) {
        return switch (this) {
            case FLOW -> Flow.rows(days, reading);
            case CONVERSION -> Conversion.rows(days, reading);
            case VELOCITY -> Velocity.rows(days, reading);
            case INCIDENCE -> Incidence.rows(days, reading);
            case AGES -> Ages.rows(days, reading);
            case ACCEPTANCE -> Acceptance.rows(days, reading);
            case QUALITY -> Quality.rows(days, reading);
            case RESPONSE -> Response.rows(days, reading);
        };
    }
}

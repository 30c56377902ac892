package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricAnswer;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer, and where it comes from.
 *
 * @param order in which facts were judged; null where nothing was judged for it
 * @param rows all of them, of which the answer holds a page
 */
record MetricReport(
        MetricRequest request, Source source, @Nullable String order, MetricHead head, List<MetricCube.ValueRow> rows) {

    /** What an answer is added up from. */
    enum Source {
        /** The days of the read tables: quantiles and ages are within a bound. */
        LIVE,
        /** Every event up to the log position: exact. */
        STORE
    }

    private MetricAnswer page() {
        int from = Math.min(request.offset(), rows.size());
        int to = (int) Math.min((long) from + request.limit(), rows.size());
        return new MetricAnswer(request.metric(), head, rows.subList(from, to));
    }

    /** The offset of the next page; empty on the last. */
    Optional<Integer> next() {
        long end = (long) request.offset() + request.limit();
        return end < rows.size() ? Optional.of((int) end) : Optional.empty();
    }

    ObjectNode toJson() {
        ObjectNode answer = head.toJson(request.metric().word());
        answer.put("source", source == Source.LIVE ? "live" : "store");
        answer.put("order", order);
        answer.put("quantileError", source == Source.LIVE ? Durations.QUANTILE_ERROR : BigDecimal.ZERO);
        answer.put("ageErrorSeconds", source == Source.LIVE ? Instants.AGE_ERROR.toSeconds() : 0L);
        if (request.metric() == Metric.CONVERSION) {
            answer.put(
                    "immatureRows",
                    rows.stream()
                            .filter(row ->
                                    Boolean.TRUE.equals(row.row().figures().get("immature")))
                            .count());
        }
        answer.put("rowsInAll", rows.size());
        answer.put("next", next().orElse(null));
        page().putRows(answer);
        return answer;
    }

    String toCsv() {
        return page().toCsv();
    }
}

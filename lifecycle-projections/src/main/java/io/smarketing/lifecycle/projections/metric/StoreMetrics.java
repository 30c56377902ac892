package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.metric.Measurement;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.projections.RefusedRequest;
import io.smarketing.lifecycle.projections.replay.StoredHistory;
import io.smarketing.lifecycle.projections.replay.StoredLead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Adds up the whole event store, exactly, as it was known at an instant. It takes its time: one question at a time. */
@Component
class StoreMetrics {

    private static final int PATIENCE_SECONDS = 20;
    private static final int TOLD_ATTRIBUTES = 40;

    private final StoredHistory history;
    private final Semaphore turn = new Semaphore(1, true);

    StoreMetrics(StoredHistory history) {
        this.history = history;
    }

    /**
     * What the store holds.
     *
     * @param asKnownAt when the latest event was recorded; null for an empty store
     */
    record Measured(
            MetricCube cube, long logPosition, @Nullable Instant asKnownAt) {}

    /**
     * Adds up.
     *
     * @param declared dimensions that there may be though no lead has one
     */
    Measured measure(MetricRequest request, Function<LeadHistory, Marks> marks, Set<String> declared) {
        boolean ours = false;
        try {
            ours = turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ours) {
                RefusedRequest later = new RefusedRequest(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "busy",
                        "",
                        "other questions that take the whole history come first",
                        "ask again in %d s".formatted(PATIENCE_SECONDS));
                later.getHeaders().set("Retry-After", String.valueOf(PATIENCE_SECONDS));
                throw later;
            }
            return measured(request, marks, declared);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while waiting", e);
        } finally {
            if (ours) {
                turn.release();
            }
        }
    }

    private Measured measured(MetricRequest request, Function<LeadHistory, Marks> marks, Set<String> declared) {
        Dimension dimension = request.dimension();
        Measurement measurement = new Measurement(dimension, request.definition(), marks, request.captured()::holds);
        MetricCube cube = new MetricCube(dimension, request.definition());
        Set<String> dimensions = new TreeSet<>(declared);
        @Nullable Instant last = null;
        StoredHistory.Extent extent = history.extent();
        try (StoredHistory.Portions portions = history.upTo(extent.position())) {
            while (portions.hasNext()) {
                List<LeadHistory> leads = readable(portions.next(), request.asKnownAt());
                for (LeadHistory lead : leads) {
                    if (!Dimension.BUILT_IN.contains(dimension.name())) {
                        dimensions.addAll(lead.attributeNames());
                    }
                    for (Entry entry : lead.entries()) {
                        last = last == null || entry.recordedAt().isAfter(last) ? entry.recordedAt() : last;
                    }
                }
                cube.merge(measurement.of(leads, () -> {}));
            }
        }
        if (!Dimension.BUILT_IN.contains(dimension.name()) && !dimensions.contains(dimension.name())) {
            throw RefusedRequest.unknown(
                    "dimension",
                    dimension.name(),
                    Stream.concat(Dimension.BUILT_IN.stream(), dimensions.stream())
                            .limit(TOLD_ATTRIBUTES)
                            .collect(Collectors.toList()));
        }
        return new Measured(cube, extent.position(), last);
    }

    private static List<LeadHistory> readable(List<StoredLead> portion, @Nullable Instant asKnownAt) {
        List<LeadHistory> readable = new ArrayList<>(portion.size());
        for (StoredLead lead : portion) {
            lead.unreadable().ifPresent(row -> {
                throw new RefusedRequest(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "unreadable-history",
                        "",
                        "event %d of lead '%s' cannot be read: %s"
                                .formatted(row.sequence(), lead.history().leadId(), row.reason()),
                        "POST /v1/replays with {\"audit\": true} lists all such leads");
            });
            readable.add(asKnownAt == null ? lead.history() : lead.history().knownAt(asKnownAt));
        }
        return readable;
    }
}

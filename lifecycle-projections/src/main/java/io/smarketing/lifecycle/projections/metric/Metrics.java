package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.metric.Measurement;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.funnel.metric.Reading;
import io.smarketing.lifecycle.funnel.metric.TooManyBuckets;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.projections.RefusedRequest;
import io.smarketing.lifecycle.projections.replay.Policies;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Answers from the read tables where these tell what is asked for, else from the event store. */
@Component
class Metrics {

    private final SharedTable table;
    private final StoreMetrics store;
    private final Policies policies;
    private final ZoneId zone;

    Metrics(
            SharedTable table,
            StoreMetrics store,
            Policies policies,
            @Value("${lifecycle.metrics.zone:UTC}") ZoneId zone) {
        this.table = table;
        this.store = store;
        this.policies = policies;
        this.zone = zone;
    }

    /** That of the days. */
    ZoneId zone() {
        return zone;
    }

    /**
     * Answers.
     *
     * @param now the instant at which open visits are looked at where none is asked for
     */
    MetricReport report(MetricRequest request, Instant now) {
        PolicyRef version = request.version();
        @Nullable Policy policy = version == null ? null : saved(version);
        return isLive(request) ? live(request, now) : stored(request, policy, now);
    }

    /** Whether the read tables hold the series: the official one, or that of a shadow, which is judged in order of arrival. */
    private boolean isLive(MetricRequest request) {
        PolicyRef version = request.version();
        boolean isSeries = version == null
                ? request.policy().equals(MetricRequest.ACTIVE)
                : request.order() != Judge.Order.OCCURRENCE && policies.isShadow(version);
        return isSeries
                && request.isOfAllThatIsKnown(zone)
                && table.tellsOf(request.policy(), request.dimension(), request.definition());
    }

    private Policy saved(PolicyRef version) {
        String document = policies.document(version).orElseThrow(() -> {
            List<String> known = new ArrayList<>(List.of(MetricRequest.ACTIVE, MetricHead.RECORDED));
            policies.versions(version.name()).forEach(saved -> known.add(saved.toString()));
            return RefusedRequest.unknown("policy", version.toString(), known);
        });
        try {
            return PolicyReader.readSaved(version, document);
        } catch (RefusedDocument e) {
            throw new RefusedRequest(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "policy-refused",
                    "policy",
                    "the policy %s cannot be used any more: %s".formatted(version, e.getMessage()),
                    "save it anew, as this program reads it");
        }
    }

    private MetricReport live(MetricRequest request, Instant now) {
        SharedTable.Days days =
                table.days(request.policy(), request.dimension(), request.definition(), request.values());
        Instant asOf = asOf(request, days.asKnownAt(), now);
        LocalDate today = Bucket.dayOf(asOf, zone);
        LocalDate first = days.first() == null ? today : days.first();
        LocalDate last = days.last() == null || days.last().isBefore(today) ? today : days.last();
        Reading reading = new Reading(request.grain(), request.definition(), asOf, first, last, request.horizons());
        String order = request.version() == null ? null : word(Judge.Order.ARRIVAL);
        return report(
                request, MetricReport.Source.LIVE, order, days.cube(), reading, days.asKnownAt(), days.logPosition());
    }

    private MetricReport stored(MetricRequest request, @Nullable Policy policy, Instant now) {
        Function<LeadHistory, Marks> marks =
                lead -> request.policy().equals(MetricHead.RECORDED) ? Marks.recorded() : Marks.live();
        @Nullable String order = null;
        if (policy != null) {
            // As a shadow of the policy would be judged, so that its figures are the same before and after it is one.
            Judge judge = new Judge(policy, request.order() == null ? Judge.Order.ARRIVAL : request.order());
            marks = Measurement.by(judge);
            order = word(judge.order());
        }
        StoreMetrics.Measured measured =
                store.measure(request, marks, policy == null ? Set.of() : Set.copyOf(policy.dimensions()));
        @Nullable Instant known = request.asKnownAt() == null ? measured.asKnownAt() : request.asKnownAt();
        Instant asOf = asOf(request, known, request.asKnownAt() == null ? now : request.asKnownAt());
        Reading reading = measured.cube().reading(request.grain(), asOf, request.horizons());
        return report(
                request, MetricReport.Source.STORE, order, measured.cube(), reading, known, measured.logPosition());
    }

    /** Never before what is known: what is recorded then would not have happened yet. */
    private static Instant asOf(MetricRequest request, @Nullable Instant known, Instant otherwise) {
        Instant asked = request.asOf();
        if (asked == null) {
            return known != null && known.isAfter(otherwise) ? known : otherwise;
        } else if (known != null && asked.isBefore(known)) {
            throw RefusedRequest.badRequest(
                    "too-early",
                    "asOf",
                    "%s lies before what is known, up to %s".formatted(asked, known),
                    "give 'asKnownAt' to know less");
        }
        return asked;
    }

    private static String word(Judge.Order order) {
        return order.name().toLowerCase(Locale.ROOT);
    }

    private static MetricReport report(
            MetricRequest request,
            MetricReport.Source source,
            @Nullable String order,
            MetricCube cube,
            Reading reading,
            @Nullable Instant known,
            long logPosition) {
        List<MetricCube.ValueRow> rows =
                rows(cube, request, reading).stream().filter(request::holds).toList();
        MetricHead head = new MetricHead(
                request.policy(),
                known,
                reading.asOf(),
                logPosition,
                request.definition(),
                request.grain(),
                request.dimension());
        return new MetricReport(request, source, order, head, rows);
    }

    static List<MetricCube.ValueRow> rows(MetricCube cube, MetricRequest request, Reading reading) {
        try {
            return cube.rows(request.metric(), reading);
        } catch (TooManyBuckets e) {
            throw new RefusedRequest(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "too-many-buckets",
                    "grain",
                    String.valueOf(e.getMessage()),
                    "ask by a coarser grain (all always goes) or of leads captured later ('from'); void a fact of a wrong date");
        }
    }
}

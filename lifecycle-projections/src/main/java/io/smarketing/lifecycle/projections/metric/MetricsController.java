package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.metric.Metric;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The metrics, with the figures of {@code lifecycle metrics … --json}, by name and digit. What is asked of all that is known is answered
 * from the read tables, seconds behind the events at most; what was known earlier, of leads by their capture, or by another policy, from
 * the event store.
 */
@RestController
@RequestMapping("/v1/metrics")
class MetricsController {

    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);

    private final Metrics metrics;

    MetricsController(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Those that there are, each with the question that it answers. */
    @GetMapping
    ObjectNode all() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("zone", metrics.zone().toString());
        ArrayNode list = answer.putArray("metrics");
        for (Metric metric : Metric.values()) {
            list.addObject().put("metric", metric.word()).put("question", metric.question());
        }
        return answer;
    }

    /**
     * A metric's rows, by bucket and value. All parameters may be left out: {@code dimension}; {@code value} (several times) and
     * {@code missing=true}; {@code grain} (day, week, month, all); {@code policy} (active, recorded, name@version) and its {@code order};
     * {@code from}, {@code to} (leads by capture); {@code zone}; {@code asKnownAt}, {@code asOf}; {@code format} (json, csv); {@code limit},
     * {@code offset}; of conversion {@code steps}, {@code within} (several times); of incidence {@code at} (several times) or
     * {@code curve=true}.
     */
    @GetMapping("/{name}")
    ResponseEntity<byte[]> metric(
            @PathVariable String name,
            @RequestParam MultiValueMap<String, String> parameters,
            @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
        MetricRequest request = MetricRequest.read(name, parameters, metrics.zone());
        MetricReport report = metrics.report(request, Instant.now().truncatedTo(ChronoUnit.MICROS));
        boolean csv = request.format() == null ? prefersCsv(accept) : request.format() == MetricRequest.Format.CSV;
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().contentType(csv ? CSV : MediaType.APPLICATION_JSON);
        report.next()
                .ifPresent(offset -> answer.header(
                        HttpHeaders.LINK,
                        "<%s>; rel=\"next\""
                                .formatted(ServletUriComponentsBuilder.fromCurrentRequest()
                                        .replaceQueryParam("offset", offset)
                                        .build()
                                        .toUriString())));
        return answer.body((csv ? report.toCsv() : report.toJson().toString()).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it is wanted more than JSON. */
    static boolean prefersCsv(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        try {
            List<MediaType> wanted = MediaType.parseMediaTypes(accept);
            MimeTypeUtils.sortBySpecificity(wanted);
            wanted.sort((a, b) -> Double.compare(b.getQualityValue(), a.getQualityValue()));
            return wanted.stream()
                    .filter(type -> type.includes(CSV) || type.includes(MediaType.APPLICATION_JSON))
                    .findFirst()
                    .filter(type -> !type.includes(MediaType.APPLICATION_JSON))
                    .isPresent();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}

package io.smarketing.lifecycle.projections.metric;

import io.smarketing.lifecycle.funnel.metric.Metric;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
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

    @Operation(summary = "The metrics that there are, each with the question that it answers")
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ObjectNode all() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("zone", metrics.zone().toString());
        ArrayNode list = answer.putArray("metrics");
        for (Metric metric : Metric.values()) {
            list.addObject().put("metric", metric.word()).put("question", metric.question());
        }
        return answer;
    }

    // Read from the map and not one by one: values may hold commas, at which Spring parts lists, and a name misspelt is
    // to be told.
    @Operation(
            summary = "A metric's rows by bucket and value; every parameter may be left out",
            parameters = {
                @Parameter(
                        name = "name",
                        in = ParameterIn.PATH,
                        description = "flow, conversion, velocity, incidence, ages, acceptance, quality or response"),
                @Parameter(
                        name = "dimension",
                        in = ParameterIn.QUERY,
                        description = "all (default), source, campaign, persona, owner or an attribute"),
                @Parameter(
                        name = "value",
                        in = ParameterIn.QUERY,
                        description = "only this value; may be given several times",
                        array = @ArraySchema(schema = @Schema(type = "string"))),
                @Parameter(
                        name = "missing",
                        in = ParameterIn.QUERY,
                        description = "true: also the missing value",
                        schema = @Schema(type = "boolean")),
                @Parameter(
                        name = "grain",
                        in = ParameterIn.QUERY,
                        description = "of the buckets; default month",
                        schema = @Schema(allowableValues = {"day", "week", "month", "all"})),
                @Parameter(
                        name = "policy",
                        in = ParameterIn.QUERY,
                        description = "active (default), recorded or name@version"),
                @Parameter(
                        name = "order",
                        in = ParameterIn.QUERY,
                        description = "of judging by name@version; default arrival",
                        schema = @Schema(allowableValues = {"arrival", "occurrence"})),
                @Parameter(name = "from", in = ParameterIn.QUERY, description = "only leads captured from then on"),
                @Parameter(name = "to", in = ParameterIn.QUERY, description = "only leads captured before then"),
                @Parameter(
                        name = "zone",
                        in = ParameterIn.QUERY,
                        description = "of days and dates; default the server's"),
                @Parameter(
                        name = "asKnownAt",
                        in = ParameterIn.QUERY,
                        description = "only what was recorded up to an instant, or the end of a date"),
                @Parameter(
                        name = "asOf",
                        in = ParameterIn.QUERY,
                        description = "look at open visits and windows then; default asKnownAt, else now"),
                @Parameter(
                        name = "steps",
                        in = ParameterIn.QUERY,
                        description = "of conversion, as CAPTURED,MQL,WON; may be given several times",
                        array = @ArraySchema(schema = @Schema(type = "string"))),
                @Parameter(
                        name = "within",
                        in = ParameterIn.QUERY,
                        description = "of conversion, as P30D; may be given several times",
                        array = @ArraySchema(schema = @Schema(type = "string"))),
                @Parameter(
                        name = "at",
                        in = ParameterIn.QUERY,
                        description =
                                "of incidence and response: a time at which the curve is told, as P7D; may be given several times",
                        array = @ArraySchema(schema = @Schema(type = "string"))),
                @Parameter(
                        name = "curve",
                        in = ParameterIn.QUERY,
                        description = "of incidence and response: true for every step",
                        schema = @Schema(type = "boolean")),
                @Parameter(
                        name = "format",
                        in = ParameterIn.QUERY,
                        description = "also by Accept; default json",
                        schema = @Schema(allowableValues = {"json", "csv"})),
                @Parameter(
                        name = "limit",
                        in = ParameterIn.QUERY,
                        description = "of rows; default 10000, at most 100000",
                        schema = @Schema(type = "integer")),
                @Parameter(
                        name = "offset",
                        in = ParameterIn.QUERY,
                        description = "rows before the first; what 'next' said",
                        schema = @Schema(type = "integer"))
            })
    @GetMapping("/{name}")
    ResponseEntity<byte[]> metric(
            @PathVariable String name,
            @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters,
            @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
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

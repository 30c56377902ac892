package io.smarketing.lifecycle.projections.replay;

import static io.smarketing.lifecycle.projections.RefusedRequest.badRequest;

import io.smarketing.lifecycle.event.JsonMistakes;
import io.smarketing.lifecycle.event.Quote;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.WrittenTime;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.replay.Replay;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was asked for, checked, with the policies that were meant when it was asked.
 *
 * @param comparison null when an audit is asked for
 * @param shown the request as it is answered, everything left out filled in
 * @param warnings of policies that came in the request
 */
record ReplayRequest(@Nullable Comparison comparison, ObjectNode shown, List<Problem> warnings) {

    /**
     * A candidate against a baseline.
     *
     * @param baseline null for the marks that history holds
     * @param from only leads captured from then on
     * @param to only leads captured before then
     * @param asKnownAt only what was recorded up to then, included
     * @param workload whether it is told what flipped first cycles meant to sales
     * @param metrics those that are told of both sides; null for none
     */
    record Comparison(
            Policy candidate,
            @Nullable Policy baseline,
            Judge.Order order,
            String dimension,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Instant asKnownAt,
            boolean workload,
            @Nullable AskedMetrics metrics) {

        /** The same of another candidate. */
        Comparison with(Policy other) {
            return new Comparison(other, baseline, order, dimension, from, to, asKnownAt, workload, metrics);
        }

        /** The same for columns. */
        ReplayQuestion question(ReplayQuestion.Listed listed) {
            return new ReplayQuestion(
                    candidate,
                    baseline,
                    order,
                    asKnownAt,
                    new Dimension(dimension),
                    new CaptureRange(from, to),
                    listed);
        }

        /** By which all is judged that columns are not asked for. */
        Replay plainFold() {
            return question(ReplayQuestion.Listed.ALL).plainFold();
        }

        /** Whose marks count, and which leads, where metrics are told. */
        MetricsSideBySide.Sides sides() {
            return MetricsSideBySide.Sides.of(baseline, candidate, order, new CaptureRange(from, to)::holds);
        }

        /** Whether the dimension is one though no lead may have it. */
        boolean isDimensionDeclared() {
            return Dimension.BUILT_IN.contains(dimension)
                    || candidate.dimensions().contains(dimension);
        }
    }

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String WORKLOAD = "workload";
    private static final String METRICS = "metrics";
    private static final String GRAIN = "grain";
    private static final String AUDIT = "audit";
    private static final List<String> FIELDS = List.of(
            "candidate",
            "baseline",
            "order",
            "dimension",
            "from",
            "to",
            "zone",
            "asKnownAt",
            WORKLOAD,
            METRICS,
            GRAIN,
            AUDIT);
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._-]{1,100}@[A-Za-z0-9._-]{1,100}");
    private static final String DOCUMENTS = "documents";
    private static final String ACTIVE = "active";
    private static final String RECORDED = "recorded";
    private static final int LONGEST_NAME = 200;

    /** Reads a body; what is wrong with it is thrown as the answer. */
    static ReplayRequest read(byte[] body, Policies policies) {
        JsonNode node;
        try {
            node = MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw badRequest(
                    "unreadable-json",
                    "",
                    "the body is no JSON: line %d, column %d: %s"
                            .formatted(
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr(),
                                    Quote.of(JsonMistakes.message(e))),
                    "send one JSON object, as {\"candidate\": \"b2b-default@1a2b3c4d5e6f\"}");
        }
        if (!(node instanceof ObjectNode request)) {
            throw badRequest(
                    "wrong-type",
                    "",
                    "the body is no JSON object",
                    "send one JSON object, as {\"candidate\": \"b2b-default@1a2b3c4d5e6f\"}");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(request.toString())) {
            throw badRequest(
                    "unreadable-json",
                    "",
                    "the body holds half a surrogate pair, which is no character",
                    "write the character itself, or both halves");
        }
        return new Reading(request, policies).read();
    }

    /** A request as it was answered, asked again: the policies are the very same. */
    static ReplayRequest again(String shown, Policies policies) {
        ObjectNode request = (ObjectNode) MAPPER.readTree(shown);
        JsonNode documents = request.path(DOCUMENTS);
        request.remove(DOCUMENTS);
        for (String side : List.of("candidate", "baseline")) {
            JsonNode document = documents.get(request.path(side).asString(""));
            if (document != null) {
                request.putObject(side).set("document", document);
            }
        }
        return new Reading(request, policies).read();
    }

    /** The candidate's YAML text: as it came in the request, or as it is saved. */
    Optional<String> candidateDocument(Policies policies) {
        if (comparison == null) {
            return Optional.empty();
        }
        PolicyRef candidate = comparison.candidate().reference();
        return shown.path(DOCUMENTS).path(candidate.toString()).stringValueOpt().or(() -> policies.document(candidate));
    }

    /** One request while it is read. */
    private static final class Reading {

        private final ObjectNode request;
        private final Policies policies;
        private final List<Problem> warnings = new ArrayList<>();
        private final Map<String, String> documents = new TreeMap<>();

        Reading(ObjectNode request, Policies policies) {
            this.request = request;
            this.policies = policies;
        }

        ReplayRequest read() {
            onlyFields(request, "", FIELDS);
            if (isTrue(AUDIT)) {
                for (Map.Entry<String, JsonNode> field : request.properties()) {
                    if (!field.getKey().equals(AUDIT) && !field.getValue().isNull()) {
                        throw badRequest(
                                "not-with-audit",
                                field.getKey(),
                                "an audit judges the whole history by the policies that it names",
                                "leave '%s' out, or leave 'audit' out".formatted(field.getKey()));
                    }
                }
                return new ReplayRequest(
                        null, JsonNodeFactory.instance.objectNode().put(AUDIT, true), List.of());
            }
            Policy candidate = candidate();
            @Nullable Policy baseline = baseline();
            Judge.Order order = order(baseline);
            String dimension = Optional.ofNullable(text("dimension")).orElse("all");
            if (dimension.isEmpty()
                    || dimension.length() > LONGEST_NAME
                    || dimension.chars().anyMatch(Character::isISOControl)) {
                throw badRequest(
                        "bad-dimension",
                        "dimension",
                        "'%s' names no dimension".formatted(Quote.of(dimension)),
                        "write all, source, campaign, persona, owner or an attribute");
            }
            ZoneId zone = zone();
            @Nullable Instant from = instant("from", zone, false);
            @Nullable Instant to = instant("to", zone, false);
            @Nullable Instant asKnownAt = instant("asKnownAt", zone, true);
            if (new CaptureRange(from, to).isEmpty()) {
                throw badRequest(
                        "empty-range",
                        "from",
                        "%s is not before %s: no lead can be captured between".formatted(from, to),
                        "give a 'from' before 'to', or leave one out");
            }
            ObjectNode shown = JsonNodeFactory.instance.objectNode();
            shown.put("candidate", candidate.reference().toString());
            shown.put(
                    "baseline",
                    baseline == null ? RECORDED : baseline.reference().toString());
            shown.put("order", order.name().toLowerCase(Locale.ROOT));
            shown.put("dimension", dimension);
            shown.put("from", shown(from)).put("to", shown(to));
            shown.put("zone", zone.getId());
            shown.put("asKnownAt", shown(asKnownAt));
            boolean workload = isTrue(WORKLOAD);
            shown.put(WORKLOAD, workload);
            @Nullable AskedMetrics metrics = metrics(zone);
            ArrayNode names = shown.putArray(METRICS);
            if (metrics != null) {
                metrics.metrics().forEach(metric -> names.add(metric.word()));
            }
            shown.put(GRAIN, metrics == null ? null : metrics.grain().word());
            if (!documents.isEmpty()) {
                ObjectNode texts = shown.putObject(DOCUMENTS);
                documents.forEach(texts::put);
            }
            Comparison comparison =
                    new Comparison(candidate, baseline, order, dimension, from, to, asKnownAt, workload, metrics);
            return new ReplayRequest(comparison, shown, List.copyOf(warnings));
        }

        private static @Nullable String shown(@Nullable Instant instant) {
            return instant == null ? null : instant.toString();
        }

        private static void onlyFields(ObjectNode object, String path, List<String> fields) {
            for (String name : object.propertyNames()) {
                if (!fields.contains(name)) {
                    throw badRequest(
                            "unknown-field",
                            path + Quote.of(name),
                            "there is no field '%s'".formatted(Quote.of(name)),
                            "leave it out; there are " + String.join(", ", fields));
                }
            }
        }

        private @Nullable JsonNode value(String field) {
            JsonNode value = request.get(field);
            return value == null || value.isNull() ? null : value;
        }

        private @Nullable String text(String field) {
            JsonNode value = value(field);
            if (value == null) {
                return null;
            } else if (!value.isString()) {
                throw badRequest("wrong-type", field, "'%s' is no text".formatted(field), "write it in quotes");
            }
            return value.stringValue();
        }

        /** False when it is left out. */
        private boolean isTrue(String field) {
            JsonNode value = value(field);
            if (value != null && !value.isBoolean()) {
                throw badRequest(
                        "wrong-type",
                        field,
                        "'%s' is neither true nor false".formatted(field),
                        "write \"%s\": true".formatted(field));
            }
            return value != null && value.booleanValue();
        }

        /** Null where none are asked for. */
        private @Nullable AskedMetrics metrics(ZoneId zone) {
            List<Metric> named = namedMetrics();
            String grain = text(GRAIN);
            if (named.isEmpty()) {
                if (grain != null) {
                    throw badRequest(
                            "grain-without-metrics",
                            GRAIN,
                            "'grain' goes with 'metrics': nothing else of a replay is told by day, week or month",
                            "leave it out, or give \"metrics\": true or a list of names");
                }
                return null;
            }
            return new AskedMetrics(
                    named,
                    grain == null ? Grain.ALL : oneOf(GRAIN, GRAIN, grain, List.of(Grain.values()), Grain::word),
                    zone);
        }

        /** Each once, in the order of the product. */
        private List<Metric> namedMetrics() {
            JsonNode value = value(METRICS);
            if (value == null) {
                return List.of();
            } else if (value.isBoolean()) {
                return value.booleanValue() ? List.of(Metric.values()) : List.of();
            } else if (!value.isArray()) {
                throw badRequest(
                        "wrong-type",
                        METRICS,
                        "'%s' is neither true, false nor a list".formatted(METRICS),
                        "write \"metrics\": true for all, or [\"conversion\", \"quality\"]");
            }
            Set<Metric> named = EnumSet.noneOf(Metric.class);
            for (JsonNode name : value) {
                if (!name.isString()) {
                    throw badRequest(
                            "wrong-type",
                            METRICS,
                            "'%s' holds something that is no text".formatted(METRICS),
                            "write names of metrics in quotes, as [\"conversion\", \"quality\"]");
                }
                named.add(oneOf(METRICS, "metric", name.stringValue(), List.of(Metric.values()), Metric::word));
            }
            return List.copyOf(named);
        }

        private static <T> T oneOf(String field, String what, String word, List<T> all, Function<T, String> words) {
            return all.stream()
                    .filter(one -> words.apply(one).equals(word))
                    .findFirst()
                    .orElseThrow(() -> badRequest(
                            "unknown-" + what,
                            field,
                            "there is no %s '%s'".formatted(what, Quote.of(word)),
                            "use one of " + all.stream().map(words).collect(Collectors.joining(", "))));
        }

        private Policy candidate() {
            JsonNode value = value("candidate");
            if (value == null) {
                throw badRequest(
                        "missing-candidate",
                        "candidate",
                        "no policy is named to be replayed",
                        "give \"candidate\": \"name@version\" or {\"document\": \"<the policy's YAML>\"},"
                                + " or ask for {\"audit\": true}");
            }
            if (value.isString() && value.stringValue().equals(ACTIVE)) {
                return saved(
                        "candidate",
                        policies.active()
                                .orElseThrow(() -> new RefusedReplay(
                                        HttpStatus.UNPROCESSABLE_CONTENT,
                                        "no-active-policy",
                                        "candidate",
                                        "no policy is active",
                                        "name one as name@version, or activate one")));
            }
            return policy("candidate", value);
        }

        /** Null for the marks that history holds. */
        private @Nullable Policy baseline() {
            JsonNode value = value("baseline");
            if (value == null || (value.isString() && value.stringValue().equals(ACTIVE))) {
                return policies.active()
                        .map(reference -> saved("baseline", reference))
                        .orElse(null);
            }
            return value.isString() && value.stringValue().equals(RECORDED) ? null : policy("baseline", value);
        }

        private Policy policy(String field, JsonNode value) {
            if (value.isString()) {
                return saved(field, reference(field, value.stringValue()));
            }
            if (!(value instanceof ObjectNode given)) {
                throw badRequest(
                        "wrong-type",
                        field,
                        "'%s' is neither text nor an object".formatted(field),
                        "write \"name@version\" or {\"document\": \"<the policy's YAML>\"}");
            }
            onlyFields(given, field + ".", List.of("document"));
            JsonNode document = given.get("document");
            if (document == null || !document.isString()) {
                throw badRequest(
                        document == null ? "missing-document" : "wrong-type",
                        field + ".document",
                        "the policy's YAML is not there as one text",
                        "write {\"document\": \"name: …\\nthreshold: 60\\n…\"}");
            }
            try {
                PolicyReader.Reading reading = PolicyReader.read(field, document.stringValue());
                warnings.addAll(reading.warnings());
                documents.put(reading.policy().reference().toString(), document.stringValue());
                return reading.policy();
            } catch (RefusedDocument e) {
                throw RefusedReplay.badPolicy(field + ".document", e);
            }
        }

        private PolicyRef reference(String field, String text) {
            if (REFERENCE.matcher(text).matches()) {
                int at = text.indexOf('@');
                return new PolicyRef(text.substring(0, at), text.substring(at + 1));
            }
            boolean isName = REFERENCE.matcher(text + "@x").matches();
            throw badRequest(
                    "bad-policy-name",
                    field,
                    "'%s' names no version of a policy".formatted(Quote.of(text)),
                    isName
                            ? "write name@version; " + thereAre(text)
                            : "write name@version, as b2b-default@1a2b3c4d5e6f");
        }

        private String thereAre(String name) {
            List<PolicyRef> versions = policies.versions(name);
            return versions.isEmpty()
                    ? "no policy of that name is saved: GET /v1/policies lists them"
                    : "there are "
                            + versions.stream()
                                    .limit(10)
                                    .map(PolicyRef::toString)
                                    .collect(Collectors.joining(", "));
        }

        private Policy saved(String field, PolicyRef reference) {
            String document = policies.document(reference)
                    .orElseThrow(() -> new RefusedReplay(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "unknown-policy",
                            field,
                            "the policy %s is not saved".formatted(reference),
                            thereAre(reference.name())));
            try {
                return PolicyReader.readSaved(reference, document);
            } catch (RefusedDocument e) {
                throw RefusedReplay.badPolicy(field, e);
            }
        }

        private Judge.Order order(@Nullable Policy baseline) {
            String order = text("order");
            if (order == null) {
                return baseline == null ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
            }
            switch (order) {
                case "arrival" -> {
                    return Judge.Order.ARRIVAL;
                }
                case "occurrence" -> {
                    if (baseline == null) {
                        throw badRequest(
                                "order-not-with-recorded",
                                "order",
                                "the baseline 'recorded' was made in order of arrival",
                                "leave 'order' out, or give a policy as 'baseline'");
                    }
                    return Judge.Order.OCCURRENCE;
                }
                default ->
                    throw badRequest(
                            "bad-order",
                            "order",
                            "'%s' is no order".formatted(Quote.of(order)),
                            "write occurrence or arrival");
            }
        }

        private ZoneId zone() {
            String zone = text("zone");
            try {
                return ZoneId.of(zone == null ? "UTC" : zone);
            } catch (DateTimeException e) {
                throw badRequest(
                        "bad-zone",
                        "zone",
                        "'%s' is no time zone".formatted(Quote.of(String.valueOf(zone))),
                        "write UTC or Europe/Berlin");
            }
        }

        /** A date stands for its beginning, or for the last instant of it. */
        private @Nullable Instant instant(String field, ZoneId zone, boolean end) {
            String text = text(field);
            if (text == null) {
                return null;
            }
            try {
                return end ? WrittenTime.end(text, zone) : WrittenTime.beginning(text, zone);
            } catch (DateTimeException e) {
                throw badRequest("bad-time", field, "'%s' is no time".formatted(Quote.of(text)), WrittenTime.MEND);
            }
        }
    }
}

package io.smarketing.lifecycle.projections.replay;

import static io.smarketing.lifecycle.projections.RefusedRequest.badRequest;

import io.smarketing.lifecycle.event.Quote;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.OutcomeTally;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replays: what another policy would have changed, and audits: whether what is recorded is what was judged. Facts stay, and
 * nothing official is touched.
 *
 * <p>A replay as it is answered:
 *
 * <pre>{@code
 * {"id", "status": "queued" | "running" | "done" | "failed" | "cancelled",
 *  "progress": {"stage", "done", "total"},       // "waiting"; "columns" (events): the store's columns are brought up to now;
 *                                                // "leads", "workload", "listing" (leads); total is null until it is known
 *  "analyst",                                    // who asked for it; not there in replays from before that was recorded
 *  "request": {"candidate": "name@version", "baseline": "name@version" | "recorded", "order", "dimension",
 *              "from", "to", "zone", "asKnownAt", "workload", "documents": {"name@version": "<yaml>"}} | {"audit": true},
 *  "createdAt", "startedAt", "finishedAt",
 *  "logPosition",                                // everything in the store up to there was read, and nothing else
 *  "leadsListed": "all" | "flipped" | "none",    // what can be asked for under /leads
 *  "failure",                                    // why it failed, else null
 *  "statistics": {"columnsMillis", "leadsMillis", "kernelLeads", "knownLeads", "slowLeads": {why: leads}, "workloadMillis", "workloadLeads"},
 *                                                // of one that was made over columns, which leads went the slow way and why, else null;
 *                                                // the last two only with a workload: leads that were read from the store for it
 *  "workload": {"dropped": {"leads", "contacts", "contactsReached", "won", "wonWithoutAmount", "revenue": [{"currency", "amount"}]},
 *               "earlier": {"n", "meanSeconds", "p50Seconds", "p75Seconds", "p90Seconds"}, "later"},
 *                                                // what flipped first cycles meant to sales; with the result, and only where it was asked for
 *  "result"}                                     // once it is done
 * }</pre>
 *
 * <p>The result of a replay is that of {@code lifecycle replay --json}, and the same for the same policies, order and
 * history. The result of an audit is {@code {"leads", "verdicts", "mismatched", "mismatches": [{"leadId", "sequence",
 * "explanation"}]}}, at most 10,000 of them listed.
 */
@RestController
@RequestMapping(path = "/v1/replays", produces = MediaType.APPLICATION_JSON_VALUE)
class ReplayController {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayController.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Pattern JSON = Pattern.compile("(?i)\\s*application/([^;]+\\+)?json\\s*(;.*)?");
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,15}");
    private static final Pattern POINTS = Pattern.compile("(.+):(-?[0-9]{1,15})", Pattern.DOTALL);
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,3}");
    private static final int MOST_LISTED = 1_000;

    private final Replays replays;
    private final ReplayArchive archive;
    private final Policies policies;
    private final StoreColumns columns;
    private final FlipReasons reasons;
    private final Sweeps sweeps;
    private final TriedPoints triedPoints;

    ReplayController(
            Replays replays,
            ReplayArchive archive,
            Policies policies,
            StoreColumns columns,
            FlipReasons reasons,
            Sweeps sweeps,
            TriedPoints triedPoints) {
        this.replays = replays;
        this.archive = archive;
        this.policies = policies;
        this.columns = columns;
        this.reasons = reasons;
        this.sweeps = sweeps;
        this.triedPoints = triedPoints;
    }

    /**
     * Asks for a replay: {@code {"candidate": "name@version" | "active" | {"document": "<yaml>"}}}, and if wanted
     * {@code "baseline"}: the same, or {@code "recorded"}, which it also is when no policy is active; {@code "order"}:
     * {@code "occurrence"} (default) or {@code "arrival"} (the only one for {@code "recorded"}); {@code "dimension"};
     * {@code "from"}, {@code "to"} (leads captured from, before); {@code "zone"} of dates; {@code "asKnownAt"};
     * {@code "workload": true} (false when it is left out: the events of dropped leads are read from the store for it);
     * {@code "metrics"}: true, or a list of names (false when it is left out: the events of all leads are read from the store for them), and with
     * them {@code "grain"}: {@code "day"}, {@code "week"}, {@code "month"} or {@code "all"} (default). Or for an audit:
     * {@code {"audit": true}}.
     *
     * <p>202 with the place to look at; 400 and 422 for what cannot be done (policies with mistakes list them under
     * {@code problems}); 429 when too many wait, of the analyst or of all; 503 when the database is away.
     *
     * @param analyst who asks, 64 characters of ASCII at the most; all who do not say it are {@code anonymous}, and share their places
     */
    @Operation(
            summary = "Asks for a replay under another policy, or for an audit of what is recorded",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(type = "object"),
                                            examples = @ExampleObject("""
                                                            {"candidate": "product-led@v1", "baseline": "active", "dimension": "source", \
                                                            "from": "2026-01-01", "zone": "Europe/Berlin", "metrics": ["conversion", "quality"], "grain": "month"}"""))))
    @PostMapping
    ResponseEntity<byte[]> ask(
            HttpServletRequest http, @RequestHeader(name = Analyst.HEADER, required = false) @Nullable String analyst)
            throws IOException {
        String asks = Analyst.named(Analyst.HEADER, analyst);
        String type = http.getContentType();
        if (type == null || !JSON.matcher(type).matches()) {
            throw new RefusedReplay(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "not-json",
                    "Content-Type",
                    "the content type is %s".formatted(type == null ? "not given" : Quote.of(type)),
                    "send JSON with Content-Type: application/json");
        }
        byte[] body = http.getInputStream().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            throw new RefusedReplay(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "too-large",
                    "",
                    "the body is larger than %,d bytes".formatted(MOST_BYTES),
                    "save the policy first and name it");
        }
        ReplayRequest request = ReplayRequest.read(body, policies);
        UUID id = replays.ask(request, asks);
        ObjectNode answer = json(kept(id.toString()), true);
        answer.set("warnings", RefusedReplay.json(request.warnings()));
        return ResponseEntity.accepted()
                .location(URI.create("/v1/replays/" + id))
                .contentType(MediaType.APPLICATION_JSON)
                .body(MAPPER.writeValueAsBytes(answer));
    }

    /** The latest first, without results: {@code {"replays": […]}}; of one analyst only, where he is named. */
    @Operation(summary = "The latest replays, without their results")
    @GetMapping
    ResponseEntity<byte[]> latest(
            @RequestParam(defaultValue = "20") String limit, @RequestParam(required = false) @Nullable String analyst) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("replays");
        String whose = analyst == null ? null : Analyst.named("analyst", analyst);
        archive.latest(whose, number(limit)).forEach(kept -> list.add(json(kept, false)));
        return ok(answer);
    }

    /**
     * The history columns that replays read: {@code {"logPosition", "events", "leads", "segments", "supersededLeads", "bytes"}}, up to
     * where they are made, null for all as long as there are none; {@code "madeAnewBecause"}: what was wrong with those that lay there when the
     * engine started, or null; {@code "work": {"stage", "done", "total"}}, in events, tells what is being
     * done to them: "none", "keeping-up", "going-on" when a replay waits, "merging".
     */
    @Operation(summary = "How far the history columns are that replays read")
    @GetMapping("/columns")
    ResponseEntity<byte[]> columns() {
        HistoryColumns found = columns.current();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("logPosition", found == null ? null : (Long) found.coverage().position());
        answer.put("events", found == null ? null : (Long) found.coverage().events());
        answer.put("leads", found == null ? null : (Long) found.leads());
        answer.put("segments", found == null ? null : (Integer) found.shares().size());
        answer.put("supersededLeads", found == null ? null : (Long) found.supersededLeads());
        answer.put("bytes", found == null ? null : (Long) found.bytes());
        answer.put("madeAnewBecause", columns.madeAnewBecause());
        StoreColumns.Work work = columns.work();
        answer.putObject("work")
                .put("stage", work.kind())
                .put("done", work.done())
                .put("total", work.total());
        return ok(answer);
    }

    /** One replay; 404. */
    @Operation(summary = "A replay: how far it is, and its result once it is done")
    @GetMapping("/{id}")
    ResponseEntity<byte[]> one(@PathVariable String id) {
        ReplayArchive.Kept kept = kept(id);
        ObjectNode answer = json(kept, true);
        if (kept.status() == ReplayArchive.Status.DONE) {
            archive.metrics(kept.id()).ifPresent(metrics -> ShownReplay.withMetrics(answer, metrics));
        }
        return ok(answer);
    }

    /** Cancels what waits or runs, and answers with it; 404, 409 when it is finished. */
    @Operation(summary = "Cancels a replay that waits or runs")
    @DeleteMapping("/{id}")
    ResponseEntity<byte[]> cancel(@PathVariable String id) {
        ReplayArchive.Kept kept = kept(id);
        if (!replays.cancel(kept.id())) {
            throw new RefusedReplay(
                    HttpStatus.CONFLICT,
                    "already-finished",
                    "id",
                    "the replay is %s".formatted(ReplayArchive.word(kept(id).status())),
                    "a finished replay stays as it is; nothing has to be done");
        }
        return ok(json(kept(id), true));
    }

    /**
     * Single leads of a replay that is done, in the order of their ids: {@code {"leads": [{"leadId", "set", "outcome",
     * "baselineMark", "candidateMark", "because"}], "next"}}; {@code next} is given as {@code after} for the next page, and
     * null on the last. 409 when it is not done, 410 when its leads are not kept.
     */
    @Operation(summary = "Single leads of a replay, with the fact and the rule that made them flip")
    @GetMapping("/{id}/leads")
    ResponseEntity<byte[]> leads(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String set,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(defaultValue = "100") String limit,
            @RequestParam(defaultValue = "") String after) {
        oneOf("set", set, Arrays.stream(MarkSet.values()).map(MarkSet::word).toList());
        oneOf(
                "outcome",
                outcome,
                Arrays.stream(Cycle.Outcome.values()).map(OutcomeTally::word).toList());
        int most = number(limit);
        if (after.indexOf('\0') >= 0) {
            throw badRequest("bad-after", "after", "'after' is no lead's id", "give what 'next' said");
        }
        ReplayArchive.Kept kept = kept(id);
        refuseWhatIsNotListed(kept, set);

        List<JsonNode> leads = new ArrayList<>();
        archive.leads(kept.id(), set, outcome, after, most + 1).forEach(lead -> leads.add(MAPPER.readTree(lead)));
        boolean more = leads.size() > most;
        List<JsonNode> page = more ? leads.subList(0, most) : leads;
        reasons.tell(kept, page);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray("leads").addAll(page);
        answer.put("next", more ? page.get(most - 1).path("leadId").stringValue() : null);
        return ok(answer);
    }

    /**
     * What a replay would have given under other thresholds of its candidate: {@code {"logPosition", "candidateThreshold", "threshold",
     * "slowLeads", "answers": [{"above", "upTo", "sets", "otherCycles", "funnel": [{"stage", "ever", "entered", "reached", "open"}]}], "next"}}. An answer holds for thresholds above the one and up to the
     * other, that included, null being without end; sets are those of a replay's result, without reasons. With {@code threshold=N} the one
     * that holds for it; else all in their order, {@code next} being given as {@code after} for the next page. The first question passes over
     * what the replay read, where that is at hand (it was one of the last four), else over the history as it is then, up to {@code logPosition};
     * all others are answered from that. {@code slowLeads} were judged by the plain fold.
     *
     * <p>404; 409 for audits and candidates that trust other systems' marks; 503.
     */
    @Operation(summary = "What the replay would have given under other thresholds")
    @GetMapping("/{id}/thresholds")
    ResponseEntity<byte[]> thresholds(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String threshold,
            @RequestParam(defaultValue = "1000") String limit,
            @RequestParam(required = false) @Nullable String after) {
        Long asked = whole("threshold", threshold);
        Long behind = whole("after", after);
        int most = number(limit);
        Sweeps.Sweep sweep = sweeps.of(kept(id));
        return ok(asked == null ? sweep.all(behind, most) : sweep.at(asked));
    }

    /**
     * What a replay would have given, had the rules of its candidate given other points, and it another threshold: {@code {"logPosition", "candidate", "document",
     * "candidateThreshold", "threshold", "rules": [{"rule", "list", "candidatePoints", "points"}], "warnings", "result"}}. {@code points=demo:30}, as often as there are rules
     * to change; 0 points leave the rule out. {@code document} is the policy that says so, and {@code result} what a replay of it gives, over what the replay read,
     * where that is at hand (it was one of the last four that were asked about), else over the history as it is then, up to {@code logPosition}. Nothing is kept.
     *
     * <p>400 for rules that there are not; 404; 409 for audits and for what is not done; 422 for points that no policy may have; 503.
     */
    @Operation(
            summary = "What the replay would have given with other points for its candidate's rules",
            parameters =
                    @Parameter(
                            name = "points",
                            in = ParameterIn.QUERY,
                            description = "the id of a rule and its points, as demo:30; 0 leaves the rule out",
                            array = @ArraySchema(schema = @Schema(type = "string"))))
    @GetMapping("/{id}/points")
    ResponseEntity<byte[]> points(
            HttpServletRequest http,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String threshold,
            @RequestHeader(name = Analyst.HEADER, required = false) @Nullable String analyst) {
        Map<String, Long> byRule = new LinkedHashMap<>();
        String[] points = http.getParameterValues("points");
        for (String written : points == null ? new String[0] : points) {
            Matcher rule = POINTS.matcher(written);
            if (!rule.matches() || byRule.put(rule.group(1), Long.valueOf(rule.group(2))) != null) {
                throw badRequest(
                        "bad-points",
                        "points",
                        "'%s' is no rule with its points, or the rule is there twice".formatted(Quote.of(written)),
                        "write points=demo:30, once for each rule");
            }
        }
        return ok(triedPoints.of(
                kept(id), byRule, whole("threshold", threshold), Analyst.named(Analyst.HEADER, analyst)));
    }

    private static @Nullable Long whole(String parameter, @Nullable String value) {
        if (value == null) {
            return null;
        } else if (!WHOLE.matcher(value).matches()) {
            throw badRequest(
                    "bad-" + parameter,
                    parameter,
                    "'%s' is no whole number of points".formatted(Quote.of(value)),
                    "write %s=60".formatted(parameter));
        }
        return Long.valueOf(value);
    }

    private static void refuseWhatIsNotListed(ReplayArchive.Kept kept, @Nullable String set) {
        if (kept.status() != ReplayArchive.Status.DONE) {
            throw RefusedReplay.notDone(kept, "its leads can be read once it is done");
        }
        boolean flipped = set != null && !set.equals(MarkSet.KEPT.word()) && !set.equals(MarkSet.NEITHER.word());
        if (kept.listed() == ReplayArchive.Listed.NONE) {
            boolean audit = MAPPER.readTree(kept.request()).has("audit");
            throw new RefusedReplay(
                    HttpStatus.GONE,
                    "leads-not-kept",
                    "id",
                    audit ? "an audit keeps no single leads" : "the leads of this replay are not kept any more",
                    audit
                            ? "read the mismatches in its result: GET /v1/replays/%s".formatted(kept.id())
                            : "ask for the same replay again: its result will be the same");
        } else if (kept.listed() == ReplayArchive.Listed.FLIPPED && !flipped) {
            throw new RefusedReplay(
                    HttpStatus.GONE,
                    "leads-not-kept",
                    "set",
                    "there are too many leads: only those that flipped are kept one by one",
                    "ask with set=earlier, later, gained or dropped; or select fewer leads with 'from' and 'to'");
        }
    }

    private ReplayArchive.Kept kept(String id) {
        try {
            return archive.find(UUID.fromString(id)).orElseThrow(() -> RefusedReplay.unknown(id));
        } catch (IllegalArgumentException e) {
            throw RefusedReplay.unknown(id);
        }
    }

    private static void oneOf(String parameter, @Nullable String value, List<String> words) {
        if (value != null && !words.contains(value)) {
            throw badRequest(
                    "bad-" + parameter,
                    parameter,
                    "there is no %s '%s'".formatted(parameter, Quote.of(value)),
                    "write one of " + String.join(", ", words));
        }
    }

    private static int number(String limit) {
        if (!LIMIT.matcher(limit).matches() || Integer.parseInt(limit) > MOST_LISTED) {
            throw badRequest(
                    "bad-limit",
                    "limit",
                    "'%s' is no number from 1 to %d".formatted(Quote.of(limit), MOST_LISTED),
                    "write limit=100");
        }
        return Integer.parseInt(limit);
    }

    private ObjectNode json(ReplayArchive.Kept kept, boolean whole) {
        boolean done = kept.status() == ReplayArchive.Status.DONE;
        return ShownReplay.json(kept, done ? null : replays.progress(kept.id()), whole);
    }

    private static ResponseEntity<byte[]> ok(ObjectNode answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(MAPPER.writeValueAsBytes(answer));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> databaseAway(DataAccessException e) {
        LOG.warn("the database did not answer", e);
        RefusedReplay refusal =
                RefusedReplay.later(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", "the database does not answer", 5);
        return ResponseEntity.status(refusal.getStatusCode())
                .headers(refusal.getHeaders())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(refusal.getBody());
    }
}

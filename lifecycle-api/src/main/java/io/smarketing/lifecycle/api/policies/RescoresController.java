package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Jobs that have open leads evaluated again by the active policy. */
@RestController
@RequestMapping(path = "/v1/rescores", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "policies")
class RescoresController {

    private static final int USUAL_PER_SECOND = 1_000;
    private static final int MOST_PER_SECOND = 100_000;

    private final Rescores rescores;
    private final Policies policies;

    RescoresController(Rescores rescores, Policies policies) {
        this.rescores = rescores;
        this.policies = policies;
    }

    /** All may be left out; {@code perSecond} is leads at most, 1,000 if nothing is said. */
    record Order(
            @Nullable String by,
            @Nullable String reason,
            @Nullable Integer perSecond) {}

    @PostMapping
    @Operation(
            summary = "Has all open leads evaluated again by the active policy, as a job",
            description =
                    "Each open lead gets a `rescored` marker, and the verdicts that come of it. One job runs at a time; it"
                            + " ends when another policy becomes active.")
    ResponseEntity<ObjectNode> begin(@RequestBody(required = false) @Nullable Order order) {
        if (order != null) {
            Remarks.check(order.by(), order.reason());
        }
        Integer wished = order == null ? null : order.perSecond();
        int perSecond = wished == null ? USUAL_PER_SECOND : wished;
        if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    "perSecond",
                    "perSecond is %d".formatted(perSecond),
                    "name 1 to %d leads a second".formatted(MOST_PER_SECOND));
        }
        PolicyRef active = policies.active()
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.CONFLICT,
                        "no-policy",
                        "",
                        "no policy is active",
                        "activate one: POST /v1/policies/{name}/{version}/activation"));
        try {
            Rescores.Job job = rescores.begin(
                    active, perSecond, order == null ? null : order.by(), order == null ? null : order.reason());
            return ResponseEntity.accepted()
                    .location(URI.create("/v1/rescores/" + job.id()))
                    .body(json(job));
        } catch (Rescores.Busy e) {
            throw Problems.problem(
                    HttpStatus.CONFLICT,
                    "already-running",
                    "",
                    String.valueOf(e.getMessage()),
                    "wait for it or cancel it: GET /v1/rescores, DELETE /v1/rescores/{id}");
        }
    }

    @GetMapping
    @Operation(summary = "All rescores, the latest first")
    ObjectNode list() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("rescores");
        rescores.jobs().forEach(job -> list.add(json(job)));
        return answer;
    }

    @GetMapping("/{id}")
    @Operation(summary = "How far a rescore has come")
    ObjectNode show(@PathVariable long id) {
        return json(job(id));
    }

    private Rescores.Job job(long id) {
        return rescores.job(id)
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.NOT_FOUND,
                        "unknown-rescore",
                        "",
                        "there is no rescore %d".formatted(id),
                        "GET /v1/rescores lists what there is"));
    }

    @DeleteMapping("/{id}")
    @Operation(summary = "Cancels a rescore; what is done stays done")
    ObjectNode cancel(@PathVariable long id) {
        rescores.cancel(job(id).id());
        return json(job(id));
    }

    private static ObjectNode json(Rescores.Job job) {
        Instant ended = job.endedAt();
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", job.id())
                .put("policy", job.policy().toString())
                .put("state", job.state())
                .put("leads", job.leads())
                .put("done", job.done())
                .put("rescored", job.rescored())
                .put("passedOver", job.passedOver())
                .put("failed", job.failed())
                .put("perSecond", job.perSecond())
                .put("startedAt", job.startedAt().toString())
                .put("endedAt", ended == null ? null : ended.toString())
                .put("by", job.startedBy())
                .put("reason", job.reason());
    }
}

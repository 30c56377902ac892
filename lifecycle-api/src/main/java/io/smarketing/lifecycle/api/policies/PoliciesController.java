package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyDiff;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Policies: save, list, read, activate. A version is named after its text and never changes. */
@RestController
@RequestMapping(path = "/v1/policies", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "policies", description = "The agreement on what qualified means, in versions that never change")
class PoliciesController {

    /** Largest document, in bytes of UTF-8. */
    private static final int MOST_DOCUMENT_BYTES = 512 << 10;

    private final Policies policies;

    PoliciesController(Policies policies) {
        this.policies = policies;
    }

    /** Who switches, and why; both may be left out. */
    record Switch(@Nullable String by, @Nullable String reason) {

        private static final Switch SILENT = new Switch(null, null);

        private static Switch checked(@Nullable Switch said) {
            Switch change = said == null ? SILENT : said;
            Remarks.check(change.by(), change.reason());
            return change;
        }
    }

    @GetMapping
    @Operation(summary = "All saved versions with their state, the latest first")
    ObjectNode list() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("policies");
        policies.versions().forEach(version -> list.add(json(version)));
        return answer;
    }

    static ObjectNode json(Policies.Version version) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", version.reference().name())
                .put("version", version.reference().version())
                .put("state", version.state().word())
                .put("savedAt", version.savedAt().toString())
                .put("savedBy", version.savedBy())
                .put("since", version.last().at().toString())
                .put("by", version.last().by())
                .put("reason", version.last().reason());
    }

    @PostMapping(consumes = {"application/yaml", "application/x-yaml", "text/yaml", MediaType.TEXT_PLAIN_VALUE})
    @Operation(summary = "Saves a version; every mistake is told with line, column and mend")
    ResponseEntity<ObjectNode> save(@RequestBody String document, @RequestParam(required = false) @Nullable String by) {
        Remarks.check(by, null);
        int bytes = document.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_DOCUMENT_BYTES) {
            throw Problems.problem(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "too-large",
                    "",
                    "the document has %,d bytes".formatted(bytes),
                    "a policy has at most %,d bytes".formatted(MOST_DOCUMENT_BYTES));
        }
        Policies.Saving saving;
        try {
            saving = policies.save(document, by);
        } catch (RefusedDocument e) {
            throw refused(e);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("name", saving.reference().name());
        answer.put("version", saving.reference().version());
        answer.put(
                "state",
                policies.version(saving.reference())
                        .map(version -> version.state().word())
                        .orElse("draft"));
        answer.set("warnings", json(saving.warnings()));
        URI place = URI.create("/v1/policies/%s/%s"
                .formatted(saving.reference().name(), saving.reference().version()));
        return ResponseEntity.status(saving.fresh() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(place)
                .body(answer);
    }

    private static ErrorResponseException refused(RefusedDocument document) {
        List<Problem> problems = document.problems();
        ErrorResponseException problem = Problems.problem(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "invalid-policy",
                "",
                String.valueOf(document.getMessage()),
                "mend what `problems` says; `lifecycle policy check` tells the same without a server");
        problem.getBody().setProperty("problems", json(problems));
        return problem;
    }

    private static ArrayNode json(List<Problem> problems) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Problem problem : problems) {
            list.addObject()
                    .put("severity", problem.severity().name().toLowerCase(java.util.Locale.ROOT))
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("message", problem.message())
                    .put("mend", problem.mend());
        }
        return list;
    }

    @GetMapping(path = "/{name}/{version}", produces = "application/yaml")
    @Operation(summary = "A version's text, as it was saved")
    String document(@PathVariable String name, @PathVariable String version) {
        return saved(name, version).document();
    }

    @GetMapping("/differences")
    @Operation(
            summary = "What changes from one version to another, in words",
            description = "`before` and `after` are name@version; `before` is the active version if nothing is said")
    ObjectNode differences(@RequestParam(required = false) @Nullable String before, @RequestParam String after) {
        Policy one = policy("before", before);
        Policy other = policy("after", after);
        PolicyDiff difference = PolicyDiff.of(one, other);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("before", one.reference().toString());
        answer.put("after", other.reference().toString());
        answer.set("changes", difference.toJson());
        return answer;
    }

    private Policy policy(String parameter, @Nullable String name) {
        return policies.find(name)
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.NOT_FOUND,
                        "unknown-policy",
                        parameter,
                        name == null ? "no policy is active" : "no policy %s is saved".formatted(name),
                        "name one as name@version; GET /v1/policies lists what there is"));
    }

    private Policies.Version saved(String name, String version) {
        return policies.version(new PolicyRef(name, version))
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.NOT_FOUND,
                        "unknown-policy",
                        "",
                        "no policy %s@%s is saved".formatted(name, version),
                        "GET /v1/policies lists what there is"));
    }

    @PostMapping("/{name}/{version}/activation")
    @Operation(
            summary = "Makes a version the active one; facts are judged by it from then on",
            description =
                    "A shadow is promoted so. Verdicts that history holds stay; `POST /v1/rescores` has open leads"
                            + " evaluated again.")
    ObjectNode activate(
            @PathVariable String name,
            @PathVariable String version,
            @RequestBody(required = false) @Nullable Switch said) {
        Switch change = Switch.checked(said);
        return json(policies.activate(saved(name, version).reference(), change.by(), change.reason()));
    }

    @PostMapping("/{name}/{version}/shadow")
    @Operation(
            summary = "Projects a version beside the active one, from the first fact on",
            description = "Its funnel is that of `GET /v1/funnel?policy=name@version`; nothing official changes.")
    ObjectNode shadow(
            @PathVariable String name,
            @PathVariable String version,
            @RequestBody(required = false) @Nullable Switch said) {
        Switch change = Switch.checked(said);
        try {
            return json(policies.shadow(saved(name, version).reference(), change.by(), change.reason()));
        } catch (Policies.NotPossible e) {
            throw Problems.problem(HttpStatus.CONFLICT, "not-possible", "", String.valueOf(e.getMessage()), e.mend());
        }
    }

    @PostMapping("/{name}/{version}/retirement")
    @Operation(
            summary = "Takes a version out of use",
            description =
                    "A shadow is no longer projected, and its rows stay as they are. Without an active version other"
                            + " systems' marks count.")
    ObjectNode retire(
            @PathVariable String name,
            @PathVariable String version,
            @RequestBody(required = false) @Nullable Switch said) {
        Switch change = Switch.checked(said);
        return json(policies.retire(saved(name, version).reference(), change.by(), change.reason()));
    }

    @DeleteMapping("/active")
    @Operation(summary = "Retires the active version: other systems' marks count from then on")
    ObjectNode deactivate(
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String reason) {
        Remarks.check(by, reason);
        PolicyRef active = policies.active()
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.CONFLICT,
                        "not-possible",
                        "",
                        "no policy is active",
                        "GET /v1/policies lists what there is"));
        return json(policies.retire(active, by, reason));
    }

    @GetMapping("/activations")
    @Operation(summary = "Who made which version active, shadow or retired, when and why; the latest first")
    ObjectNode activations() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("activations");
        policies.activations().forEach(activation -> list.add(json(activation)));
        return answer;
    }

    static ObjectNode json(Policies.Change change) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("number", change.number())
                .put("change", change.change())
                .put("name", change.reference().name())
                .put("version", change.reference().version())
                .put("at", change.at().toString())
                .put("by", change.by())
                .put("reason", change.reason());
    }
}

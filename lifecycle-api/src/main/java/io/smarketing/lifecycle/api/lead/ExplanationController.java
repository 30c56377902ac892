package io.smarketing.lifecycle.api.lead;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.api.policies.Policies;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Explanation;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Why a lead is, or is not, qualified. */
@RestController
@RequestMapping(path = "/v1/leads/{leadId}/explanation", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "leads")
class ExplanationController {

    private static final String ACTIVE = "active";

    private final StoredLeads leads;
    private final Policies policies;

    ExplanationController(StoredLeads leads, Policies policies) {
        this.leads = leads;
        this.policies = policies;
    }

    @GetMapping
    @Operation(
            summary =
                    "Every rule with its points, the facts that counted, what is unknown, what is missing to the threshold",
            description =
                    "`policy` is name@version, or active, which it is if nothing is said; `at` an instant, now if nothing is said:"
                            + " what was recorded up to then is judged, as of then; `order` is arrival (as facts are judged live) or"
                            + " occurrence")
    ObjectNode explain(
            @PathVariable String leadId,
            @RequestParam(required = false) @Nullable String policy,
            @RequestParam(required = false) @Nullable String at,
            @RequestParam(defaultValue = "arrival") String order) {
        Instant instant = at == null ? Instant.now() : instant(at);
        Judge judge = new Judge(policy(policy), order(order));
        LeadHistory known = leads.find(leadId)
                .map(lead -> knownAt(lead.history(), instant))
                .filter(history -> !history.entries().isEmpty())
                .orElseThrow(() -> notThere(leadId, at));
        return judge.explain(known, instant).map(Explanation::toJson).orElseThrow(() -> notThere(leadId, at));
    }

    private static RuntimeException notThere(String leadId, @Nullable String at) {
        return Problems.problem(
                HttpStatus.NOT_FOUND,
                "unknown-lead",
                "",
                "the lead '%s' is not captured%s".formatted(leadId, at == null ? "" : ", as known at " + at),
                "check the id; a lead whose captures are all voided cannot be judged");
    }

    private static LeadHistory knownAt(LeadHistory history, Instant instant) {
        List<Entry> known = history.entries().stream()
                .filter(entry -> !entry.recordedAt().isAfter(instant))
                .toList();
        return new LeadHistory(history.leadId(), known);
    }

    private Policy policy(@Nullable String name) {
        return policies.find(ACTIVE.equals(name) ? null : name)
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.NOT_FOUND,
                        "unknown-policy",
                        "policy",
                        name == null || name.equals(ACTIVE)
                                ? "no policy is active"
                                : "no policy %s is saved".formatted(name),
                        "name one as name@version; GET /v1/policies lists what there is"));
    }

    private static Judge.Order order(String word) {
        for (Judge.Order order : Judge.Order.values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(word)) {
                return order;
            }
        }
        throw invalid("order", word, "write arrival or occurrence");
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw invalid("at", text, "write an instant as 2026-03-01T09:30:00Z");
        }
    }

    private static RuntimeException invalid(String parameter, String value, String mend) {
        return Problems.problem(
                HttpStatus.BAD_REQUEST, "invalid-parameter", parameter, "%s is '%s'".formatted(parameter, value), mend);
    }
}

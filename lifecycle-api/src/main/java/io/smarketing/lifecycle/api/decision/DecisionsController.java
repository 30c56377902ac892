package io.smarketing.lifecycle.api.decision;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.api.intake.Decisions;
import io.smarketing.lifecycle.api.intake.Outcome;
import io.smarketing.lifecycle.api.lead.StoredLead;
import io.smarketing.lifecycle.api.lead.StoredLeads;
import io.smarketing.lifecycle.event.CloudEventCodec;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Move;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.RefusedCommand;
import io.smarketing.lifecycle.lead.Stage;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** People's decisions. They are held to the table of transitions; a retry with the same key gets the first answer. */
@RestController
@RequestMapping(path = "/v1/leads/{leadId}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "leads")
class DecisionsController {

    private static final String KEY = "Idempotency-Key";
    private static final String RETRY = "A retry with the same Idempotency-Key gets the first answer; an illegal"
            + " transition is answered 409 with the legal ones.";
    private static final Map<Move, String> WAYS = Map.of(
            Move.ACCEPTED, "accept",
            Move.REJECTED, "reject",
            Move.CONTACTED, "contact",
            Move.WON, "win",
            Move.LOST, "lose");

    private final Decisions decisions;
    private final StoredLeads leads;

    DecisionsController(Decisions decisions, StoredLeads leads) {
        this.decisions = decisions;
        this.leads = leads;
    }

    record Acceptance(@Nullable String by) {}

    record Rejection(@Nullable String by, @Nullable String reason) {}

    record Contact(
            @Nullable String by,
            @Nullable String channel,
            @Nullable String outcome) {}

    record Win(@Nullable BigDecimal amount, @Nullable String currency) {}

    @PostMapping("/accept")
    @Operation(summary = "Sales accepts the lead", description = RETRY)
    ResponseEntity<ObjectNode> accept(
            @PathVariable String leadId,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestBody(required = false) @Nullable Acceptance body) {
        return decide(leadId, key, new LeadEvent.Accepted(body == null ? null : body.by()));
    }

    @PostMapping("/reject")
    @Operation(summary = "Sales rejects the lead, for a reason", description = RETRY)
    ResponseEntity<ObjectNode> reject(
            @PathVariable String leadId,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestBody(required = false) @Nullable Rejection body) {
        return decide(
                leadId,
                key,
                new LeadEvent.Rejected(body == null ? null : body.by(), body == null ? null : body.reason()));
    }

    @PostMapping("/contact")
    @Operation(summary = "Sales tried to reach the lead", description = RETRY)
    ResponseEntity<ObjectNode> contact(
            @PathVariable String leadId,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestBody(required = false) @Nullable Contact body) {
        return decide(
                leadId,
                key,
                body == null
                        ? new LeadEvent.Contacted(null, null, null)
                        : new LeadEvent.Contacted(body.by(), body.channel(), body.outcome()));
    }

    @PostMapping("/win")
    @Operation(summary = "The deal is won", description = RETRY)
    ResponseEntity<ObjectNode> win(
            @PathVariable String leadId,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestBody(required = false) @Nullable Win body) {
        try {
            CloudEventCodec.refuseBeyond(body == null ? null : body.amount(), "amount");
        } catch (Refusal refusal) {
            throw Problems.refused(refusal);
        }
        return decide(
                leadId,
                key,
                new LeadEvent.Won(body == null ? null : body.amount(), body == null ? null : body.currency()));
    }

    @PostMapping("/lose")
    @Operation(summary = "The deal is lost, for a reason", description = RETRY)
    ResponseEntity<ObjectNode> lose(
            @PathVariable String leadId,
            @RequestHeader(name = KEY, required = false) @Nullable String key,
            @RequestBody(required = false) @Nullable Rejection body) {
        return decide(
                leadId, key, new LeadEvent.Lost(body == null ? null : body.by(), body == null ? null : body.reason()));
    }

    private ResponseEntity<ObjectNode> decide(String leadId, @Nullable String key, LeadEvent.Fact decision) {
        String name = key == null ? UUID.randomUUID().toString() : key;
        refuseUnreadable(leadId, name);
        EventId eventId = new EventId(Decisions.SOURCE, name);
        Outcome outcome = decisions.decide(leadId, eventId, decision);
        if (outcome instanceof Outcome.Stored stored) {
            return answer(leadId, eventId, stored.sequence());
        } else if (outcome instanceof Outcome.StoredBefore before) {
            return answer(leadId, eventId, before.sequence());
        } else if (outcome instanceof Outcome.Declined declined) {
            throw declined(declined.refusal());
        } else if (outcome instanceof Outcome.Refused refused) {
            throw refused.refusal().code().equals("unknown-lead")
                    ? Problems.problem(
                            HttpStatus.NOT_FOUND,
                            "unknown-lead",
                            "",
                            refused.refusal().message(),
                            refused.refusal().mend())
                    : Problems.refused(refused.refusal());
        }
        throw new IllegalStateException("a decision cannot be " + outcome);
    }

    private static void refuseUnreadable(String leadId, String key) {
        if (CloudEventCodec.isPersonal(leadId)) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "personal-lead-id",
                    "leadId",
                    "the lead's id is an e-mail address",
                    "use the id under which the lead was captured");
        }
        if (!CloudEventCodec.isName(leadId)) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    "leadId",
                    "the lead's id is empty, too long, or has control characters",
                    "use the id under which the lead was captured");
        }
        if (!CloudEventCodec.isName(key)) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    KEY,
                    "the key is empty, too long, or has control characters",
                    "make a UUID for each decision, and send it again with each retry");
        }
    }

    /** The answer is made from the history up to the decision, so that a retry gets the same. */
    private ResponseEntity<ObjectNode> answer(String leadId, EventId eventId, long sequence) {
        StoredLead lead = leads.find(leadId).orElseThrow();
        Recorded recorded = lead.events().get((int) sequence);
        String stage = LeadFold.of(lead.historyUpTo(sequence), Marks.live())
                .map(fold -> fold.stage().name())
                .orElse(null);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("leadId", leadId);
        answer.putObject("event").put("source", eventId.source()).put("id", eventId.id());
        answer.put("sequence", sequence);
        answer.put("occurredAt", recorded.occurredAt().toString());
        answer.put("stage", stage);
        return ResponseEntity.ok(answer);
    }

    private static ErrorResponseException declined(RefusedCommand refusal) {
        boolean conflicts = refusal.code().equals("conflicting-duplicate");
        boolean unknown = refusal.code().equals("unknown-lead");
        ErrorResponseException problem = Problems.problem(
                unknown ? HttpStatus.NOT_FOUND : HttpStatus.CONFLICT,
                refusal.code(),
                conflicts ? KEY : "",
                String.valueOf(refusal.getMessage()),
                conflicts
                        ? "use a new key for a new decision"
                        : unknown
                                ? "all its captures are voided; capture it again"
                                : "choose one of `legal`, or have the fact recorded by POST /v1/events");
        Stage stage = refusal.stage();
        if (stage != null) {
            problem.getBody().setProperty("stage", stage.name());
            problem.getBody()
                    .setProperty(
                            "legal",
                            refusal.legal().stream().map(WAYS::get).sorted().toList());
        }
        return problem;
    }
}

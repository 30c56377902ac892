package io.smarketing.lifecycle.api.lead;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.api.privacy.Vault;
import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.Visit;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Single leads: where one stands, and its whole history. */
@RestController
@RequestMapping(path = "/v1/leads", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "leads", description = "Where a lead stands, its history, and people's decisions")
class LeadsController {

    private static final int MOST_EVENTS = 1_000;

    private final StoredLeads leads;
    private final Vault vault;
    private final RecordedCodec codec;

    LeadsController(StoredLeads leads, Vault vault, RecordedCodec codec) {
        this.leads = leads;
        this.vault = vault;
        this.codec = codec;
    }

    private StoredLead lead(String leadId) {
        return leads.find(leadId)
                .orElseThrow(() -> Problems.problem(
                        HttpStatus.NOT_FOUND,
                        "unknown-lead",
                        "",
                        "the lead '%s' is not captured".formatted(leadId),
                        "check the id; facts that wait for the capture are told by GET /v1/events?source=&id="));
    }

    @GetMapping("/{leadId}")
    @Operation(summary = "Where a lead stands: stage, score, visits, cycles, attributes, contact")
    ObjectNode state(@PathVariable String leadId) {
        StoredLead lead = lead(leadId);
        LeadHistory history = lead.history();
        Optional<LeadFold> fold = LeadFold.of(history, Marks.live());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("leadId", leadId);
        answer.put("events", lead.events().size());
        answer.put("stage", fold.map(known -> known.stage().name()).orElse(null));
        putScore(answer, history);
        putContact(answer, lead);
        fold.ifPresent(known -> putFold(answer, known, history));
        return answer;
    }

    private static void putScore(ObjectNode answer, LeadHistory history) {
        LeadEvent.@Nullable Scored last = null;
        for (Entry entry : history.entries()) {
            if (entry.event() instanceof LeadEvent.Scored scored && scored.policy() != null) {
                last = scored;
            }
        }
        answer.put("score", last == null ? null : last.score());
        answer.put("disqualified", last == null ? null : last.disqualified());
        PolicyRef policy = last == null ? null : last.policy();
        answer.put("scoredBy", policy == null ? null : policy.toString());
    }

    private void putContact(ObjectNode answer, StoredLead lead) {
        ObjectNode contact = JsonNodeFactory.instance.objectNode();
        Vault.Keys keys = vault.keys(List.of(lead.leadId()));
        for (Recorded recorded : lead.events()) {
            if (contactOf(recorded.event()) instanceof LeadEvent.Contact.Sealed sealed) {
                keys.openContact(lead.leadId(), sealed.ciphertext()).ifPresent(contact::setAll);
            }
        }
        if (!contact.isEmpty()) {
            answer.set("contact", contact);
        }
    }

    private static LeadEvent.@Nullable Contact contactOf(LeadEvent event) {
        if (event instanceof LeadEvent.Captured captured) {
            return captured.contact();
        }
        return event instanceof LeadEvent.Enriched enriched ? enriched.contact() : null;
    }

    private static void putFold(ObjectNode answer, LeadFold fold, LeadHistory history) {
        answer.put("capturedAt", fold.capturedAt().toString());
        answer.put("source", text(fold.attribute("source")));
        answer.put("campaign", text(fold.attribute("campaign")));
        answer.put("persona", text(fold.attribute("persona")));
        answer.put("owner", fold.owner());
        answer.put("attempts", fold.attempts());
        answer.put("reachedAttempts", fold.reachedAttempts());
        ObjectNode attributes = answer.putObject("attributes");
        for (Entry entry : history.effective()) {
            if (entry.event() instanceof LeadEvent.Captured captured) {
                captured.attributes().keySet().forEach(name -> putAttribute(attributes, name, fold));
            } else if (entry.event() instanceof LeadEvent.Enriched enriched) {
                enriched.attributes().keySet().forEach(name -> putAttribute(attributes, name, fold));
            }
        }
        ArrayNode visits = answer.putArray("visits");
        for (Visit visit : fold.visits()) {
            ExitKind exit = visit.exit();
            visits.addObject()
                    .put("stage", visit.stage().name())
                    .put("number", visit.number())
                    .put("entered", visit.entered().toString())
                    .put("exited", visit.exited() == null ? null : String.valueOf(visit.exited()))
                    .put("exit", exit == null ? null : exit.word());
        }
        ArrayNode cycles = answer.putArray("cycles");
        for (Cycle cycle : fold.cycles()) {
            cycles.addObject()
                    .put(
                            "outcome",
                            cycle.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .put("reason", cycle.reason())
                    .put("markedAt", cycle.markedAt() == null ? null : String.valueOf(cycle.markedAt()));
        }
        ObjectNode deviations = answer.putObject("deviations");
        fold.deviations().forEach((kind, count) -> deviations.put(kind.word(), count));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void putAttribute(ObjectNode attributes, String name, LeadFold fold) {
        Object value = fold.attribute(name);
        if (value instanceof LeadEvent.Composite composite) {
            attributes.set(name, JsonMapper.shared().readTree(composite.json()));
        } else {
            attributes.set(name, JsonMapper.shared().valueToTree(value));
        }
    }

    @GetMapping("/{leadId}/events")
    @Operation(
            summary = "A lead's history in sequence, as CloudEvents",
            description = "Pages by `after` (a sequence) and `limit` (at most 1,000); `next` is the `after` of the next"
                    + " page, null at the end")
    ObjectNode events(
            @PathVariable String leadId,
            @RequestParam(defaultValue = "-1") long after,
            @RequestParam(defaultValue = "1000") int limit) {
        if (limit < 1 || limit > MOST_EVENTS) {
            throw Problems.problem(
                    HttpStatus.BAD_REQUEST,
                    "invalid-parameter",
                    "limit",
                    "limit is %d".formatted(limit),
                    "ask for 1 to %d events".formatted(MOST_EVENTS));
        }
        if (after < -1) {
            throw Problems.problem(
                    HttpStatus.BAD_REQUEST,
                    "invalid-parameter",
                    "after",
                    "after is %d".formatted(after),
                    "give the `next` of the page before, or leave it out");
        }
        StoredLead lead = lead(leadId);
        Vault.Keys keys = vault.keys(List.of(leadId));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("leadId", leadId);
        answer.put("total", lead.events().size());
        ArrayNode events = answer.putArray("events");
        int first = (int) Math.min(after, lead.events().size() - 1L) + 1;
        int end = Math.min(first + limit, lead.events().size());
        for (int i = first; i < end; i++) {
            events.add(json(i, lead.events().get(i), keys));
        }
        answer.put("next", end < lead.events().size() ? end - 1 : null);
        return answer;
    }

    private ObjectNode json(int sequence, Recorded recorded, Vault.Keys keys) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("sequence", sequence);
        codec.attributes(recorded).forEach((name, value) -> {
            if (!name.equals("fingerprint")) {
                event.put(name, value);
            }
        });
        ObjectNode data = codec.data(recorded);
        if (contactOf(recorded.event()) instanceof LeadEvent.Contact.Sealed sealed) {
            data.remove("sealedContact");
            keys.openContact(recorded.leadId(), sealed.ciphertext()).ifPresent(contact -> data.set("contact", contact));
        }
        event.set("data", data);
        return event;
    }
}

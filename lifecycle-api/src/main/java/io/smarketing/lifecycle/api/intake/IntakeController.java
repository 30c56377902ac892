package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.Problems;
import io.smarketing.lifecycle.event.Refusal;
import io.smarketing.lifecycle.lead.EventId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP door for events, and what became of them. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "events", description = "Lead events come in as CloudEvents 1.0; the same may be sent again at any time")
class IntakeController {

    private static final String NDJSON = "application/x-ndjson";
    private static final String BINARY_PREFIX = "ce-";

    private final Admission admission;
    private final LeadWriters writers;
    private final KnownEvents knownEvents;
    private final Refusals refusals;
    private final Tallies tallies;

    IntakeController(
            Admission admission, LeadWriters writers, KnownEvents knownEvents, Refusals refusals, Tallies tallies) {
        this.admission = admission;
        this.writers = writers;
        this.knownEvents = knownEvents;
        this.refusals = refusals;
        this.tallies = tallies;
    }

    @PostMapping("/events")
    @Operation(
            summary = "Takes one CloudEvent or many",
            description = "One object, an array (application/cloudevents-batch+json), one event a line"
                    + " (application/x-ndjson), or binary mode (ce- headers). Every item gets an answer of its own:"
                    + " stored, duplicate, parked (until its lead is captured) or refused with code, field and mend.")
    ObjectNode take(HttpServletRequest request) throws IOException {
        byte[] bytes = EventBody.read(request.getInputStream());
        boolean isBinary = request.getHeader(BINARY_PREFIX + "specversion") != null;
        EventBody body = isBinary
                ? new EventBody(List.of(bytes), false)
                : isLines(request) ? EventBody.lines(bytes) : EventBody.json(bytes);
        List<Work> works = isBinary
                ? List.of(admission.binary(Door.HTTP, attributes(request), bytes, Original.structured(bytes)))
                : body.events().stream()
                        .map(event -> admission.structured(Door.HTTP, event, Original.structured(event)))
                        .toList();
        List<Outcome> outcomes;
        try {
            outcomes = writers.doAll(works);
        } catch (LeadWriters.Unavailable e) {
            throw Problems.unavailable(String.valueOf(e.getMessage()), 2);
        }
        if (!body.isBatch() && outcomes.get(0) instanceof Outcome.Refused refused) {
            throw Problems.refused(refused.refusal());
        }
        return answer(works, outcomes);
    }

    private static boolean isLines(HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null || type.isBlank()) {
            return false;
        }
        String plain = type.split(";")[0].strip().toLowerCase(Locale.ROOT);
        if (plain.equals(NDJSON) || plain.equals("application/jsonl") || plain.equals("application/ndjson")) {
            return true;
        }
        if (plain.endsWith("json") || plain.equals("application/x-www-form-urlencoded")) {
            // The latter is what curl says when nothing is said; JSON it is, or it will be told.
            return false;
        }
        throw Problems.problem(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-content-type",
                "Content-Type",
                "the body is '%s'".formatted(plain),
                "send application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson");
    }

    /** The envelope of an event in binary mode. */
    private static Map<String, String> attributes(HttpServletRequest request) {
        Map<String, String> attributes = new HashMap<>();
        for (String header : Collections.list(request.getHeaderNames())) {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith(BINARY_PREFIX)) {
                attributes.put(name.substring(BINARY_PREFIX.length()), HeaderValue.decoded(request.getHeader(header)));
            }
        }
        String type = request.getContentType();
        if (type != null) {
            attributes.put("datacontenttype", type);
        }
        return attributes;
    }

    private static ObjectNode answer(List<Work> works, List<Outcome> outcomes) {
        int stored = 0;
        int duplicates = 0;
        int parked = 0;
        int refused = 0;
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < works.size(); i++) {
            ObjectNode item = items.addObject().put("index", i);
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Stored now) {
                stored++;
                item.put("status", "stored");
                name(item, works.get(i));
                item.put("sequence", now.sequence());
            } else if (outcome instanceof Outcome.StoredBefore before) {
                duplicates++;
                item.put("status", "duplicate");
                name(item, works.get(i));
                item.put("was", "stored").put("sequence", before.sequence());
            } else if (outcome instanceof Outcome.Parked) {
                parked++;
                item.put("status", "parked");
                name(item, works.get(i));
            } else if (outcome instanceof Outcome.ParkedBefore) {
                duplicates++;
                item.put("status", "duplicate");
                name(item, works.get(i));
                item.put("was", "parked");
            } else if (outcome instanceof Outcome.Refused no) {
                refused++;
                item.put("status", "refused");
                name(item, works.get(i));
                Refusal refusal = no.refusal();
                item.put("code", refusal.code());
                item.put("field", refusal.field());
                item.put("message", refusal.message());
                item.put("mend", refusal.mend());
            }
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("sent", works.size());
        answer.put("stored", stored);
        answer.put("duplicates", duplicates);
        answer.put("parked", parked);
        answer.put("refused", refused);
        answer.set("items", items);
        return answer;
    }

    private static void name(ObjectNode item, Work work) {
        if (work instanceof Work.Delivery delivery) {
            put(item, delivery.arrival().eventId());
            item.put("leadId", delivery.leadId());
        } else if (work instanceof Work.Broken broken) {
            broken.eventId().ifPresent(eventId -> put(item, eventId));
        }
    }

    private static void put(ObjectNode item, EventId eventId) {
        item.put("source", eventId.source()).put("id", eventId.id());
    }

    @GetMapping("/events")
    @Operation(
            summary = "What became of an event",
            description =
                    "status: stored, parked, refused or dead-letter; refusals under its name are listed in any case")
    ObjectNode became(@RequestParam String source, @RequestParam String id) {
        EventId eventId = new EventId(source, id);
        Optional<KnownEvents.Known> known = knownEvents.find(eventId);
        List<Refusals.Past> past = refusals.of(eventId);
        if (known.isEmpty() && past.isEmpty()) {
            throw Problems.problem(
                    HttpStatus.NOT_FOUND,
                    "unknown-event",
                    "",
                    "no event of the source '%s' with the id '%s' has come in".formatted(source, id),
                    "check both; refusals are remembered for %d days".formatted(Refusals.REMEMBERED.toDays()));
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("source", source).put("id", id);
        if (known.isPresent()) {
            Long sequence = known.get().sequence();
            answer.put("status", sequence == null ? "parked" : "stored");
            answer.put("leadId", known.get().leadId());
            if (sequence != null) {
                answer.put("sequence", sequence);
            }
        } else {
            boolean deadLetter = past.get(past.size() - 1).door().equals(Door.KAFKA.word());
            answer.put("status", deadLetter ? Tallies.DEAD_LETTER : Tallies.REFUSED);
        }
        ArrayNode list = answer.putArray("refusals");
        past.forEach(refusal -> list.addObject()
                .put("at", refusal.at().toString())
                .put("door", refusal.door())
                .put("code", refusal.code())
                .put("field", refusal.field())
                .put("message", refusal.message())
                .put("mend", refusal.mend()));
        return answer;
    }

    @GetMapping("/intake")
    @Operation(
            summary = "Counts of all that came in, door by door",
            description = "sent = stored + duplicates + parked + deadLetters + refused, at any moment")
    ObjectNode counts() {
        Map<Tallies.Key, Long> counts = tallies.read();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode doors = answer.putArray("doors");
        for (Door door : Door.values()) {
            ObjectNode node = doors.addObject();
            node.put("door", door.word());
            node.put("sent", sum(counts, door, Tallies.SENT));
            node.put("stored", sum(counts, door, Tallies.STORED));
            node.put("duplicates", sum(counts, door, Tallies.DUPLICATE));
            node.put("parked", sum(counts, door, Tallies.PARKED));
            node.put("deadLetters", sum(counts, door, Tallies.DEAD_LETTER));
            node.put("refused", sum(counts, door, Tallies.REFUSED));
            ObjectNode codes = node.putObject("byCode");
            counts.forEach((key, number) -> {
                if (key.door() == door && !key.code().isEmpty()) {
                    codes.put(key.code(), codes.path(key.code()).asLong(0) + number);
                }
            });
        }
        return answer;
    }

    private static long sum(Map<Tallies.Key, Long> counts, Door door, String outcome) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().door() == door
                        && entry.getKey().outcome().equals(outcome))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}

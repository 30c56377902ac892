package io.smarketing.lifecycle.api.intake;

import io.smarketing.lifecycle.api.Problems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
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

/** What was refused at the Kafka door or waited in vain: list it, look into it, send it to the intake again. */
@RestController
@RequestMapping(path = "/v1/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "events")
class DeadLettersController {

    private static final int MOST_LISTED = 1_000;
    private static final int MOST_REDRIVEN = 10_000;

    private final DeadLetterTopic topic;

    DeadLettersController(DeadLetterTopic topic) {
        this.topic = topic;
    }

    @GetMapping
    @Operation(
            summary = "Dead letters with their reasons, page by page",
            description =
                    "By `code`, by `lead` (the key they were sent under), `pending=true` for those that were not sent again."
                            + " `after` takes the `next` of the page before; `next` is null at the end")
    ObjectNode list(
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String lead,
            @RequestParam(defaultValue = "false") boolean pending,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MOST_LISTED) {
            throw invalid("limit", String.valueOf(limit), "ask for 1 to %d letters".formatted(MOST_LISTED));
        }
        DeadLetterTopic.Page page = page(offsets(after), filter(code, lead, pending), limit);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode letters = answer.putArray("letters");
        page.letters().forEach(letter -> letters.add(json(letter)));
        Map<Integer, Long> next = page.next();
        answer.put(
                "next",
                next == null
                        ? null
                        : next.entrySet().stream()
                                .map(entry -> entry.getKey() + ":" + entry.getValue())
                                .collect(Collectors.joining(",")));
        return answer;
    }

    private DeadLetterTopic.Page page(Map<Integer, Long> from, Predicate<DeadLetter> filter, int most) {
        try {
            return topic.page(from, filter, most);
        } catch (DeadLetterTopic.Away e) {
            throw Problems.unavailable(String.valueOf(e.getMessage()), 5);
        }
    }

    private static Predicate<DeadLetter> filter(@Nullable String code, @Nullable String lead, boolean pending) {
        return letter -> (code == null || code.equals(letter.said("code")))
                && (lead == null || lead.equals(letter.key()))
                && (!pending || letter.redriven() == null);
    }

    private static Map<Integer, Long> offsets(String after) {
        Map<Integer, Long> offsets = new TreeMap<>();
        try {
            for (String part : after.isEmpty() ? new String[0] : after.split(",", -1)) {
                int colon = part.indexOf(':');
                offsets.put(
                        Integer.parseInt(part.substring(0, Math.max(0, colon))),
                        Long.parseLong(part.substring(colon + 1)));
            }
            return offsets;
        } catch (NumberFormatException e) {
            throw invalid("after", after, "give the `next` of the page before");
        }
    }

    private static ErrorResponseException invalid(String parameter, String value, String mend) {
        return Problems.problem(
                HttpStatus.BAD_REQUEST, "invalid-parameter", parameter, "%s is '%s'".formatted(parameter, value), mend);
    }

    private static ObjectNode json(DeadLetter letter) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("partition", letter.place().partition())
                .put("offset", letter.place().offset())
                .put("lead", letter.key());
        for (String name : List.of("code", "field", "message", "mend", "door", "at")) {
            json.put(name, letter.said(name));
        }
        json.put("attempts", letter.attempts());
        DeadLetter.Redriven redriven = letter.redriven();
        json.put("redrivenAt", redriven == null ? null : redriven.at().toString());
        json.put("redrivenBy", redriven == null ? null : redriven.by());
        return json;
    }

    @GetMapping("/{partition}/{offset}")
    @Operation(summary = "A dead letter as it came: headers and value, as text or, where they are none, as Base64")
    ObjectNode show(@PathVariable int partition, @PathVariable long offset) {
        DeadLetter letter = letter(new DeadLetter.Place(partition, offset));
        ObjectNode json = json(letter);
        ObjectNode headers = json.putObject("headers");
        for (Header header : letter.entry().headers()) {
            if (!header.key().startsWith("dl_")) {
                headers.put(header.key(), readable(header.value()));
            }
        }
        byte[] value = letter.entry().value();
        String text = text(value);
        json.put("value", text);
        json.put(
                "valueBase64",
                value == null || text != null ? null : Base64.getEncoder().encodeToString(value));
        return json;
    }

    private DeadLetter letter(DeadLetter.Place place) {
        try {
            return topic.find(place)
                    .orElseThrow(() -> Problems.problem(
                            HttpStatus.NOT_FOUND,
                            "unknown-letter",
                            "",
                            "there is no letter %d of partition %d".formatted(place.offset(), place.partition()),
                            "GET /v1/dead-letters lists what there is; letters are kept for 30 days"));
        } catch (DeadLetterTopic.Away e) {
            throw Problems.unavailable(String.valueOf(e.getMessage()), 5);
        }
    }

    private static @Nullable String readable(byte @Nullable [] bytes) {
        String text = text(bytes);
        return text == null && bytes != null ? Base64.getEncoder().encodeToString(bytes) : text;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /**
     * What to send again.
     *
     * @param letters by partition and offset; all that match the rest if nothing is said
     * @param again whether those are sent, too, that were sent again before
     */
    record Redrive(
            @Nullable List<DeadLetter.Place> letters,
            @Nullable String code,
            @Nullable String lead,
            @Nullable Boolean again,
            @Nullable String by) {}

    @PostMapping("/redrive")
    @Operation(
            summary = "Sends dead letters to the intake again, as they came",
            description =
                    "Those named by `letters` ([{partition, offset}]), or all of a `code` and a `lead`; not those that were sent"
                            + " again before, unless `again` is true. At most 10,000 at once; `more` tells whether others are left. Each comes in as"
                            + " what it is: what is still refused becomes a dead letter again, with its attempts counted")
    ObjectNode redrive(@RequestBody Redrive order) {
        List<DeadLetter.Place> named = order.letters();
        boolean again = Boolean.TRUE.equals(order.again());
        List<DeadLetter> letters = new ArrayList<>();
        boolean more = false;
        if (named != null && named.contains(null)) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    "letters",
                    "one of the letters is null",
                    "name each as {\"partition\": 0, \"offset\": 17}");
        }
        if (named != null) {
            for (DeadLetter.Place place : named) {
                DeadLetter letter = letter(place);
                if (!letter.isWhole()) {
                    throw Problems.problem(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "left-out",
                            "letters",
                            "letter %d of partition %d was too large to keep its value (%s bytes)"
                                    .formatted(place.offset(), place.partition(), letter.said("size")),
                            "take the original from %s, partition %s, offset %s, and send it smaller"
                                    .formatted(letter.said("topic"), letter.said("partition"), letter.said("offset")));
                }
                if (again || letter.redriven() == null) {
                    letters.add(letter);
                }
            }
        } else if (order.code() == null && order.lead() == null) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    "code",
                    "nothing is named",
                    "name `letters`, a `code`, a `lead`, or `code` and `lead`");
        } else {
            Map<Integer, Long> from = Map.of();
            do {
                DeadLetterTopic.Page page = page(
                        from,
                        filter(order.code(), order.lead(), !again).and(DeadLetter::isWhole),
                        MOST_REDRIVEN - letters.size());
                letters.addAll(page.letters());
                from = page.next();
            } while (from != null && letters.size() < MOST_REDRIVEN);
            more = from != null;
        }
        try {
            topic.redrive(letters, order.by());
        } catch (DeadLetterTopic.Away e) {
            throw Problems.unavailable(String.valueOf(e.getMessage()), 5);
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("redriven", letters.size())
                .put("more", more);
    }
}

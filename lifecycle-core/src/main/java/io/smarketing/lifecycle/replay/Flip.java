package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.EventId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a lead is in another set than kept or neither.
 *
 * @param at the instant of the mark that one side has and the other has not, or has later
 * @param event the fact that led to it, or the mark itself where history holds it
 * @param rule the rule that made the difference: the one with the most points to it, or the disqualifier; null when it is
 *     the threshold, the cooldown or somebody else's mark
 * @param explanation in words
 */
public record Flip(
        Instant at, @Nullable EventId event, @Nullable String rule, String explanation) {

    ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("at", at.toString());
        if (event == null) {
            node.putNull("event");
        } else {
            node.putObject("event").put("source", event.source()).put("id", event.id());
        }
        node.put("rule", rule);
        node.put("explanation", explanation);
        return node;
    }
}

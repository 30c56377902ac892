package io.smarketing.lifecycle.replay;

import io.smarketing.lifecycle.lead.Cycle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One lead's first cycle on both sides.
 *
 * @param because null where nothing flipped
 */
public record LeadResult(
        String leadId,
        MarkSet set,
        Cycle.Outcome outcome,
        @Nullable Instant baselineMark,
        @Nullable Instant candidateMark,
        @Nullable Flip because) {

    public ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("leadId", leadId);
        node.put("set", set.word());
        node.put("outcome", OutcomeTally.word(outcome));
        node.put("baselineMark", baselineMark == null ? null : baselineMark.toString());
        node.put("candidateMark", candidateMark == null ? null : candidateMark.toString());
        node.set("because", because == null ? JsonNodeFactory.instance.nullNode() : because.toJson());
        return node;
    }
}

package io.smarketing.lifecycle.projections.replay;

import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells why leads flipped, when somebody looks at them: the plain fold judges them again, with what was stored when the replay was made.
 */
@Component
class FlipReasons {

    private final StoredHistory history;
    private final Policies policies;

    FlipReasons(StoredHistory history, Policies policies) {
        this.history = history;
        this.policies = policies;
    }

    /** Puts {@code because} into leads of a replay that is done, where it is missing. */
    void tell(ReplayArchive.Kept replay, Collection<JsonNode> leads) {
        Map<String, ObjectNode> untold = new HashMap<>();
        for (JsonNode lead : leads) {
            String set = lead.path("set").asString("");
            boolean flipped = !set.equals(MarkSet.KEPT.word()) && !set.equals(MarkSet.NEITHER.word());
            if (flipped && lead.path("because").isNull()) {
                untold.put(lead.path("leadId").stringValue(), (ObjectNode) lead);
            }
        }
        Long position = replay.logPosition();
        if (untold.isEmpty() || position == null) {
            return;
        }
        ReplayRequest.Comparison comparison =
                ReplayRequest.again(replay.request(), policies).comparison();
        if (comparison == null) {
            return;
        }
        List<LeadHistory> histories =
                ReplayRun.readable(history.leads(untold.keySet(), position, () -> true), comparison.asKnownAt());
        for (LeadResult lead : comparison.plainFold().run(histories, () -> {}).leads()) {
            ObjectNode node = untold.get(lead.leadId());
            if (node != null) {
                node.set("because", lead.toJson().get("because"));
            }
        }
    }
}

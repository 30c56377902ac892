package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.lead.Stage;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One row of {@code lead.state}.
 *
 * @param enteredAt the latest entry of the stage the lead is in
 * @param first entries of the stages that have visits
 */
record LeadRow(
        String leadId,
        String stage,
        @Nullable Long score,
        boolean disqualified,
        @Nullable String source,
        @Nullable String campaign,
        @Nullable String persona,
        @Nullable String owner,
        @Nullable Instant capturedAt,
        @Nullable Instant enteredAt,
        Map<Stage, Instant> first,
        ObjectNode state) {

    static LeadRow read(String leadId, byte[] value) throws UnreadableRow {
        ObjectNode state = FlatJson.readObject(value);
        String stage = FlatJson.text(state, "stage");
        if (stage == null) {
            throw new UnreadableRow("'stage' is missing");
        }
        JsonNode stages = state.path("stages");
        Map<Stage, Instant> first = new EnumMap<>(Stage.class);
        for (Stage known : Stage.values()) {
            Instant entry = FlatJson.instant(stages.path(known.name()), "first");
            if (entry != null) {
                first.put(known, entry);
            }
        }
        checkVisits(state.path("visits"));
        JsonNode score = state.path("score");
        JsonNode disqualified = state.path("disqualified");
        return new LeadRow(
                leadId,
                stage,
                score.canConvertToLong() ? score.asLong() : null,
                disqualified.isObject() || disqualified.isString() || disqualified.asBoolean(false),
                FlatJson.text(state, "source"),
                FlatJson.text(state, "campaign"),
                FlatJson.text(state, "persona"),
                FlatJson.text(state, "owner"),
                FlatJson.instant(state, "capturedAt"),
                FlatJson.instant(stages.path(stage), "latest"),
                first,
                state);
    }

    /** So that every reader of the table may take them as rows with times. */
    private static void checkVisits(JsonNode visits) throws UnreadableRow {
        if (!visits.isMissingNode() && !visits.isArray()) {
            throw new UnreadableRow("'visits' is no list");
        }
        for (JsonNode visit : visits) {
            if (FlatJson.text(visit, "stage") == null || FlatJson.instant(visit, "entered") == null) {
                throw new UnreadableRow("a visit has no stage or no beginning: " + visit);
            }
            if (!visit.path("visit").isIntegralNumber() || !visit.path("timed").isBoolean()) {
                throw new UnreadableRow("a visit has no number, or does not say whether it is timed: " + visit);
            }
            FlatJson.instant(visit, "exited");
            FlatJson.text(visit, "exit");
        }
    }
}

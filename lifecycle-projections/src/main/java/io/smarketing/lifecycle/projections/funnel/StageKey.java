package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.lead.Stage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The key of {@code funnel.stages}: {@code [policy, grain, bucket, dimension, value, stage]}.
 *
 * @param bucket null for the grain {@code all}
 * @param value null where the dimension's value is missing
 */
record StageKey(
        String policy,
        String grain,
        @Nullable String bucket,
        String dimension,
        @Nullable String value,
        Stage stage) {

    private static final String FORM = "a key is [policy, grain, bucket, dimension, value, stage]";

    static StageKey read(String json) throws UnreadableRow {
        JsonNode key = FlatJson.read(json);
        if (!key.isArray() || key.size() != SharedKey.PARTS + 1) {
            throw new UnreadableRow(FORM + ", this one is " + json);
        }
        SharedKey shared = SharedKey.read(key, FORM);
        String stage = SharedKey.required(key, SharedKey.PARTS, FORM);
        return new StageKey(
                shared.policy(),
                shared.grain(),
                shared.bucket(),
                shared.dimension(),
                shared.value(),
                Arrays.stream(Stage.values())
                        .filter(known -> known.name().equals(stage))
                        .findFirst()
                        .orElseThrow(() -> new UnreadableRow("the stage '%s' is unknown".formatted(stage))));
    }
}

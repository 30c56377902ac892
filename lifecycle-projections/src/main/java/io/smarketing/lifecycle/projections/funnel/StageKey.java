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
        if (!key.isArray() || key.size() != 6) {
            throw new UnreadableRow(FORM + ", this one is " + json);
        }
        String stage = required(key, 5);
        return new StageKey(
                required(key, 0),
                required(key, 1),
                optional(key, 2),
                required(key, 3),
                optional(key, 4),
                Arrays.stream(Stage.values())
                        .filter(known -> known.name().equals(stage))
                        .findFirst()
                        .orElseThrow(() -> new UnreadableRow("the stage '%s' is unknown".formatted(stage))));
    }

    private static String required(JsonNode key, int index) throws UnreadableRow {
        String text = optional(key, index);
        if (text == null) {
            throw new UnreadableRow("%s, in this one the %d. is missing".formatted(FORM, index + 1));
        }
        return text;
    }

    private static @Nullable String optional(JsonNode key, int index) throws UnreadableRow {
        JsonNode part = key.path(index);
        if (part.isNull()) {
            return null;
        } else if (part.isString()) {
            return part.stringValue();
        }
        throw new UnreadableRow("%s, in this one the %d. is no text".formatted(FORM, index + 1));
    }
}

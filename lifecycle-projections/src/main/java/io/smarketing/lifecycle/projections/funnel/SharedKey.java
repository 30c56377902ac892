package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The key of {@code funnel.shared}: {@code [policy, grain, bucket, dimension, value]}; keys of stages begin with the same.
 *
 * @param grain a {@link Grain}'s word
 * @param bucket a label of that grain; null for all time
 * @param value null where the dimension's value is missing
 */
record SharedKey(
        String policy,
        String grain,
        @Nullable String bucket,
        String dimension,
        @Nullable String value) {

    static final int PARTS = 5;

    private static final String FORM = "a key is [policy, grain, bucket, dimension, value]";

    static SharedKey read(String json) throws UnreadableRow {
        JsonNode key = FlatJson.read(json);
        if (!key.isArray() || key.size() != PARTS) {
            throw new UnreadableRow(FORM + ", this one is " + json);
        }
        return read(key, FORM);
    }

    static SharedKey read(JsonNode key, String form) throws UnreadableRow {
        SharedKey read = new SharedKey(
                required(key, 0, form),
                required(key, 1, form),
                optional(key, 2, form),
                required(key, 3, form),
                optional(key, 4, form));
        read.check();
        return read;
    }

    /** So that every reader of the tables may take the bucket of a day as a date. */
    private void check() throws UnreadableRow {
        Optional<Grain> known = Arrays.stream(Grain.values())
                .filter(candidate -> candidate.word().equals(grain))
                .findFirst();
        if (known.isEmpty()) {
            throw new UnreadableRow("the grain '%s' is unknown".formatted(grain));
        }
        try {
            boolean fits = known.get() == Grain.ALL
                    ? bucket == null
                    : bucket != null && Bucket.parse(bucket).grain() == known.get();
            if (!fits) {
                throw new UnreadableRow("'%s' is no bucket of the grain '%s'".formatted(bucket, grain));
            }
        } catch (IllegalArgumentException e) {
            throw new UnreadableRow(String.valueOf(e.getMessage()));
        }
    }

    static String required(JsonNode key, int index, String form) throws UnreadableRow {
        String text = optional(key, index, form);
        if (text == null) {
            throw new UnreadableRow("%s, in this one the %d. is missing".formatted(form, index + 1));
        }
        return text;
    }

    private static @Nullable String optional(JsonNode key, int index, String form) throws UnreadableRow {
        JsonNode part = key.path(index);
        if (part.isNull()) {
            return null;
        } else if (part.isString()) {
            return part.stringValue();
        }
        throw new UnreadableRow("%s, in this one the %d. is no text".formatted(form, index + 1));
    }
}

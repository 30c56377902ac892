package io.smarketing.lifecycle.projections.funnel;

import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One row of {@code funnel.shared}: flat figures under their key.
 *
 * @param figures without the tally
 * @param tally packed; only a day has one
 */
record SharedRow(
        SharedKey key,
        long revision,
        String definition,
        Instant asOf,
        long logPosition,
        ObjectNode figures,
        byte @Nullable [] tally) {

    private static final String TALLY = "tally";
    private static final String DAY = "day";
    private static final Set<String> TEXTS =
            Set.of("policy", "grain", "bucket", "dimension", "value", "zone", "definition", "asOf");
    private static final Set<String> DECIMALS = Set.of("acceptance", "recycleRate", "precision", "recall");

    static SharedRow read(String json, byte[] value) throws UnreadableRow {
        SharedKey key = SharedKey.read(json);
        ObjectNode figures = FlatJson.readObject(value);
        String packed = FlatJson.text(figures, TALLY);
        figures.remove(TALLY);
        checkFigures(figures);
        String definition = FlatJson.text(figures, "definition");
        Instant asOf = FlatJson.instant(figures, "asOf");
        if (definition == null || asOf == null) {
            throw new UnreadableRow("'%s' is missing".formatted(definition == null ? "definition" : "asOf"));
        }
        return new SharedRow(
                key,
                figures.path("revision").asLong(0),
                definition,
                asOf,
                figures.path("logPosition").asLong(0),
                figures,
                key.grain().equals(DAY) ? tally(packed) : null);
    }

    /** So that every reader of the table may take numbers as numbers. */
    private static void checkFigures(ObjectNode figures) throws UnreadableRow {
        for (Map.Entry<String, JsonNode> figure : figures.properties()) {
            JsonNode value = figure.getValue();
            if (value.isNull() || TEXTS.contains(figure.getKey())) {
                continue;
            }
            boolean isAsNamed = figure.getKey().equals("final")
                    ? value.isBoolean()
                    : DECIMALS.contains(figure.getKey())
                            ? value.isNumber()
                            : value.isIntegralNumber() && value.canConvertToLong();
            if (!isAsNamed) {
                throw new UnreadableRow("'%s' is not what it has to be: %s".formatted(figure.getKey(), value));
            }
        }
    }

    private static byte[] tally(@Nullable String packed) throws UnreadableRow {
        if (packed == null) {
            throw new UnreadableRow("the day has no tally");
        }
        try {
            byte[] tally = Base64.getDecoder().decode(packed);
            MetricTally.read(new PackedInput(tally));
            return tally;
        } catch (RuntimeException e) {
            throw new UnreadableRow("the tally cannot be read: " + e.getMessage());
        }
    }
}

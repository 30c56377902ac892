package io.smarketing.lifecycle.standalone.live;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The funnel as somebody builds it who knows nothing of the engine but its topics and docs/topics.md. */
final class SubscribersFunnel {

    static final List<String> STAGES = List.of("CAPTURED", "MQL", "ACCEPTED", "CONTACTED", "WON", "REJECTED", "LOST");
    private static final List<String> OPEN = STAGES.subList(0, 4);
    static final List<String> EXITS = List.of("forward", "back", "rejected", "lost", "won", "recycled", "reopened");
    static final List<String> DEVIATIONS = List.of(
            "captured-again", "repeated", "late-mark", "backward", "after-exit", "after-final", "before-capture");
    private static final List<String> TIMES = List.of("n", "meanSeconds", "p50Seconds", "p75Seconds", "p90Seconds");

    private final Map<String, JsonNode> rows;

    /** From the rows of {@code funnel.stages}, by key. */
    SubscribersFunnel(Map<String, JsonNode> rows) {
        this.rows = rows;
    }

    /** Of one grain, policy and dimension: value as JSON → bucket as JSON → stage → row. */
    Map<String, Map<String, Map<String, JsonNode>>> rows(String policy, String grain, String dimension) {
        Map<String, Map<String, Map<String, JsonNode>>> chosen = new TreeMap<>();
        for (JsonNode row : rows.values()) {
            if (row.get("policy").stringValue().equals(policy)
                    && row.get("grain").stringValue().equals(grain)
                    && row.get("dimension").stringValue().equals(dimension)) {
                chosen.computeIfAbsent(row.get("value").toString(), absent -> new TreeMap<>())
                        .computeIfAbsent(row.get("bucket").toString(), absent -> new HashMap<>())
                        .put(row.get("stage").stringValue(), row);
            }
        }
        return chosen;
    }

    /** Of all time. */
    Map<String, Map<String, JsonNode>> rows(String policy, String dimension) {
        Map<String, Map<String, JsonNode>> chosen = new LinkedHashMap<>();
        rows(policy, "all", dimension).forEach((value, buckets) -> chosen.put(value, stages(buckets)));
        return chosen;
    }

    private static Map<String, JsonNode> stages(Map<String, Map<String, JsonNode>> buckets) {
        return Objects.requireNonNull(buckets.get("null"));
    }

    /** In the form of the answer of {@code GET /v1/funnel}. */
    ObjectNode answer(String policy, String dimension) {
        Map<String, Map<String, JsonNode>> values = rows(policy, dimension);
        List<JsonNode> all = new ArrayList<>();
        values.values().forEach(stages -> all.addAll(stages.values()));
        ObjectNode answer = Topics.JSON.createObjectNode();
        answer.put("policy", policy)
                .put(
                        "asOf",
                        all.stream()
                                .map(row -> row.get("asOf").stringValue())
                                .max(Comparator.comparing(Instant::parse))
                                .orElse(null))
                .put(
                        "logPosition",
                        all.stream()
                                .mapToLong(row -> row.get("logPosition").longValue())
                                .max()
                                .orElse(0))
                .put("zone", "UTC")
                .put("dimension", dimension);
        var list = answer.putArray("rows");
        values.values().forEach(stages -> list.add(row(stages)));
        return answer;
    }

    private static ObjectNode row(Map<String, JsonNode> stages) {
        ObjectNode row = Topics.JSON.createObjectNode();
        row.set("value", figure(stages, "CAPTURED", "value"));
        var list = row.putArray("stages");
        for (String stage : STAGES) {
            list.add(stage(stages, stage));
        }
        row.putObject("outcomes")
                .put("won", figure(stages, "WON", "open").longValue())
                .put("lost", figure(stages, "LOST", "open").longValue())
                .put("rejected", figure(stages, "REJECTED", "open").longValue())
                .put(
                        "open",
                        OPEN.stream()
                                .mapToLong(
                                        stage -> figure(stages, stage, "open").longValue())
                                .sum());
        ObjectNode cycle = row.putObject("cycle");
        for (String time : TIMES) {
            if (!time.equals("p75Seconds")) {
                cycle.set(time, figure(stages, "WON", "cycle" + capitalised(time)));
            }
        }
        ObjectNode deviations = row.putObject("deviations");
        for (String kind : DEVIATIONS) {
            long sum = STAGES.stream()
                    .mapToLong(stage -> figure(stages, stage, "deviation" + capitalised(kind))
                            .longValue())
                    .sum();
            if (sum > 0) {
                deviations.put(kind, sum);
            }
        }
        row.set("quantileError", figure(stages, "CAPTURED", "quantileError"));
        return row;
    }

    private static ObjectNode stage(Map<String, JsonNode> stages, String stage) {
        ObjectNode node = Topics.JSON.createObjectNode();
        node.put("stage", stage);
        for (String count : List.of("ever", "entered", "reached", "open")) {
            node.set(count, figure(stages, stage, count));
        }
        ObjectNode exits = node.putObject("exits");
        EXITS.forEach(kind -> exits.set(kind, figure(stages, stage, "exit" + capitalised(kind))));
        ObjectNode times = node.putObject("timeInStage");
        TIMES.forEach(time -> times.set(time, figure(stages, stage, time)));
        return node;
    }

    private static JsonNode figure(Map<String, JsonNode> stages, String stage, String name) {
        JsonNode figure = Objects.requireNonNull(stages.get(stage), stage).get(name);
        return Objects.requireNonNull(figure, stage + "." + name);
    }

    /** {@code captured-again} as {@code CapturedAgain}. */
    static String capitalised(String words) {
        StringBuilder name = new StringBuilder();
        for (String word : words.split("-")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }

    /** Of several rows; null is nothing. */
    static @Nullable BigDecimal sum(Iterable<JsonNode> rows, String name) {
        BigDecimal sum = null;
        for (JsonNode row : rows) {
            JsonNode number = row.path(name);
            if (number.isNumber()) {
                sum = sum == null ? number.decimalValue() : sum.add(number.decimalValue());
            }
        }
        return sum;
    }
}

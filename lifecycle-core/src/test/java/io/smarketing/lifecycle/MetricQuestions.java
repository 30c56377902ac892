package io.smarketing.lifecycle;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.metric.Bridge;
import io.smarketing.lifecycle.funnel.metric.ConversionPath;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricRow;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.policy.Policy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Questions for metrics in a scenario: {@code flow 2026-05 stage=MQL start,in,out,end}. */
final class MetricQuestions {

    private final Map<String, String> reading = new HashMap<>();
    private final History history;
    private final @Nullable Policy policy;

    MetricQuestions(List<String> lines, History history, @Nullable Policy policy) {
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            reading.put(words[0], words[1]);
        }
        this.history = history;
        this.policy = policy;
    }

    static boolean isOne(String question) {
        String word = question.substring(0, Math.max(0, question.indexOf(' ')));
        return word.equals("bridge")
                || Arrays.stream(Metric.values())
                        .anyMatch(metric -> metric.word().equals(word));
    }

    /** What picks rows, and the figures asked for. */
    private record Question(Metric metric, Bucket bucket, Map<String, String> picks, List<String> figures) {

        static Question of(String text) {
            List<String> words = new ArrayList<>(List.of(text.split(" ")));
            words.remove("bridge");
            Map<String, String> picks = new HashMap<>();
            for (String pick : words.subList(2, words.size() - 1)) {
                picks.put(
                        pick.substring(0, pick.indexOf('=')),
                        pick.substring(pick.indexOf('=') + 1).replace('_', ' '));
            }
            return new Question(
                    Metric.valueOf(words.get(0).toUpperCase(Locale.ROOT)),
                    Bucket.parse(words.get(1)),
                    picks,
                    List.of(words.get(words.size() - 1).split(",")));
        }

        Dimension dimension() {
            return new Dimension(picks.getOrDefault("by", "all"));
        }

        boolean isMeant(@Nullable String value, Bucket ofRow, Map<String, String> parts) {
            String wanted = picks.getOrDefault("value", "all");
            return ofRow.equals(bucket)
                    && (wanted.equals("(missing)") ? value == null : wanted.equals(value))
                    && picks.entrySet().stream()
                            .filter(pick -> parts.containsKey(pick.getKey()))
                            .allMatch(pick -> Objects.equals(parts.get(pick.getKey()), pick.getValue()));
        }
    }

    private MetricDefinition definition() {
        ZoneId zone = ZoneId.of(reading.getOrDefault("zone", "UTC"));
        String steps = reading.get("steps");
        return steps == null
                ? MetricDefinition.standard(zone)
                : new MetricDefinition(
                        zone,
                        List.of(ConversionPath.parse(steps)),
                        Arrays.stream(reading.getOrDefault("within", "P7D").split(","))
                                .map(Duration::parse)
                                .toList());
    }

    private Instant asOf() {
        String text = reading.get("as-of");
        return text == null ? history.lastRecordedAt().orElseThrow() : ScenariosTest.instant(text);
    }

    private @Nullable Judge judge() {
        return policy == null ? null : new Judge(policy, Judge.Order.OCCURRENCE);
    }

    String answer(String text) {
        return text.startsWith("bridge ") ? bridge(Question.of(text)) : metric(Question.of(text));
    }

    private String metric(Question question) {
        MetricCube cube = new MetricCube(question.dimension(), definition());
        Judge judge = judge();
        history.leads()
                .forEach(lead -> LeadFold.of(
                                lead,
                                judge == null
                                        ? Marks.recorded()
                                        : judge.judge(lead).marks())
                        .ifPresent(cube::add));
        List<Duration> horizons = question.picks().containsKey("after")
                ? List.of(Duration.parse(question.picks().get("after")))
                : List.of();
        List<MetricRow> rows =
                cube.rows(question.metric(), cube.reading(question.bucket().grain(), asOf(), horizons)).stream()
                        .filter(row -> question.isMeant(
                                row.value(), row.row().bucket(), row.row().parts()))
                        .map(MetricCube.ValueRow::row)
                        .toList();
        if (rows.isEmpty()) {
            return "no row";
        } else if (rows.size() > 1) {
            return "several rows: " + rows;
        }
        Map<String, @Nullable Object> figures = rows.get(0).figures();
        return question.figures().stream()
                .map(name -> figures.containsKey(name) ? written(figures.get(name)) : "no such figure: " + name)
                .collect(Collectors.joining(", "));
    }

    private static String written(@Nullable Object figure) {
        return figure == null
                ? "–"
                : figure instanceof BigDecimal decimal
                        ? decimal.stripTrailingZeros().toPlainString()
                        : figure.toString();
    }

    private String bridge(Question question) {
        Instant known = ScenariosTest.instant(question.picks().getOrDefault("known", ""));
        Judge judge = judge();
        Bridge bridge = new Bridge(
                question.dimension(),
                definition(),
                new Bridge.Side(known, known, judge),
                new Bridge.Side(asOf(), asOf(), judge),
                true,
                lead -> true);
        history.forEachArrived(bridge::add);
        return bridge.changes(question.metric(), question.bucket().grain(), question.bucket(), List.of()).stream()
                .filter(change -> question.isMeant(change.value(), change.bucket(), change.parts())
                        && question.figures().contains(change.figure()))
                .map(MetricQuestions::written)
                .findFirst()
                .orElse("no change");
    }

    private static String written(Bridge.Change change) {
        return "%d → %d: %s"
                .formatted(
                        change.before(),
                        change.after(),
                        change.shares().entrySet().stream()
                                .map(share -> "%s %+d (%s)"
                                        .formatted(
                                                share.getKey().word(),
                                                share.getValue().change(),
                                                share.getValue().leads().entrySet().stream()
                                                        .map(lead -> "%s %+d".formatted(lead.getKey(), lead.getValue()))
                                                        .collect(Collectors.joining(", "))))
                                .collect(Collectors.joining(", ")));
    }
}

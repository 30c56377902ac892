package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.Instants;
import io.smarketing.lifecycle.funnel.PackedOutput;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.Period;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The leads of one dimension's value in one bucket, as the topics tell of them: a row of {@code funnel.stages} for each stage, and one
 * of {@code funnel.shared}. Rows are flat, and hold what is needed to add them up again.
 *
 * @param policy {@code active} for the official series
 * @param value of the dimension; null where it is missing
 */
public record MetricCell(
        String policy,
        Bucket bucket,
        String dimension,
        @Nullable String value) {

    private static final Map<MetricDefinition, List<Converted>> CONVERSIONS = new ConcurrentHashMap<>();

    /** The rows' open visits are told by the slot of time that they began in. */
    private static final Duration SLOT = Duration.ofHours(1);

    /**
     * Where a row stands.
     *
     * @param revision raised with every change
     * @param isFinal whether its bucket ended so long ago that no change is expected; one that comes all the same restates it
     * @param asOf when the latest event that is in the row was recorded
     * @param logPosition the greatest place in the log of the events that are in the row
     */
    public record Standing(long revision, boolean isFinal, Instant asOf, long logPosition) {}

    private ArrayNode key() {
        return JsonNodeFactory.instance
                .arrayNode()
                .add(policy)
                .add(bucket.grain().word())
                .add(label())
                .add(dimension)
                .add(value);
    }

    private @Nullable String label() {
        return bucket.grain() == Grain.ALL ? null : bucket.label();
    }

    /** The key in {@code funnel.stages}, as {@code ["active","day","2026-05-01","source","web","MQL"]}. */
    public String stageKey(Stage stage) {
        return key().add(stage.name()).toString();
    }

    /** The key in {@code funnel.shared}, as {@code ["active","day","2026-05-01","source","web"]}. */
    public String sharedKey() {
        return key().toString();
    }

    private ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("policy", policy)
                .put("grain", bucket.grain().word())
                .put("bucket", label())
                .put("dimension", dimension)
                .put("value", value);
    }

    private static ObjectNode standing(ObjectNode json, MetricDefinition definition, Standing standing) {
        return json.put("revision", standing.revision())
                .put("final", standing.isFinal())
                .put("zone", definition.zone().getId())
                .put("definition", definition.hash())
                .put("asOf", standing.asOf().toString())
                .put("logPosition", standing.logPosition());
    }

    /**
     * The value in {@code funnel.stages}: the flow of the bucket, the times of the visits that ended in it, and when those began that began
     * in it and are open.
     *
     * @param start how many visits to the stage were open when the bucket began
     */
    public ObjectNode stageRow(
            Stage stage, MetricTally tally, long start, MetricDefinition definition, Standing standing) {
        ObjectNode json = json().put("stage", stage.name())
                .put(Flow.START, start)
                .put("in", tally.entered(stage))
                .put("out", tally.left(stage));
        for (ExitKind exit : ExitKind.values()) {
            json.put("out" + Flow.capitalised(exit.word()), tally.left(stage, exit));
        }
        json.put("end", start + tally.entered(stage) - tally.left(stage));
        Durations all = tally.timeLeft(stage);
        Ranked ranked = all.ranked();
        json.put("n", all.n())
                .put("meanSeconds", all.mean())
                .put("p50Seconds", ranked.median())
                .put("p75Seconds", ranked.percentile(75))
                .put("p90Seconds", ranked.percentile(90))
                .put("sumSeconds", all.sum())
                .put("histogram", all.histogram());
        for (ExitKind exit : ExitKind.values()) {
            Durations times = tally.timeLeft(stage, exit);
            if (times.n() > 0) {
                String name = Flow.capitalised(exit.word());
                json.put("n" + name, times.n())
                        .put("sumSeconds" + name, times.sum())
                        .put("histogram" + name, times.histogram());
            }
        }
        Instants open = tally.open(stage);
        json.put("openN", open.n())
                .put("openSumSeconds", open.sum())
                .put("openHistogram", open.histogram(SLOT))
                .put("quantileError", Durations.QUANTILE_ERROR)
                .put("ageErrorSeconds", Instants.AGE_ERROR.toSeconds());
        return standing(json, definition, standing);
    }

    /**
     * The value in {@code funnel.shared}: conversions of the leads that first entered a stage in the bucket, what sales said to those marked in
     * it, and what became of those captured in it. Conversions that nobody made are absent.
     */
    public ObjectNode sharedRow(MetricTally tally, MetricDefinition definition, Standing standing) {
        ObjectNode json = json();
        for (int path = 0; path < definition.paths().size(); path++) {
            conversions(json, tally, definition, path);
        }
        acceptance(json, tally);
        quality(json, tally);
        if (bucket.grain() == Grain.DAY) {
            PackedOutput packed = new PackedOutput();
            tally.write(packed);
            json.put("tally", Base64.getEncoder().encodeToString(packed.toByteArray()));
        }
        return standing(json, definition, standing);
    }

    private static void conversions(ObjectNode json, MetricTally tally, MetricDefinition definition, int path) {
        ConversionPath steps = definition.paths().get(path);
        json.put("cohort" + name(steps.base()), tally.count(Measure.cohort(path)));
        if (tally.count(Measure.cohort(path)) == 0) {
            return;
        }
        for (Converted figure : CONVERSIONS.computeIfAbsent(definition, MetricCell::conversions)) {
            if (figure.path() == path) {
                long converted = 0;
                for (int window = 0; window <= figure.window(); window++) {
                    converted += tally.count(Measure.converted(path, figure.step(), figure.mode(), window));
                }
                if (converted > 0) {
                    json.put(figure.name(), converted);
                }
            }
        }
    }

    /** How many came to a step within a window, and the figure's name. */
    private record Converted(int path, int step, ConversionPath.Mode mode, int window, String name) {}

    private static List<Converted> conversions(MetricDefinition definition) {
        List<Converted> figures = new ArrayList<>();
        List<Duration> windows = definition.windows();
        for (int path = 0; path < definition.paths().size(); path++) {
            List<Stage> steps = definition.paths().get(path).steps();
            for (int step = 1; step < steps.size(); step++) {
                for (ConversionPath.Mode mode : ConversionPath.Mode.values()) {
                    String way = name(steps.get(0)).toLowerCase(Locale.ROOT)
                            + "To"
                            + name(steps.get(step))
                            + (mode == ConversionPath.Mode.ANY ? "Any" : "");
                    for (int window = 0; window <= windows.size(); window++) {
                        String within =
                                window == windows.size() ? "Ever" : "Within" + Period.written(windows.get(window));
                        figures.add(new Converted(path, step, mode, window, way + within));
                    }
                }
            }
        }
        return List.copyOf(figures);
    }

    private static String name(Stage stage) {
        return Flow.capitalised(stage.name().toLowerCase(Locale.ROOT));
    }

    private static void acceptance(ObjectNode json, MetricTally tally) {
        long marked = tally.count(Measure.MARKED);
        long accepted = tally.count(Measure.ACCEPTED);
        long rejected = tally.count(Measure.REJECTED);
        long unanswered = tally.count(Measure.UNANSWERED);
        json.put("marked", marked)
                .put("answered", accepted + rejected)
                .put("accepted", accepted)
                .put("acceptedBeforeMark", tally.count(Measure.ACCEPTED_BEFORE_MARK))
                .put("rejected", rejected)
                .put("unanswered", unanswered)
                .put("untouched", marked - accepted - rejected - unanswered)
                .put("ended", tally.count(Measure.ENDED))
                .put("recycled", tally.count(Measure.RECYCLED))
                .put("acceptance", rate(accepted, accepted + rejected))
                .put("recycleRate", rate(tally.count(Measure.RECYCLED), tally.count(Measure.ENDED)));
        tally.rejections().forEach((reason, number) -> {
            String name = "rejectedFor:" + Acceptance.named(reason);
            json.put(name, json.path(name).asLong(0) + number);
        });
    }

    private static void quality(ObjectNode json, MetricTally tally) {
        long markedWon = tally.count(Measure.leads(true, Stage.WON));
        long markedNotWon = Quality.closed(tally, true);
        long unmarkedWon = tally.count(Measure.leads(false, Stage.WON));
        long unmarkedNotWon = Quality.closed(tally, false);
        json.put("markedWon", markedWon)
                .put("markedNotWon", markedNotWon)
                .put("unmarkedWon", unmarkedWon)
                .put("unmarkedNotWon", unmarkedNotWon)
                .put("markedOpen", tally.count(Measure.leads(true, Stage.CAPTURED)))
                .put("unmarkedOpen", tally.count(Measure.leads(false, Stage.CAPTURED)))
                .put("precision", rate(markedWon, markedWon + markedNotWon))
                .put("recall", rate(markedWon, markedWon + unmarkedWon));
    }

    private static @Nullable BigDecimal rate(long part, long whole) {
        return new Proportion(part, whole).rate();
    }
}

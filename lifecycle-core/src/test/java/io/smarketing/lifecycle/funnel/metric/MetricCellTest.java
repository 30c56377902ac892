package io.smarketing.lifecycle.funnel.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.event.TopicSchemas;
import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rows of buckets, whatever leads they are of, keep the contracts of their topics. */
class MetricCellTest {

    private static final int SEEDS = Math.min(40, Integer.getInteger("metrics.seeds", 40));
    private static final MetricDefinition DEFINITION = MetricDefinition.standard(ZoneId.of("Europe/Berlin"));
    private static final MetricCell.Standing STANDING =
            new MetricCell.Standing(1, true, Instant.parse("2026-06-01T12:00:00.5Z"), 7);
    private static final Dimension SOURCE = new Dimension("source");
    private static final TopicSchemas SCHEMAS = new TopicSchemas();
    private static final JsonMapper JSON = new JsonMapper();

    private static Map<@Nullable String, MetricDays> bySource(List<LeadFold> leads) {
        Map<@Nullable String, MetricDays> bySource = new TreeMap<>(Dimension.BY_VALUE);
        for (LeadFold lead : leads) {
            bySource.computeIfAbsent(SOURCE.valueOf(lead), absent -> MetricDays.bounded())
                    .add(lead, DEFINITION);
        }
        return bySource;
    }

    private static void assertKeeps(Topic topic, String key, ObjectNode value, long seed) {
        assertThat(SCHEMAS.violations(
                        topic, key.getBytes(StandardCharsets.UTF_8), Map.of(), JSON.writeValueAsBytes(value)))
                .as("seed %d: %s %s", seed, key, value)
                .isEmpty();
    }

    @Test
    void rowsOfStagesKeepTheirContractAndFillEveryFieldOfIt() {
        Set<String> written = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            long ofSeed = seed;
            bySource(new RandomLeads(seed).folds(30)).forEach((source, days) -> {
                for (Grain grain : List.of(Grain.DAY, Grain.WEEK, Grain.MONTH)) {
                    Map<Stage, Long> open = new EnumMap<>(Stage.class);
                    days.by(grain).forEach((bucket, tally) -> {
                        MetricCell cell = new MetricCell("active", bucket, "source", source);
                        for (Stage stage : Stage.values()) {
                            ObjectNode row =
                                    cell.stageRow(stage, tally, open.getOrDefault(stage, 0L), DEFINITION, STANDING);
                            open.put(stage, row.path("end").longValue());
                            assertKeeps(Topic.FUNNEL_STAGES, cell.stageKey(stage), row, ofSeed);
                            written.addAll(row.propertyNames());
                        }
                    });
                }
            });
        }
        assertThat(written)
                .isEqualTo(described(SCHEMAS.schema(Topic.FUNNEL_STAGES).at("/$defs/bucket")));
    }

    @Test
    void sharedRowsKeepTheirContractAndFillEveryFieldOfIt() {
        Set<String> written = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            long ofSeed = seed;
            bySource(new RandomLeads(seed).folds(30)).forEach((source, days) -> {
                for (Grain grain : Grain.values()) {
                    days.by(grain).forEach((bucket, tally) -> {
                        MetricCell cell = new MetricCell("product-led@43dab6f5b98b", bucket, "source", source);
                        ObjectNode row = cell.sharedRow(tally, DEFINITION, STANDING);
                        assertKeeps(Topic.FUNNEL_SHARED, cell.sharedKey(), row, ofSeed);
                        written.addAll(row.propertyNames());
                    });
                }
            });
        }
        Set<String> conversions = new TreeSet<>();
        written.removeIf(name -> name.startsWith("rejectedFor:") || (name.contains("To") && conversions.add(name)));
        assertThat(written).isEqualTo(described(SCHEMAS.schema(Topic.FUNNEL_SHARED)));
        assertThat(conversions)
                .contains(
                        "capturedToMqlWithinP7D",
                        "capturedToWonAnyEver",
                        "contactedToWonEver",
                        "mqlToAcceptedAnyWithinP90D");
    }

    /** Zeros have a form too: what falls to nothing stays as a row. */
    @Test
    void rowsOfNothingKeepTheirContracts() {
        for (String label : List.of("2026-05-01", "2026-W18", "2026-05", "all")) {
            MetricCell cell = new MetricCell("active", Bucket.parse(label), "source", null);
            MetricTally nothing = MetricTally.bounded();
            assertKeeps(Topic.FUNNEL_SHARED, cell.sharedKey(), cell.sharedRow(nothing, DEFINITION, STANDING), 0);
            if (!label.equals("all")) {
                ObjectNode row = cell.stageRow(Stage.MQL, nothing, 3, DEFINITION, STANDING);
                assertKeeps(Topic.FUNNEL_STAGES, cell.stageKey(Stage.MQL), row, 0);
            }
        }
    }

    private static Set<String> described(JsonNode schema) {
        return new TreeSet<>(schema.path("properties").propertyNames());
    }
}

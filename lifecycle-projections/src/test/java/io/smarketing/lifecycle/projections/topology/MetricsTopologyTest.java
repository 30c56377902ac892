package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.FunnelStage;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the topology tells of days, weeks and months. */
final class MetricsTopologyTest {

    private static final int SEEDS = 12;
    private static final int LEADS = 14;
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @TempDir
    private @Nullable Path stateDir;

    private TopologyRun run(KeptStore.Disk disk, TopologyRun.Compacted compacted, MetricSettings metrics) {
        return new TopologyRun(disk, compacted, String.valueOf(stateDir), metrics);
    }

    /** Each look at the clock takes so long that a slice is over after a bucket or two. */
    private TopologyRun slow(KeptStore.Disk disk, TopologyRun.Compacted compacted, MetricSettings metrics) {
        AtomicLong now = new AtomicLong();
        return new TopologyRun(
                disk,
                compacted,
                String.valueOf(stateDir),
                metrics,
                () -> now.addAndGet(Duration.ofMillis(60).toNanos()));
    }

    private static MetricSettings settings(ZoneId zone, String... attributes) {
        return new MetricSettings.Calendar(zone, Duration.ofDays(7)).with(() -> Optional.of(List.of(attributes)));
    }

    private static List<LeadFold> folds(List<RandomLog.Written> log) {
        return RandomLog.histories(log).stream()
                .map(history -> LeadFold.of(history, Marks.live()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Late, shuffled, voided, recycled and reopened: in portions, crashing between them, ending anywhere. */
    @Test
    void rowsAreThoseOfTheOfflineMetricsWhereverItCrashes() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<RandomLog.Written> log = RandomLog.of(seed, LEADS);
            MetricSettings metrics = settings(seed % 2 == 0 ? BERLIN : ZoneOffset.UTC, "country", "trial");
            Random random = new Random(seed);
            TopologyRun.Compacted shown = new TopologyRun.Compacted();
            KeptStore.Disk disk = new KeptStore.Disk();
            int sent = 0;
            while (sent < log.size()) {
                int end = Math.min(log.size(), sent + 1 + random.nextInt(log.size() / 2));
                try (TopologyRun run = seed % 3 == 0 ? slow(disk, shown, metrics) : run(disk, shown, metrics)) {
                    run.send(log.subList(sent, end));
                    for (int tick = random.nextInt(4); tick > 0; tick--) {
                        run.tick();
                    }
                    run.read();
                    disk = disk.copy();
                }
                sent = end;
            }
            try (TopologyRun run = seed % 3 == 0 ? slow(disk, shown, metrics) : run(disk, shown, metrics)) {
                run.settle();
            }
            new ShownMetrics(shown, metrics.definition(), "seed " + seed)
                    .assertEqualOffline(
                            folds(log), List.of("all", "source", "campaign", "persona", "owner", "country", "trial"));
        }
    }

    /** Who reads committed rows sees none behind one that is not: a task that tells many in one go holds all others up. */
    @Test
    void manyRowsAreToldInSlices() {
        List<RandomLog.Written> log = RandomLog.of(1, LEADS);
        MetricSettings metrics = settings(ZoneOffset.UTC);
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        int most = 0;
        try (TopologyRun run = slow(new KeptStore.Disk(), shown, metrics)) {
            run.send(log);
            for (int tick = 0; tick < 400; tick++) {
                int before = shown.shared().size();
                run.pass(Duration.ofMillis(200));
                run.read();
                most = Math.max(most, shown.shared().size() - before);
            }
            run.settle();
        }
        assertThat(shown.shared()).hasSizeGreaterThan(100);
        assertThat(most).as("rows of one slice, of two tasks").isLessThanOrEqualTo(8);
    }

    /** A portion costs much the same, however many leads are in it, and nobody waits for one of long ago. */
    @Test
    void whoCatchesUpTellsSeldom() {
        assertThat(bucketRowsWithin20Seconds(Duration.ZERO)).isPositive();
        assertThat(bucketRowsWithin20Seconds(Duration.ofHours(1))).isZero();
    }

    private int bucketRowsWithin20Seconds(Duration ago) {
        try (TopologyRun run = run(new KeptStore.Disk(), new TopologyRun.Compacted(), settings(ZoneOffset.UTC))) {
            for (int half = 0; half < 40; half++) {
                run.send(
                        lead("lead" + half, "2026-02-05T12:00:00Z", captured("DE"))
                                .get(0),
                        ago);
                run.pass(Duration.ofMillis(500));
            }
            run.read();
            int told = run.bucketRows();
            assertThat(told + run.settle()).isPositive();
            return told;
        }
    }

    /** Behind a flood leads are told portion by portion, and rows not behind each of these. */
    @Test
    void rowsAreNotToldForEachPortionOfAFlood() {
        int once = bucketRowsOf(1);
        assertThat(once).isPositive();
        assertThat(bucketRowsOf(30_000)).as("of six portions").isLessThanOrEqualTo(4 * once);
    }

    /** A portion that takes too long is told in parts: a thread that comes to no commit loses its transaction. */
    @Test
    void aPortionTakesNoLongerThanATransactionLasts() {
        int leads = 200;
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        String captured = day("2026-02-05", "all", "all", Stage.CAPTURED);
        try (TopologyRun run = slow(new KeptStore.Disk(), shown, settings(ZoneOffset.UTC))) {
            for (int number = 0; number < leads; number++) {
                run.send(lead("lead" + number, "2026-02-05T12:00:00Z", captured("DE")));
            }
            // As long as more come in, a task that has told some rests.
            for (; !shown.buckets().containsKey(captured); leads++) {
                assertThat(leads).isLessThan(400);
                run.send(lead("lead" + leads, "2026-02-05T12:00:00Z", captured("DE")));
                run.pass(Duration.ofMillis(100));
                run.read();
            }
            assertThat(shown.bucket(captured).get("in").longValue())
                    .as("in two seconds, of 60 ms a lead")
                    .isBetween(1L, 34L);
            run.settle();
            assertThat(shown.bucket(captured).get("in").longValue()).isEqualTo(leads);
        }
    }

    private int bucketRowsOf(int leads) {
        try (TopologyRun run = run(new KeptStore.Disk(), new TopologyRun.Compacted(), settings(ZoneOffset.UTC))) {
            for (int number = 0; number < leads; number++) {
                run.send(lead("lead" + number, "2026-02-05T12:00:00Z", captured("DE")));
            }
            for (int tick = 0; tick < 60; tick++) {
                run.pass(Duration.ofMillis(125));
            }
            run.settle();
            return run.bucketRows();
        }
    }

    @Test
    void whatWasToldBitByBitIsWhatIsToldAtOnce() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<RandomLog.Written> log = RandomLog.of(seed, LEADS);
            MetricSettings metrics = settings(BERLIN, "country");
            TopologyRun.Compacted bitByBit = new TopologyRun.Compacted();
            try (TopologyRun run = run(new KeptStore.Disk(), bitByBit, metrics)) {
                for (RandomLog.Written written : log) {
                    run.send(List.of(written));
                    run.settle();
                }
            }
            TopologyRun.Compacted atOnce = new TopologyRun.Compacted();
            try (TopologyRun run = run(new KeptStore.Disk(), atOnce, metrics)) {
                run.send(log);
                run.settle();
            }
            assertThat(comparable(bitByBit.buckets(), atOnce.buckets()))
                    .as("seed %d", seed)
                    .isEqualTo(comparable(atOnce.buckets(), atOnce.buckets()));
            assertThat(comparable(bitByBit.shared(), atOnce.shared()))
                    .as("seed %d", seed)
                    .isEqualTo(comparable(atOnce.shared(), atOnce.shared()));
        }
    }

    /** Without what depends on the way; rows that the other has not got were left as zeros. */
    private static Map<String, JsonNode> comparable(Map<String, JsonNode> rows, Map<String, JsonNode> others) {
        Map<String, JsonNode> comparable = new TreeMap<>();
        rows.forEach((key, row) -> {
            if (others.containsKey(key)) {
                ObjectNode figures = ((ObjectNode) row).deepCopy();
                figures.remove(List.of("revision", "asOf", "logPosition"));
                comparable.put(key, figures);
            } else {
                assertThat(row.path("in").asLong(0)
                                + row.path("out").asLong(0)
                                + row.path("markedOpen").asLong(0))
                        .as(key)
                        .isZero();
            }
        });
        return comparable;
    }

    private static List<RandomLog.Written> lead(String lead, Object... timesAndEvents) {
        List<RandomLog.Written> log = new ArrayList<>();
        for (int i = 0; i < timesAndEvents.length; i += 2) {
            Instant at = Instant.parse((String) timesAndEvents[i]);
            LeadEvent event = (LeadEvent) timesAndEvents[i + 1];
            int number = log.size();
            log.add(new RandomLog.Written(
                    number,
                    100L + number,
                    new Recorded(lead, new EventId("urn:test", lead + number), at, at, event, null, null)));
        }
        return log;
    }

    private static LeadEvent captured(String country) {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        attributes.put("country", country);
        return new LeadEvent.Captured("web", null, "cfo", attributes, null, null);
    }

    private static String day(String day, String dimension, String value, Stage stage) {
        return "[\"active\",\"day\",\"%s\",\"%s\",\"%s\",\"%s\"]".formatted(day, dimension, value, stage);
    }

    @Test
    void aLateFactRestatesWhatStagesHoldOnAllLaterDays() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        List<RandomLog.Written> late = lead("late", "2026-01-01T12:00:00Z", captured("DE"));
        List<RandomLog.Written> log = new ArrayList<>();
        for (int i = 1; i <= 9; i++) {
            log.addAll(lead("lead" + i, "2026-02-0%dT12:00:00Z".formatted(i), captured("DE")));
        }
        try (TopologyRun run = run(new KeptStore.Disk(), shown, settings(ZoneOffset.UTC))) {
            run.send(log);
            run.settle();
            JsonNode before = shown.bucket(day("2026-02-05", "all", "all", Stage.CAPTURED));
            assertThat(before.path("start").longValue()).isEqualTo(4);
            assertThat(before.path("end").longValue()).isEqualTo(5);
            run.send(late);
            run.settle();
        }
        JsonNode after = shown.bucket(day("2026-02-05", "all", "all", Stage.CAPTURED));
        assertThat(after.path("start").longValue()).isEqualTo(5);
        assertThat(after.path("end").longValue()).isEqualTo(6);
        assertThat(shown.bucket("[\"active\",\"month\",\"2026-02\",\"source\",\"web\",\"CAPTURED\"]")
                        .path("end")
                        .longValue())
                .isEqualTo(10);
    }

    @Test
    void daysBeginAtMidnightInTheZoneOfTheServer() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown, settings(BERLIN))) {
            run.send(lead("lead", "2026-06-30T22:00:00Z", captured("DE")));
            run.settle();
        }
        assertThat(shown.buckets()).containsKey(day("2026-07-01", "source", "web", Stage.CAPTURED));
        assertThat(shown.bucket(day("2026-07-01", "source", "web", Stage.CAPTURED))
                        .path("zone")
                        .stringValue())
                .isEqualTo("Europe/Berlin");
    }

    @Test
    void anEnrichmentMovesALeadFromOneValueToAnotherAndItsOldRowsStayAsZeros() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        List<RandomLog.Written> log = lead(
                "lead",
                "2026-03-01T12:00:00Z",
                captured("DE"),
                "2026-03-02T12:00:00Z",
                new LeadEvent.Accepted("ann"),
                "2026-03-03T12:00:00Z",
                new LeadEvent.Enriched(Map.of("country", "US"), null));
        try (TopologyRun run = run(new KeptStore.Disk(), shown, settings(ZoneOffset.UTC, "country"))) {
            run.send(log.subList(0, 2));
            run.settle();
            assertThat(shown.bucket(day("2026-03-02", "country", "DE", Stage.ACCEPTED))
                            .path("end")
                            .longValue())
                    .isEqualTo(1);
            run.send(log.subList(2, 3));
            run.settle();
        }
        assertThat(shown.bucket(day("2026-03-02", "country", "DE", Stage.ACCEPTED))
                        .path("end")
                        .longValue())
                .isZero();
        assertThat(shown.bucket(day("2026-03-02", "country", "US", Stage.ACCEPTED))
                        .path("end")
                        .longValue())
                .isEqualTo(1);
        assertThat(shown.row(new FunnelStage(FunnelStage.ACTIVE, "country", "DE", Stage.ACCEPTED).key())
                        .path("open")
                        .longValue())
                .isZero();
        assertThat(shown.row(new FunnelStage(FunnelStage.ACTIVE, "country", "US", Stage.ACCEPTED).key())
                        .path("open")
                        .longValue())
                .isEqualTo(1);
    }

    @Test
    void anAttributeThatIsDeclaredLaterGetsItsRowsFromWhatIsKept() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        AtomicReference<Optional<List<String>>> declared = new AtomicReference<>(Optional.empty());
        MetricSettings metrics = new MetricSettings.Calendar(ZoneOffset.UTC, Duration.ofDays(7)).with(declared::get);
        try (TopologyRun run = run(new KeptStore.Disk(), shown, metrics)) {
            run.send(lead("lead", "2026-03-01T12:00:00Z", captured("DE")));
            run.settle();
            assertThat(shown.buckets()).doesNotContainKey(day("2026-03-01", "country", "DE", Stage.CAPTURED));
            declared.set(Optional.of(List.of("country")));
            run.settle();
            assertThat(shown.buckets()).containsKey(day("2026-03-01", "country", "DE", Stage.CAPTURED));
            declared.set(Optional.of(List.of()));
            run.settle();
        }
        assertThat(shown.bucket(day("2026-03-01", "country", "DE", Stage.CAPTURED))
                        .path("end")
                        .longValue())
                .isZero();
    }

    @Test
    void anotherZoneTellsEverythingAnew() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        KeptStore.Disk disk = new KeptStore.Disk();
        List<RandomLog.Written> log = RandomLog.of(3, LEADS);
        try (TopologyRun run = run(disk, shown, settings(ZoneOffset.UTC))) {
            run.send(log);
            run.settle();
            disk = disk.copy();
        }
        MetricSettings berlin = settings(BERLIN);
        try (TopologyRun run = run(disk, shown, berlin)) {
            run.settle();
        }
        new ShownMetrics(shown, berlin.definition(), "another zone").assertEqualOffline(folds(log), Dimension.BUILT_IN);
    }

    @Test
    void aBucketIsFinalSevenDaysAfterItsEnd() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        Instant now = Instant.now();
        String today = now.atZone(ZoneOffset.UTC).toLocalDate().toString();
        KeptStore.Disk disk = new KeptStore.Disk();
        try (TopologyRun run = run(disk, shown, settings(ZoneOffset.UTC))) {
            run.pass(Duration.ofMinutes(11));
            run.send(lead("lead", now.toString(), captured("DE")));
            run.send(lead("old", "2026-01-01T00:00:00Z", captured("DE")));
            run.settle();
            assertThat(shown.bucket(day("2026-01-01", "all", "all", Stage.CAPTURED))
                            .path("final")
                            .booleanValue())
                    .isTrue();
            assertThat(finalRows(shown, today)).isZero();
            run.pass(Duration.ofDays(9));
            run.settle();
        }
        assertThat(finalRows(shown, today))
                .as("the day's rows of five dimensions")
                .isEqualTo(5);
    }

    private static long finalRows(TopologyRun.Compacted shown, String day) {
        return shown.shared().entrySet().stream()
                .filter(row -> row.getKey().contains(day))
                .filter(row -> row.getValue().path("final").booleanValue())
                .count();
    }

    @Test
    void whatAMarkBecameIsTold() {
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        PolicyRef policy = new PolicyRef("agreed", "1");
        try (TopologyRun run = run(new KeptStore.Disk(), shown, settings(ZoneOffset.UTC))) {
            run.send(lead(
                    "lead",
                    "2026-03-01T12:00:00Z",
                    captured("DE"),
                    "2026-03-02T12:00:00Z",
                    new LeadEvent.MarkedMql(BigDecimal.TEN, policy),
                    "2026-03-04T12:00:00Z",
                    new LeadEvent.Rejected("ann", "too-small")));
            run.settle();
        }
        JsonNode row = shown.sharedRow("[\"active\",\"day\",\"2026-03-02\",\"source\",\"web\"]");
        assertThat(row.path("marked").longValue()).isEqualTo(1);
        assertThat(row.path("rejectedFor:too-small").longValue()).isEqualTo(1);
        assertThat(row.path("acceptance").decimalValue()).isEqualByComparingTo("0");
        JsonNode captured = shown.sharedRow("[\"active\",\"all\",null,\"source\",\"web\"]");
        assertThat(captured.path("cohortCaptured").longValue()).isEqualTo(1);
        assertThat(captured.path("capturedToMqlWithinP7D").longValue()).isEqualTo(1);
        assertThat(captured.path("grain").stringValue()).isEqualTo(Grain.ALL.word());
    }
}

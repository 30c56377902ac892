package io.smarketing.lifecycle.projections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Lead;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FunnelTopologyTest {

    private static final int SEEDS = Integer.getInteger("topology.seeds", 60);
    private static final JsonMapper JSON = TopologyRun.JSON;
    private static final PolicyRef POLICY = new PolicyRef("agreed", "1");

    @TempDir
    Path stateDir;

    private TopologyRun run(KeptStore.Disk disk, TopologyRun.Compacted compacted) {
        return new TopologyRun(disk, compacted, stateDir.toString());
    }

    private static Recorded recorded(String lead, String id, String time, LeadEvent event) {
        Instant at = Instant.parse(time);
        boolean engine = event instanceof LeadEvent.Scored || event instanceof LeadEvent.MarkedMql;
        String source = engine ? Lead.ENGINE : "urn:test";
        return new Recorded(lead, new EventId(source, id), at, at.plusSeconds(1), event, null, null);
    }

    /** Events of one lead, in sequence. */
    private static List<RandomLog.Written> lead(String lead, LeadEvent... events) {
        List<RandomLog.Written> log = new ArrayList<>();
        for (LeadEvent event : events) {
            int i = log.size();
            String time = "2026-05-01T0%d:00:00Z".formatted(i);
            log.add(new RandomLog.Written(i, 100 + i, recorded(lead, lead + i, time, event)));
        }
        return log;
    }

    private static LeadEvent captured(String source) {
        return new LeadEvent.Captured(source, null, "cfo", Map.of(), null, null);
    }

    private static LeadEvent scored(long score) {
        BigDecimal points = BigDecimal.valueOf(score);
        return new LeadEvent.Scored(points, points, points, null, points, POLICY, List.of());
    }

    private static String key(String dimension, String value, String stage) {
        return "[\"active\",\"all\",null,\"%s\",\"%s\",\"%s\"]".formatted(dimension, value, stage);
    }

    /** Everything but how often and up to where. */
    private static Map<String, JsonNode> figures(TopologyRun.Compacted compacted) {
        Map<String, JsonNode> figures = new TreeMap<>();
        compacted.rows().forEach((key, row) -> {
            ObjectNode copy = (ObjectNode) row.deepCopy();
            figures.put(key, copy.without(List.of("revision", "asOf", "logPosition")));
        });
        return figures;
    }

    @Test
    void rowsOfTheTopicAreTheOfflineFunnelWhateverCameLateOrWasVoided() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<RandomLog.Written> log = RandomLog.of(seed, 1 + (int) (seed % 12));
            TopologyRun.Compacted shown = new TopologyRun.Compacted();
            try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
                Random random = new Random(seed);
                for (RandomLog.Written written : log) {
                    run.send(List.of(written));
                    if (random.nextInt(20) == 0) {
                        run.tick();
                    }
                }
                run.tick();
                assertThat(run.counts().gaps()).isZero();
                assertThat(run.counts().unreadable()).isZero();
            }
            ShownFunnel.assertEqualsOffline(shown.rows(), log, "seed " + seed);
            assertThat(shown.rows().values())
                    .extracting(row -> row.path("logPosition").longValue())
                    .as("seed %d", seed)
                    .contains(log.get(log.size() - 1).position());
        }
    }

    @Test
    void theWholeTopicTwiceGivesTheSameRowsAndStates() {
        for (long seed = 0; seed < SEEDS / 3; seed++) {
            List<RandomLog.Written> log = RandomLog.of(seed, 8);
            TopologyRun.Compacted once = new TopologyRun.Compacted();
            TopologyRun.Compacted twice = new TopologyRun.Compacted();
            try (TopologyRun run = run(new KeptStore.Disk(), once)) {
                run.send(log);
                run.tick();
            }
            try (TopologyRun run = run(new KeptStore.Disk(), twice)) {
                run.send(log.subList(0, log.size() / 2));
                run.send(log);
                run.tick();
                run.send(log);
                run.tick();
                assertThat(run.counts().passedOver()).isEqualTo(log.size() + log.size() / 2);
            }
            assertThat(figures(twice)).as("seed %d", seed).isEqualTo(figures(once));
            assertThat(twice.states()).as("seed %d", seed).isEqualTo(once.states());
        }
    }

    /** Every commit is a place to crash at: with changes put by and not yet in their rows, and without. */
    @Test
    void afterACrashAnotherTaskGoesOnWithoutLossAndWithoutCountingTwice() {
        for (long seed = 0; seed < SEEDS / 3; seed++) {
            List<RandomLog.Written> log = RandomLog.of(seed, 8);
            Random random = new Random(seed);
            TopologyRun.Compacted shown = new TopologyRun.Compacted();
            KeptStore.Disk disk = new KeptStore.Disk();
            int from = 0;
            int crashesWithPendingChanges = 0;
            while (from < log.size()) {
                int to = Math.min(log.size(), from + 1 + random.nextInt(30));
                try (TopologyRun run = run(disk, shown)) {
                    for (RandomLog.Written written : log.subList(from, to)) {
                        run.send(List.of(written));
                        if (random.nextInt(10) == 0) {
                            run.tick();
                        }
                    }
                    run.read();
                    // Whatever the first one would still do is lost with it.
                    disk = disk.copy();
                }
                crashesWithPendingChanges +=
                        Objects.requireNonNull(disk.stores().get(RowsProcessor.PENDING))
                                        .isEmpty()
                                ? 0
                                : 1;
                from = to;
            }
            try (TopologyRun run = run(disk, shown)) {
                run.tick();
            }
            assertThat(crashesWithPendingChanges).as("seed %d", seed).isPositive();
            ShownFunnel.assertEqualsOffline(shown.rows(), log, "seed " + seed);
        }
    }

    @Test
    void aRecordThatCannotBeReadIsCountedAndStopsNobody() {
        List<RandomLog.Written> log = RandomLog.of(7, 5);
        RandomLog.Written first = log.get(0);
        String lead = first.recorded().leadId();
        byte[] data = TopologyRun.data(first);
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(null, data, TopologyRun.headers(first));
            run.send("another", data, TopologyRun.headers(first));
            run.send(lead, null, TopologyRun.headers(first));
            for (String header : List.of("ce_type", "ce_sequence", "ce_position", "ce_subject", "ce_recordedtime")) {
                run.send(lead, data, TopologyRun.headers(first).remove(header));
                Headers other = TopologyRun.headers(first).remove(header);
                run.send(lead, data, other.add(header, "x?".getBytes(StandardCharsets.UTF_8)));
                run.send(lead, data, other.remove(header).add(header, null));
            }
            assertThat(run.counts().unreadable()).isEqualTo(18);
            run.send(log);
            run.tick();
            assertThat(run.counts().unreadable()).isEqualTo(18);
        }
        ShownFunnel.assertEqualsOffline(shown.rows(), log, "with unreadable records between");
    }

    @Test
    void dataThatCannotBeReadLeavesNoGapBehind() {
        List<RandomLog.Written> log = lead("lead", captured("web"), new LeadEvent.Accepted("ann"), captured("web"));
        try (TopologyRun run = run(new KeptStore.Disk(), new TopologyRun.Compacted())) {
            run.send(log.subList(0, 1));
            run.send("lead", "{".getBytes(StandardCharsets.UTF_8), TopologyRun.headers(log.get(1)));
            run.send(log.subList(2, 3));
            assertThat(run.counts().unreadable()).isEqualTo(1);
            assertThat(run.counts().gaps()).isZero();
        }
    }

    @Test
    void ofALeadThatIsFullNothingMoreIsKeptAndTheNextLeadIsCounted() {
        LeadEvent enriched = new LeadEvent.Enriched(Map.of("note", "x".repeat(10_000_000)), null);
        int fitting = LeadState.MOST_BYTES / 10_000_000;
        List<RandomLog.Written> log = new ArrayList<>(lead("full", captured("web")));
        for (int i = 1; i <= fitting + 2; i++) {
            Recorded event = recorded("full", "full" + i, "2026-05-01T01:00:00Z", enriched);
            log.add(new RandomLog.Written(i, 100 + i, event));
        }
        log.addAll(lead("next", captured("web")));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(log);
            run.tick();
            assertThat(run.counts().tooMuch()).isEqualTo(2);
            assertThat(run.counts().gaps()).isZero();
        }
        assertThat(shown.state("next").path("stage").stringValue()).isEqualTo("CAPTURED");
        assertThat(shown.row(key("source", "web", "CAPTURED")).path("ever").intValue())
                .isEqualTo(2);
    }

    @Test
    void aGapIsCountedAndWhatFollowsIsFolded() {
        List<RandomLog.Written> log = lead(
                "lead", captured("web"), new LeadEvent.Activity("page_view", null, 1), new LeadEvent.Accepted("ann"));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(log.subList(0, 1));
            run.send(log.subList(2, 3));
            run.tick();
            assertThat(run.counts().gaps()).isEqualTo(1);
        }
        assertThat(shown.state("lead").path("stage").stringValue()).isEqualTo("ACCEPTED");
    }

    @Test
    void aNewValueGetsAllSevenStagesAndThenOnlyThoseThatChange() {
        List<RandomLog.Written> log = lead(
                "lead",
                captured("web"),
                new LeadEvent.MarkedMql(BigDecimal.TEN, POLICY),
                new LeadEvent.Accepted("ann"),
                new LeadEvent.Accepted("bob"));
        try (TopologyRun run = run(new KeptStore.Disk(), new TopologyRun.Compacted())) {
            run.send(log.subList(0, 1));
            assertThat(run.tick()).hasSize(5 * 7);
            run.send(log.subList(1, 2));
            assertThat(run.tick())
                    .filteredOn(key -> key.contains("\"source\""))
                    .containsExactlyInAnyOrder(key("source", "web", "CAPTURED"), key("source", "web", "MQL"));
            run.send(log.subList(2, 3));
            assertThat(run.tick())
                    .filteredOn(key -> key.contains("\"owner\""))
                    .as("all of ann, and the two stages that nobody's row loses")
                    .hasSize(7 + 2)
                    .contains(key("owner", "ann", "LOST"));
            run.send(log.subList(3, 4));
            assertThat(run.tick())
                    .as("a deviation belongs to the stage of its event")
                    .containsExactlyInAnyOrder(
                            key("all", "all", "ACCEPTED"),
                            key("source", "web", "ACCEPTED"),
                            "[\"active\",\"all\",null,\"campaign\",null,\"ACCEPTED\"]",
                            key("persona", "cfo", "ACCEPTED"),
                            key("owner", "ann", "ACCEPTED"));
            assertThat(run.tick()).isEmpty();
        }
    }

    @Test
    void aRowIsFlatAndSaysWhatItCovers() {
        List<RandomLog.Written> log = lead(
                "lead",
                captured("web"),
                new LeadEvent.MarkedMql(BigDecimal.TEN, POLICY),
                new LeadEvent.Won(BigDecimal.ONE, "EUR"),
                new LeadEvent.Won(BigDecimal.ONE, "EUR"));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(log);
            run.tick();
        }
        assertThat(shown.row(key("source", "web", "MQL"))).isEqualTo(JSON.readTree("""
                                {"policy":"active","grain":"all","bucket":null,"dimension":"source","value":"web","stage":"MQL",
                                "ever":1,"entered":1,"reached":1,"open":0,
                                "exitForward":0,"exitBack":0,"exitRejected":0,"exitLost":0,"exitWon":1,"exitRecycled":0,"exitReopened":0,
                                "n":1,"meanSeconds":3600.000000,"p50Seconds":3598.712832,"p75Seconds":3598.712832,"p90Seconds":3598.712832,
                                "sumSeconds":3600.000000,"histogram":"AdYZAQ==",
                                "deviationCapturedAgain":0,"deviationRepeated":0,"deviationLateMark":0,"deviationBackward":0,
                                "deviationAfterExit":0,"deviationAfterFinal":0,"deviationBeforeCapture":0,
                                "quantileError":0.01,"revision":1,"final":false,"zone":"UTC","definition":"funnel.stages.v1",
                                "asOf":"2026-05-01T03:00:01Z","logPosition":103}"""));
        JsonNode won = shown.row(key("all", "all", "WON"));
        assertThat(won.path("deviationRepeated").longValue()).isEqualTo(1);
        assertThat(won.path("cycleSumSeconds").decimalValue()).isEqualTo(new BigDecimal("7200.000000"));
    }

    @Test
    void aLeadsStateShowsItsStagesAndItsScore() {
        List<RandomLog.Written> log = lead(
                "lead",
                captured("web"),
                scored(42),
                new LeadEvent.Contacted("ann", null, "reached"),
                new LeadEvent.Activity("page_view", null, 1),
                scored(55));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(log);
            run.read();
        }
        assertThat(shown.state("lead")).isEqualTo(JSON.readTree("""
                                {"leadId":"lead","score":55,"disqualified":null,"stage":"CONTACTED","capturedAt":"2026-05-01T00:00:00Z",
                                "source":"web","campaign":null,"persona":"cfo","owner":"ann",
                                "stages":{
                                "CAPTURED":{"first":"2026-05-01T00:00:00Z","latest":"2026-05-01T00:00:00Z","inferred":"2026-05-01T00:00:00Z","visits":1},
                                "MQL":{"first":null,"latest":null,"inferred":"2026-05-01T02:00:00Z","visits":0},
                                "ACCEPTED":{"first":null,"latest":null,"inferred":"2026-05-01T02:00:00Z","visits":0},
                                "CONTACTED":{"first":"2026-05-01T02:00:00Z","latest":"2026-05-01T02:00:00Z","inferred":"2026-05-01T02:00:00Z","visits":1}},
                                "visits":[
                                {"stage":"CAPTURED","visit":1,"entered":"2026-05-01T00:00:00Z","exited":"2026-05-01T02:00:00Z","exit":"forward","timed":true},
                                {"stage":"CONTACTED","visit":1,"entered":"2026-05-01T02:00:00Z","exited":null,"exit":null,"timed":true}],
                                "attempts":1,"reachedAttempts":1,"sequence":4,"asOf":"2026-05-01T04:00:01Z","logPosition":104}"""));
    }

    @Test
    void anotherSystemsScoreIsNotTheLeads() {
        BigDecimal outside = BigDecimal.valueOf(99);
        LeadEvent.Scored scored = new LeadEvent.Scored(outside, null, null, null, null, null, List.of());
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(lead("lead", captured("web"), scored(42), scored, new LeadEvent.Accepted("ann")));
            run.read();
        }
        assertThat(shown.state("lead").path("score").longValue()).isEqualTo(42);
    }

    @Test
    void whenAllCapturesAreVoidedTheStateGoesAndTheRowsStayAsZeros() {
        List<RandomLog.Written> log = lead(
                "lead",
                captured("web"),
                new LeadEvent.Accepted("ann"),
                new LeadEvent.Voided(new EventId("urn:test", "lead0"), "bob", null),
                scored(3));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        try (TopologyRun run = run(new KeptStore.Disk(), shown)) {
            run.send(log);
            run.tick();
        }
        assertThat(shown.states()).containsEntry("lead", null);
        assertThat(shown.rows()).containsKey(key("owner", "ann", "ACCEPTED"));
        ShownFunnel.assertEqualsOffline(shown.rows(), log, "voided");
    }

    /** The log's end may be an activity, which no row counts: who waits for it must not wait in vain, nor after a crash. */
    @Test
    void theRowOfAllLeadsCoversWhatChangesNoRow() {
        List<RandomLog.Written> log =
                lead("lead", captured("web"), scored(3), new LeadEvent.Activity("page_view", null, 1));
        TopologyRun.Compacted shown = new TopologyRun.Compacted();
        KeptStore.Disk disk = new KeptStore.Disk();
        try (TopologyRun run = run(disk, shown)) {
            run.send(log);
            disk = disk.copy();
        }
        try (TopologyRun run = run(disk, shown)) {
            run.tick();
        }
        JsonNode row = shown.row(key("all", "all", "CAPTURED"));
        assertThat(row.path("logPosition").longValue()).isEqualTo(102);
        assertThat(row.path("asOf").stringValue()).isEqualTo("2026-05-01T02:00:01Z");
    }
}

package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricsSideBySide;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The metrics of both sides, read from the store page by page. */
class StoredMetricsTest {

    private static final RecordedCodec CODEC = new RecordedCodec();
    private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final TreeMap<String, List<StoredLead.Row>> rows = new TreeMap<>();
    private final List<Integer> pages = new ArrayList<>();
    private final int[] turns = new int[2];

    private final StoredMetrics.Store store = new StoredMetrics.Store() {
        @Override
        public List<String> idsBehind(String leadId) {
            assertThat(turns[0] - turns[1]).as("read within a turn").isEqualTo(1);
            return rows.tailMap(leadId, false).keySet().stream()
                    .limit(StoredMetrics.LEADS_AT_ONCE)
                    .toList();
        }

        @Override
        public List<StoredLead> leads(List<String> leadIds) {
            pages.add(leadIds.size());
            return leadIds.stream()
                    .map(id -> StoredLead.read(CODEC, Objects.requireNonNull(rows.get(id))))
                    .toList();
        }
    };

    private final Turns counted = new Turns() {
        @Override
        public void take() {
            turns[0]++;
        }

        @Override
        public void giveBack() {
            turns[1]++;
        }
    };

    private void fact(String leadId, int hour, int recordedHour, LeadEvent event) {
        List<StoredLead.Row> lead = rows.computeIfAbsent(leadId, id -> new ArrayList<>());
        String id = leadId + lead.size();
        Recorded recorded =
                new Recorded(leadId, new EventId("urn:t", id), at(hour), at(recordedHour), event, null, null);
        lead.add(new StoredLead.Row(
                leadId, lead.size(), "urn:t", id, new String(CODEC.write(recorded), StandardCharsets.UTF_8)));
    }

    private static Instant at(int hour) {
        return BEGIN.plus(Duration.ofHours(hour));
    }

    private void leads(int number) {
        for (int i = 0; i < number; i++) {
            String leadId = "lead-" + i;
            fact(leadId, 0, 0, new LeadEvent.Captured("web", null, null, Map.of(), null, null));
            if (i % 2 == 0) {
                fact(leadId, 5, 5, new LeadEvent.MarkedMql(null, null));
            }
            if (i % 3 == 0) {
                fact(leadId, 7, 9, new LeadEvent.Activity("demo", null, 1));
            }
            if (i % 4 == 0) {
                fact(leadId, 8, 100, new LeadEvent.Won(null, null));
            }
        }
    }

    private static ReplayRequest.Comparison comparison(
            @Nullable Instant from, @Nullable Instant asKnownAt, Metric metric, Grain grain) {
        return new ReplayRequest.Comparison(
                SavedPolicies.policy("""
                        name: thirty
                        threshold: 30
                        engagement:
                          - {id: demo, activity: demo, points: 30}
                        """),
                null,
                Judge.Order.ARRIVAL,
                "all",
                from,
                null,
                asKnownAt,
                false,
                new AskedMetrics(List.of(metric), grain, UTC));
    }

    private JsonNode told(ReplayRequest.Comparison comparison, LongConsumer progress) {
        AskedMetrics asked = Objects.requireNonNull(comparison.metrics());
        MetricsSideBySide sides = asked.sides(comparison.dimension());
        new StoredMetrics(store, comparison.asKnownAt(), counted).addAll(sides, comparison.sides(), progress);
        return JsonMapper.shared().readTree(asked.told(sides, comparison.asKnownAt()));
    }

    @Test
    void allLeadsAreReadInPagesATurnForEach() {
        leads(2 * StoredMetrics.LEADS_AT_ONCE + 300);
        List<Long> progress = new ArrayList<>();
        JsonNode told = told(comparison(null, null, Metric.QUALITY, Grain.ALL), progress::add);
        assertThat(pages).containsExactly(2_000, 2_000, 300);
        assertThat(progress).containsExactly(2_000L, 2_000L, 300L);
        assertThat(turns).containsExactly(3, 3);
        assertThat(told.at("/metrics/quality/0/baseline/leads").intValue()).isEqualTo(4_300);
        assertThat(told.at("/metrics/quality/0/baseline/markedWon").intValue()).isEqualTo(1_075);
        assertThat(told.at("/metrics/quality/0/candidate/markedWon").intValue()).isEqualTo(359);
        assertThat(told.get("asOf").stringValue()).isEqualTo(at(100).toString());
    }

    @Test
    void asManyAsFillTheirPagesAreAllReadToo() {
        leads(StoredMetrics.LEADS_AT_ONCE);
        JsonNode told = told(comparison(null, null, Metric.QUALITY, Grain.ALL), leads -> {});
        assertThat(told.at("/metrics/quality/0/candidate/leads").intValue()).isEqualTo(StoredMetrics.LEADS_AT_ONCE);
        assertThat(turns).containsExactly(2, 2);
    }

    @Test
    void whatWasRecordedLaterIsNotKnownAndLeadsOutOfRangeDoNotCountThoughTheirRecordingDoes() {
        leads(12);
        JsonNode then = told(comparison(null, at(9), Metric.QUALITY, Grain.ALL), leads -> {});
        assertThat(then.at("/metrics/quality/0/baseline/observed").intValue()).isZero();
        assertThat(then.get("asOf").stringValue()).isEqualTo(at(9).toString());
        fact("late", 2_000, 2_000, new LeadEvent.Captured("web", null, null, Map.of(), null, null));
        JsonNode ranged = told(comparison(at(1), null, Metric.QUALITY, Grain.ALL), leads -> {});
        assertThat(ranged.at("/metrics/quality/0/baseline/leads").intValue()).isEqualTo(1);
        assertThat(ranged.get("asKnownAt").stringValue()).isEqualTo(at(2_000).toString());
    }

    @Test
    void whoStopsItStopsItBehindAPageAndNoTurnIsKept() {
        leads(10);
        assertThatThrownBy(() -> told(comparison(null, null, Metric.FLOW, Grain.ALL), leads -> {
                    throw new CancellationException();
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(turns).containsExactly(1, 1);
    }

    @Test
    void aReplayOfTheStoreItselfHasTheSame() {
        leads(40);
        ReplayRequest.Comparison comparison = comparison(null, at(20), Metric.VELOCITY, Grain.DAY);
        AskedMetrics asked = Objects.requireNonNull(comparison.metrics());
        MetricsSideBySide sides = asked.sides("all");
        List<StoredLead> all =
                rows.values().stream().map(lead -> StoredLead.read(CODEC, lead)).toList();
        new ReplayRun(
                        new SavedPolicies(),
                        List.of(all.subList(0, 7), all.subList(7, 40)).iterator(),
                        () -> {})
                .replay(comparison, (leads, histories) -> {
                    assertThat(histories).extracting(LeadHistory::leadId).isNotEmpty();
                    sides.add(histories, comparison.sides(), () -> {});
                });
        assertThat(JsonMapper.shared().readTree(asked.told(sides, at(20)))).isEqualTo(told(comparison, leads -> {}));
    }

    @Test
    void daysSinceTheYearOneFailTheReplayWithAMend() {
        leads(1);
        fact("old", -2_000 * 365 * 24, 1, new LeadEvent.Captured("web", null, null, Map.of(), null, null));
        assertThatThrownBy(() -> told(comparison(null, null, Metric.FLOW, Grain.DAY), leads -> {}))
                .isInstanceOf(ReplayRun.Failed.class)
                .hasMessageContaining("730,005 buckets by day")
                .hasMessageContaining("coarser 'grain'");
        assertThat(told(comparison(null, null, Metric.FLOW, Grain.ALL), leads -> {})
                        .at("/metrics/flow"))
                .isNotEmpty();
    }
}

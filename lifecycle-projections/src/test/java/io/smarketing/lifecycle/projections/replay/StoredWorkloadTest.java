package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.MarkSet;
import io.smarketing.lifecycle.replay.Workload;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.Turns;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replay over columns makes of sales' work, against the plain fold of the same leads. */
class StoredWorkloadTest {

    private static final RecordedCodec CODEC = new RecordedCodec();
    private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
    private static final int DROPPED = 2_300;

    private final Map<String, List<StoredLead.Row>> store = new LinkedHashMap<>();
    private final List<List<String>> pages = new ArrayList<>();

    private void fact(String leadId, int hour, LeadEvent event) {
        fact(leadId, hour, hour, event);
    }

    private void fact(String leadId, int hour, int recordedHour, LeadEvent event) {
        List<StoredLead.Row> rows = store.computeIfAbsent(leadId, id -> new ArrayList<>());
        String id = leadId + rows.size();
        Recorded recorded =
                new Recorded(leadId, new EventId("urn:t", id), at(hour), at(recordedHour), event, null, null);
        rows.add(new StoredLead.Row(
                leadId, rows.size(), "urn:t", id, new String(CODEC.write(recorded), StandardCharsets.UTF_8)));
    }

    private static Instant at(int hour) {
        return BEGIN.plus(Duration.ofHours(hour));
    }

    private static LeadEvent captured() {
        return new LeadEvent.Captured("web", null, null, Map.of(), null, null);
    }

    private static LeadEvent contacted(String outcome) {
        return new LeadEvent.Contacted("ann", "call", outcome);
    }

    private static LeadEvent won(@Nullable String amount, @Nullable String currency) {
        return new LeadEvent.Won(amount == null ? null : new BigDecimal(amount), currency);
    }

    /** The recorded mark, and the activity that the candidate marks for; no activity where the hour is negative. */
    private void lead(String leadId, int markHour, int demoHour) {
        fact(leadId, 0, captured());
        if (markHour >= 0) {
            fact(leadId, markHour, new LeadEvent.MarkedMql(null, null));
        }
        if (demoHour >= 0) {
            fact(leadId, demoHour, new LeadEvent.Activity("demo", null, 1));
        }
    }

    @BeforeEach
    void leadsOfAllSets() {
        for (int i = 0; i < DROPPED; i++) {
            String leadId = "dropped-" + i;
            lead(leadId, 1, -1);
            fact(leadId, 2, contacted("reached"));
            if (i % 2 == 0) {
                fact(leadId, 3, contacted("no_answer"));
                // Told to the engine a week after it happened.
                fact(leadId, 4, 4 + 168, won(i % 10 == 0 ? null : "100.50", i % 4 == 0 ? "EUR" : null));
            }
        }
        lead("earlier", 9, 5);
        lead("later", 5, 8);
        lead("kept", 5, 5);
        lead("gained", -1, 5);
        fact("gained", 6, contacted("reached"));
        lead("neither", -1, -1);
        fact("neither", 6, won("7", "EUR"));
    }

    private List<StoredLead> read(List<String> leadIds) {
        pages.add(leadIds);
        return leadIds.stream()
                .map(id -> StoredLead.read(CODEC, Objects.requireNonNull(store.get(id))))
                .toList();
    }

    private List<LeadHistory> histories() {
        return store.values().stream()
                .map(rows -> StoredLead.read(CODEC, rows).history())
                .toList();
    }

    private ReplayRequest.Comparison comparison(@Nullable Instant asKnownAt) {
        return new ReplayRequest.Comparison(
                SavedPolicies.policy("""
                        name: thirty
                        threshold: 30
                        engagement:
                          - {id: demo, activity: demo, points: 30}
                        """), null, Judge.Order.ARRIVAL, "all", null, null, asKnownAt, true, null);
    }

    private List<LeadResult> overColumns(@Nullable Instant asKnownAt, ReplayQuestion.Listed listed) {
        return new ColumnarReplay(HistoryColumns.of(histories(), 500))
                .run(comparison(asKnownAt).question(listed), 1, leads -> {}, () -> false)
                .leads();
    }

    /** As offline, from all events. */
    private Workload plain(@Nullable Instant asKnownAt) {
        List<LeadHistory> known = histories().stream()
                .map(lead -> asKnownAt == null ? lead : lead.knownAt(asKnownAt))
                .toList();
        return StoredWorkload.of(
                comparison(asKnownAt).plainFold().run(known, () -> {}).leads(), known);
    }

    private Workload stored(@Nullable Instant asKnownAt, ReplayQuestion.Listed listed) {
        return new StoredWorkload(this::read, asKnownAt, Turns.ALWAYS).of(overColumns(asKnownAt, listed), leads -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-03-20T00:00:00Z", "2026-03-02T04:00:00Z", "2026-03-02T02:00:00Z"})
    void itIsThatOfThePlainFoldWhateverWasKnown(String instant) {
        Instant asKnownAt = instant.isEmpty() ? null : Instant.parse(instant);
        String expected = plain(asKnownAt).toJson().toString();
        assertThat(stored(asKnownAt, ReplayQuestion.Listed.FLIPPED).toJson().toString())
                .isEqualTo(expected);
        assertThat(stored(asKnownAt, ReplayQuestion.Listed.ALL).toJson().toString())
                .isEqualTo(expected);
    }

    @Test
    void winsThatWereNotKnownThenAreWorthNothing() {
        Workload now = stored(null, ReplayQuestion.Listed.FLIPPED);
        assertThat(now.dropped()).isEqualTo(DROPPED);
        assertThat(now.contacts()).isEqualTo(DROPPED + DROPPED / 2);
        assertThat(now.reached()).isEqualTo(DROPPED);
        assertThat(now.won()).isEqualTo(DROPPED / 2);
        assertThat(now.wonWithoutAmount()).isEqualTo(DROPPED / 10);
        assertThat(now.revenue())
                .containsEntry("EUR", new BigDecimal("46230.00"))
                .hasSize(2);
        assertThat(now.toJson().at("/earlier/p50Seconds").intValue()).isEqualTo(4 * 3_600);
        assertThat(now.toJson().at("/later/p50Seconds").intValue()).isEqualTo(3 * 3_600);

        Workload then = stored(at(4), ReplayQuestion.Listed.FLIPPED);
        assertThat(then.dropped()).isEqualTo(DROPPED);
        assertThat(then.won()).isZero();
        assertThat(then.revenue()).isEmpty();
    }

    @Test
    void droppedLeadsAloneAreReadAndNotTooManyAtOnce() {
        List<LeadResult> results = overColumns(null, ReplayQuestion.Listed.ALL);
        List<Long> progress = new ArrayList<>();
        int[] turns = new int[2];
        new StoredWorkload(this::read, null, counting(turns)).of(results, progress::add);
        assertThat(pages).hasSize(3).allMatch(page -> page.size() <= 1_000);
        assertThat(pages.stream().flatMap(List::stream))
                .containsExactlyElementsOf(results.stream()
                        .filter(result -> result.set() == MarkSet.DROPPED)
                        .map(LeadResult::leadId)
                        .toList());
        assertThat(progress).containsExactly(1_000L, 1_000L, 300L);
        assertThat(turns).containsExactly(3, 3);
    }

    private static Turns counting(int[] turns) {
        return new Turns() {
            @Override
            public void take() {
                turns[0]++;
            }

            @Override
            public void giveBack() {
                turns[1]++;
            }
        };
    }

    @Test
    void whoStopsItStopsItBehindAPageAndNoTurnIsKept() {
        List<LeadResult> results = overColumns(null, ReplayQuestion.Listed.FLIPPED);
        int[] turns = new int[2];
        assertThatThrownBy(() -> new StoredWorkload(this::read, null, counting(turns)).of(results, leads -> {
                    throw new CancellationException();
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(turns).containsExactly(1, 1);
    }

    @Test
    void aReplayOfTheStoreItselfHasTheSame() {
        Workload workload = new Workload();
        List<StoredLead> all = read(List.copyOf(store.keySet()));
        new ReplayRun(
                        new SavedPolicies(),
                        List.of(all.subList(0, 7), all.subList(7, all.size())).iterator(),
                        () -> {})
                .replay(comparison(at(4)), (leads, histories) -> workload.merge(StoredWorkload.of(leads, histories)));
        assertThat(workload.toJson().toString()).isEqualTo(plain(at(4)).toJson().toString());
    }
}

package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.RecordedCodec;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.replay.Audit;
import io.smarketing.lifecycle.replay.LeadResult;
import io.smarketing.lifecycle.replay.ReplayResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayRunTest {

    private static final RecordedCodec CODEC = new RecordedCodec();
    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");
    private static final Instant TEN = Instant.parse("2026-03-02T10:00:00Z");

    private final SavedPolicies policies = new SavedPolicies();
    private final PolicyRef thirty = policies.save("""
            name: thirty
            threshold: 30
            engagement:
              - {id: demo, activity: demo, points: 30}
            """);

    private static StoredLead.Row row(String leadId, long sequence, Instant at, LeadEvent event) {
        Recorded recorded = new Recorded(leadId, new EventId("urn:t", leadId + sequence), at, at, event, null, null);
        return new StoredLead.Row(
                leadId,
                sequence,
                "urn:t",
                leadId + sequence,
                new String(CODEC.write(recorded), StandardCharsets.UTF_8));
    }

    private static List<StoredLead.Row> captured(String leadId) {
        List<StoredLead.Row> rows = new ArrayList<>();
        rows.add(row(leadId, 0, NINE, new LeadEvent.Captured("web", null, null, Map.of("country", "DE"), null, null)));
        rows.add(row(leadId, 1, TEN, new LeadEvent.Activity("demo", null, 1)));
        return rows;
    }

    private static StoredLead lead(List<StoredLead.Row> rows) {
        return StoredLead.read(CODEC, rows);
    }

    private ReplayRequest.Comparison request(String dimension, @Nullable Instant asKnownAt) {
        return new ReplayRequest.Comparison(
                SavedPolicies.policy(policies.document(thirty).orElseThrow()),
                null,
                Judge.Order.ARRIVAL,
                dimension,
                null,
                null,
                asKnownAt,
                false,
                null);
    }

    private ReplayRun run(List<List<StoredLead>> portions) {
        return new ReplayRun(policies, portions.iterator(), () -> {});
    }

    @Test
    void leadsOfAllPortionsAreInTheResult() {
        List<LeadResult> each = new ArrayList<>();
        ReplayResult result = run(List.of(
                        List.of(lead(captured("a")), lead(captured("b"))), List.of(lead(captured("c")))))
                .replay(request("source", null), (leads, histories) -> each.addAll(leads));
        assertThat(each).extracting(LeadResult::leadId).containsExactly("a", "b", "c");
        assertThat(result.toJson(false).path("leads").longValue()).isEqualTo(3);
        assertThat(result.toJson(false)
                        .path("sets")
                        .path("gained")
                        .path("neverWorked")
                        .longValue())
                .isEqualTo(3);
    }

    @Test
    void whatWasRecordedLaterIsNotKnown() {
        ReplayResult atNine =
                run(List.of(List.of(lead(captured("a"))))).replay(request("all", NINE), (leads, histories) -> {});
        assertThat(atNine.toJson(false)
                        .path("sets")
                        .path("neither")
                        .path("neverWorked")
                        .longValue())
                .isEqualTo(1);
        ReplayResult before = run(List.of(List.of(lead(captured("a")))))
                .replay(request("all", NINE.minusSeconds(1)), (leads, histories) -> {});
        assertThat(before.toJson(false).path("leads").longValue()).isZero();
    }

    @Test
    void aDimensionThatNoLeadHasFailsTheReplay() {
        assertThat(run(List.of(List.of(lead(captured("a")))))
                        .replay(request("country", null), (leads, histories) -> {}))
                .isNotNull();
        assertThatThrownBy(() -> run(List.of(List.of(lead(captured("a")))))
                        .replay(request("contry", null), (leads, histories) -> {}))
                .isInstanceOf(ReplayRun.Failed.class)
                .hasMessageContaining("'contry'");
    }

    @Test
    void aRowThatCannotBeReadFailsAReplayAndIsAMismatchOfAnAudit() {
        List<StoredLead.Row> rows = captured("b");
        rows.set(1, new StoredLead.Row("b", 1, "urn:t", "b1", "{\"specversion\":\"1.0\"}"));
        List<List<StoredLead>> portions = List.of(List.of(lead(captured("a")), lead(rows)));

        assertThatThrownBy(() -> run(portions).replay(request("all", null), (leads, histories) -> {}))
                .isInstanceOf(ReplayRun.Failed.class)
                .hasMessageStartingWith("event 1 of lead 'b' cannot be read: the type '' is unknown");
        Audit.Result result = run(portions).audit();
        assertThat(result.leads()).isEqualTo(2);
        assertThat(result.mismatches())
                .containsExactly(new Audit.Mismatch("b", 1, "cannot be read: the type '' is unknown"));
    }

    @Test
    void aPayloadOfAnotherLeadOrEventIsNotTaken() {
        List<StoredLead.Row> rows = captured("b");
        rows.set(
                1,
                new StoredLead.Row(
                        "b",
                        1,
                        "urn:t",
                        "x1",
                        row("x", 1, TEN, new LeadEvent.Erased()).payload()));
        List<StoredLead.Row> renamed = captured("c");
        renamed.set(
                1, new StoredLead.Row("c", 1, "urn:t", "other", renamed.get(1).payload()));

        assertThat(run(List.of(List.of(lead(rows), lead(renamed)))).audit().mismatches())
                .containsExactly(
                        new Audit.Mismatch("b", 1, "cannot be read: its payload is of the lead 'x'"),
                        new Audit.Mismatch("c", 1, "cannot be read: its payload is of the event 'c1' of 'urn:t'"));
    }
}

package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorkloadTest {

    private static final String POLICY = """
            name: p
            threshold: 10
            engagement:
              - {id: demo, activity: demo, points: 10}
            """;

    private final List<String> lines = new ArrayList<>();

    private void fact(String lead, String kind, String time, String data) {
        lines.add(
                "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/t\",\"type\":\"io.smarketing.lead.%s.v1\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":%s}"
                        .formatted(lines.size(), kind, lead, time, data));
    }

    private JsonNode workload() throws RefusedDocument {
        Policy policy = PolicyReader.read("p", POLICY).policy();
        History history = ReplayAgainstNaiveTest.history(lines);
        List<LeadResult> results = Replay.againstRecorded(policy, Dimension.ALL, lead -> true)
                .run(history.leads(), () -> {})
                .leads();
        Workload workload = Workload.of(
                results, history.leads().stream().collect(Collectors.toMap(LeadHistory::leadId, Function.identity())));
        return JsonMapper.shared().readTree(workload.toJson().toString());
    }

    @Test
    void contactsAndWinsOfDroppedFirstCyclesAreCountedAndAmountsAreAddedByCurrency() throws RefusedDocument {
        for (String lead : List.of("A", "B", "C", "D")) {
            fact(lead, "captured", "2026-01-01T00:00:00Z", "{}");
            fact(lead, "marked-mql", "2026-01-02T00:00:00Z", "{}");
            fact(lead, "contacted", "2026-01-03T00:00:00Z", "{\"outcome\":\"reached\"}");
        }
        fact("A", "contacted", "2026-01-04T00:00:00Z", "{\"outcome\":\"no_answer\"}");
        fact("A", "won", "2026-01-05T00:00:00Z", "{\"amount\":100.50,\"currency\":\"EUR\"}");
        fact("A", "won", "2026-01-06T00:00:00Z", "{\"amount\":900,\"currency\":\"EUR\"}");
        fact("B", "won", "2026-01-05T00:00:00Z", "{\"amount\":20,\"currency\":\"USD\"}");
        fact("C", "won", "2026-01-05T00:00:00Z", "{}");
        fact("D", "rejected", "2026-01-05T00:00:00Z", "{}");
        fact("D", "contacted", "2026-01-06T00:00:00Z", "{\"outcome\":\"reached\"}");
        fact("D", "won", "2026-01-07T00:00:00Z", "{\"amount\":70,\"currency\":\"EUR\"}");
        fact("K", "captured", "2026-01-01T00:00:00Z", "{}");
        fact("K", "contacted", "2026-01-03T00:00:00Z", "{\"outcome\":\"reached\"}");

        assertThat(workload().get("dropped")).isEqualTo(JsonMapper.shared().readTree("""
                        {"leads":4,"contacts":5,"contactsReached":4,"won":3,"wonWithoutAmount":1,
                         "revenue":[{"currency":"EUR","amount":100.50},{"currency":"USD","amount":20}]}
                        """));
    }

    /** Histories may hold them from when they were taken. */
    @Test
    void aWinOfAnAmountThatCannotBeAddedUpIsCountedApart() {
        Workload workload = new Workload();
        List<String> amounts = List.of("1e100000000", "1e999999999", "-1e-999999999", "0e-999999999", "12.50");
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (String amount : amounts) {
                workload.merge(ofWin(new BigDecimal(amount)));
            }
        });

        assertThat(workload.toJson().get("dropped")).hasToString("""
                {"leads":5,"contacts":0,"contactsReached":0,"won":5,"wonWithoutAmount":3,\
                "revenue":[{"currency":"EUR","amount":12.50}]}""");
    }

    private static Workload ofWin(BigDecimal amount) throws RefusedDocument {
        List<LeadEvent> events = List.of(
                new LeadEvent.Captured(null, null, null, Map.of(), null, null),
                new LeadEvent.MarkedMql(null, null),
                new LeadEvent.Won(amount, "EUR"));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i);
            entries.add(new Entry(i, new EventId("/t", String.valueOf(i)), time, time, events.get(i)));
        }
        LeadHistory history = new LeadHistory("A", entries);
        List<LeadResult> results = Replay.againstRecorded(
                        PolicyReader.read("p", POLICY).policy(), Dimension.ALL, lead -> true)
                .run(List.of(history), () -> {})
                .leads();
        return Workload.of(results, Map.of("A", history));
    }

    @Test
    void aVoidedWinIsWorthNothing() throws RefusedDocument {
        fact("A", "captured", "2026-01-01T00:00:00Z", "{}");
        fact("A", "marked-mql", "2026-01-02T00:00:00Z", "{}");
        fact("A", "won", "2026-01-03T00:00:00Z", "{\"amount\":100,\"currency\":\"EUR\"}");
        fact("A", "voided", "2026-01-04T00:00:00Z", "{\"event\":{\"source\":\"/t\",\"id\":\"2\"}}");

        assertThat(workload().at("/dropped/won").intValue()).isZero();
        assertThat(workload().at("/dropped/revenue")).isEmpty();
    }

    @Test
    void marksThatComeEarlierOrLaterAreToldByHowMuch() throws RefusedDocument {
        mark("A", "2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z");
        mark("B", "2026-01-03T00:00:00Z", "2026-01-06T00:00:00Z");
        mark("C", "2026-01-05T00:00:00Z", "2026-01-03T12:00:00Z");

        assertThat(workload().at("/earlier/n").intValue()).isEqualTo(2);
        assertThat(workload().at("/earlier/p50Seconds").decimalValue()).isEqualByComparingTo("172800");
        assertThat(workload().at("/earlier/p90Seconds").decimalValue()).isEqualByComparingTo("259200");
        assertThat(workload().at("/later/n").intValue()).isEqualTo(1);
        assertThat(workload().at("/later/meanSeconds").decimalValue()).isEqualByComparingTo("129600");
    }

    private void mark(String lead, String demo, String mark) {
        fact(lead, "captured", "2026-01-01T00:00:00Z", "{}");
        fact(lead, "activity", demo, "{\"activity\":\"demo\"}");
        fact(lead, "marked-mql", mark, "{}");
    }
}

package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.ArrayList;
import java.util.List;
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

package io.smarketing.lifecycle.projections.funnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.lead.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeadRowTest {

    @Test
    void aLeadHasBeenInItsStageSinceTheLatestEntry() throws UnreadableRow {
        LeadRow row = read("""
                {"leadId":"a","stage":"MQL","score":70,"disqualified":null,"capturedAt":"2026-01-01T00:00:00Z",
                 "source":"web","campaign":null,"persona":null,"owner":null,
                 "stages":{"CAPTURED":{"first":"2026-01-01T00:00:00Z","latest":"2026-01-01T00:00:00Z","visits":1},
                           "MQL":{"first":"2026-01-02T00:00:00Z","latest":"2026-03-02T00:00:00Z","visits":2}}}
                """);

        assertThat(row.enteredAt()).isEqualTo(Instant.parse("2026-03-02T00:00:00Z"));
        assertThat(row.first()).containsOnlyKeys(Stage.CAPTURED, Stage.MQL);
        assertThat(row.first()).containsEntry(Stage.MQL, Instant.parse("2026-01-02T00:00:00Z"));
        assertThat(row.score()).isEqualTo(70);
        assertThat(row.disqualified()).isFalse();
        assertThat(row.campaign()).isNull();
    }

    @Test
    void aLeadIsDisqualifiedWithOrWithoutAReason() throws UnreadableRow {
        assertThat(read("{\"stage\":\"MQL\",\"disqualified\":true}").disqualified())
                .isTrue();
        assertThat(read("{\"stage\":\"MQL\",\"disqualified\":{\"reason\":\"not-a-buyer\"}}")
                        .disqualified())
                .isTrue();
        assertThat(read("{\"stage\":\"MQL\",\"disqualified\":\"not-a-buyer\"}").disqualified())
                .isTrue();
        assertThat(read("{\"stage\":\"MQL\",\"disqualified\":false}").disqualified())
                .isFalse();
    }

    @Test
    void aRowWithoutAStageIsRefused() {
        assertThatThrownBy(() -> read("{}")).isInstanceOf(UnreadableRow.class).hasMessageContaining("'stage'");
    }

    @Test
    void visitsThatCannotBeRowsWithTimesAreRefused() throws UnreadableRow {
        String visit =
                "{\"stage\":\"MQL\",\"visit\":1,\"entered\":\"2026-01-02T00:00:00Z\",\"exited\":null,\"exit\":null,\"timed\":true}";
        assertThat(withVisits("[" + visit + "]").state().path("visits").size()).isEqualTo(1);
        for (String wrong : List.of(
                "{}",
                "[7]",
                "[" + visit.replace("\"stage\":\"MQL\",", "") + "]",
                "[" + visit.replace("2026-01-02T00:00:00Z", "yesterday") + "]",
                "[" + visit.replace("\"exited\":null", "\"exited\":7") + "]",
                "[" + visit.replace("\"visit\":1", "\"visit\":\"first\"") + "]",
                "[" + visit.replace("true", "\"yes\"") + "]")) {
            assertThatThrownBy(() -> withVisits(wrong)).as(wrong).isInstanceOf(UnreadableRow.class);
        }
    }

    private static LeadRow withVisits(String visits) throws UnreadableRow {
        return read("{\"stage\":\"MQL\",\"visits\":%s}".formatted(visits));
    }

    private static LeadRow read(String state) throws UnreadableRow {
        return LeadRow.read("a", state.getBytes(StandardCharsets.UTF_8));
    }
}

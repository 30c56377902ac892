package io.smarketing.lifecycle.projections.funnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.PackedInput;
import io.smarketing.lifecycle.funnel.metric.MetricCell;
import io.smarketing.lifecycle.funnel.metric.MetricDays;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricTally;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedRowTest {

    private static final Instant AT = Instant.parse("2026-05-01T10:00:00Z");
    private static final MetricDefinition DEFINITION = MetricDefinition.standard(ZoneOffset.UTC);
    private static final MetricCell.Standing STANDING = new MetricCell.Standing(7, true, AT, 42);

    /** A lead that is captured, marked and rejected on one day. */
    private static MetricTally tally() {
        List<Entry> entries = List.of(
                entry(0, new LeadEvent.Captured("web", null, null, Map.of(), null, null)),
                entry(1, new LeadEvent.MarkedMql(null, null)),
                entry(2, new LeadEvent.Rejected("ann", "too-small")));
        MetricDays days = MetricDays.bounded();
        LeadFold.of(new LeadHistory("L", entries), Marks.recorded()).ifPresent(lead -> days.add(lead, DEFINITION));
        return days.days().firstEntry().getValue();
    }

    private static Entry entry(int sequence, LeadEvent event) {
        return new Entry(sequence, new EventId("urn:t", "" + sequence), AT.plusSeconds(60L * sequence), AT, event);
    }

    private static MetricCell cell(Grain grain) {
        return new MetricCell("active", grain.bucket(Bucket.dayOf(AT, ZoneOffset.UTC)), "source", "web");
    }

    private static SharedRow read(String key, String value) throws UnreadableRow {
        return SharedRow.read(key, value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aDayIsReadAsItIsWrittenWithItsTallyBesideItsFigures() throws UnreadableRow {
        MetricCell cell = cell(Grain.DAY);
        SharedRow row = read(
                cell.sharedKey(), cell.sharedRow(tally(), DEFINITION, STANDING).toString());
        assertThat(row.key()).isEqualTo(new SharedKey("active", "day", "2026-05-01", "source", "web"));
        assertThat(row.revision()).isEqualTo(7);
        assertThat(row.asOf()).isEqualTo(AT);
        assertThat(row.logPosition()).isEqualTo(42);
        assertThat(row.definition()).isEqualTo(DEFINITION.hash());
        assertThat(row.figures().has("tally")).isFalse();
        assertThat(row.figures().get("cohortCaptured").intValue()).isEqualTo(1);
        assertThat(row.figures().get("rejectedFor:too-small").intValue()).isEqualTo(1);
        byte[] packed = row.tally();
        assertThat(packed).isNotNull();
        assertThat(MetricTally.read(new PackedInput(packed == null ? new byte[0] : packed)))
                .isEqualTo(tally());
    }

    @Test
    void rowsOfWeeksMonthsAndAllTimeHaveNoTally() throws UnreadableRow {
        for (Grain grain : List.of(Grain.WEEK, Grain.MONTH, Grain.ALL)) {
            MetricCell cell = cell(grain);
            assertThat(read(
                                    cell.sharedKey(),
                                    cell.sharedRow(tally(), DEFINITION, STANDING)
                                            .toString())
                            .tally())
                    .as(grain.word())
                    .isNull();
        }
    }

    @Test
    void rowsOfStagesAreReadInEveryGrain() throws UnreadableRow {
        for (Grain grain : List.of(Grain.DAY, Grain.WEEK, Grain.MONTH)) {
            MetricCell cell = cell(grain);
            StageRow row = StageRow.read(
                    cell.stageKey(Stage.MQL),
                    cell.stageRow(Stage.MQL, tally(), 3, DEFINITION, STANDING)
                            .toString()
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(row.key().grain()).isEqualTo(grain.word());
            assertThat(row.count("start") + row.count("in") - row.count("out")).isEqualTo(row.count("end"));
        }
    }

    @Test
    void aRowThatIsNotInTheFormOfTheTopicIsRefusedWithItsReason() {
        String day = "[\"active\",\"day\",\"2026-05-01\",\"all\",\"all\"]";
        String standing = "\"definition\":\"d\",\"asOf\":\"2026-05-01T10:00:00Z\"";
        assertRefused(
                "[\"active\",\"day\",\"2026-05-01\",\"all\"]",
                "{}",
                "a key is [policy, grain, bucket, dimension, value]");
        assertRefused("[\"active\",\"hour\",\"2026-05-01\",\"all\",\"all\"]", "{}", "the grain 'hour' is unknown");
        assertRefused("[\"active\",\"day\",null,\"all\",\"all\"]", "{}", "'null' is no bucket of the grain 'day'");
        assertRefused(
                "[\"active\",\"day\",\"2026-W18\",\"all\",\"all\"]",
                "{}",
                "'2026-W18' is no bucket of the grain 'day'");
        assertRefused("[\"active\",\"day\",\"yesterday\",\"all\",\"all\"]", "{}", "'yesterday' is no bucket");
        assertRefused(
                "[\"active\",\"all\",\"2026-05\",\"all\",\"all\"]", "{}", "'2026-05' is no bucket of the grain 'all'");
        assertRefused(day, "{\"marked\":\"many\"," + standing + "}", "'marked'");
        assertRefused(day, "{\"marked\":1.5," + standing + "}", "'marked'");
        assertRefused(day, "{\"precision\":true," + standing + "}", "'precision'");
        assertRefused(day, "{\"final\":1," + standing + "}", "'final'");
        assertRefused(day, "{\"definition\":\"d\"}", "'asOf' is missing");
        assertRefused(day, "{\"asOf\":\"2026-05-01T10:00:00Z\"}", "'definition' is missing");
        assertRefused(day, "{" + standing + "}", "the day has no tally");
        assertRefused(day, "{\"tally\":\"AQ\"," + standing + "}", "the tally cannot be read");
        assertRefused(day, "{\"tally\":\"!\"," + standing + "}", "the tally cannot be read");
    }

    private static void assertRefused(String key, String value, String reason) {
        assertThatThrownBy(() -> read(key, value))
                .isInstanceOf(UnreadableRow.class)
                .hasMessageContaining(reason);
    }
}

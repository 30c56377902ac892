package io.smarketing.lifecycle.projections.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Bucket;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.MetricHead;
import io.smarketing.lifecycle.funnel.metric.MetricRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class MetricReportTest {

    private static MetricCube.ValueRow row(@Nullable String value, String day, @Nullable BigDecimal mean) {
        Map<String, @Nullable Object> figures = new HashMap<>();
        figures.put("meanSeconds", mean);
        return new MetricCube.ValueRow(
                value, new MetricRow(new Bucket(Grain.DAY, LocalDate.parse(day)), Map.of("stage", "MQL"), figures));
    }

    private static MetricReport report(MetricReport.Source source, String... parameters) {
        MetricRequest request = MetricRequestTest.read("velocity", parameters);
        MetricHead head = new MetricHead(
                "active",
                null,
                Instant.parse("2026-06-01T00:00:00Z"),
                17,
                MetricDefinition.standard(ZoneOffset.UTC),
                Grain.DAY,
                request.dimension());
        return new MetricReport(
                request,
                source,
                null,
                head,
                List.of(
                        row("a,\"b", "2026-05-01", new BigDecimal("1.500000")),
                        row("", "2026-05-01", null),
                        row(null, "2026-05-02", new BigDecimal("0.000000"))));
    }

    @Test
    void theHeadSaysWhatIsCoveredAndHowExactItIs() {
        ObjectNode live = report(MetricReport.Source.LIVE).toJson();
        assertThat(live.get("source").stringValue()).isEqualTo("live");
        assertThat(live.get("quantileError").decimalValue()).isEqualByComparingTo("0.01");
        assertThat(live.get("ageErrorSeconds").intValue()).isEqualTo(1_800);
        assertThat(live.get("asKnownAt").isNull()).isTrue();
        assertThat(live.get("logPosition").intValue()).isEqualTo(17);
        assertThat(live.get("definition").stringValue()).hasSize(12);
        ObjectNode store = report(MetricReport.Source.STORE).toJson();
        assertThat(store.get("source").stringValue()).isEqualTo("store");
        assertThat(store.get("quantileError").decimalValue()).isZero();
    }

    @Test
    void aPageSaysWhereTheNextOneBegins() {
        ObjectNode first = report(MetricReport.Source.LIVE, "limit=2").toJson();
        assertThat(first.get("rows").size()).isEqualTo(2);
        assertThat(first.get("rowsInAll").intValue()).isEqualTo(3);
        assertThat(first.get("next").intValue()).isEqualTo(2);
        ObjectNode second =
                report(MetricReport.Source.LIVE, "limit=2", "offset=2").toJson();
        assertThat(second.get("rows").size()).isEqualTo(1);
        assertThat(second.at("/rows/0/value").isNull()).isTrue();
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(report(MetricReport.Source.LIVE, "limit=3").next()).isEmpty();
        assertThat(report(MetricReport.Source.LIVE, "offset=4")
                        .toJson()
                        .get("rows")
                        .size())
                .isZero();
    }

    @Test
    void csvTellsAnEmptyValueFromAMissingOneAndKeepsTheDigits() {
        assertThat(report(MetricReport.Source.LIVE).toCsv()).isEqualTo("""
                bucket,value,stage,meanSeconds
                2026-05-01,"a,""b",MQL,1.500000
                2026-05-01,"",MQL,
                2026-05-02,,MQL,0.000000
                """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text/csv                            | true
            text/csv, application/json;q=0.5    | true
            application/json, text/csv          | false
            application/json;q=0.5, text/csv    | true
            */*                                 | false
            text/html, */*;q=0.8                | false
            text/csv;q=0.1, */*                 | false
            no type                             | false
                                                | false
            """)
    void csvIsWrittenForWhoWantsItMoreThanJson(@Nullable String accept, boolean csv) {
        assertThat(MetricsController.prefersCsv(accept)).isEqualTo(csv);
    }
}

package io.smarketing.lifecycle.funnel.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.lead.LeadFold;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** A fact may be dated to any year: what is listed bucket by bucket has an end all the same. */
class TooManyBucketsTest {

    private static final MetricDefinition DEFINITION = MetricDefinition.standard(ZoneOffset.UTC);
    private static final LocalDate LAST = LocalDate.parse("2026-06-01");

    private static Reading since(String first, Grain grain) {
        return new Reading(
                grain,
                DEFINITION,
                Instant.parse("2026-06-01T12:00:00Z"),
                LocalDate.parse(first),
                LAST,
                Reading.HORIZONS);
    }

    private static MetricCube cube(int values) {
        LeadFold lead = new RandomLeads(1).folds(1).get(0);
        MetricCube cube = new MetricCube(Dimension.ALL, DEFINITION);
        for (int i = 0; i < values; i++) {
            String name = "value-" + i;
            MetricDays.of(lead, DEFINITION).days().forEach((day, tally) -> cube.merge(name, day, tally));
        }
        return cube;
    }

    @Test
    void flowSinceTheYearOneIsRefusedByDayAndWeekBeforeItIsListed() {
        assertThatThrownBy(() -> cube(1).rows(Metric.FLOW, since("0001-01-01", Grain.DAY)))
                .isInstanceOf(TooManyBuckets.class)
                .hasMessage("there would be 739,768 buckets by day from 0001-01-01 to 2026-06-01");
        assertThatThrownBy(() -> cube(1).rows(Metric.FLOW, since("0001-01-01", Grain.WEEK)))
                .isInstanceOf(TooManyBuckets.class);
        assertThatThrownBy(() -> since("0001-01-01", Grain.DAY).buckets()).isInstanceOf(TooManyBuckets.class);
    }

    @Test
    void bucketsCountForEachValue() {
        assertThat(cube(20).rows(Metric.FLOW, since("2016-06-01", Grain.DAY))).hasSizeGreaterThan(20 * 3_653);
        assertThatThrownBy(() -> cube(100).rows(Metric.FLOW, since("2016-06-01", Grain.DAY)))
                .isInstanceOf(TooManyBuckets.class)
                .hasMessageContaining("3,653 buckets by day")
                .hasMessageEndingWith("each for 100 values");
    }

    @Test
    void coarserGrainsAndMetricsOfWhatHappenedAreTold() {
        assertThat(cube(1).rows(Metric.FLOW, since("0001-01-01", Grain.ALL))).isNotEmpty();
        assertThat(cube(1).rows(Metric.QUALITY, since("0001-01-01", Grain.DAY))).isNotEmpty();
    }

    @Test
    void bucketsAreCountedAsTheyAreListed() {
        for (Grain grain : Grain.values()) {
            Reading reading = since("2020-02-29", grain);
            assertThat(grain.bucket(reading.first()).until(grain.bucket(LAST)) + 1)
                    .isEqualTo(reading.buckets().size());
        }
    }
}

package io.smarketing.lifecycle.projections.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.ConversionPath;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.MetricCube;
import io.smarketing.lifecycle.funnel.metric.MetricDefinition;
import io.smarketing.lifecycle.funnel.metric.Reading;
import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AskedConversionsTest {

    private static final ZoneId ZONE = ZoneId.of("UTC");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static List<LeadFold> leads(Random random) {
        List<LeadFold> leads = new ArrayList<>();
        for (int lead = 0; lead < 40; lead++) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(7); i++) {
                Instant at = START.plus(Duration.ofMinutes(random.nextInt(60 * 24 * 40)));
                LeadEvent event = i == 0
                        ? new LeadEvent.Captured("web", null, null, Map.of(), null, null)
                        : switch (random.nextInt(5)) {
                            case 0 -> new LeadEvent.MarkedMql(null, null);
                            case 1 -> new LeadEvent.Accepted("ann");
                            case 2 -> new LeadEvent.Contacted("ann", "call", "reached");
                            case 3 -> new LeadEvent.Rejected("ann", "too-small");
                            default -> new LeadEvent.Won(null, null);
                        };
                entries.add(new Entry(i, new EventId("urn:t", lead + "/" + i), at, at, event));
            }
            LeadFold.of(new LeadHistory("L" + lead, entries), Marks.recorded()).ifPresent(leads::add);
        }
        return leads;
    }

    private static List<MetricCube.ValueRow> rows(List<LeadFold> leads, MetricDefinition definition) {
        MetricCube cube = new MetricCube(Dimension.ALL, definition);
        leads.forEach(cube::add);
        return cube.rows(
                Metric.CONVERSION, cube.reading(Grain.MONTH, START.plus(Duration.ofDays(60)), Reading.HORIZONS));
    }

    @Test
    void whatIsPickedOutOfTheStandardOnesIsWhatWouldHaveBeenCountedForItAlone() {
        List<AskedConversions> asked = List.of(
                new AskedConversions(List.of(ConversionPath.parse("CAPTURED,MQL")), List.of()),
                new AskedConversions(
                        List.of(ConversionPath.parse("CAPTURED,MQL,ACCEPTED")), List.of(Duration.ofDays(7))),
                new AskedConversions(
                        List.of(ConversionPath.parse("CAPTURED,MQL"), ConversionPath.parse("ACCEPTED,CONTACTED,WON")),
                        List.of(Duration.ofDays(30), Duration.ofDays(14))));
        for (long seed = 0; seed < 50; seed++) {
            List<LeadFold> leads = leads(new Random(seed));
            for (AskedConversions conversions : asked) {
                MetricDefinition standard = conversions.definition(ZONE);
                assertThat(standard).isEqualTo(MetricDefinition.standard(ZONE));
                MetricDefinition own = new MetricDefinition(ZONE, conversions.paths(), conversions.windows());
                assertThat(rows(leads, standard).stream()
                                .filter(row -> conversions.holds(row.row()))
                                .toList())
                        .as("seed %d, %s", seed, conversions)
                        .isNotEmpty()
                        .isEqualTo(rows(leads, own));
            }
        }
    }
}

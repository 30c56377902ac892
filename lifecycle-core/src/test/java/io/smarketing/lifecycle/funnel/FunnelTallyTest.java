package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.LeadFold;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.lead.Marks;
import io.smarketing.lifecycle.lead.Stage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FunnelTallyTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static LeadFold lead(String leadId, LeadEvent... events) {
        List<Entry> entries = new ArrayList<>();
        for (LeadEvent event : events) {
            Instant at = START.plusSeconds(entries.size());
            entries.add(new Entry(entries.size(), new EventId("urn:test", leadId + entries.size()), at, at, event));
        }
        return LeadFold.of(new LeadHistory(leadId, entries), Marks.recorded()).orElseThrow();
    }

    private static LeadEvent captured(String source) {
        return new LeadEvent.Captured(source, null, null, Map.of(), null, null);
    }

    private static LeadFold randomLead(Random random, int number) {
        List<LeadEvent> events =
                new ArrayList<>(List.of(captured(List.of("a", "b", "c").get(random.nextInt(3)))));
        for (int i = random.nextInt(8); i > 0; i--) {
            events.add(
                    switch (random.nextInt(6)) {
                        case 0 -> new LeadEvent.MarkedMql(null, null);
                        case 1 -> new LeadEvent.Accepted("ann");
                        case 2 -> new LeadEvent.Contacted("bob", null, null);
                        case 3 -> new LeadEvent.Rejected("ann", null);
                        case 4 -> new LeadEvent.Lost("ann", null);
                        default -> new LeadEvent.Won(null, null);
                    });
        }
        return lead("L" + number, events.toArray(LeadEvent[]::new));
    }

    @Test
    void whatIsAddedAndRetractedLeavesNoTrace() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Funnel expected = new Funnel(new Dimension("source"));
            Funnel actual = new Funnel(new Dimension("source"));
            List<LeadFold> passing = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                LeadFold lead = randomLead(random, i);
                actual.add(lead);
                if (random.nextBoolean()) {
                    expected.add(lead);
                } else {
                    passing.add(lead);
                }
            }
            Collections.shuffle(passing, random);
            passing.forEach(actual::retract);
            // A value whose leads have all gone stays, as zeros.
            for (String value : List.of("a", "b", "c")) {
                LeadFold empty = lead("none", captured(value));
                expected.add(empty);
                expected.retract(empty);
                actual.add(empty);
                actual.retract(empty);
            }
            assertThat(Funnel.toJson(actual.rows())).as("seed %d", seed).isEqualTo(Funnel.toJson(expected.rows()));
        }
    }

    @Test
    void tenTalliesMergeToTheSameAsOne() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Funnel whole = new Funnel(new Dimension("source"));
            List<Funnel> parts = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                parts.add(new Funnel(new Dimension("source")));
            }
            for (int i = 0; i < 60; i++) {
                LeadFold lead = randomLead(random, i);
                whole.add(lead);
                parts.get(random.nextInt(10)).add(lead);
            }
            Collections.shuffle(parts, random);
            Funnel merged = parts.stream().reduce(new Funnel(new Dimension("source")), Funnel::merge);
            assertThat(Funnel.toJson(merged.rows())).as("seed %d", seed).isEqualTo(Funnel.toJson(whole.rows()));
        }
    }

    @Test
    void quantilesAreNearestRankAndTheMedianOfAnEvenNumberIsTheMeanOfTheMiddles() {
        Durations durations = new Durations();
        for (long seconds : new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
            durations.add(seconds * 1_000_000);
        }
        Durations.Ranked ranked = durations.ranked();
        assertThat(ranked.median()).isEqualTo(new BigDecimal("5.500000"));
        assertThat(ranked.percentile(75)).isEqualTo(new BigDecimal("8.000000"));
        assertThat(ranked.percentile(90)).isEqualTo(new BigDecimal("9.000000"));
        assertThat(durations.mean()).isEqualTo(new BigDecimal("5.500000"));
        durations.retract(10_000_000);
        assertThat(durations.ranked().median()).isEqualTo(new BigDecimal("5.000000"));
    }

    @Test
    void halfAMicrosecondIsRoundedUp() {
        Durations durations = new Durations();
        durations.add(1);
        durations.add(2);
        assertThat(durations.mean()).isEqualTo(new BigDecimal("0.000002"));
        assertThat(durations.ranked().median()).isEqualTo(new BigDecimal("0.000002"));
    }

    @Test
    void sumsGoBeyondWhatALongHolds() {
        Durations durations = new Durations();
        for (int i = 0; i < 1_000; i++) {
            durations.add(Long.MAX_VALUE / 100);
        }
        assertThat(durations.mean()).isEqualTo(new BigDecimal("92233720368.547758"));
    }

    @Test
    void noDurationGivesNoFigures() {
        FunnelRow row = new FunnelTally().row(null);
        assertThat(row.stage(Stage.MQL).timeInStage()).isEqualTo(new FunnelRow.Times(0, null, null, null, null));
        assertThat(row.toJson().get("value").isNull()).isTrue();
    }

    @Test
    void aMissingValueIsARowOfItsOwnAndTheLast() {
        Funnel funnel = new Funnel(new Dimension("source"));
        funnel.add(lead("1", new LeadEvent.Captured(null, null, null, Map.of(), null, null)));
        funnel.add(lead("2", captured("unknown")));
        funnel.add(lead("3", captured("")));
        assertThat(funnel.rows()).extracting(FunnelRow::value).containsExactly("", "unknown", null);
    }
}

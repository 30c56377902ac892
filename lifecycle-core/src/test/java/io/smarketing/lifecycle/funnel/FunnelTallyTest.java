package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.lead.Deviation;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
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
        Durations durations = Durations.exact();
        for (long seconds : new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
            durations.add(seconds * 1_000_000);
        }
        Ranked ranked = durations.ranked();
        assertThat(ranked.median()).isEqualTo(new BigDecimal("5.500000"));
        assertThat(ranked.percentile(75)).isEqualTo(new BigDecimal("8.000000"));
        assertThat(ranked.percentile(90)).isEqualTo(new BigDecimal("9.000000"));
        assertThat(durations.mean()).isEqualTo(new BigDecimal("5.500000"));
        durations.retract(10_000_000);
        assertThat(durations.ranked().median()).isEqualTo(new BigDecimal("5.000000"));
    }

    @Test
    void halfAMicrosecondIsRoundedUp() {
        Durations durations = Durations.exact();
        durations.add(1);
        durations.add(2);
        assertThat(durations.mean()).isEqualTo(new BigDecimal("0.000002"));
        assertThat(durations.ranked().median()).isEqualTo(new BigDecimal("0.000002"));
    }

    @Test
    void sumsGoBeyondWhatALongHolds() {
        Durations durations = Durations.exact();
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

    private static FunnelTally again(FunnelTally tally) {
        PackedOutput output = new PackedOutput();
        tally.write(output);
        PackedInput input = new PackedInput(output.toByteArray());
        FunnelTally read = FunnelTally.read(input);
        assertThat(input.isAtEnd()).isTrue();
        return read;
    }

    private static byte[] packed(FunnelTally tally) {
        PackedOutput output = new PackedOutput();
        tally.write(output);
        return output.toByteArray();
    }

    @Test
    void packedTalliesAndChangesGiveTheSameFiguresAndTheSameBytes() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            FunnelTally exact = new FunnelTally();
            FunnelTally bounded = FunnelTally.bounded();
            FunnelTally change = new FunnelTally();
            for (int i = 0; i < 20; i++) {
                LeadFold lead = randomLead(random, i);
                exact.add(lead);
                bounded.merge(again(FunnelTally.of(lead)));
                if (random.nextBoolean()) {
                    change.add(lead);
                } else {
                    change.retract(FunnelTally.of(lead));
                }
            }
            for (FunnelTally tally : List.of(exact, bounded, change)) {
                assertThat(packed(again(tally))).as("seed %d", seed).isEqualTo(packed(tally));
            }
            assertThat(again(exact).row(null).toJson())
                    .isEqualTo(exact.row(null).toJson());
            assertThat(again(bounded).row(null).toJson())
                    .isEqualTo(bounded.row(null).toJson());
            bounded.merge(change);
            bounded.merge(again(exact));
            exact.merge(exact);
            exact.merge(again(change));
            bounded.retract(exact);
            assertThat(bounded.stages()).as("seed %d", seed).isEmpty();
        }
    }

    /** Stages, exits and deviations stand by their place: whoever adds one raises the version, or old stores are misread. */
    @Test
    void thePackedFormOfTheFirstVersionStays() {
        FunnelTally tally = FunnelTally.of(
                lead("1", captured("a"), new LeadEvent.Contacted(null, null, null), new LeadEvent.Won(null, null)));
        assertThat(HexFormat.of().formatHex(packed(tally)))
                .isEqualTo(
                        "0100" // Version, exact.
                                + "978010020202"
                                + "0200c0843d0180897a02" // CAPTURED: ever, entered, reached, forward; 1 s once.
                                + "0402" + "0402" // MQL, ACCEPTED: reached.
                                + "878210020202" + "0200c0843d0180897a02" // CONTACTED: left for WON.
                                + "0f02020202" + "00" + "00" // WON: open. REJECTED, LOST.
                                + "0080897a018092f40102");
    }

    @Test
    void whatIsOfAnotherVersionOrCutShortIsRefused() {
        assertThatThrownBy(() -> FunnelTally.read(new PackedInput(new byte[] {2, 0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
        byte[] whole = packed(FunnelTally.of(lead("1", captured("a"), new LeadEvent.Accepted("ann"))));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> FunnelTally.read(new PackedInput(cut)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aChangeTouchesOnlyTheStagesItChanges() {
        FunnelTally change = FunnelTally.of(lead("1", captured("a"), new LeadEvent.Accepted("ann")));
        change.retract(FunnelTally.of(lead("1", captured("a"))));
        assertThat(change.stages()).containsExactlyInAnyOrder(Stage.CAPTURED, Stage.MQL, Stage.ACCEPTED);
        change.retract(change);
        assertThat(change.stages()).isEmpty();
    }

    @Test
    void deviationsBelongToTheStageOfTheirEvent() {
        LeadFold lead = lead(
                "1",
                captured("a"),
                new LeadEvent.Won(null, null),
                new LeadEvent.Won(null, null),
                new LeadEvent.Accepted("ann"),
                new LeadEvent.Rejected("ann", null));
        assertThat(lead.deviations(Stage.WON)).isEqualTo(Map.of(Deviation.REPEATED, 1));
        assertThat(lead.deviations(Stage.ACCEPTED)).isEqualTo(Map.of(Deviation.AFTER_FINAL, 1));
        assertThat(lead.deviations()).isEqualTo(Map.of(Deviation.REPEATED, 1, Deviation.AFTER_FINAL, 2));
    }

    @Test
    void boundedDurationsAreExactInNumberAndSumAndOffByLessThanOnePercentInRank() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            Durations exact = Durations.exact();
            Durations bounded = Durations.bounded();
            List<Long> added = new ArrayList<>();
            for (int i = random.nextInt(300); i >= 0; i--) {
                long micros = random.nextLong() >>> (1 + random.nextInt(62));
                added.add(micros);
                exact.add(micros);
                bounded.add(micros);
                if (random.nextInt(4) == 0) {
                    long gone = added.remove(random.nextInt(added.size()));
                    exact.retract(gone);
                    bounded.retract(gone);
                }
            }
            assertThat(bounded.n()).isEqualTo(exact.n());
            assertThat(bounded.mean()).isEqualTo(exact.mean());
            assertThat(bounded.sum()).isEqualTo(exact.sum());
            assertNear(bounded.ranked().median(), exact.ranked().median());
            assertNear(bounded.ranked().percentile(75), exact.ranked().percentile(75));
            assertNear(bounded.ranked().percentile(90), exact.ranked().percentile(90));
            added.forEach(bounded::retract);
            assertThat(bounded.isEmpty()).as("seed %d", seed).isTrue();
        }
    }

    private static void assertNear(@Nullable BigDecimal bounded, @Nullable BigDecimal exact) {
        if (bounded == null || exact == null) {
            assertThat(bounded).isEqualTo(exact);
            return;
        }
        // 1/256, and the rounding to six digits.
        BigDecimal most = exact.multiply(new BigDecimal("0.00390625")).add(new BigDecimal("0.000001"));
        assertThat(bounded.subtract(exact).abs()).isLessThanOrEqualTo(most);
    }

    @Test
    void smallDurationsAreExactAndEachEdgeOfABucketIsWithinTheBound() {
        for (int shift = 0; shift < Long.SIZE - 1; shift++) {
            for (long edge :
                    new long[] {(1L << shift) - 1, 1L << shift, (1L << shift) + 1, (1L << shift) * 255 / 128}) {
                if (edge >= 0) {
                    Durations bounded = Durations.bounded();
                    bounded.add(edge);
                    BigDecimal exact = BigDecimal.valueOf(edge).movePointLeft(6);
                    assertNear(bounded.ranked().median(), exact);
                    if (edge < 256) {
                        assertThat(bounded.ranked().median()).isEqualByComparingTo(exact);
                    }
                }
            }
        }
    }

    @Test
    void theHistogramTellsBucketsByDistanceAndCount() {
        Durations durations = Durations.exact();
        assertThat(durations.histogram()).isNull();
        durations.add(3);
        durations.add(256);
        durations.add(257);
        durations.add(300);
        // Version 1; bucket 3 once; 253 further twice (256 and 257 µs); 22 further once (300 and 301 µs).
        assertThat(Base64.getDecoder().decode(durations.histogram()))
                .containsExactly(1, 3, 1, (byte) 0xFD, 1, 2, 22, 1);
    }

    @Test
    void durationsThatAreAskedBetweenChangesAnswerLikeThoseAskedAtTheEnd() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Durations asked = Durations.bounded();
            List<Long> held = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                if (held.isEmpty() || random.nextInt(3) > 0) {
                    held.add(random.nextLong(100_000));
                    asked.add(held.get(held.size() - 1));
                } else {
                    asked.retract(held.remove(random.nextInt(held.size())));
                }
                Durations fresh = Durations.bounded();
                held.forEach(fresh::add);
                assertThat(asked.histogram()).as("seed %d, step %d", seed, step).isEqualTo(fresh.histogram());
                assertThat(asked).as("seed %d, step %d", seed, step).isEqualTo(fresh);
            }
        }
    }

    @Test
    void exactDurationsRefuseBoundedOnes() {
        assertThatThrownBy(() -> new FunnelTally().merge(FunnelTally.bounded()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void centuriesAreNoTooLongATime() {
        Instant first = Instant.parse("0000-01-01T00:00:00Z");
        Instant last = Instant.parse("9999-12-31T23:59:59.999999Z");
        List<Entry> entries = List.of(
                new Entry(0, new EventId("urn:test", "0"), first, last, captured("a")),
                new Entry(1, new EventId("urn:test", "1"), last, last, new LeadEvent.Won(null, null)));
        FunnelTally tally = FunnelTally.of(
                LeadFold.of(new LeadHistory("1", entries), Marks.live()).orElseThrow());
        assertThat(tally.row(null).cycle().mean()).isEqualTo(new BigDecimal("315569519999.999999"));
    }
}

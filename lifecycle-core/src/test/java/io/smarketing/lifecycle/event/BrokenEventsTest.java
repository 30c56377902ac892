package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Nobody's mistake may become our exception: whatever comes in is an event or a refusal that tells how to mend it. */
class BrokenEventsTest {

    private static final long SEED = 4711;
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    private final CloudEventCodec codec = new CloudEventCodec();

    @Test
    void everyBrokenLineIsRefusedWithItsCodeItsFieldAndAMend() {
        List<BrokenLines.Broken> lines = BrokenLines.lines(SEED, 3_000);
        Map<String, Integer> refused = new TreeMap<>();
        for (BrokenLines.Broken broken : lines) {
            Refusal refusal = refusal(broken);
            assertThat(refusal.code()).as(told(broken)).isEqualTo(BrokenLines.codeOf(broken.kind()));
            assertThat(refusal.field()).as(told(broken)).isEqualTo(BrokenLines.fieldOf(broken.kind()));
            assertThat(refusal.message()).as(told(broken)).isNotBlank().hasSizeLessThan(2_000);
            assertThat(refusal.message().chars())
                    .as("message of one line: %s", told(broken))
                    .noneMatch(Character::isISOControl);
            assertThat(refusal.mend()).as(told(broken)).isNotBlank();
            refused.merge(refusal.code(), 1, Integer::sum);
        }

        Map<String, Integer> sent = new TreeMap<>(lines.stream()
                .collect(Collectors.groupingBy(
                        broken -> BrokenLines.codeOf(broken.kind()), Collectors.summingInt(broken -> 1))));
        assertThat(refused).isEqualTo(sent);
        assertThat(refused.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(lines.size());
    }

    @Test
    void theBrokenLinesAreOfEveryKindAndEveryCode() {
        List<BrokenLines.Broken> lines = BrokenLines.lines(SEED, 1_000);
        assertThat(lines.stream().map(BrokenLines.Broken::kind).collect(Collectors.toSet()))
                .hasSizeGreaterThan(100)
                .containsExactlyInAnyOrderElementsOf(BrokenLines.kindsOfLines());
        assertThat(lines.stream()
                        .map(broken -> BrokenLines.codeOf(broken.kind()))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "clock-ahead",
                        "invalid-data",
                        "invalid-field",
                        "invalid-time",
                        "missing-activity",
                        "missing-event",
                        "missing-id",
                        "missing-source",
                        "missing-specversion",
                        "missing-subject",
                        "missing-time",
                        "missing-type",
                        "not-an-event",
                        "personal-lead-id",
                        "subject-mismatch",
                        "too-large",
                        "unknown-type",
                        "unreadable-json",
                        "unsupported-content-type",
                        "unsupported-specversion");
        assertThat(lines)
                .noneMatch(broken -> new String(broken.line(), StandardCharsets.ISO_8859_1).matches("(?s).*[\n\r].*"));
    }

    @Test
    void theSameSeedGivesTheSameLines() {
        Function<List<BrokenLines.Broken>, List<String>> hex = lines -> lines.stream()
                .map(broken -> broken.kind() + " " + HexFormat.of().formatHex(broken.line()))
                .toList();
        assertThat(hex.apply(BrokenLines.lines(7, 200))).isEqualTo(hex.apply(BrokenLines.lines(7, 200)));
        assertThat(hex.apply(BrokenLines.lines(7, 200))).isNotEqualTo(hex.apply(BrokenLines.lines(8, 200)));
    }

    /** Lines with a few bytes changed at random: an event that can be written and read again, or a refusal. */
    @Test
    void aDamagedLineIsAnEventOrARefusalAndNothingElse() {
        JsonMapper json = new JsonMapper();
        Random random = new Random(SEED);
        int events = 0;
        int lines = 30_000;
        for (int i = 0; i < lines; i++) {
            EventType type = ValidData.anyType(random);
            byte[] line = json.writeValueAsBytes(ValidData.event(type, random));
            for (int k = 1 + random.nextInt(3); k > 0; k--) {
                line[random.nextInt(line.length)] =
                        (byte) (random.nextInt(4) > 0 ? ' ' + random.nextInt(95) : random.nextInt(256));
            }
            String told = new String(line, StandardCharsets.UTF_8);
            try {
                Arrival arrival = codec.decode(line, NOW);
                byte[] written = codec.bytes(codec.encode(
                        arrival.leadId(),
                        arrival.eventId(),
                        arrival.occurredAt(),
                        arrival.recordedTime(),
                        arrival.event()));
                assertThat(codec.decode(written, NOW).event()).as(told).isEqualTo(arrival.event());
                events++;
            } catch (Refusal refusal) {
                assertThat(refusal.code()).as(told).isNotBlank();
                assertThat(refusal.message()).as(told).isNotBlank();
                assertThat(refusal.mend()).as(told).isNotBlank();
            } catch (RuntimeException e) {
                throw new AssertionError(told, e);
            }
        }
        assertThat(events).isBetween(lines / 100, lines / 2);
    }

    @Test
    void noLineTakesLong() {
        List<BrokenLines.Broken> lines = BrokenLines.lines(SEED, 1_000);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> lines.forEach(this::refusal));
    }

    private Refusal refusal(BrokenLines.Broken broken) {
        try {
            Arrival arrival = codec.decode(broken.line(), NOW);
            throw new AssertionError("taken: " + told(broken) + " as " + arrival);
        } catch (Refusal refusal) {
            return refusal;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(told(broken), e);
        }
    }

    private static String told(BrokenLines.Broken broken) {
        String line = new String(broken.line(), StandardCharsets.UTF_8);
        return broken.kind() + ": " + line.substring(0, Math.min(line.length(), 500));
    }
}

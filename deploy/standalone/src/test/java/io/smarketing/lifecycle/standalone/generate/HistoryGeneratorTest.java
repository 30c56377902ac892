package io.smarketing.lifecycle.standalone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class HistoryGeneratorTest {

    private static final LocalDate NEW_YEAR = LocalDate.of(2025, 1, 1);
    private static final Duration COOLDOWN = Duration.ofDays(30);
    private static final Set<String> FOLDED =
            Set.of("captured", "enriched", "activity", "accepted", "contacted", "rejected", "lost", "won");

    @Test
    void theSameSeedWritesTheSameBytes() throws IOException {
        assertThat(bytes(options(500, 7))).isEqualTo(bytes(options(500, 7)));
    }

    @Test
    void anotherSeedWritesOtherBytes() throws IOException {
        assertThat(bytes(options(500, 7))).isNotEqualTo(bytes(options(500, 8)));
    }

    @Test
    void theBytesDependOnNoDefaultLocaleOrZone() throws IOException {
        byte[] expected = bytes(options(200, 1));
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
            assertThat(bytes(options(200, 1))).isEqualTo(expected);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    /** Pinned, because every JVM must write it. Change it only with what the generator draws. */
    @Test
    void theBytesAreTheSameOnEveryJvm() throws IOException, NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(options(1_000, 1)));
        assertThat(HexFormat.of().formatHex(hash))
                .isEqualTo("48c17c6f410121cfbb132a5c5323849f283f613c12bba7a803536ccad7d3a6a1");
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 1_000, 20_000})
    void linesComeInOrderOfArrivalAndNoIdTellsTwoStories(int leads) throws IOException {
        Map<String, JsonNode> told = new HashMap<>();
        Instant latest = Instant.MIN;
        for (Line line : Written.of(options(leads, 1)).lines) {
            assertThat(line.recorded).isAfterOrEqualTo(latest).isAfterOrEqualTo(line.time);
            latest = line.recorded;
            JsonNode before = told.putIfAbsent(line.source + " " + line.id, line.content);
            assertThat(before == null || before.equals(line.content)).isTrue();
        }
        assertThat(latest).isBefore(Instant.parse("2026-06-30T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 77, 1_000, 20_000})
    void theGuaranteedSharesHold(int leads) throws IOException {
        Written written = Written.of(options(leads, 3));

        assertThat(written.byLead).hasSize(leads);
        assertThat(written.byLead.values()).allMatch(facts -> facts.stream().anyMatch(fact -> fact.is("captured")));
        assertThat(written.count(HistoryGeneratorTest::hasLateFact)).isGreaterThanOrEqualTo(leads * 5L / 100);
        assertThat(written.count(HistoryGeneratorTest::isMarkedAgain)).isGreaterThanOrEqualTo(leads * 2L / 100);
        assertThat(written.count(HistoryGeneratorTest::hasFactBeforeCapture)).isGreaterThanOrEqualTo(leads / 100L);
        assertThat(written.byLead.values()).anyMatch(HistoryGeneratorTest::isCapturedAndMarkedAtOnce);
        assertThat(written.byLead.values()).anyMatch(HistoryGeneratorTest::arrivesBeforeItsCapture);
        assertThat(written.ofType("voided")).isNotEmpty();
        assertThat(written.lines.size() - written.events)
                .isBetween(Math.max(1, written.events / 250), Math.max(20, written.events / 60));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 5_000})
    void theSummaryCountsWhatIsWritten(int leads) throws IOException {
        Written written = Written.of(options(leads, 2));
        HistorySummary summary = written.summary;

        assertThat(summary.leads()).isEqualTo(written.byLead.size());
        assertThat(summary.lines()).isEqualTo(written.lines.size());
        assertThat(summary.events()).isEqualTo(written.events);
        assertThat(summary.duplicates()).isEqualTo(written.lines.size() - written.events);
        summary.types()
                .forEach((type, count) ->
                        assertThat((long) written.ofType(type).size()).as(type).isEqualTo(count));
        assertThat(summary.types().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(written.events);
        assertThat(summary.leadsWithLateFacts()).isEqualTo(written.count(HistoryGeneratorTest::hasLateFact));
        assertThat(summary.leadsRemarkedAfterRejection()).isEqualTo(written.count(HistoryGeneratorTest::isMarkedAgain));
        assertThat(summary.leadsWithFactsBeforeCapture())
                .isEqualTo(written.count(HistoryGeneratorTest::hasFactBeforeCapture));
        assertThat(summary.ties())
                .isEqualTo(written.byLead.values().stream()
                        .mapToLong(HistoryGeneratorTest::ties)
                        .sum());
        assertThat(summary.voided()).isEqualTo(written.ofType("voided").size());
    }

    /** Folds by the table of stages, and so checks the storylines against it. */
    @ParameterizedTest
    @ValueSource(ints = {50, 1_000, 5_000})
    void theFoldFindsEveryDeviationThatWasPlannedAndNoOther(int leads) throws IOException {
        Written written = Written.of(options(leads, 4));
        Map<String, Long> found = new TreeMap<>();
        for (List<Line> facts : written.byLead.values()) {
            fold(facts).forEach(kind -> found.merge(kind, 1L, Long::sum));
        }

        assertThat(found).isEqualTo(new TreeMap<>(written.summary.plannedDeviations()));
        assertThat(found).hasSize(PlannedDeviation.values().length);
    }

    @Test
    void aVoidNamesAFactOfItsLeadThatHasArrived() throws IOException {
        Written written = Written.of(options(5_000, 1));
        assertThat(written.byLead.values()).allSatisfy(facts -> {
            Set<String> arrived = new HashSet<>();
            for (Line fact : facts) {
                arrived.add(fact.source + " " + fact.id);
                if (fact.is("voided")) {
                    assertThat(arrived).contains(target(fact));
                }
            }
        });
        assertThat(written.ofType("voided").stream()
                        .map(voided -> Objects.requireNonNull(written.byKey.get(target(voided))).type)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("won", "rejected");
    }

    @Test
    void allOfTheHistoryLiesBeforeTheHorizon() throws IOException {
        GeneratorOptions shortest = GeneratorOptions.ofFile(2_000, 1, LocalDate.of(2026, 5, 4), 1);
        assertThat(Written.of(shortest).lines)
                .allMatch(line -> line.recorded.isBefore(Instant.parse("2026-11-01T00:00:00Z")));
    }

    private static GeneratorOptions options(int leads, long seed) {
        return GeneratorOptions.ofFile(leads, seed, NEW_YEAR, 365);
    }

    private static byte[] bytes(GeneratorOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new HistoryGenerator(options).write(out, told -> {});
        return out.toByteArray();
    }

    private static boolean hasLateFact(List<Line> facts) {
        Instant latest = Instant.MIN;
        for (Line fact : facts) {
            if (FOLDED.contains(fact.type)) {
                if (fact.time.isBefore(latest)) {
                    return true;
                }
                latest = fact.time;
            }
        }
        return false;
    }

    private static boolean isMarkedAgain(List<Line> facts) {
        List<Instant> marks = times(facts, "marked-mql");
        Set<String> voided = voided(facts);
        return facts.stream()
                .filter(fact -> fact.is("rejected") && !voided.contains(fact.source + " " + fact.id))
                .map(Line::time)
                .anyMatch(rejected -> marks.stream().anyMatch(mark -> mark.isBefore(rejected))
                        && marks.stream().anyMatch(mark -> !mark.isBefore(rejected.plus(COOLDOWN))));
    }

    private static boolean hasFactBeforeCapture(List<Line> facts) {
        Instant capture = opening(facts).time;
        return facts.stream().anyMatch(fact -> FOLDED.contains(fact.type) && fact.time.isBefore(capture));
    }

    private static boolean arrivesBeforeItsCapture(List<Line> facts) {
        Line capture = opening(facts);
        return facts.stream()
                .anyMatch(fact -> fact.time.isBefore(capture.time) && fact.recorded.isBefore(capture.recorded));
    }

    private static boolean isCapturedAndMarkedAtOnce(List<Line> facts) {
        return times(facts, "marked-mql").contains(opening(facts).time);
    }

    private static long ties(List<Line> facts) {
        return facts.stream().collect(Collectors.groupingBy(Line::time, Collectors.counting())).values().stream()
                .filter(count -> count > 1)
                .mapToLong(Long::longValue)
                .sum();
    }

    private static Line opening(List<Line> facts) {
        return facts.stream()
                .filter(fact -> fact.is("captured"))
                .min(Comparator.comparing(Line::time))
                .orElseThrow();
    }

    private static List<Instant> times(List<Line> facts, String type) {
        return facts.stream().filter(fact -> fact.is(type)).map(Line::time).toList();
    }

    private static Set<String> voided(List<Line> facts) {
        return facts.stream()
                .filter(fact -> fact.is("voided"))
                .map(HistoryGeneratorTest::target)
                .collect(Collectors.toSet());
    }

    private static String target(Line voided) {
        JsonNode event = voided.content.path("data").path("event");
        return event.path("source").stringValue() + " " + event.path("id").stringValue();
    }

    private static List<String> fold(List<Line> facts) {
        List<String> ranks = List.of("marked-mql", "accepted", "contacted", "rejected", "lost", "won");
        Set<String> voided = voided(facts);
        Line opening = opening(facts);
        List<Line> inFoldOrder = facts.stream()
                .filter(fact -> ranks.contains(fact.type) && !voided.contains(fact.source + " " + fact.id))
                .sorted(Comparator.comparing(Line::time)
                        .thenComparing(fact -> ranks.indexOf(fact.type))
                        .thenComparing(Line::source)
                        .thenComparing(Line::id))
                .toList();
        List<String> deviations = new ArrayList<>();
        times(facts, "captured").stream().skip(1).forEach(again -> deviations.add("captured-again"));
        String stage = "CAPTURED";
        for (Line fact : inFoldOrder) {
            if (fact.time.isBefore(opening.time)) {
                deviations.add("before-capture");
            }
            String next = next(stage, fact.type);
            if (next.equals("ACCEPTED") && stage.equals("CONTACTED")) {
                deviations.add("backward");
            }
            if (next.equals(next.toUpperCase(Locale.ROOT))) {
                stage = next;
            } else {
                deviations.add(next);
            }
        }
        return deviations;
    }

    /** The stage that is entered or kept, or the deviation. */
    private static String next(String stage, String type) {
        boolean out = stage.equals("REJECTED") || stage.equals("LOST");
        String own = switch (type) {
            case "marked-mql" -> "MQL";
            default -> type.toUpperCase(Locale.ROOT);
        };
        if (stage.equals(own) && !type.equals("contacted")) {
            return "repeated";
        }
        if (stage.equals("WON")) {
            return "after-final";
        }
        return switch (type) {
            case "marked-mql" -> stage.equals("ACCEPTED") || stage.equals("CONTACTED") ? "late-mark" : own;
            case "contacted", "rejected", "lost" -> out ? "after-exit" : own;
            default -> own;
        };
    }

    private record Line(
            String id, String source, String type, String lead, Instant time, Instant recorded, JsonNode content) {

        private static Line parse(String text) {
            ObjectNode content = (ObjectNode) JsonMapper.shared().readTree(text);
            Instant recorded = Instant.parse(content.path("recordedtime").stringValue());
            content.remove("recordedtime");
            String type = content.path("type").stringValue();
            assertThat(type).startsWith("io.smarketing.lead.").endsWith(".v1");
            assertThat(content.path("specversion").stringValue()).isEqualTo("1.0");
            assertThat(content.path("data").path("leadId")).isEqualTo(content.path("subject"));
            return new Line(
                    content.path("id").stringValue(),
                    content.path("source").stringValue(),
                    type.substring("io.smarketing.lead.".length(), type.length() - ".v1".length()),
                    content.path("subject").stringValue(),
                    Instant.parse(content.path("time").stringValue()),
                    recorded,
                    content);
        }

        private boolean is(String name) {
            return type.equals(name);
        }
    }

    /** A history as a reader finds it; duplicates are among {@code lines} only. */
    private record Written(
            HistorySummary summary,
            List<Line> lines,
            Map<String, Line> byKey,
            Map<String, List<Line>> byLead,
            int events) {

        private static Written of(GeneratorOptions options) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            HistorySummary summary = new HistoryGenerator(options).write(out, told -> {});
            List<Line> lines = new String(out.toByteArray(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Line::parse)
                    .toList();
            Map<String, Line> byKey = new LinkedHashMap<>();
            lines.forEach(line -> byKey.putIfAbsent(line.source + " " + line.id, line));
            Map<String, List<Line>> byLead = byKey.values().stream()
                    .collect(Collectors.groupingBy(Line::lead, LinkedHashMap::new, Collectors.toList()));
            return new Written(summary, lines, byKey, byLead, byKey.size());
        }

        private long count(Predicate<List<Line>> property) {
            return byLead.values().stream().filter(property).count();
        }

        private List<Line> ofType(String type) {
            return byKey.values().stream().filter(line -> line.is(type)).toList();
        }
    }
}

package io.smarketing.lifecycle.lead;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of transitions, cell by cell, through the aggregate: facts of other systems, then decisions of people. */
class TransitionTableTest {

    private static final String LEAD = "L-1";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<Stage> COLUMNS =
            List.of(Stage.CAPTURED, Stage.MQL, Stage.ACCEPTED, Stage.CONTACTED, Stage.REJECTED, Stage.LOST, Stage.WON);

    /** As in the design: "→ S" opens a visit to S; a word alone is the deviation; "-" neither. */
    private static final Map<String, List<String>> TABLE = Map.of(
            "captured",
                    row(
                            "captured-again | captured-again | captured-again | captured-again | captured-again | captured-again | captured-again"),
            "marked-mql",
                    row(
                            "→ MQL forward | repeated | late-mark | late-mark | → MQL recycled | → MQL recycled | after-final"),
            "accepted",
                    row(
                            "→ ACCEPTED forward | → ACCEPTED forward | repeated | → ACCEPTED back backward | → ACCEPTED reopened | → ACCEPTED reopened | after-final"),
            "contacted",
                    row(
                            "→ CONTACTED forward | → CONTACTED forward | → CONTACTED forward | - | after-exit | after-exit | after-final"),
            "rejected",
                    row(
                            "→ REJECTED rejected | → REJECTED rejected | → REJECTED rejected | → REJECTED rejected | repeated | after-exit | after-final"),
            "lost", row("→ LOST lost | → LOST lost | → LOST lost | → LOST lost | after-exit | repeated | after-final"),
            "won", row("→ WON won | → WON won | → WON won | → WON won | → WON reopened | → WON reopened | repeated"));

    private static final Map<Stage, List<String>> WAY_TO = Map.of(
            Stage.CAPTURED, List.of("captured"),
            Stage.MQL, List.of("captured", "marked-mql"),
            Stage.ACCEPTED, List.of("captured", "marked-mql", "accepted"),
            Stage.CONTACTED, List.of("captured", "accepted", "contacted"),
            Stage.REJECTED, List.of("captured", "accepted", "rejected"),
            Stage.LOST, List.of("captured", "contacted", "lost"),
            Stage.WON, List.of("captured", "marked-mql", "won"));

    private static List<String> row(String cells) {
        return Stream.of(cells.split("\\|")).map(String::strip).toList();
    }

    private static LeadEvent event(String word) {
        return switch (word) {
            case "captured" -> new LeadEvent.Captured("web", null, null, Map.of(), null, null);
            case "marked-mql" -> new LeadEvent.MarkedMql(null, null);
            case "accepted" -> new LeadEvent.Accepted("ann");
            case "contacted" -> new LeadEvent.Contacted("ann", "call", "reached");
            case "rejected" -> new LeadEvent.Rejected("ann", "no-budget");
            case "lost" -> new LeadEvent.Lost("ann", "competitor");
            case "won" -> new LeadEvent.Won(null, null);
            default -> throw new IllegalArgumentException(word);
        };
    }

    static Stream<Arguments> cells() {
        return TABLE.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(row -> COLUMNS.stream()
                        .map(stage ->
                                Arguments.of(row.getKey(), stage, row.getValue().get(COLUMNS.indexOf(stage)))));
    }

    private static AggregateTestFixture<Lead> fixture() {
        AggregateTestFixture<Lead> fixture = new AggregateTestFixture<>(Lead.class);
        ActivePolicy none = Optional::empty;
        fixture.registerInjectableResource(none);
        return fixture;
    }

    private static List<Recorded> given(Stage stage) {
        List<Recorded> given = new ArrayList<>();
        for (String word : WAY_TO.getOrDefault(stage, List.of())) {
            given.add(recorded(given.size(), event(word)));
        }
        return given;
    }

    private static final Fingerprint FINGERPRINT = new Fingerprint(1, 2);

    private static Recorded recorded(int hour, LeadEvent event) {
        Instant at = START.plusSeconds(3_600L * hour);
        return new Recorded(LEAD, new EventId("urn:test", "e" + hour), at, at, event, null, FINGERPRINT);
    }

    private static LeadFold fold(List<Recorded> stored) {
        List<Entry> entries = new ArrayList<>();
        for (Recorded recorded : stored) {
            entries.add(new Entry(
                    entries.size(),
                    recorded.eventId(),
                    recorded.occurredAt(),
                    recorded.recordedAt(),
                    recorded.event()));
        }
        return LeadFold.of(new LeadHistory(LEAD, entries), Marks.recorded()).orElseThrow();
    }

    /** In the words of the table, what the last event did. */
    private static String effect(LeadFold before, LeadFold after) {
        List<String> words = new ArrayList<>();
        if (after.visits().size() > before.visits().size()) {
            Visit left = after.visits().get(after.visits().size() - 2);
            ExitKind exit = left.exit();
            words.add("→ " + after.stage() + " " + (exit == null ? "?" : exit.word()));
        }
        for (Deviation kind : Deviation.values()) {
            int more = after.deviations().getOrDefault(kind, 0)
                    - before.deviations().getOrDefault(kind, 0);
            if (more > 0) {
                words.add(kind.word());
            }
        }
        return words.isEmpty() ? "-" : String.join(" ", words);
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @MethodSource("cells")
    void factsOfOtherSystemsAreRecordedWhateverTheStage(String fact, Stage stage, String cell) {
        List<Recorded> given = given(stage);
        Recorded expected = recorded(given.size(), event(fact));
        fixture()
                .given(given)
                .when(new RecordEvent(
                        LEAD,
                        expected.eventId(),
                        expected.occurredAt(),
                        expected.recordedAt(),
                        expected.event(),
                        FINGERPRINT))
                .expectSuccessfulHandlerExecution()
                .expectResultMessagePayload(new Receipt(given.size(), false))
                .expectEvents(expected);

        List<Recorded> all = new ArrayList<>(given);
        all.add(expected);
        LeadFold before = fold(given);
        assertThat(before.stage()).isEqualTo(stage);
        assertThat(effect(before, fold(all))).isEqualTo(cell);
    }

    static Stream<Arguments> decisions() {
        Set<String> decided = Set.of("accepted", "contacted", "rejected", "lost", "won");
        return cells().filter(cell -> decided.contains((String) cell.get()[0]));
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @MethodSource("decisions")
    void decisionsOfPeopleAreHeldToTheTable(String decision, Stage stage, String cell) {
        boolean legal = cell.equals("-") || (cell.startsWith("→") && !cell.contains("backward"));
        List<Recorded> given = given(stage);
        Recorded expected = recorded(given.size(), event(decision));
        ResultValidator<Lead> result = fixture()
                .given(given)
                .when(new Decide(
                        LEAD,
                        expected.eventId(),
                        expected.occurredAt(),
                        (LeadEvent.Fact) expected.event(),
                        FINGERPRINT));
        if (legal) {
            result.expectSuccessfulHandlerExecution().expectEvents(expected);
        } else {
            result.expectNoEvents().expectException(RefusedCommand.class);
            RefusedCommand refusal = RefusedCommand.illegalTransition(
                    stage, Move.of(expected.event()).orElseThrow());
            assertThat(refusal.code()).isEqualTo("illegal-transition");
            Set<String> listed = refusal.legal().stream().map(Move::name).collect(Collectors.toSet());
            assertThat(listed).as("the legal decisions are listed").isEqualTo(legalDecisions(stage));
        }
    }

    private static Set<String> legalDecisions(Stage stage) {
        Map<String, String> moves = Map.of(
                "accepted", "ACCEPTED", "contacted", "CONTACTED", "rejected", "REJECTED", "lost", "LOST", "won", "WON");
        return decisions()
                .filter(cell -> cell.get()[1] == stage)
                .filter(cell -> {
                    String effect = (String) cell.get()[2];
                    return effect.equals("-") || (effect.startsWith("→") && !effect.contains("backward"));
                })
                .map(cell -> moves.get((String) cell.get()[0]))
                .collect(Collectors.toSet());
    }
}

package io.smarketing.lifecycle.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.Test;

class LeadTest {

    private static final String LEAD = "L-1";
    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");
    private static final Instant TEN = Instant.parse("2026-03-02T10:00:00Z");

    private final AggregateTestFixture<Lead> fixture = new AggregateTestFixture<>(Lead.class);
    private Optional<Policy> active = Optional.empty();

    LeadTest() {
        ActivePolicy policies = () -> active;
        fixture.registerInjectableResource(policies);
    }

    private static Policy policy(String name, int threshold) {
        try {
            return PolicyReader.read("test", """
                            name: %s
                            threshold: %d
                            attributes: {employees: int}
                            fit:
                              - {id: size, when: "lead.employees >= 10", points: 20}
                            engagement:
                              - {id: demo, activity: demo_request, points: 30}
                            recycle: {cooldown: P1D}
                            """.formatted(name, threshold)).policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    private static LeadEvent captured() {
        return new LeadEvent.Captured("web", null, null, Map.of("employees", 12L), null, null);
    }

    private static LeadEvent demo() {
        return new LeadEvent.Activity("demo_request", null, 1);
    }

    private static EventId id(String id) {
        return new EventId("urn:test", id);
    }

    private static RecordEvent record(String id, Instant at, LeadEvent event) {
        return new RecordEvent(LEAD, id(id), at, at, event, fingerprint(at, event));
    }

    private static Fingerprint fingerprint(Instant at, LeadEvent event) {
        return new Fingerprint(at.hashCode(), event.hashCode());
    }

    private static Decide decide(String id, Instant at, LeadEvent.Fact decision) {
        return new Decide(LEAD, id(id), at, decision, fingerprint(Instant.EPOCH, decision));
    }

    private static Recorded recorded(String id, Instant at, LeadEvent event) {
        return recorded(id, at, at, event);
    }

    private static Recorded recorded(String id, Instant at, Instant recordedAt, LeadEvent event) {
        return new Recorded(LEAD, id(id), at, recordedAt, event, null, fingerprint(at, event));
    }

    private static Recorded judged(String id, Instant at, LeadEvent event, Policy policy) {
        return new Recorded(LEAD, id(id), at, at, event, policy.reference(), fingerprint(at, event));
    }

    @Test
    void aFactOfALeadThatIsNotCapturedIsNotTaken() {
        fixture.givenNoPriorActivity()
                .when(record("1", NINE, demo()))
                .expectNoEvents()
                .expectException(RefusedCommand.class)
                .expectExceptionMessage("the lead 'L-1' is not captured");
    }

    @Test
    void theSameEventAgainStoresNothingAndSucceeds() {
        fixture.given(recorded("1", NINE, captured()))
                .when(record("1", NINE, captured()))
                .expectNoEvents()
                .expectResultMessagePayload(new Receipt(0, true));
    }

    @Test
    void anotherEventUnderTheSameIdIsRefused() {
        fixture.given(recorded("1", NINE, captured()))
                .when(record("1", TEN, captured()))
                .expectNoEvents()
                .expectException(RefusedCommand.class);
    }

    @Test
    void aRetriedDecisionGetsTheFirstAnswerThoughTheStageHasMovedOn() {
        fixture.given(
                        recorded("1", NINE, captured()),
                        new Recorded(
                                LEAD,
                                id("key-1"),
                                NINE,
                                NINE,
                                new LeadEvent.Accepted("ann"),
                                null,
                                fingerprint(Instant.EPOCH, new LeadEvent.Accepted("ann"))),
                        recorded("3", TEN, new LeadEvent.Won(null, null)))
                .when(decide("key-1", TEN, new LeadEvent.Accepted("ann")))
                .expectNoEvents()
                .expectResultMessagePayload(new Receipt(1, true));
    }

    @Test
    void aDecisionIsJudgedByTheStageOfTheFoldNotByTheLastThatArrived() {
        // The loss arrives after the win but occurred before it: the lead is won.
        fixture.given(
                        recorded("1", NINE, captured()),
                        recorded("2", TEN, new LeadEvent.Won(null, null)),
                        recorded("3", NINE.plusSeconds(60), TEN, new LeadEvent.Lost("ann", null)))
                .when(decide("4", TEN.plusSeconds(60), new LeadEvent.Accepted("ann")))
                .expectNoEvents()
                .expectException(RefusedCommand.class);
    }

    @Test
    void theActivePolicyJudgesEveryFactThatCountsAndMarksOncePerCycle() {
        Policy policy = policy("first", 50);
        active = Optional.of(policy);
        fixture.given(judged("1", NINE, captured(), policy), engineScore(1, policy))
                .when(record("2", TEN, demo()))
                .expectEvents(
                        judged("2", TEN, demo(), policy),
                        new Recorded(
                                LEAD,
                                new EventId(Lead.ENGINE, "L-1/3"),
                                TEN,
                                TEN,
                                new LeadEvent.Scored(
                                        BigDecimal.valueOf(50),
                                        BigDecimal.valueOf(20),
                                        BigDecimal.valueOf(30),
                                        null,
                                        BigDecimal.valueOf(20),
                                        policy.reference(),
                                        List.of(new Contribution("size", 20), new Contribution("demo", 30))),
                                policy.reference(),
                                null),
                        new Recorded(
                                LEAD,
                                new EventId(Lead.ENGINE, "L-1/4"),
                                TEN,
                                TEN,
                                new LeadEvent.MarkedMql(BigDecimal.valueOf(50), policy.reference()),
                                policy.reference(),
                                null));
    }

    private static Recorded engineScore(int sequence, Policy policy) {
        return new Recorded(
                LEAD,
                new EventId(Lead.ENGINE, "L-1/" + sequence),
                NINE,
                NINE,
                new LeadEvent.Scored(
                        BigDecimal.valueOf(20),
                        BigDecimal.valueOf(20),
                        BigDecimal.ZERO,
                        null,
                        BigDecimal.ZERO,
                        policy.reference(),
                        List.of(new Contribution("size", 20))),
                policy.reference(),
                null);
    }

    @Test
    void aMarkMadeByTheFormerPolicyLatchesInTheRunningCycle() {
        Policy former = policy("former", 10);
        active = Optional.of(policy("new", 15));
        fixture.given(
                        judged("1", NINE, captured(), former),
                        engineScore(1, former),
                        new Recorded(
                                LEAD,
                                new EventId(Lead.ENGINE, "L-1/2"),
                                NINE,
                                NINE,
                                new LeadEvent.MarkedMql(BigDecimal.valueOf(20), former.reference()),
                                former.reference(),
                                null))
                .when(record("2", TEN, demo()))
                .expectSuccessfulHandlerExecution()
                .expectState(lead -> assertThat(verdicts(lead.history()))
                        .containsExactly("scored " + NINE, "marked " + NINE, "scored " + TEN));
    }

    /** The engine's verdicts that a history holds. */
    private static List<String> verdicts(LeadHistory history) {
        return history.entries().stream()
                .filter(entry -> entry.eventId().source().equals(Lead.ENGINE))
                .map(entry -> (entry.event() instanceof LeadEvent.Scored ? "scored " : "marked ") + entry.occurredAt())
                .toList();
    }

    @Test
    void judgingFactByFactIsJudgingTheWholeHistoryInOrderOfArrival() {
        Policy policy = policy("first", 50);
        active = Optional.of(policy);
        List<RecordEvent> commands = List.of(
                record("1", NINE, captured()),
                record("2", TEN, demo()),
                record("3", TEN.plusSeconds(10), new LeadEvent.Rejected("ann", "no-budget")),
                record("4", TEN.plusSeconds(5), demo()),
                record("5", TEN.plusSeconds(86_409), demo()),
                record("6", TEN.plusSeconds(86_410), demo()),
                record("7", TEN.plusSeconds(86_420), new LeadEvent.Voided(id("3"), "ann", "a mistake")),
                record("8", TEN.plusSeconds(86_430), demo()));

        List<Recorded> stored = new ArrayList<>();
        for (RecordEvent command : commands) {
            AggregateTestFixture<Lead> step = new AggregateTestFixture<>(Lead.class);
            ActivePolicy policies = () -> active;
            step.registerInjectableResource(policies);
            var given = stored.isEmpty() ? step.givenNoPriorActivity() : step.given(List.copyOf(stored));
            given.when(command).expectSuccessfulHandlerExecution().expectState(lead -> {
                List<Entry> entries = lead.history().entries();
                for (Entry entry : entries.subList(stored.size(), entries.size())) {
                    stored.add(new Recorded(
                            LEAD,
                            entry.eventId(),
                            entry.occurredAt(),
                            entry.recordedAt(),
                            entry.event(),
                            entry.judgedBy(),
                            fingerprint(entry.occurredAt(), entry.event())));
                }
            });
        }

        List<Entry> entries = new ArrayList<>();
        for (Recorded recorded : stored) {
            entries.add(recorded.entry(entries.size()));
        }
        LeadHistory history = new LeadHistory(LEAD, entries);
        List<String> judgedAnew = new Judge(policy, Judge.Order.ARRIVAL)
                .judge(history).judgements().stream()
                        .flatMap(judgement -> Stream.of(
                                        judgement.scored() ? "scored " + judgement.at() : "",
                                        judgement.marked() ? "marked " + judgement.at() : "")
                                .filter(word -> !word.isEmpty()))
                        .toList();
        assertThat(verdicts(history))
                .isEqualTo(judgedAnew)
                .contains("marked " + TEN, "marked " + TEN.plusSeconds(86_410));
    }
}

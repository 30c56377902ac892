package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.Merging;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.Slow;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories at the edge of what columns hold, against the plain fold. */
class ColumnLimitsTest {

    private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    private static final String POLICY = """
            name: limits
            threshold: 10
            attributes: {employees: int}
            fit:
              - {id: size, when: "%s", points: 10}
            engagement:
              - {id: demo, activity: demo_request, points: 10}
            """;

    private final List<String> lines = new ArrayList<>();

    @Test
    void moreKindsOfActivitiesThanCodesAreNotTakenForOneAnother() throws RefusedDocument {
        int count = 0;
        for (int lead = 0; lead < 2_300; lead++) {
            captured(lead, 20);
            for (int i = 0; i < 30; i++) {
                line(lead, "activity", 1 + i, "{\"activity\":\"watched\",\"count\":%d}".formatted(++count));
            }
        }
        captured(2_300, 20);
        line(2_300, "activity", 5, "{\"activity\":\"demo_request\"}");
        ReplayAnswer answer = check(policy("lead.employees > 500"), Judge.Order.OCCURRENCE, null);
        assertThat(answer.report().sets().count(MarkSet.GAINED)).isEqualTo(1);
        assertThat(answer.statistics().slowLeads()).containsKey(Slow.BEYOND_WIDTHS);
    }

    @Test
    void whatWasVoidedLaterStandsWhereItsIdSaysAmongFactsOfItsInstant() throws RefusedDocument {
        captured(0, 20);
        line(0, "accepted", 60, "{\"by\":\"ann\"}");
        line(0, "accepted", 60, "{\"by\":\"bob\"}");
        line(0, "voided", 600, "{\"event\":{\"source\":\"/test\",\"id\":\"1000001\"}}");
        Policy policy = policy("lead.employees > 5");
        for (Judge.Order order : Judge.Order.values()) {
            ReplayAnswer before = check(policy, order, FROM.plusSeconds(300));
            assertThat(before.report().candidateRows().get(0).value())
                    .as("%s", order)
                    .isEqualTo("ann");
            assertThat(check(policy, order, null)
                            .report()
                            .candidateRows()
                            .get(0)
                            .value())
                    .isEqualTo("bob");
        }
    }

    @Test
    void conditionsThatDifferInACommentOrAQuotedTextAreAskedEachForItself() throws RefusedDocument {
        captured(0, 2);
        captured(1, 20);
        HistoryColumns columns = columns();
        for (String condition : List.of(
                "lead.employees > 8 // big\\n|| lead.employees < 3",
                "lead.employees > 8 // big || lead.employees < 3")) {
            check(policy(condition), columns, Judge.Order.OCCURRENCE, null);
        }
    }

    @Test
    void segmentsThatAreFullOfEventsAreNotMergedAgainAndAgain() throws RefusedDocument {
        for (int lead = 0; lead < 16; lead++) {
            captured(lead, 20);
            line(lead, "activity", 5, "{\"activity\":\"demo_request\"}");
        }
        HistoryColumns columns = HistoryColumns.of(history().leads(), 2);
        assertThat(Merging.due(columns, 1_000, 1_000)).hasSize(8);
        assertThat(Merging.due(columns, 1_000, 4))
                .as("four events are all that fits")
                .isEmpty();
    }

    @Test
    void leadsThatAreStoredAsEventsAreJudgedInPortionsThatCanBeCancelled() throws RefusedDocument {
        for (int lead = 0; lead < 1_000; lead++) {
            line(lead, "captured", 0, "{\"attributes\":{\"a%d\":1,\"employees\":20}}".formatted(lead));
        }
        ReplayAnswer answer = check(policy("lead.employees > 5"), Judge.Order.OCCURRENCE, null);
        assertThat(answer.statistics().slow()).isGreaterThan(900);

        AtomicLong done = new AtomicLong();
        ColumnarReplay replay = new ColumnarReplay(columns());
        ReplayQuestion question = question(policy("lead.employees > 5"), Judge.Order.OCCURRENCE, null);
        assertThatThrownBy(() -> replay.run(question, 1, done::addAndGet, () -> done.get() > 0))
                .isInstanceOf(CancellationException.class);
        assertThat(done.get()).isLessThan(500);
    }

    private ReplayAnswer check(Policy policy, Judge.Order order, @Nullable Instant knownAt) {
        return check(policy, columns(), order, knownAt);
    }

    private ReplayAnswer check(Policy policy, HistoryColumns columns, Judge.Order order, @Nullable Instant knownAt) {
        ReplayQuestion question = question(policy, order, knownAt);
        String expected = question.plainFold()
                .run(knownAt == null ? history().leads() : history().knownAt(knownAt), () -> {})
                .toJson(false)
                .toString();
        for (ColumnarReplay replay : List.of(new ColumnarReplay(columns), ColumnarReplay.keeping(columns))) {
            ReplayAnswer answer = replay.run(question, 2, leads -> {}, () -> false);
            assertThat(answer.toJson(false).toString()).as("%s", question).isEqualTo(expected);
        }
        return new ColumnarReplay(columns).run(question, 2, leads -> {}, () -> false);
    }

    private static ReplayQuestion question(Policy policy, Judge.Order order, @Nullable Instant knownAt) {
        return new ReplayQuestion(
                policy,
                order == Judge.Order.ARRIVAL ? null : nobody(),
                order,
                knownAt,
                new Dimension("owner"),
                new CaptureRange(null, null),
                ReplayQuestion.Listed.NONE);
    }

    private HistoryColumns columns() {
        return HistoryColumns.of(history().leads(), 100_000);
    }

    private History history() {
        return ReplayAgainstNaiveTest.history(lines);
    }

    /** Emitters make names of activities up, as one for each page. */
    @Test
    void tensOfThousandsOfNamesOfActivitiesDoNotHoldUpAReplay() throws RefusedDocument {
        for (int lead = 0; lead < 6_400; lead++) {
            captured(lead, 20);
            for (int i = 0; i < 10; i++) {
                line(lead, "activity", 1 + i, "{\"activity\":\"page-%d\"}".formatted(lead * 10 + i));
            }
        }
        ColumnarReplay columns = ColumnarReplay.keeping(columns());
        ReplayQuestion question = new ReplayQuestion(
                policy("lead.employees > 10"),
                nobody(),
                Judge.Order.OCCURRENCE,
                null,
                Dimension.ALL,
                new CaptureRange(null, null),
                false);
        assertTimeoutPreemptively(Duration.ofSeconds(8), () -> {
            for (int times = 0; times < 2; times++) {
                ReplayAnswer answer = columns.run(question, 1, done -> {}, () -> false);
                assertThat(answer.report().sets().count(MarkSet.GAINED)).isEqualTo(6_400);
            }
        });
    }

    private static Policy nobody() {
        try {
            return PolicyReader.read(
                            "nobody",
                            "{name: nobody, threshold: 10, engagement: [{id: none, activity: none, points: 10}]}")
                    .policy();
        } catch (RefusedDocument e) {
            throw new IllegalStateException(e);
        }
    }

    private static Policy policy(String condition) throws RefusedDocument {
        return PolicyReader.read("limits", POLICY.formatted(condition)).policy();
    }

    private void captured(int lead, int employees) {
        line(lead, "captured", 0, "{\"source\":\"web\",\"attributes\":{\"employees\":%d}}".formatted(employees));
    }

    private void line(int lead, String type, int seconds, String data) {
        lines.add(KeptLeadsTest.line(1_000_000 + lines.size(), lead, type, FROM.plusSeconds(seconds), data));
    }
}

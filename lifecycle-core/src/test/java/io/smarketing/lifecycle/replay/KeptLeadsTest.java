package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Replays that keep what no policy changes, against the plain fold: of many leads with many shapes, many of them marked in several cycles, and of more values than
 * are counted in tables.
 */
class KeptLeadsTest {

    private static final int LEADS = 1_500;
    private static final int CAMPAIGNS = 700;
    private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    private static final List<String> STEPS =
            List.of("accepted", "contacted", "rejected", "lost", "won", "marked-mql", "captured");
    private static final List<String> ACTIVITIES = List.of("page_view", "demo_request", "email_click");

    private static final String POLICY = """
            name: kept
            threshold: %d
            attributes: {employees: int}
            fit:
              - {id: size, when: "lead.employees >= 50", points: 10}
              - {id: here, when: "lead.source == 'web' && lead.employees < 50", points: 5}
            engagement:
              - {id: view, activity: page_view, points: %s}
              - {id: demo, activity: demo_request, points: 10, cap: 20}
            recycle: {cooldown: PT5H}
            """;

    @Test
    void theyAreThoseOfThePlainFold() throws RefusedDocument {
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(lines(random, 0, LEADS, 0, 16, 1));
            HistoryColumns columns = HistoryColumns.of(history.leads(), LEADS / 2);
            long slow = 0;
            for (String dimension : List.of("campaign", "owner", "employees", "all")) {
                for (String points : List.of("3", "-2", "8, halfLife: P2D")) {
                    Policy candidate = policy(20, points);
                    slow += ask(history, columns, candidate, policy(12, "4"), Judge.Order.OCCURRENCE, dimension);
                    slow += ask(history, columns, candidate, null, Judge.Order.ARRIVAL, dimension);
                }
            }
            assertThat(slow).as("leads that the plain fold judged").isZero();
        }
    }

    @Test
    void whatWasDoneUpToTheEndOfACycleDoesNotCountInTheNext() throws RefusedDocument {
        Duration[] viewed = {Duration.ofMinutes(-50), Duration.ofMinutes(-40), Duration.ofMinutes(1), Duration.ofDays(2)
        };
        List<String> lines = new ArrayList<>();
        lines.add(line(0, 0, "captured", FROM, "{\"source\":\"fair\",\"attributes\":{\"employees\":60}}"));
        // The clock never reads less than the capture: the cycle ends with it, behind two of the views.
        lines.add(line(1, 0, "rejected", FROM.minus(Duration.ofHours(1)), "{\"reason\":\"r\"}"));
        for (Duration since : viewed) {
            lines.add(line(lines.size(), 0, "activity", FROM.plus(since), "{\"activity\":\"page_view\"}"));
        }
        History history = ReplayAgainstNaiveTest.history(lines);
        HistoryColumns columns = HistoryColumns.of(history.leads(), LEADS);
        // At the last view it has 25 points, and would have 30 if those two counted.
        for (int threshold : new int[] {25, 26}) {
            Policy candidate = policy(threshold, "10, halfLife: P2D");
            assertThat(ask(history, columns, candidate, policy(99, "1"), Judge.Order.OCCURRENCE, "all"))
                    .isZero();
            ReplayQuestion question = question(candidate, policy(99, "1"), Judge.Order.OCCURRENCE, "all");
            ReplayAnswer answer = ColumnarReplay.keeping(columns).run(question, 1, leads -> {}, () -> false);
            assertThat(answer.report().otherCycles().count(MarkSet.GAINED, Cycle.Outcome.NEVER_WORKED))
                    .isEqualTo(threshold == 25 ? 1 : 0);
        }
    }

    /** Leads of several chunks; what some did has no number any more, and what those behind them did has one. */
    @Test
    void chunksFollowOneAnother() throws RefusedDocument {
        Random random = new Random(7);
        List<String> lines = lines(random, 0, 8_000, 0, 5, 1);
        lines.addAll(lines(random, 8_000, 9_000, 5, 9, 9_999));
        lines.addAll(lines(random, 17_000, 2_000, 9, 16, 1));
        History history = ReplayAgainstNaiveTest.history(lines);
        HistoryColumns columns = HistoryColumns.of(history.leads(), 19_000);
        for (String points : List.of("3", "8, halfLife: P2D")) {
            Policy candidate = policy(20, points);
            ask(history, columns, candidate, policy(12, "4"), Judge.Order.OCCURRENCE, "employees");
            ReplayQuestion question = question(candidate, policy(12, "4"), Judge.Order.OCCURRENCE, "employees");
            ColumnarReplay remembering = ColumnarReplay.remembering(columns);
            String expected = ColumnarReplay.keeping(columns)
                    .run(question, 2, leads -> {}, () -> false)
                    .toJson(true)
                    .toString();
            for (int time = 0; time < 2; time++) {
                assertThat(remembering
                                .run(question, 2, leads -> {}, () -> false)
                                .toJson(true)
                                .toString())
                        .as("asked before: %d", time)
                        .isEqualTo(expected);
            }
        }
    }

    private static long ask(
            History history,
            HistoryColumns columns,
            Policy candidate,
            @Nullable Policy baseline,
            Judge.Order order,
            String dimension) {
        ReplayQuestion question = question(candidate, baseline, order, dimension);
        ReplayAnswer answer = ColumnarReplay.keeping(columns).run(question, 2, leads -> {}, () -> false);
        assertThat(answer.toJson(false).toString())
                .as("%s, %s", candidate, question)
                .isEqualTo(question.plainFold()
                        .run(history.leads(), () -> {})
                        .toJson(false)
                        .toString());
        ReplayAnswer plain = new ColumnarReplay(columns).run(question, 1, leads -> {}, () -> false);
        assertThat(plain.toJson(true).toString()).isEqualTo(answer.toJson(true).toString());
        return answer.statistics().slow();
    }

    private static ReplayQuestion question(
            Policy candidate, @Nullable Policy baseline, Judge.Order order, String dimension) {
        return new ReplayQuestion(
                candidate,
                baseline,
                order,
                null,
                dimension.equals("all") ? Dimension.ALL : new Dimension(dimension),
                new CaptureRange(null, null),
                ReplayQuestion.Listed.FLIPPED);
    }

    private static Policy policy(int threshold, String points) throws RefusedDocument {
        return PolicyReader.read("kept", POLICY.formatted(threshold, points)).policy();
    }

    /**
     * Leads at random.
     *
     * @param least what happened to a lead
     * @param most one more than that
     * @param counts how often an activity was done, at most
     */
    private static List<String> lines(Random random, int firstLead, int leads, int least, int most, int counts) {
        List<String> lines = new ArrayList<>();
        for (int lead = firstLead; lead < firstLead + leads; lead++) {
            Instant at = FROM.plus(Duration.ofMinutes(random.nextInt(100_000)));
            String about = "{\"source\":\"%s\",\"campaign\":\"c%d\",\"attributes\":{\"employees\":%d}}";
            lines.add(line(
                    1_000 * firstLead + lines.size(),
                    lead,
                    "captured",
                    at,
                    about.formatted(
                            random.nextBoolean() ? "web" : "fair",
                            random.nextInt(CAMPAIGNS),
                            30 + random.nextInt(40))));
            for (int left = least + random.nextInt(most - least); left > 0; left--) {
                at = at.plus(Duration.ofMinutes((long) random.nextInt(3) * random.nextInt(600)));
                String step = random.nextInt(3) > 0 ? "activity" : STEPS.get(random.nextInt(STEPS.size()));
                String by = random.nextInt(5) == 0 ? "{}" : "{\"by\":\"p%d\"}".formatted(random.nextInt(9));
                String said = switch (step) {
                    case "activity" ->
                        "{\"activity\":\"%s\",\"count\":%d}"
                                .formatted(
                                        ACTIVITIES.get(random.nextInt(ACTIVITIES.size())),
                                        counts == 1 ? 1 : 1 + random.nextInt(counts));
                    case "accepted", "contacted" -> by;
                    case "rejected" -> "{\"reason\":\"r%d\"}".formatted(random.nextInt(4));
                    case "captured" -> "{\"attributes\":{\"employees\":%d}}".formatted(30 + random.nextInt(40));
                    default -> "{}";
                };
                lines.add(line(1_000 * firstLead + lines.size(), lead, step, at, said));
            }
        }
        return lines;
    }

    static String line(int event, int lead, String type, Instant at, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/test\",\"type\":\"io.smarketing.lead.%s.v1\",\"subject\":\"lead-%d\",\"time\":\"%s\",\"data\":%s}"
                .formatted(event, type, lead, at, data);
    }
}

package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.lead.LeadHistory;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyReader;
import io.smarketing.lifecycle.replay.columns.ColumnarReplay;
import io.smarketing.lifecycle.replay.columns.HistoryColumns;
import io.smarketing.lifecycle.replay.columns.ReplayAnswer;
import io.smarketing.lifecycle.replay.columns.ReplayQuestion;
import io.smarketing.lifecycle.replay.columns.Slow;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * The columns against the plain fold, byte for byte. A failure names its seed; {@link RandomHistory} gives the history and the
 * policies for it.
 */
class ColumnsAgainstPlainFoldTest {

    private static final int SEEDS = Integer.getInteger("columns.seeds", 2_100);
    private static final int FIRST_SEED = Integer.getInteger("columns.seed", 0);
    private static final List<String> DIMENSIONS =
            List.of("all", "source", "campaign", "persona", "owner", "employees", "country", "nothing");
    private static final int[] THREADS = {1, 2, 7};

    /** Reading a policy takes longer than all the rest: each judges several histories. */
    private static final int POLICIES = 400;

    private static final Map<Long, Policy> READ = new HashMap<>();

    private static Policy policy(long seed) {
        return READ.computeIfAbsent(seed, absent -> {
            try {
                return PolicyReader.read("random", RandomHistory.policy(seed)).policy();
            } catch (RefusedDocument e) {
                throw new IllegalStateException(RandomHistory.policy(seed), e);
            }
        });
    }

    /** The kernel has to have judged many of them: a test that the plain fold holds against itself would prove nothing. */
    @Test
    void replaysOverColumnsAreThoseOfThePlainFold() {
        Map<Slow, Long> slow = new EnumMap<>(Slow.class);
        long kernel = 0;
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            List<LeadHistory> all = history.leads();
            HistoryColumns columns = HistoryColumns.of(all, 1 + random.nextInt(6));
            ReplayQuestion question = question(seed, random, all);

            ObjectNode expected = plain(question, history);
            for (int threads : THREADS) {
                ColumnarReplay replay = threads == 1 ? new ColumnarReplay(columns) : ColumnarReplay.keeping(columns);
                ReplayAnswer answer = replay.run(question, threads, leads -> {}, () -> false);
                assertThat(firstDifference(answer.toJson(true).toString(), expected.toString()))
                        .as("seed %d, %d threads, %s", seed, threads, question)
                        .isEmpty();
                if (threads == 1) {
                    kernel += answer.statistics().kernelLeads();
                    answer.statistics().slowLeads().forEach((why, leads) -> slow.merge(why, leads, Long::sum));
                }
            }
        }
        long plain = slow.values().stream().mapToLong(Long::longValue).sum();
        assertThat(kernel).as("leads judged by the kernel, %s", slow).isGreaterThan(2 * plain);
    }

    /** Reports are long. */
    private static String firstDifference(String actual, String expected) {
        int at = 0;
        while (at < Math.min(actual.length(), expected.length()) && actual.charAt(at) == expected.charAt(at)) {
            at++;
        }
        return actual.equals(expected) ? "" : "%s instead of %s".formatted(around(actual, at), around(expected, at));
    }

    private static String around(String text, int at) {
        return "…" + text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 200)) + "…";
    }

    @Test
    void whatDoesNotFitIsJudgedByThePlainFoldAndToldSo() throws RefusedDocument {
        Policy decaying = PolicyReader.read("decaying", """
                        name: decaying
                        threshold: 900000
                        engagement:
                          - {id: page, activity: page_view, points: 1000000, halfLife: P14D}
                        """).policy();
        History history = ReplayAgainstNaiveTest.history(List.of(
                event("a", "captured", "2025-01-01T00:00:00Z", "{}"),
                event("a", "activity", "2025-01-02T00:00:00Z", "{\"activity\":\"page_view\",\"count\":2000000}"),
                event("b", "captured", "2025-01-01T00:00:00.000001Z", "{}"),
                event("b", "activity", "2025-01-02T00:00:00Z", "{\"activity\":\"page_view\",\"count\":3000000}"),
                event("c", "captured", "0001-01-01T00:00:00.000001Z", "{}"),
                event("c", "activity", "2025-01-02T00:00:00Z", "{\"activity\":\"page_view\"}"),
                event("c", "won", "2026-01-02T00:00:00Z", "{}")));
        ReplayQuestion question = new ReplayQuestion(
                decaying, decaying, Judge.Order.OCCURRENCE, null, Dimension.ALL, new CaptureRange(null, null), true);

        HistoryColumns columns = HistoryColumns.of(history.leads(), 3);
        for (ColumnarReplay replay : List.of(new ColumnarReplay(columns), ColumnarReplay.keeping(columns))) {
            ReplayAnswer answer = replay.run(question, 1, leads -> {}, () -> false);

            assertThat(answer.toJson(true).toString())
                    .isEqualTo(plain(question, history).toString());
            assertThat(answer.statistics().kernelLeads()).isEqualTo(1);
            assertThat(answer.statistics().slowLeads()).isEqualTo(Map.of(Slow.ARITHMETIC, 1L, Slow.BEYOND_WIDTHS, 1L));
        }
    }

    /** Eleven values of twenty attributes can be combined in more ways than 64 bits number. */
    @Test
    void rulesThatReadTooManyAttributesAtOnceGoThePlainWay() throws RefusedDocument {
        List<String> names = IntStream.range(0, 20).mapToObj(i -> "a" + i).toList();
        Policy wide = PolicyReader.read("wide", """
                        name: wide
                        threshold: 10
                        attributes: {%s}
                        fit:
                          - {id: any, when: "%s", points: 10}
                        """.formatted(
                        names.stream().map(name -> name + ": int").collect(Collectors.joining(", ")),
                        names.stream().map(name -> "lead." + name + " > 5").collect(Collectors.joining(" || "))))
                .policy();
        List<String> lines = IntStream.range(0, 10)
                .mapToObj(lead -> event(
                        "lead-" + lead,
                        "captured",
                        "2025-01-01T00:00:00Z",
                        "{\"attributes\":{%s}}"
                                .formatted(names.stream()
                                        .map(name -> "\"%s\":%d".formatted(name, lead))
                                        .collect(Collectors.joining(",")))))
                .toList();
        History history = ReplayAgainstNaiveTest.history(lines);
        ReplayQuestion question = new ReplayQuestion(
                wide, policy(1), Judge.Order.OCCURRENCE, null, Dimension.ALL, new CaptureRange(null, null), true);

        ReplayAnswer answer =
                new ColumnarReplay(HistoryColumns.of(history.leads(), 10)).run(question, 2, leads -> {}, () -> false);

        assertThat(answer.toJson(true).toString())
                .isEqualTo(plain(question, history).toString());
        assertThat(answer.statistics().slowLeads()).isEqualTo(Map.of(Slow.ARITHMETIC, 10L));
    }

    @Test
    void aMarkStandsBeforeWhatSalesDoesAtTheSameInstant() throws RefusedDocument {
        Policy policy = PolicyReader.read("demo", """
                        name: demo
                        threshold: 10
                        engagement:
                          - {id: demo, activity: demo, points: 10}
                        """).policy();
        String captured = "2025-01-01T00:00:00Z";
        String same = "2025-01-02T00:00:00Z";
        List<String> lines = new ArrayList<>();
        for (String kind : List.of("contacted", "accepted", "rejected", "lost", "won")) {
            lines.add(event(kind, "captured", captured, "{}"));
            lines.add(event(kind, "activity", same, "{\"activity\":\"demo\"}"));
            lines.add(event(kind, kind, same, "{}"));
        }
        History history = ReplayAgainstNaiveTest.history(lines);
        for (Judge.Order order : Judge.Order.values()) {
            ReplayQuestion question =
                    new ReplayQuestion(policy, policy, order, null, Dimension.ALL, new CaptureRange(null, null), true);

            ReplayAnswer answer = new ColumnarReplay(HistoryColumns.of(history.leads(), 5))
                    .run(question, 1, leads -> {}, () -> false);

            assertThat(answer.toJson(true).toString())
                    .isEqualTo(plain(question, history).toString());
            assertThat(answer.statistics().kernelLeads()).isEqualTo(5);
        }
    }

    private static String event(String lead, String kind, String time, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"%s-%s\",\"source\":\"/test\",\"type\":\"io.smarketing.lead.%s.v1\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":%s}"
                .formatted(lead, kind, kind, lead, time, data);
    }

    /** The mark of the first day stands when what it was made of is voided; the next is made at an earlier instant. */
    @Test
    void aVoidMayTurnBackTheClock() throws RefusedDocument {
        Policy policy = PolicyReader.read("turned", """
                        name: turned
                        threshold: 10
                        attributes: {employees: int}
                        fit:
                          - {id: size, when: "lead.employees > 5", points: 10}
                        engagement:
                          - {id: page, activity: page_view, points: 10}
                        """).policy();
        History history = ReplayAgainstNaiveTest.history(List.of(
                event("a", "captured", "2025-01-01T00:00:00Z", "{}"),
                event("a", "activity", "2025-01-20T00:00:00Z", "{\"activity\":\"page_view\"}"),
                event(
                        "a",
                        "voided",
                        "2025-01-21T00:00:00Z",
                        "{\"event\":{\"source\":\"/test\",\"id\":\"a-activity\"},\"reason\":\"mistake\"}"),
                event("a", "rejected", "2025-01-05T00:00:00Z", "{}"),
                event("a", "enriched", "2025-01-07T00:00:00Z", "{\"attributes\":{\"employees\":9}}"),
                event("a", "accepted", "2025-01-09T00:00:00Z", "{}")));
        ReplayQuestion question = new ReplayQuestion(
                policy, policy, Judge.Order.ARRIVAL, null, Dimension.ALL, new CaptureRange(null, null), true);
        HistoryColumns columns = HistoryColumns.of(history.leads(), 1);

        for (ColumnarReplay replay : List.of(new ColumnarReplay(columns), ColumnarReplay.keeping(columns))) {
            ReplayAnswer answer = replay.run(question, 1, leads -> {}, () -> false);
            assertThat(answer.toJson(true).toString())
                    .isEqualTo(plain(question, history).toString());
            assertThat(answer.statistics().kernelLeads()).isEqualTo(1);
        }
    }

    @Test
    void aCancelledReplayEndsWithoutAnAnswer() {
        History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(1));
        ColumnarReplay replay = new ColumnarReplay(HistoryColumns.of(history.leads(), 1));
        ReplayQuestion question = question(1, new Random(1), history.leads());

        assertThatThrownBy(() -> replay.run(question, 2, leads -> {}, () -> true))
                .isInstanceOf(CancellationException.class);
    }

    private static ReplayQuestion question(int seed, Random random, List<LeadHistory> leads) {
        int candidate = random.nextInt(POLICIES);
        boolean recorded = random.nextInt(3) == 0;
        Judge.Order order = recorded || random.nextBoolean() ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
        @Nullable Instant knownAt = random.nextInt(3) > 0 ? null : someInstant(leads, random);
        CaptureRange range = random.nextInt(4) > 0
                ? new CaptureRange(null, null)
                : new CaptureRange(
                        Instant.parse("2025-03-02T00:00:00Z"),
                        Instant.parse("2025-03-02T00:00:00Z").plus(Duration.ofHours(random.nextInt(72))));
        return new ReplayQuestion(
                policy(candidate),
                recorded ? null : policy(random.nextInt(8) == 0 ? candidate : random.nextInt(POLICIES)),
                order,
                knownAt,
                new Dimension(DIMENSIONS.get(seed % DIMENSIONS.size())),
                range,
                true);
    }

    private static @Nullable Instant someInstant(List<LeadHistory> leads, Random random) {
        List<Instant> instants = leads.stream()
                .flatMap(lead -> lead.entries().stream())
                .map(entry -> entry.recordedAt())
                .sorted()
                .toList();
        return instants.isEmpty() ? null : instants.get(random.nextInt(instants.size()));
    }

    private static ObjectNode plain(ReplayQuestion question, History history) {
        Instant knownAt = question.knownAt();
        List<LeadHistory> leads = knownAt == null ? history.leads() : history.knownAt(knownAt);
        ObjectNode report = question.plainFold().run(leads, () -> {}).toJson(true);
        // Why a lead flipped is asked of the plain fold alone.
        report.get("perLead").forEach(lead -> ((ObjectNode) lead).putNull("because"));
        return report;
    }
}

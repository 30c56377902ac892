package io.smarketing.lifecycle.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.history.History;
import io.smarketing.lifecycle.lead.CaptureRange;
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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is remembered of earlier replays leaves every answer as it is. */
class RememberedMarksTest {

    private static final int SEEDS = Integer.getInteger("remembered.seeds", 150);
    private static final int PLAUSIBLE_SEEDS = 60;
    private static final int LEADS = 40;
    private static final int QUESTIONS = 8;
    private static final Instant FROM = Instant.parse("2025-03-02T00:00:00Z");
    private static final Pattern NUMBER = Pattern.compile("(?<=(threshold: |points: |cap: |cooldown: P))-?\\d+");
    private static final List<String> DIMENSIONS = List.of("all", "source", "owner", "country");

    /** Rules of every kind. */
    private static final String POLICY = """
            name: plausible
            threshold: 18
            attributes: {employees: int, country: string}
            fit:
              - {id: size, when: "lead.employees >= 50", points: 10}
              - {id: land, when: "lead.country == 'DE'", points: 5}
            engagement:
              - {id: page, activity: page_view, points: 3, cap: 12}
              - {id: demo, activity: demo_request, points: 10, cap: 30}
              - {id: mail, activity: email_click, points: 4, cap: 8, within: P20D}
            disqualify:
              - {id: out, when: "lead.country == 'XX'", reason: no-fit}
            recycle: {cooldown: P10D}
            """;

    private long known;
    private long all;

    @Test
    void replaysBehindOthersAreThoseOfReplaysThatRememberNothing() throws RefusedDocument {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            HistoryColumns columns = HistoryColumns.of(history.leads(), 1 + random.nextInt(6));
            askOneAfterTheOther(
                    columns, RandomHistory.policy(seed), read(RandomHistory.policy(seed + 1L)), random, "" + seed);
        }
        assertThat(known).as("leads that were known, of %d", all).isPositive();
    }

    @Test
    void theyAreSoForPlausibleLeadsManyOfWhichAreKnown() throws RefusedDocument {
        for (int seed = 0; seed < PLAUSIBLE_SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(plausible(random));
            HistoryColumns columns = HistoryColumns.of(history.leads(), LEADS / 2);
            askOneAfterTheOther(columns, POLICY, read(changed(POLICY, random)), random, "plausible " + seed);
        }
        assertThat(known).as("leads that were known, of %d", all).isGreaterThan(all / 5);
    }

    private void askOneAfterTheOther(HistoryColumns columns, String first, Policy other, Random random, String seed)
            throws RefusedDocument {
        String text = first;
        for (int asked = 0; asked < QUESTIONS; asked++) {
            text = random.nextInt(3) == 0 ? text : changed(text, random);
            Policy baseline = random.nextInt(3) == 0 ? null : other;
            ReplayQuestion question = question(read(text), baseline, random);
            ReplayAnswer expected = new ColumnarReplay(columns).run(question, 1, leads -> {}, () -> false);
            ReplayAnswer answer =
                    ColumnarReplay.remembering(columns).run(question, 1 + random.nextInt(2), leads -> {}, () -> false);
            assertThat(answer.toJson(true).toString())
                    .as("seed %s, question %d, %s", seed, asked, text)
                    .isEqualTo(expected.toJson(true).toString());
            assertThat(answer.statistics().kernelLeads())
                    .isEqualTo(expected.statistics().kernelLeads());
            assertThat(expected.statistics().knownLeads()).isZero();
            known += answer.statistics().knownLeads();
            all += answer.statistics().kernelLeads();
        }
    }

    private static List<String> plausible(Random random) {
        List<String> lines = new ArrayList<>();
        for (int lead = 0; lead < LEADS; lead++) {
            Instant at = FROM.plus(Duration.ofHours(random.nextInt(72)));
            String about = "{\"attributes\":{\"employees\":%d,\"country\":\"%s\"}}";
            List<Integer> sizes = List.of(5, 49, 50, 500);
            List<String> lands = List.of("DE", "FR", "XX");
            lines.add(line(
                    lines.size(), lead, "captured", at, about.formatted(pick(sizes, random), pick(lands, random))));
            for (int left = random.nextInt(9); left > 0; left--) {
                at = at.plus(Duration.ofHours(1 + random.nextInt(200)));
                String activity = pick(List.of("page_view", "demo_request", "email_click"), random);
                switch (random.nextInt(8)) {
                    case 0 -> lines.add(line(lines.size(), lead, "accepted", at, "{}"));
                    case 1 -> lines.add(line(lines.size(), lead, "rejected", at, "{\"reason\":\"budget\"}"));
                    case 2 ->
                        lines.add(line(
                                lines.size(),
                                lead,
                                "enriched",
                                at,
                                about.formatted(pick(sizes, random), pick(lands, random))));
                    default ->
                        lines.add(
                                line(lines.size(), lead, "activity", at, "{\"activity\":\"%s\"}".formatted(activity)));
                }
            }
        }
        return lines;
    }

    private static <T> T pick(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static String line(int number, int lead, String kind, Instant at, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/test\",\"type\":\"io.smarketing.lead.%s.v1\",\"subject\":\"lead-%d\",\"time\":\"%s\",\"data\":%s}"
                .formatted(number, kind, lead, at, data);
    }

    /** Another number somewhere: a threshold, points or a cap; or one rule less. */
    private static String changed(String text, Random random) {
        for (int attempt = 0; attempt < 10; attempt++) {
            String changed = random.nextInt(4) == 0 ? withoutRule(text, random) : withOtherNumber(text, random);
            try {
                read(changed);
                return changed;
            } catch (RefusedDocument e) {
                // Makes no sense; another one does.
            }
        }
        return text;
    }

    private static String withOtherNumber(String text, Random random) {
        List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
        MatchResult number = numbers.get(random.nextInt(numbers.size()));
        return text.substring(0, number.start())
                + (Integer.parseInt(number.group()) + random.nextInt(11) - 5)
                + text.substring(number.end());
    }

    private static String withoutRule(String text, Random random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        List<String> rules =
                lines.stream().filter(line -> line.contains("points: ")).toList();
        if (!rules.isEmpty()) {
            lines.remove(rules.get(random.nextInt(rules.size())));
        }
        return String.join("\n", lines) + "\n";
    }

    private static Policy read(String text) throws RefusedDocument {
        return PolicyReader.read("random", text).policy();
    }

    private static ReplayQuestion question(Policy candidate, @Nullable Policy baseline, Random random) {
        Judge.Order order = random.nextInt(3) == 0 ? Judge.Order.ARRIVAL : Judge.Order.OCCURRENCE;
        CaptureRange range = random.nextInt(4) > 0
                ? new CaptureRange(null, null)
                : new CaptureRange(FROM, FROM.plus(Duration.ofHours(random.nextInt(72))));
        Instant knownAt = random.nextInt(6) > 0 ? null : FROM.plus(Duration.ofHours(random.nextInt(72)));
        Dimension dimension = new Dimension(DIMENSIONS.get(random.nextInt(DIMENSIONS.size())));
        return new ReplayQuestion(candidate, baseline, order, knownAt, dimension, range, true);
    }
}

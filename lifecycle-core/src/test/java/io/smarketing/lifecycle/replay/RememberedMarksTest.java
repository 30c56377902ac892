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

    private static final int SEEDS = Integer.getInteger("remembered.seeds", 400);
    private static final int QUESTIONS = 8;
    private static final Instant FROM = Instant.parse("2025-03-02T00:00:00Z");
    private static final Pattern NUMBER = Pattern.compile("(?<=(threshold|points|cap): )-?\\d+");
    private static final List<String> DIMENSIONS = List.of("all", "source", "owner", "country");

    @Test
    void replaysBehindOthersAreThoseOfReplaysThatRememberNothing() throws RefusedDocument {
        long known = 0;
        long all = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            History history = ReplayAgainstNaiveTest.history(RandomHistory.lines(seed));
            HistoryColumns columns = HistoryColumns.of(history.leads(), 1 + random.nextInt(6));
            String text = RandomHistory.policy(seed);
            Policy other = read(RandomHistory.policy(seed + 1L));
            for (int asked = 0; asked < QUESTIONS; asked++) {
                text = random.nextInt(3) == 0 ? text : changed(text, random);
                Policy baseline = random.nextInt(3) == 0 ? null : other;
                ReplayQuestion question = question(read(text), baseline, random);
                ReplayAnswer expected = new ColumnarReplay(columns).run(question, 1, leads -> {}, () -> false);
                ReplayAnswer answer = ColumnarReplay.remembering(columns)
                        .run(question, 1 + random.nextInt(2), leads -> {}, () -> false);
                assertThat(answer.toJson(true).toString())
                        .as("seed %d, question %d, %s", seed, asked, text)
                        .isEqualTo(expected.toJson(true).toString());
                assertThat(answer.statistics().kernelLeads())
                        .isEqualTo(expected.statistics().kernelLeads());
                assertThat(expected.statistics().knownLeads()).isZero();
                known += answer.statistics().knownLeads();
                all += answer.statistics().kernelLeads();
            }
        }
        assertThat(known).as("leads that were known, of %d", all).isGreaterThan(all / 5);
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

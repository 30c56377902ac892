package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No policy can stall the engine: what costs without bound is refused, what is read is cheap. */
class PolicyLimitsTest {

    private static PolicyReader.Reading read(String condition) throws RefusedDocument {
        return PolicyReader.read("p.yaml", """
                        name: p
                        threshold: 1
                        attributes: {n: int, t: bool, s: string}
                        fit: [{id: r, points: 1, when: "%s"}]
                        """.formatted(condition));
    }

    @Test
    void longTextsAreNotRemembered() throws RefusedDocument {
        Policy policy = read("lead.s.startsWith('a')").policy();
        Condition condition = policy.fitRules().get(0).when();
        for (int i = 0; i < 10; i++) {
            String text = "a".repeat(250 + i);
            assertThat(policy.fit(name -> name.equals("s") ? text : null).points())
                    .isEqualTo(1);
            assertThat(policy.remembered()).as("%d letters", 250 + i).isEqualTo(Math.min(i + 1, 7));
            assertThat(condition.remembered()).isLessThanOrEqualTo(8);
        }
    }

    static Stream<Arguments> tooMuch() {
        String doubled = "lead.s";
        for (int i = 0; i < 9; i++) {
            doubled = "(%s+%s)".formatted(doubled, doubled);
        }
        return Stream.of(
                Arguments.of("5,000 brackets", "(".repeat(5_000) + "lead.t" + ")".repeat(5_000), "longer than 10,000"),
                Arguments.of("4,900 brackets", "(".repeat(4_900) + "lead.t" + ")".repeat(4_900), "nested too deeply"),
                Arguments.of("4,900 lists", "[".repeat(4_900) + "]".repeat(4_900) + " == []", "nested too deeply"),
                Arguments.of("3,000 terms", "lead.t||".repeat(3_000) + "lead.t", "longer than 10,000"),
                Arguments.of("3,000 sums", "0" + "+1".repeat(3_000) + " > lead.n", "nested too deeply"),
                Arguments.of("3,000 fields", "lead" + ".t".repeat(3_000), "nested too deeply"),
                Arguments.of("201 rounds", rounds(201), "a loop of more than 200 rounds"),
                Arguments.of(
                        "lists doubled by map",
                        "size([1]" + ".map(x, [x, x])".repeat(30) + ") == 1",
                        "a loop stands within a loop"),
                Arguments.of(
                        "loops within loops",
                        "[1].exists(a, [[a, a]].exists(b, [[b, b]].exists(c, c == c)))",
                        "a loop stands within a loop"),
                Arguments.of("texts doubled", doubled + " == ''", "put together more than 20 times"),
                Arguments.of(
                        "patterns of a billion steps", "lead.s.matches('((a{1000}){1000}){1000}')", "repeats too much"),
                Arguments.of(
                        "many long patterns in one",
                        "lead.s.matches('" + "a{1000}".repeat(1_000) + "')",
                        "repeats too much"),
                Arguments.of("a pattern from outside", "'a'.matches(lead.s)", "no text in quotes"));
    }

    private static String rounds(int rounds) {
        return IntStream.range(0, rounds).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"))
                + ".all(x, x >= 0)";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tooMuch")
    void whatGrowsIsRefused(String name, String condition, String message) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> read(condition))
                        .isInstanceOf(RefusedDocument.class)
                        .hasMessageContaining(message));
    }

    static Stream<Arguments> enough() {
        return Stream.of(
                Arguments.of("50 brackets", "(".repeat(50) + "lead.t" + ")".repeat(50)),
                Arguments.of("4,000 negations", "!".repeat(4_000) + "lead.t"),
                Arguments.of("1,200 terms", "lead.t||".repeat(1_200) + "lead.t"),
                Arguments.of(
                        "600 different terms",
                        IntStream.range(0, 600).mapToObj(i -> "lead.n==" + i).collect(Collectors.joining("||"))),
                Arguments.of("200 rounds and an attribute", rounds(200) + " && lead.t"),
                Arguments.of(
                        "a pattern for addresses",
                        "lead.s.matches('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}[.][A-Za-z]{2,}$')"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("enough")
    void whatStaysWithinTheBoundsIsReadAndJudged(String name, String condition) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            Policy policy = read(condition).policy();
            Map<String, Object> lead = Map.of("t", true, "n", 599L, "s", "a@b.example");
            assertThat(policy.fit(lead::get).points()).isEqualTo(1);
        });
    }

    private static String rules(int count) {
        return "name: p\nthreshold: 1\nengagement:\n"
                + IntStream.range(0, count)
                        .mapToObj(i -> "  - {id: r%d, activity: a, points: 1}\n".formatted(i))
                        .collect(Collectors.joining());
    }

    @Test
    void twoHundredRulesAreReadAndOneMoreIsToldOnce() throws RefusedDocument {
        assertThat(PolicyReader.read("p.yaml", rules(200)).policy().rules()).isEqualTo(200);
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", rules(300)))
                .isInstanceOfSatisfying(
                        RefusedDocument.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .asString()
                                .contains("line 204", "there are more than 200 rules"));
    }

    @Test
    void aDocumentOfMoreThanAMillionCharactersIsRefused() {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", rules(1) + "#".repeat(1_000_000)))
                .isInstanceOf(RefusedDocument.class);
    }

    @Test
    void aLongestTextIsJudgedInTimeThatGrowsWithItsLength() throws RefusedDocument {
        Policy policy = read("lead.s.matches('(x+x+)+y')").policy();
        Map<String, Object> lead = Map.of("s", "x".repeat(10_000));
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(policy.fit(lead::get).points()).isZero());
    }
}

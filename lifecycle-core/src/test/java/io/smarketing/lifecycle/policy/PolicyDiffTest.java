package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyDiffTest {

    private static PolicyDiff diff(String before, String after) throws RefusedDocument {
        return PolicyDiff.of(
                PolicyReader.read("before", before).policy(),
                PolicyReader.read("after", after).policy());
    }

    private static List<String> words(String before, String after) throws RefusedDocument {
        return diff(before, after).changes().stream()
                .map(PolicyDiff.Change::text)
                .toList();
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "threshold: 50 | threshold: 40 | threshold | the threshold falls from 50 to 40",
                "threshold: 50 | threshold: 60 | threshold | the threshold rises from 50 to 60",
                "name: sound | name: other | name | the name is other instead of sound",
                "rate: double | rate: int | attributes.rate | the attribute rate is int instead of double",
                "points: 15 | points: 20 | fit.size.points | rule size gives 20 points instead of 15",
                ">= 10 | >= 20 | fit.size.when | rule size asks for lead.employees >= 20 instead of lead.employees >= 10",
                "cap: 30 | cap: 40 | engagement.demo.cap | rule demo gives at most 40 instead of 30",
                "points: 30, cap: 30 | points: 30 | engagement.demo.cap | rule demo has no cap any more, which was 30",
                "within: P30D | within: P2D | engagement.pages.within | rule pages counts within P2D instead of P30D",
                "within: P30D | within: P30D, halfLife: PT36H | engagement.pages.halfLife | rule pages halves every PT36H, which is new",
                "not-a-buyer | too-poor | disqualify.student.reason | rule student gives the reason too-poor instead of not-a-buyer",
                "mql: PT24H | mql: PT36H | stages.mql | a lead in stage mql may stay PT36H instead of P1D",
                "acceptWithin: PT24H | acceptWithin: PT4H | sla.acceptWithin | sales accepts within PT4H instead of P1D",
                "minAttempts: 6 | minAttempts: 3 | sla.minAttempts | the least number of attempts is 3 instead of 6",
                "cooldown: P30D | cooldown: P14D | recycle.cooldown | the cooldown is P14D instead of P30D",
                "[too-small, no-budget] | [no-budget] | rejectionReasons.too-small | the rejection reason too-small is gone",
                "ignored | trusted | externalMarks | external marks are trusted instead of ignored",
                "target: 120 | target: 90 | goals.mql per month | the goal mql per month is 90 instead of 120"
            })
    void tellsWhatChangesInPlainWords(String from, String to, String path, String text) throws RefusedDocument {
        String sound = PolicyMistake.sound();
        assertThat(diff(sound, sound.replace(from, to)).changes())
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.path()).isEqualTo(path);
                    assertThat(change.text()).isEqualTo(text);
                });
    }

    @Test
    void namesMayHaveSignsThatOtherwiseStandForValues() throws RefusedDocument {
        String policy = """
                name: p
                threshold: 1
                fit:
                  - {id: "top-10%", when: "lead.source == 'a'", points: 5}
                engagement:
                  - {id: "100%s", activity: "50%off", points: 5}
                disqualify:
                  - {id: "%d", when: "lead.source == 'x'", reason: "5%n"}
                """;
        String other = policy.replace("points: 5", "points: 6")
                .replace("source == 'a'", "source == '%a'")
                .replace("50%off", "60%off")
                .replace("5%n", "6%n");
        assertThat(words(policy, other))
                .containsExactly(
                        "rule top-10% asks for lead.source == '%a' instead of lead.source == 'a'",
                        "rule top-10% gives 6 points instead of 5",
                        "rule 100%s counts 60%off instead of 50%off",
                        "rule 100%s gives 6 points instead of 5",
                        "rule %d gives the reason 6%n instead of 5%n");
    }

    private static final String RULES = """
            name: p
            threshold: 1
            fit:
              - {id: a, when: "lead.source == 'a'", points: 5}
              - {id: b, when: "lead.source == 'b'", points: 6}
            disqualify:
              - {id: x, when: "lead.source == 'x'"}
              - {id: y, when: "lead.source == 'y'"}
            """;

    @Test
    void commentsSpacingQuotesAndTheOrderOfFitRulesChangeNothing() throws RefusedDocument {
        String other = """
                # the same
                threshold: 1
                name: 'p'
                fit:
                - id: b
                  points: 6
                  when: lead.source=='b'
                - {points: 5, id: a, when: "lead.source   ==   'a'"}
                disqualify:
                  - {id: x, reason: x, when: "lead.source == 'x'"}
                  - {id: y, when: "lead.source == 'y'"}
                """;
        assertThat(words(RULES, other)).isEmpty();
    }

    @Test
    void blanksWithinATextAreAChange() throws RefusedDocument {
        assertThat(words(RULES, RULES.replace("== 'a'", "== ' a'"))).hasSize(1);
    }

    @Test
    void newAndLostRulesAreToldWhereTheyStand() throws RefusedDocument {
        String after = RULES.replace("fit:\n", "fit:\n  - {id: n, when: \"lead.source == 'n'\", points: -1}\n")
                .replaceFirst("(?m)^.*id: b.*\n", "")
                .replace(
                        "disqualify:",
                        "engagement:\n  - {id: webinar, activity: webinar_attended, points: 10, cap: 20}\ndisqualify:");
        assertThat(words(RULES, after))
                .containsExactly(
                        "rule n is new: -1 point if lead.source == 'n'",
                        "rule b is gone",
                        "rule webinar is new: 10 points per webinar_attended, at most 20");
    }

    @Test
    void aRuleThatMovesToAnotherSectionIsGoneThereAndNewHere() throws RefusedDocument {
        String after = RULES.replaceFirst("(?m)^.*id: b.*\n", "") + "  - {id: b, when: \"lead.source == 'b'\"}\n";
        assertThat(diff(RULES, after).changes())
                .extracting(PolicyDiff.Change::path, PolicyDiff.Change::kind)
                .containsExactly(tuple("fit.b", PolicyDiff.Kind.REMOVED), tuple("disqualify.b", PolicyDiff.Kind.ADDED));
    }

    @Test
    void theOrderOfDisqualifiersIsAChangeBecauseTheFirstGivesTheReason() throws RefusedDocument {
        String after = RULES.replace("id: x", "id: z")
                .replace("'x'", "'z'")
                .replace("id: y", "id: x")
                .replace("'y'", "'x'")
                .replace("id: z", "id: y")
                .replace("'z'", "'y'");
        assertThat(words(RULES, after))
                .containsExactly(
                        "disqualifiers are asked in the order y, x instead of x, y; the first that holds gives the reason");
    }

    @Test
    void jsonCarriesPathKindBothSidesAndTheWords() throws RefusedDocument {
        assertThat(diff(RULES, RULES.replace("threshold: 1", "threshold: 2"))
                        .toJson()
                        .toString())
                .isEqualTo(
                        "[{\"path\":\"threshold\",\"kind\":\"changed\",\"before\":\"1\",\"after\":\"2\",\"text\":\"the threshold rises from 1 to 2\"}]");
    }
}

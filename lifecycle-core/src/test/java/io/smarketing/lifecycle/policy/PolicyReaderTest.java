package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {

    private static final String SOUND = """
            name: b2b
            threshold: 40
            attributes:
              employees: int
              industry: string
              rate: double
              trial: bool
            fit:
              - {id: size, when: "lead.employees >= 10", points: 15}
            engagement:
              - {id: demo, activity: demo_request, points: 30, cap: 30}
            disqualify:
              - {id: student, when: "lead.industry == 'education'", reason: not-a-buyer}
            recycle: {cooldown: P30D}
            activities: [demo_request, page_view]
            dimensions: [industry]
            """;

    @Test
    void readsWhatIsWritten() throws RefusedDocument {
        Policy policy = PolicyReader.read("p.yaml", SOUND).policy();
        assertThat(policy.reference().name()).isEqualTo("b2b");
        assertThat(policy.threshold()).isEqualTo(40);
        assertThat(policy.cooldown()).isEqualTo(Duration.ofDays(30));
        assertThat(policy.trustsExternalMarks()).isFalse();
        assertThat(policy.dimensions()).containsExactly("industry");
        assertThat(policy.rules()).isEqualTo(3);
    }

    @Test
    void aSilentPolicyHasNoCooldownAndTrustsNobody() throws RefusedDocument {
        Policy policy = PolicyReader.read(
                        "p.yaml", "{name: p, threshold: 1, engagement: [{id: a, activity: b, points: 1}]}")
                .policy();
        assertThat(policy.cooldown()).isZero();
        assertThat(policy.trustsExternalMarks()).isFalse();
    }

    @Test
    void theSameTextIsTheSameVersionAndAnotherTextAnother() throws RefusedDocument {
        PolicyRef first = PolicyReader.read("p.yaml", SOUND).policy().reference();
        assertThat(PolicyReader.read("q.yaml", SOUND).policy().reference()).isEqualTo(first);
        assertThat(PolicyReader.read("p.yaml", SOUND.replace("40", "41"))
                        .policy()
                        .reference())
                .isNotEqualTo(first);
    }

    /** One mistake each: what is replaced in the sound policy, by what, the line that is told and words of the message. */
    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: b2b | nam: b2b | 1 | 'nam' is not known here (did you mean name?)",
                "name: b2b | name: b 2 b | 1 | 'b 2 b' is no name",
                "threshold: 40 | threshold: sixty | 2 | 'sixty' is no whole number",
                "threshold: 40 | threshold: '60' | 2 | is no whole number",
                "threshold: 40 | threshold: 40.5 | 2 | is no whole number",
                "threshold: 40 | threshold: | 2 | should be a whole number",
                "threshold: 40 | threshhold: 60 | 2 | did you mean threshold?",
                "employees: int | employees: integer | 4 | 'integer' is unknown (did you mean int?)",
                "employees: int | source: string | 4 | 'source' is built in",
                "employees: int | 9employees: int | 4 | '9employees' is no attribute name",
                "employees: int | employees: [int] | 4 | should be one of",
                "lead.employees >= 10 | lead.employes >= 10 | 9 | did you mean lead.employees?",
                "lead.employees >= 10 | lead.employees >= 'ten' | 9 | lead.employees is int",
                "lead.employees >= 10 | lead.industry >= 10 | 9 | lead.industry is string",
                "lead.employees >= 10 | lead.employees | 9 | expected type 'bool'",
                "lead.employees >= 10 | lead.employees >= | 9 | write CEL",
                "lead.employees >= 10 | employees >= 10 | 9 | did you mean lead.employees?",
                "lead.employees >= 10 | lead.colour == 'red' | 9 | declare it under attributes",
                "lead.employees >= 10 | has(lead.employes) | 9 | did you mean lead.employees?",
                "lead.employees >= 10 | has(foo.bar) | 9 | has() takes lead.<attribute>",
                "lead.employees >= 10 | 1 / 0 > 1 | 9 | a division by 0 has no result",
                "employees: int | in: int | 4 | 'in' is a word of CEL",
                "points: 15 | points: 0 | 9 | gives no points",
                "points: 15 | point: 15 | 9 | did you mean points?",
                "id: size | id: demo | 11 | the id 'demo' is taken",
                "id: size, | | 9 | 'id' is missing",
                "activity: demo_request, points | activity: demo_reqest, points | 11 | did you mean demo_request?",
                "activity: demo_request, points | points | 11 | 'activity' is missing",
                "cap: 30 | cap: -1 | 11 | -1 is out of bounds",
                "cap: 30 | cap: 99999999999999999999 | 11 | is out of bounds",
                "cap: 30 | within: P36501D | 11 | at most 36500 days",
                "cap: 30 | within: P1M | 11 | months and years have no fixed length",
                "cap: 30 | halfLife: PT0S | 11 | the period is empty",
                "cooldown: P30D | cooldown: 30 days | 14 | '30 days' is no period",
                "cooldown: P30D | cooldwn: P30D | 14 | did you mean cooldown?",
                "recycle: {cooldown: P30D} | externalMarks: trust | 14 | did you mean trusted?",
                "dimensions: [industry] | dimensions: [industri] | 16 | did you mean industry?",
                "dimensions: [industry] | name: again | 16 | 'name' stands here twice",
                "dimensions: [industry] | dimensions: [industry | 17 | not readable as YAML"
            })
    void tellsTheMistakeWhereItIsAndHowToMendIt(String sound, String mistake, int line, String message) {
        String text = SOUND.replaceFirst(Pattern.quote(sound), mistake == null ? "" : mistake);
        assertThat(text).isNotEqualTo(SOUND);
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", text))
                .isInstanceOfSatisfying(RefusedDocument.class, refused -> {
                    List<Problem> errors = refused.problems().stream()
                            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                            .toList();
                    assertThat(errors).as("%s", errors).anySatisfy(error -> {
                        assertThat(error.toString()).contains(message);
                        assertThat(error.line()).isEqualTo(line);
                    });
                    assertThat(errors)
                            .allSatisfy(error -> assertThat(error.mend()).isNotBlank());
                });
    }

    @Test
    void tellsAllMistakesAtOnce() {
        assertThatThrownBy(() -> PolicyReader.read(
                        "p.yaml",
                        SOUND.replace("threshold: 40", "threshold: x")
                                .replace("lead.employees", "lead.employes")
                                .replace("P30D", "P1Y")))
                .isInstanceOfSatisfying(
                        RefusedDocument.class,
                        refused -> assertThat(refused.problems()).hasSize(3));
    }

    @Test
    void aPolicyWithoutRulesIsRefused() {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", "{name: p, threshold: 1}"))
                .hasMessageContaining("no rule that gives points");
    }

    @Test
    void aLoneDashUnderTheRulesIsToldOnce() {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", "name: n\nthreshold: 1\nfit:\n  -\n"))
                .isInstanceOfSatisfying(
                        RefusedDocument.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::message)
                                .containsExactly("fit[0]: should be a mapping"));
    }

    @Test
    void anAbyssOfBracketsIsRefusedLikeAnyMistake() {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", "fit: " + "[".repeat(20_000)))
                .isInstanceOf(RefusedDocument.class);
    }

    @ParameterizedTest
    @CsvSource({"''", "'- a list'", "'just words'", "'a: [1'", "'a: *nowhere'", "'\tname: p'"})
    void whatIsNoMappingIsRefusedInOneLine(String text) {
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", text)).isInstanceOf(RefusedDocument.class);
    }

    @Test
    void whatWasAcceptedOnceStaysReadableWhenChecksBecomeStricter() throws RefusedDocument {
        String senseless = SOUND.replaceFirst("threshold: \\d+", "threshold: 999999")
                .replace("lead.employees", "lead.employees > 5 && lead.employees < 3 && lead.employees");
        assertThatThrownBy(() -> PolicyReader.read("p.yaml", senseless)).isInstanceOf(RefusedDocument.class);
        assertThat(PolicyReader.readSaved(new PolicyRef("p", "1"), senseless).threshold())
                .isEqualTo(999_999);
    }
}

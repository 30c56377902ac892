package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {

    private static FitResult judge(String condition, Map<String, @Nullable Object> lead) throws RefusedDocument {
        return policy(condition).fit(lead::get);
    }

    private static Policy policy(String condition) throws RefusedDocument {
        return PolicyReader.read("test", """
                        name: p
                        threshold: 1
                        attributes: {employees: int, industry: string, rate: double, trial: bool}
                        fit:
                          - {id: rule, when: "%s", points: 1}
                        """.formatted(condition)).policy();
    }

    /** employees 20, industry missing, rate of another type, trial true, source web. */
    private static Map<String, @Nullable Object> lead() {
        Map<String, @Nullable Object> lead = new HashMap<>();
        lead.put("employees", 20L);
        lead.put("industry", null);
        lead.put("rate", "high");
        lead.put("trial", true);
        lead.put("source", "web");
        return lead;
    }

    @ParameterizedTest(name = "{0} reads {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "lead.source == 'industry'; source",
                "lead.source in ['industry', 'rate']; source",
                "has(lead.industry); industry",
                "!has(lead.industry) || lead.employees > 10; 'employees,industry'",
                "persona == 'persona'; persona"
            })
    void readsTheAttributesThatItNames(String condition, String names) throws RefusedDocument {
        FitRule rule = policy(condition).fitRules().get(0);
        assertThat(String.join(",", rule.when().fields().keySet())).isEqualTo(names);
    }

    @ParameterizedTest(name = "{0} is {1} {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "lead.employees >= 20; true; ''",
                "lead.employees >= 20.5; false; ''",
                "lead.employees in [10, 20]; true; ''",
                "lead.industry == 'x'; unknown; industry",
                "lead.industry != 'x'; unknown; industry",
                "!(lead.industry == 'x'); unknown; industry",
                "lead.industry in ['x']; unknown; industry",
                "lead.rate > 0.5; unknown; rate",
                "lead.industry == 'x' && lead.employees > 100; false; ''",
                "lead.industry == 'x' || lead.employees > 10; true; ''",
                "lead.industry == 'x' && lead.employees > 10; unknown; industry",
                "lead.industry == 'x' && lead.rate > 0.5; unknown; 'industry,rate'",
                "(lead.rate > 0.5 && lead.employees > 100) || lead.industry == 'x'; unknown; industry",
                "lead.trial ? lead.employees > 10 : lead.rate > 0.5; true; ''",
                "has(lead.industry); false; ''",
                "!has(lead.rate); true; ''",
                "has(lead.industry) && lead.industry == 'x'; false; ''",
                "lead.employees / (lead.employees - 20) > 1; unknown; (error)",
                "lead.source == 'web'; true; ''",
                "source == 'web'; true; ''",
                "lead.campaign == 'spring'; unknown; campaign",
                "persona == 'founder'; unknown; persona",
                "lead.emailDomain.endsWith('.org'); unknown; emailDomain"
            })
    void isTrueFalseOrUnknown(String condition, String answer, String unknownFields) throws RefusedDocument {
        FitResult result = judge(condition, lead());
        String actual = result.points() == 1 ? "true" : result.unknowns().isEmpty() ? "false" : "unknown";
        assertThat(actual).isEqualTo(answer);
        assertThat(String.join(",", result.unknowns().getOrDefault("rule", java.util.Set.of())))
                .isEqualTo(unknownFields);
    }

    @ParameterizedTest
    @CsvSource({"5, int, true", "5, double, true", "5.5, double, true", "5.5, int, false"})
    void aWholeNumberFitsADoubleButNoFractionFitsAnInt(BigDecimal value, String type, boolean known)
            throws RefusedDocument {
        Object scalar = value.scale() == 0 ? (Object) value.longValueExact() : value;
        FitResult result = PolicyReader.read(
                        "test",
                        "{name: p, threshold: 1, attributes: {x: %s}, fit: [{id: rule, when: 'lead.x >= 5', points: 1}]}"
                                .formatted(type))
                .policy()
                .fit(name -> name.equals("x") ? scalar : null);
        assertThat(result.points()).isEqualTo(known ? 1 : 0);
        assertThat(result.unknowns().isEmpty()).isEqualTo(known);
    }
}

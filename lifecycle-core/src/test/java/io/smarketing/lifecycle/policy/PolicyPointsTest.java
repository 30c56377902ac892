package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyPointsTest {

    private static final String BLOCK = """
            # Naïve, and 𝄞 stands outside the plane of short characters.
            name: sample
            threshold: 40   # agreed in May
            attributes: {employees: int}
            fit:
              - id: size
                when: "lead.employees >= 50"
                points: 10
              # Nobody remembers why.
              - {id: small, when: "lead.employees < 5", points: -15}
            engagement:
              - {id: demo, activity: demo_request, points: 30, cap: 60}
              - id: page
                activity: page_view
                points: 2
                cap: 20
            recycle: {cooldown: P10D}
            """;

    private static PolicyPoints read(String text) throws RefusedDocument {
        return PolicyPoints.of(PolicyReader.read("test", text).policy(), text);
    }

    private static String with(String text, Map<String, Long> points, long threshold) throws RefusedDocument {
        PolicyPoints.Changed changed = read(text).with(points, threshold).orElseThrow();
        assertThat(changed.reading().policy().reference())
                .isEqualTo(
                        PolicyReader.read("edited", changed.document()).policy().reference());
        return changed.document();
    }

    @Test
    void rulesThatGivePointsAreListedInTheOrderOfTheDocument() throws RefusedDocument {
        PolicyPoints points = read(BLOCK);
        assertThat(points.threshold()).isEqualTo(40);
        assertThat(points.rules())
                .containsExactly(
                        new PolicyPoints.Rule("size", "fit", 10),
                        new PolicyPoints.Rule("small", "fit", -15),
                        new PolicyPoints.Rule("demo", "engagement", 30),
                        new PolicyPoints.Rule("page", "engagement", 2));
    }

    @Test
    void numbersAreReplacedAndAllElseStaysAsItIsWritten() throws RefusedDocument {
        assertThat(with(BLOCK, Map.of(), 40)).isEqualTo(BLOCK);
        assertThat(with(BLOCK, Map.of("size", 12L, "small", -1L, "page", 3L), 45))
                .isEqualTo(BLOCK.replace("threshold: 40", "threshold: 45")
                        .replace("points: 10", "points: 12")
                        .replace("points: -15", "points: -1")
                        .replace("points: 2", "points: 3"));
    }

    @Test
    void withoutPointsARuleIsLeftOutWhateverItsStyle() throws RefusedDocument {
        for (String rule : new String[] {"size", "small", "demo", "page"}) {
            PolicyPoints left = read(with(BLOCK, Map.of(rule, 0L), 20));
            assertThat(left.rules()).hasSize(3).noneMatch(other -> other.id().equals(rule));
        }
        String flow = """
                name: sample
                threshold: 5
                engagement: [{id: one, activity: a, points: 1} , {id: two, activity: b, points: 2}, {id: three, activity: c, points: 3}]
                """;
        for (String rule : new String[] {"one", "two", "three"}) {
            PolicyPoints left = read(with(flow, Map.of(rule, 0L), 5));
            assertThat(left.rules()).hasSize(2).noneMatch(other -> other.id().equals(rule));
        }
        String json = "{\"name\": \"sample\", \"threshold\": 5, \"engagement\": ["
                + "{\"id\": \"one\", \"activity\": \"a\", \"points\": 1}, {\"id\": \"two\", \"activity\": \"b\", \"points\": 2}]}";
        assertThat(with(json, Map.of("two", 0L, "one", 7L), 6)).contains("\"points\": 7", "\"threshold\": 6");
    }

    @Test
    void allRulesOfAListMayBeLeftOutAndNeighboursToo() throws RefusedDocument {
        PolicyPoints left = read(with(BLOCK, Map.of("size", 0L, "small", 0L), 20));
        assertThat(left.rules()).extracting(PolicyPoints.Rule::id).containsExactly("demo", "page");
        String dashes =
                "name: sample\nthreshold: 5\nfit:\n- {id: one, when: \"lead.source == 'a'\", points: 4}\nengagement:\n- {id: two, activity: b, points: 2}\n";
        assertThat(read(with(dashes, Map.of("one", 0L), 2)).rules()).hasSize(1);
        String flow =
                "{name: sample, threshold: 2, engagement: [{id: one, activity: a, points: 1},{id: two, activity: b, points: 2},{id: three, activity: c, points: 3}]}";
        assertThat(read(with(flow, Map.of("two", 0L, "three", 0L), 1)).rules()).hasSize(1);
        assertThat(read(with(flow, Map.of("one", 0L, "two", 0L), 1)).rules()).hasSize(1);
    }

    @Test
    void commentsBetweenRulesStay() throws RefusedDocument {
        assertThat(with(BLOCK, Map.of("size", 0L), 20)).contains("# Nobody remembers why.");
        assertThat(with(BLOCK.replace("recycle", "# Since June.\nrecycle"), Map.of("page", 0L), 20))
                .contains("# Since June.");
    }

    @Test
    void whatCannotBeChangedAloneIsNotChanged() throws RefusedDocument {
        String shared = """
                name: sample
                threshold: 5
                engagement:
                  - {id: one, activity: a, points: &p 4}
                  - {id: two, activity: b, points: *p}
                """;
        assertThat(read(shared).with(Map.of("one", 6L), 5)).isEmpty();
        assertThat(read(shared).with(Map.of("one", 6L, "two", 6L), 5)).isEmpty();
        assertThat(read(shared).with(Map.of(), 9)).isPresent();
        String again = """
                name: sample
                threshold: &p 50
                engagement: [{id: two, activity: b, points: 60}, {id: one, activity: a, points: &p 4, cap: *p}]
                """;
        assertThat(read(again).with(Map.of("one", 6L), 50)).isEmpty();
    }

    @Test
    void numbersThatNoPolicyMayHaveAreRefusedAsInAnyPolicy() throws RefusedDocument {
        String alone = "name: sample\nthreshold: 5\nengagement:\n  - {id: one, activity: a, points: 4}\n";
        PolicyPoints points = read(alone);
        assertThatThrownBy(() -> points.with(Map.of("one", 0L), 5))
                .isInstanceOf(RefusedDocument.class)
                .hasMessageContaining("has no rule that gives points");
        assertThatThrownBy(() -> points.with(Map.of("one", 9_000_000L), 5))
                .isInstanceOf(RefusedDocument.class)
                .hasMessageContaining("out of bounds");
    }
}

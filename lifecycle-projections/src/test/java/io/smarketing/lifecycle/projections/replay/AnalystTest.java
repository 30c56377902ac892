package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.projections.RefusedRequest;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnalystTest {

    @Test
    void whoDoesNotNameHimselfIsAnonymous() {
        assertThat(Analyst.named(Analyst.HEADER, null)).isEqualTo("anonymous");
        assertThat(Analyst.named(Analyst.HEADER, "")).isEqualTo("anonymous");
        assertThat(Analyst.named(Analyst.HEADER, " \t ")).isEqualTo("anonymous");
    }

    @Test
    void aNameIsTakenAsItIsWithoutTheBlanksAroundIt() {
        assertThat(Analyst.named(Analyst.HEADER, " Jane Doe <jane@example.com>\t"))
                .isEqualTo("Jane Doe <jane@example.com>");
        assertThat(Analyst.named(Analyst.HEADER, "x".repeat(64))).hasSize(64);
        assertThat(Analyst.named(Analyst.HEADER, " " + "x".repeat(64) + " ")).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "J\u00f6rg",
                "a\u0000b",
                "a\nb",
                "a\u007fb"
            })
    void whatIsTooLongOrNoPlainTextIsRefused(String name) {
        assertThatThrownBy(() -> Analyst.named("analyst", name))
                .isInstanceOfSatisfying(RefusedRequest.class, refusal -> {
                    assertThat(refusal.getStatusCode().value()).isEqualTo(400);
                    Map<String, Object> properties =
                            Objects.requireNonNull(refusal.getBody().getProperties());
                    assertThat(properties)
                            .containsEntry("code", "bad-analyst")
                            .containsEntry("field", "analyst")
                            .containsKey("mend");
                });
    }
}

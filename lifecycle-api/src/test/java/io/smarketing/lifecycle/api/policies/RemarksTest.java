package io.smarketing.lifecycle.api.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.ErrorResponseException;

class RemarksTest {

    @Test
    void whatIsNotTooLongIsTaken() {
        Remarks.check(null, null);
        Remarks.check("\uD83D\uDE00".repeat(200), "\uD83D\uDE00".repeat(2_000));
    }

    @Test
    void whatIsTooLongIsRefusedWithItsFieldAndLength() {
        assertRefused("a".repeat(201), null, "by", "by has 201 characters");
        assertRefused("ann", "a".repeat(6_000_000), "reason", "reason has 6,000,000 characters");
    }

    private static void assertRefused(@Nullable String by, @Nullable String reason, String field, String detail) {
        assertThatThrownBy(() -> Remarks.check(by, reason))
                .isInstanceOfSatisfying(ErrorResponseException.class, problem -> {
                    Map<String, Object> said =
                            Objects.requireNonNull(problem.getBody().getProperties());
                    assertThat(problem.getStatusCode().value()).isEqualTo(422);
                    assertThat(said).containsEntry("code", "invalid-field").containsEntry("field", field);
                    assertThat(problem.getBody().getDetail()).isEqualTo(detail);
                });
    }
}

package io.smarketing.lifecycle.api.policies;

import io.smarketing.lifecycle.api.Problems;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Who did something, and why: kept for ever and announced on topics, so neither may be long. */
final class Remarks {

    /** Most characters of a name. */
    static final int MOST_BY = 200;

    /** Most characters of a reason. */
    static final int MOST_REASON = 2_000;

    private Remarks() {}

    /** Refuses what is too long; both may be missing. */
    static void check(@Nullable String by, @Nullable String reason) {
        check("by", by, MOST_BY, "name who it is in at most %,d characters");
        check("reason", reason, MOST_REASON, "say it in at most %,d characters; what is longer belongs elsewhere");
    }

    private static void check(String field, @Nullable String text, int most, String mend) {
        if (text != null && length(text) > most) {
            throw Problems.problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "invalid-field",
                    field,
                    "%s has %,d characters".formatted(field, length(text)),
                    mend.formatted(most));
        }
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** As it is, or its beginning: what was kept before there were limits may have any length. */
    static @Nullable String shortened(@Nullable String text, int most) {
        return text == null || length(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
    }
}

package io.smarketing.lifecycle.projections.replay;

import static io.smarketing.lifecycle.projections.RefusedRequest.badRequest;

import io.smarketing.lifecycle.event.Quote;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for a replay, as he names himself, or as a gateway before the engine names him: it is a word for sharing places and finding one's
 * own, and proves nothing.
 */
final class Analyst {

    /** The header of a request that names him. */
    static final String HEADER = "X-Analyst";

    /** All who do not name themselves. */
    static final String ANONYMOUS = "anonymous";

    private static final int LONGEST = 64;
    private static final Pattern NAME = Pattern.compile("[ -~]{1," + LONGEST + "}");

    private Analyst() {}

    /**
     * The name, without blanks around it.
     *
     * @param field that it came in
     * @param given null or blank for {@link #ANONYMOUS}
     * @throws io.smarketing.lifecycle.projections.RefusedRequest 400 for a longer one, and for one with other characters than those of ASCII
     */
    static String named(String field, @Nullable String given) {
        String name = given == null ? "" : given.strip();
        if (name.isEmpty()) {
            return ANONYMOUS;
        }
        if (!NAME.matcher(name).matches()) {
            throw badRequest(
                    "bad-analyst",
                    field,
                    "'%s' names no analyst".formatted(Quote.of(name)),
                    "write a name of %d characters at the most, letters without accents, digits and signs, as jane@example.com; or leave it out"
                            .formatted(LONGEST));
        }
        return name;
    }
}

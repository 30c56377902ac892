package io.smarketing.lifecycle.event;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/** What is wrong with a text that is no JSON, for people who do not know which library reads it. */
public final class JsonMistakes {

    /** Where a value began, of a source that is not told; by which setting something is not allowed. */
    private static final Pattern INTERNALS = Pattern.compile(
            " \\(start marker at .*| \\(bound as .*| \\(`JsonToken[^)]*\\)|, from `[^`]*`", Pattern.DOTALL);

    private JsonMistakes() {}

    /** The reader's message, in one sentence and without the reader's own names; it may quote the text, and its control characters. */
    public static String message(JacksonException mistake) {
        return INTERNALS.matcher(String.valueOf(mistake.getOriginalMessage())).replaceAll("");
    }
}

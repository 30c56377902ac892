package io.smarketing.lifecycle.event;

import org.jspecify.annotations.Nullable;

/** Foreign text, made fit for one line of a message. */
public final class Quote {

    private static final int LONGEST = 200;

    private Quote() {}

    /** Its first 200 characters; control characters are spaces, and half a surrogate pair, which UTF-8 cannot write, a question mark. */
    public static String of(@Nullable String text) {
        String whole = String.valueOf(text);
        StringBuilder quote = new StringBuilder();
        whole.codePoints().limit(LONGEST).map(Quote::writable).forEach(quote::appendCodePoint);
        return whole.length() > quote.length() ? quote + "…" : quote.toString();
    }

    private static int writable(int character) {
        if (Character.isISOControl(character)) {
            return ' ';
        }
        return Character.getType(character) == Character.SURROGATE ? '?' : character;
    }
}

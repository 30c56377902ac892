package io.smarketing.lifecycle.yaml;

import java.util.Locale;

/**
 * One mistake in a document.
 *
 * @param severity an {@code ERROR} refuses the document, a {@code WARNING} does not
 * @param line 1-based
 * @param column 1-based
 * @param message what is wrong
 * @param mend what to do about it
 */
public record Problem(Severity severity, int line, int column, String message, String mend) {

    public enum Severity {
        ERROR,
        WARNING
    }

    @Override
    public String toString() {
        return "line %d, column %d: %s: %s (%s)"
                .formatted(line, column, severity.name().toLowerCase(Locale.ROOT), message, mend);
    }
}

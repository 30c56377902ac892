package io.smarketing.lifecycle.history;

import io.smarketing.lifecycle.event.Refusal;

/**
 * A line that was not taken.
 *
 * @param line 1-based
 */
public record RefusedLine(String file, long line, Refusal refusal) {

    @Override
    public String toString() {
        String field = refusal.field().isEmpty() ? "" : " in " + refusal.field();
        return "%s:%d: %s%s: %s (%s)".formatted(file, line, refusal.code(), field, refusal.message(), refusal.mend());
    }
}

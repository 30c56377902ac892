package io.smarketing.lifecycle.history;

import java.util.SortedMap;

/**
 * What became of the lines of a history: {@code events = stored + duplicates + unknownLead + refused}.
 *
 * @param events lines that are not blank
 * @param duplicates the same event again
 * @param unknownLead events of leads that no line captures
 * @param refusedByCode conflicting duplicates among them
 */
public record IntakeCounts(
        long events, long stored, long duplicates, long unknownLead, SortedMap<String, Long> refusedByCode) {

    public long refused() {
        return refusedByCode.values().stream().mapToLong(Long::longValue).sum();
    }
}

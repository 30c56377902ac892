package io.smarketing.lifecycle.lead;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The order in which a lead's events are folded, the same whatever order they arrived in: occurredAt, kind, source, event
 * id (both by their UTF-8 bytes). The earliest capture comes first, whatever the times say.
 */
public final class FoldOrder {

    private static final Comparator<Entry> BY_FACTS = Comparator.comparing(Entry::occurredAt)
            .thenComparingInt(entry -> rank(entry.event()))
            .thenComparing(entry -> entry.eventId().source(), FoldOrder::compareUtf8)
            .thenComparing(entry -> entry.eventId().id(), FoldOrder::compareUtf8)
            .thenComparingLong(Entry::sequence);

    private FoldOrder() {}

    private static int rank(LeadEvent event) {
        if (event instanceof LeadEvent.Captured) {
            return 0;
        } else if (event instanceof LeadEvent.Enriched) {
            return 1;
        } else if (event instanceof LeadEvent.Activity) {
            return 2;
        } else if (event instanceof LeadEvent.Scored) {
            return 3;
        } else if (event instanceof LeadEvent.MarkedMql) {
            return 4;
        } else if (event instanceof LeadEvent.Accepted) {
            return 5;
        } else if (event instanceof LeadEvent.Contacted) {
            return 6;
        } else if (event instanceof LeadEvent.Rejected) {
            return 7;
        } else if (event instanceof LeadEvent.Lost) {
            return 8;
        } else if (event instanceof LeadEvent.Won) {
            return 9;
        }
        return 10;
    }

    /** By the bytes of UTF-8, which is by code points; a String's own order puts U+E000–U+FFFF behind the surrogates. */
    public static int compareUtf8(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
                return sameKind ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /**
     * Sorts, the earliest capture first.
     *
     * @return empty when no capture is among the entries
     */
    public static List<Entry> sorted(List<Entry> entries) {
        Optional<Entry> opening = entries.stream()
                .filter(entry -> entry.event() instanceof LeadEvent.Captured)
                .min(BY_FACTS);
        if (opening.isEmpty()) {
            return List.of();
        }
        List<Entry> sorted = new ArrayList<>(entries.size());
        sorted.addAll(entries);
        sorted.sort(BY_FACTS);
        sorted.remove(opening.get());
        sorted.add(0, opening.get());
        return sorted;
    }
}

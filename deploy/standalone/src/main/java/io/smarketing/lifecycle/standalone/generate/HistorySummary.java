package io.smarketing.lifecycle.standalone.generate;

import java.util.Locale;
import java.util.Map;

/**
 * What a written history holds.
 *
 * @param events with different ids
 * @param lines as written; events and duplicates
 * @param types events by type
 * @param leadsWithLateFacts leads one of whose facts arrives after a fact that occurred later
 * @param leadsRemarkedAfterRejection leads marked, rejected, and marked again at least 30 days later
 * @param leadsWithFactsBeforeCapture leads one of whose facts occurred before the capture
 * @param ties events that share the instant with another event of the same lead
 * @param plannedDeviations facts meant to fit no transition, by kind; the fold alone says what they are
 */
record HistorySummary(
        long leads,
        long events,
        long lines,
        long duplicates,
        Map<String, Long> types,
        long leadsWithLateFacts,
        long leadsRemarkedAfterRejection,
        long leadsWithFactsBeforeCapture,
        long ties,
        long voided,
        Map<String, Long> plannedDeviations) {

    String toText() {
        StringBuilder text = new StringBuilder();
        line(text, "leads", leads, "");
        line(text, "lines", lines, "");
        line(text, "events", events, "");
        types.forEach((type, count) -> line(text, "  " + type, count, ""));
        line(text, "duplicate lines", duplicates, share(duplicates, events) + " of events");
        line(text, "leads with late facts", leadsWithLateFacts, share(leadsWithLateFacts, leads));
        line(
                text,
                "leads re-marked after rejection",
                leadsRemarkedAfterRejection,
                share(leadsRemarkedAfterRejection, leads));
        line(
                text,
                "leads with facts before capture",
                leadsWithFactsBeforeCapture,
                share(leadsWithFactsBeforeCapture, leads));
        line(text, "events sharing an instant", ties, share(ties, events) + " of events");
        line(text, "voided facts", voided, "");
        text.append("planned deviations\n");
        plannedDeviations.forEach((kind, count) -> line(text, "  " + kind, count, ""));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, long count, String note) {
        text.append(String.format(Locale.ROOT, "%-32s %,14d  %s", name, count, note)
                        .stripTrailing())
                .append('\n');
    }

    private static String share(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }
}

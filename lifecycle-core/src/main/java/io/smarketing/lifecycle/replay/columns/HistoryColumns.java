package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadHistory;
import java.util.ArrayList;
import java.util.List;

/** A history in columns: immutable segments of disjoint leads. Thread-safe. */
public final class HistoryColumns {

    private final List<Segment> segments;

    HistoryColumns(List<Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    /** Puts leads into columns in memory. */
    public static HistoryColumns of(List<LeadHistory> leads, int leadsPerSegment) {
        List<Segment> segments = new ArrayList<>();
        for (int from = 0; from < leads.size(); from += leadsPerSegment) {
            SegmentWriter writer = new SegmentWriter();
            leads.subList(from, Math.min(leads.size(), from + leadsPerSegment)).forEach(writer::add);
            try {
                segments.add(Segment.of(writer.image(), "memory"));
            } catch (UnusableColumns e) {
                throw new IllegalStateException(e);
            }
        }
        return new HistoryColumns(segments);
    }

    List<Segment> segments() {
        return segments;
    }

    public long leads() {
        return segments.stream()
                .mapToLong(segment -> (long) segment.leads() + segment.wideLeads())
                .sum();
    }

    /** Of all leads, verdicts and markers among them. */
    public long events() {
        return segments.stream().mapToLong(Segment::events).sum();
    }

    public long bytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A history in columns: immutable segments of disjoint leads, each byte of which was checked. Thread-safe. */
public final class HistoryColumns {

    private final List<Segment> segments;
    private final Coverage coverage;

    private HistoryColumns(List<Segment> segments, Coverage coverage) {
        this.segments = List.copyOf(segments);
        this.coverage = coverage;
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
        return new HistoryColumns(segments, new Coverage("memory", 0, 0, ""));
    }

    /**
     * Maps what a {@link ColumnsWriter} wrote, and checks all of it.
     *
     * @throws UnusableColumns when it is not all there, or not as it was written
     */
    public static HistoryColumns open(Path folder) throws IOException {
        Manifest manifest = Manifest.read(folder);
        // All are waited for, also when one is damaged: nobody may read a mapped file whose mending has begun.
        List<Opened> opened = manifest.parts().parallelStream()
                .map(part -> open(folder, part))
                .toList();
        List<Segment> segments = new ArrayList<>();
        for (Opened one : opened) {
            if (one.segment() == null) {
                throw Objects.requireNonNull(one.error());
            }
            segments.add(one.segment());
        }
        return new HistoryColumns(segments, manifest.coverage());
    }

    private record Opened(
            @Nullable Segment segment, @Nullable IOException error) {}

    private static Opened open(Path folder, Manifest.Part part) {
        Path file = folder.resolve(part.file());
        try {
            return new Opened(map(file, part), null);
        } catch (NoSuchFileException e) {
            return new Opened(
                    null, new UnusableColumns(UnusableColumns.Kind.INCOMPLETE, file.toString(), "it is not there"));
        } catch (IOException e) {
            return new Opened(null, e);
        }
    }

    private static Segment map(Path file, Manifest.Part part) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != part.length()) {
                throw new UnusableColumns(
                        UnusableColumns.Kind.DAMAGED,
                        file.toString(),
                        "it has %,d bytes and should have %,d".formatted(channel.size(), part.length()));
            }
            MappedByteBuffer image = channel.map(FileChannel.MapMode.READ_ONLY, 0, part.length());
            Segment segment = Segment.of(image, file.toString());
            if (segment.crc() != part.crc()) {
                throw new UnusableColumns(
                        UnusableColumns.Kind.DAMAGED, file.toString(), "it is another segment than was written here");
            }
            return segment;
        }
    }

    List<Segment> segments() {
        return segments;
    }

    /** What they were made from. */
    public Coverage coverage() {
        return coverage;
    }

    /** The names of all attributes, in order. */
    public SortedSet<String> attributes() {
        SortedSet<String> names = new TreeSet<>();
        segments.forEach(segment -> names.addAll(segment.attributes()));
        return names;
    }

    public long leads() {
        return segments.stream()
                .mapToLong(segment -> (long) segment.leads() + segment.wideLeads())
                .sum();
    }

    /** Leads that are stored as events. */
    public long wideLeads() {
        return segments.stream().mapToLong(Segment::wideLeads).sum();
    }

    /** Of all leads, verdicts and markers among them. */
    public long events() {
        return segments.stream().mapToLong(Segment::events).sum();
    }

    /** What the kernel and the plain fold read: facts of leads in columns, without verdicts and markers. */
    public long facts() {
        return segments.stream().mapToLong(Segment::facts).sum();
    }

    public long bytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }

    /** Of these, what a replay as known now reads: without names, instants of recording, and leads that are stored as events. */
    public long fastBytes() {
        return segments.stream().mapToLong(Segment::fastBytes).sum();
    }
}

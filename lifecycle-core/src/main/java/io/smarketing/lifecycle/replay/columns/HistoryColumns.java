package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A history in columns: immutable segments, each byte of which was checked. Of a lead that stands in several only the last counts, the others
 * are superseded. Thread-safe.
 */
public final class HistoryColumns {

    private final List<Held> held;
    private final Coverage coverage;

    /** A segment, and what it is in the folder. */
    record Held(Segment segment, Manifest.Part part) {}

    /**
     * How much a segment holds.
     *
     * @param standing leads that are not superseded
     * @param events of all its leads
     */
    public record Share(int standing, int superseded, long events) {

        /** About how many events the leads have that are not superseded. */
        long standingEvents() {
            return standing == 0 ? 0 : events * standing / (standing + superseded);
        }
    }

    private HistoryColumns(List<Held> held, Coverage coverage) {
        this.held = List.copyOf(held);
        this.coverage = coverage;
    }

    /** Puts leads into columns in memory. */
    public static HistoryColumns of(List<LeadHistory> leads, int leadsPerSegment) {
        List<Held> segments = new ArrayList<>();
        for (int from = 0; from < leads.size(); from += leadsPerSegment) {
            SegmentWriter writer = new SegmentWriter();
            leads.subList(from, Math.min(leads.size(), from + leadsPerSegment)).forEach(writer::add);
            try {
                segments.add(new Held(
                        Segment.of(writer.image(), "memory"), new Manifest.Part("memory", 0, segments.size(), null)));
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
        return open(folder, List.of());
    }

    /** The folder as it is now, when this is how it was. Of the segments, only those that are new are mapped and checked. */
    public HistoryColumns reopened(Path folder) throws IOException {
        return open(folder, held);
    }

    private static HistoryColumns open(Path folder, List<Held> before) throws IOException {
        Manifest manifest = Manifest.read(folder);
        // All are waited for, also when one is damaged: nobody may read a mapped file whose mending has begun.
        List<Opened> opened = manifest.parts().parallelStream()
                .map(part -> open(folder, part, before))
                .toList();
        List<Held> segments = new ArrayList<>();
        for (Opened one : opened) {
            if (one.held() == null) {
                throw Objects.requireNonNull(one.error());
            }
            segments.add(one.held());
        }
        return new HistoryColumns(segments, manifest.coverage());
    }

    private record Opened(@Nullable Held held, @Nullable IOException error) {}

    private static Opened open(Path folder, Manifest.Part part, List<Held> before) {
        Path file = folder.resolve(part.file());
        try {
            for (Held known : before) {
                if (known.part().equals(part)) {
                    return new Opened(known, null);
                } else if (known.part().file().equals(part.file())
                        && known.part().crc() == part.crc()) {
                    return new Opened(new Held(known.segment().without(superseded(folder, part)), part), null);
                }
            }
            Segment segment = map(file, part);
            BitSet superseded = superseded(folder, part);
            if (superseded.length() > segment.rows()) {
                throw new UnusableColumns(
                        UnusableColumns.Kind.DAMAGED, file.toString(), "more leads are superseded than it has");
            }
            return new Opened(new Held(segment.without(superseded), part), null);
        } catch (NoSuchFileException e) {
            return new Opened(
                    null,
                    new UnusableColumns(
                            UnusableColumns.Kind.INCOMPLETE, String.valueOf(e.getFile()), "it is not there"));
        } catch (IOException e) {
            return new Opened(null, e);
        }
    }

    private static BitSet superseded(Path folder, Manifest.Part part) throws IOException {
        Manifest.Superseded superseded = part.superseded();
        if (superseded == null) {
            return new BitSet();
        }
        Path file = folder.resolve(superseded.file());
        ByteBuffer bits = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bits.limit() != superseded.length() || Layout.crc(bits, 0, bits.limit()) != superseded.crc()) {
            throw new UnusableColumns(UnusableColumns.Kind.DAMAGED, file.toString(), "it is not as it was written");
        }
        return BitSet.valueOf(bits);
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

    List<Held> held() {
        return held;
    }

    List<Segment> segments() {
        return held.stream().map(Held::segment).toList();
    }

    /** How much each segment holds. */
    public List<Share> shares() {
        return held.stream()
                .map(one -> {
                    int rows = one.segment().rows();
                    int standing = one.segment().standing(0, rows);
                    return new Share(standing, rows - standing, one.segment().events());
                })
                .toList();
    }

    /** The ids of the leads of a segment that are not superseded. */
    public List<String> leadIds(int segment) {
        return LeadRows.standing(held.get(segment).segment());
    }

    /** What they were made from. */
    public Coverage coverage() {
        return coverage;
    }

    /** The names of all attributes, in order. */
    public SortedSet<String> attributes() {
        SortedSet<String> names = new TreeSet<>();
        for (Held one : held) {
            names.addAll(one.segment().attributes());
            WideLeads wide = new WideLeads(one.segment());
            for (int i = 0; i < one.segment().wideLeads(); i++) {
                names.addAll(wide.next().attributeNames());
            }
        }
        return names;
    }

    /** Each once. */
    public long leads() {
        return shares().stream().mapToLong(Share::standing).sum();
    }

    /** Leads that a later segment has again. */
    public long supersededLeads() {
        return shares().stream().mapToLong(Share::superseded).sum();
    }

    /** Leads that are stored as events, superseded ones among them. */
    public long wideLeads() {
        return segments().stream().mapToLong(Segment::wideLeads).sum();
    }

    /** Of all leads, verdicts and markers among them, and those of superseded leads. */
    public long events() {
        return segments().stream().mapToLong(Segment::events).sum();
    }

    /** What the kernel and the plain fold read: facts of leads in columns, without verdicts and markers. */
    public long facts() {
        return segments().stream().mapToLong(Segment::facts).sum();
    }

    public long bytes() {
        return segments().stream().mapToLong(Segment::bytes).sum();
    }

    /** Of these, what a replay as known now reads: without names, instants of recording, and leads that are stored as events. */
    public long fastBytes() {
        return segments().stream().mapToLong(Segment::fastBytes).sum();
    }
}

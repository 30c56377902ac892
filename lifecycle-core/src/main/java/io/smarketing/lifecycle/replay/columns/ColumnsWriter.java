package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Writes a history's columns into a folder, segment by segment. Until {@link #finish} what was there before stays, and an interrupted
 * writing leaves it as it was. Thread-safe.
 */
public final class ColumnsWriter {

    private static final String SUFFIX = ".columns";
    private static final String SUPERSEDED = ".superseded";
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final long generation;
    private final List<Earlier> earlier = new ArrayList<>();
    private final TreeMap<Integer, Manifest.Part> parts = new TreeMap<>();

    /** A segment that stays, but for leads that are written anew. */
    private record Earlier(HistoryColumns.Held held, BitSet superseded) {}

    /** Begins a history anew. Makes the folder where it is not there, and clears away what writings left that were not finished. */
    public ColumnsWriter(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        this.generation = generationBefore(folder) + 1;
        deleteAllBut(named(folder));
    }

    private static List<Manifest.Part> named(Path folder) throws IOException {
        try {
            return Manifest.read(folder).parts();
        } catch (UnusableColumns e) {
            return List.of();
        }
    }

    /**
     * Goes on with a history: leads that are written stand in place of what it has of them.
     *
     * @param history as the folder holds it now
     */
    public ColumnsWriter(Path folder, HistoryColumns history) throws IOException {
        this(folder);
        for (HistoryColumns.Held held : history.held()) {
            BitSet before = held.segment().superseded();
            earlier.add(new Earlier(held, before == null ? new BitSet() : (BitSet) before.clone()));
        }
    }

    private static long generationBefore(Path folder) throws IOException {
        try {
            return Manifest.read(folder).generation();
        } catch (UnusableColumns e) {
            long last = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    int dash = name.indexOf('-');
                    if (dash > 0 && name.substring(0, dash).chars().allMatch(Character::isDigit)) {
                        last = Math.max(last, Long.parseLong(name.substring(0, dash)));
                    }
                }
            }
            return last;
        }
    }

    /**
     * Writes a segment.
     *
     * @param number of the segment, different from all others
     * @param leads as many as memory holds; of each all there is of it, and each in one segment only
     */
    public void segment(int number, Iterator<LeadHistory> leads) throws IOException {
        SegmentWriter writer = new SegmentWriter();
        while (leads.hasNext()) {
            LeadHistory lead = leads.next();
            writer.add(lead);
            supersede(lead.leadId());
        }
        ByteBuffer image = writer.image();
        String name = String.format(Locale.ROOT, "%d-%06d%s", generation, number, SUFFIX);
        Manifest.replace(folder, name, image);
        synchronized (parts) {
            parts.put(number, new Manifest.Part(name, image.limit(), image.getInt(Layout.CRC_AT), null));
        }
    }

    /**
     * Writes leads as segments, numbered from 0.
     *
     * @param leads of each all there is of it
     * @param leadsPerSegment as many as memory holds beside them
     * @param progress is told of the number of leads written since it was last told
     */
    public void segments(List<LeadHistory> leads, int leadsPerSegment, IntConsumer progress) throws IOException {
        for (int from = 0; from < leads.size(); from += leadsPerSegment) {
            List<LeadHistory> some = leads.subList(from, Math.min(leads.size(), from + leadsPerSegment));
            segment(from / leadsPerSegment, some.iterator());
            progress.accept(some.size());
        }
    }

    private void supersede(String leadId) {
        for (Earlier segment : earlier) {
            int row = segment.held().segment().leadRows().of(leadId);
            if (row != LeadRows.ABSENT) {
                synchronized (segment) {
                    segment.superseded().set(row);
                }
            }
        }
    }

    /** Makes the segments the folder's history, in place of the one before. */
    public void finish(Coverage coverage) throws IOException {
        List<Manifest.Part> all = new ArrayList<>();
        for (int i = 0; i < earlier.size(); i++) {
            HistoryColumns.Held held = earlier.get(i).held();
            BitSet superseded = earlier.get(i).superseded();
            if (superseded.cardinality() == held.segment().rows()) {
                continue;
            }
            all.add(
                    superseded.equals(held.segment().superseded()) || superseded.isEmpty()
                            ? held.part()
                            : without(held.part(), superseded, i));
        }
        synchronized (parts) {
            all.addAll(parts.values());
        }
        new Manifest(generation, coverage, all).write(folder);
        deleteAllBut(all);
    }

    private Manifest.Part without(Manifest.Part part, BitSet superseded, int number) throws IOException {
        ByteBuffer bits = ByteBuffer.wrap(superseded.toByteArray());
        String name = String.format(Locale.ROOT, "%d-%06d%s", generation, number, SUPERSEDED);
        Manifest.replace(folder, name, bits);
        return new Manifest.Part(
                part.file(),
                part.length(),
                part.crc(),
                new Manifest.Superseded(name, bits.limit(), Layout.crc(bits, 0, bits.limit())));
    }

    private void deleteAllBut(List<Manifest.Part> written) throws IOException {
        Set<String> kept = new HashSet<>();
        for (Manifest.Part part : written) {
            kept.add(part.file());
            Manifest.Superseded superseded = part.superseded();
            if (superseded != null) {
                kept.add(superseded.file());
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String finished =
                        name.endsWith(UNFINISHED) ? name.substring(0, name.length() - UNFINISHED.length()) : name;
                boolean ours = finished.endsWith(SUFFIX) || finished.endsWith(SUPERSEDED);
                if (ours && !kept.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}

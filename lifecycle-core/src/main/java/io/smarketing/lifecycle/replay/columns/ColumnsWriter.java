package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.LeadHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes a history's columns into a folder, segment by segment. Until {@link #finish} what was there before stays, and an interrupted
 * writing leaves it as it was. Thread-safe.
 */
public final class ColumnsWriter {

    private static final String SUFFIX = ".columns";
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final long generation;
    private final TreeMap<Integer, Manifest.Part> parts = new TreeMap<>();

    /** Makes the folder where it is not there. */
    public ColumnsWriter(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        this.generation = generationBefore(folder) + 1;
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
     * @param leads as many as memory holds; of each all there is of it
     */
    public void segment(int number, Iterator<LeadHistory> leads) throws IOException {
        SegmentWriter writer = new SegmentWriter();
        leads.forEachRemaining(writer::add);
        ByteBuffer image = writer.image();
        String name = String.format(Locale.ROOT, "%d-%06d%s", generation, number, SUFFIX);
        Manifest.replace(folder, name, image);
        synchronized (parts) {
            parts.put(number, new Manifest.Part(name, image.limit(), image.getInt(Layout.CRC_AT)));
        }
    }

    /** Makes the segments the folder's history, in place of the one before. */
    public void finish(Coverage coverage) throws IOException {
        List<Manifest.Part> written;
        synchronized (parts) {
            written = new ArrayList<>(parts.values());
        }
        new Manifest(generation, coverage, written).write(folder);
        Set<String> kept = written.stream().map(Manifest.Part::file).collect(Collectors.toSet());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean ours = name.endsWith(SUFFIX) || name.endsWith(SUFFIX + UNFINISHED);
                if (ours && !kept.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}

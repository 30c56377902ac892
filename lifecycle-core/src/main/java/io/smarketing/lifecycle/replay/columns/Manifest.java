package io.smarketing.lifecycle.replay.columns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which segments make up a history: a line of JSON, and its CRC32C in another. It is written last and replaced in one step, so that a
 * folder holds all of a history or, to whoever reads it, none.
 *
 * @param generation raised with each replacement; part of the segments' names
 */
record Manifest(long generation, Coverage coverage, List<Part> parts) {

    static final String FILE = "history.json";

    /** 2: coverage has a kind, segments may be superseded in part. */
    private static final int VERSION = 2;

    Manifest {
        parts = List.copyOf(parts);
    }

    /**
     * A segment.
     *
     * @param crc of its header, which holds those of its columns
     * @param superseded null as long as all of its leads stand
     */
    record Part(String file, long length, int crc, @Nullable Superseded superseded) {}

    /**
     * A file with a bit for each lead of a segment that later segments have again, in the form of {@link java.util.BitSet#toByteArray}.
     *
     * @param crc CRC32C of the whole file
     */
    record Superseded(String file, long length, int crc) {}

    static Manifest read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new UnusableColumns(
                    UnusableColumns.Kind.INCOMPLETE, folder.toString(), "there is no " + FILE + " in it");
        } catch (CharacterCodingException e) {
            throw new UnusableColumns(UnusableColumns.Kind.DAMAGED, file.toString(), "it is no text");
        }
        int end = text.indexOf('\n');
        if (end < 0 || !text.substring(end + 1).equals(crc(text.substring(0, end)) + "\n")) {
            throw new UnusableColumns(UnusableColumns.Kind.DAMAGED, file.toString(), "it is not as it was written");
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(text.substring(0, end));
            if (json.path("version").asInt(0) != VERSION) {
                throw new UnusableColumns(
                        UnusableColumns.Kind.OTHER_VERSION,
                        file.toString(),
                        "it has version %s, and this program reads version %d"
                                .formatted(json.path("version"), VERSION));
            }
            List<Part> parts = new ArrayList<>();
            for (JsonNode part : json.get("segments")) {
                JsonNode superseded = part.get("superseded");
                parts.add(new Part(
                        part.get("file").stringValue(),
                        part.get("length").longValue(),
                        part.get("crc").intValue(),
                        superseded == null
                                ? null
                                : new Superseded(
                                        superseded.get("file").stringValue(),
                                        superseded.get("length").longValue(),
                                        superseded.get("crc").intValue())));
            }
            return new Manifest(json.get("generation").longValue(), Coverage.of(json.get("coverage")), parts);
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new UnusableColumns(UnusableColumns.Kind.OTHER_VERSION, file.toString(), "it says " + e.getMessage());
        }
    }

    void write(Path folder) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", VERSION).put("generation", generation);
        json.set("coverage", coverage.toJson());
        ArrayNode segments = json.putArray("segments");
        for (Part part : parts) {
            ObjectNode segment = segments.addObject()
                    .put("file", part.file())
                    .put("length", part.length())
                    .put("crc", part.crc());
            Superseded superseded = part.superseded();
            if (superseded != null) {
                segment.putObject("superseded")
                        .put("file", superseded.file())
                        .put("length", superseded.length())
                        .put("crc", superseded.crc());
            }
        }
        String line = json.toString();
        replace(folder, FILE, ByteBuffer.wrap((line + "\n" + crc(line) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static String crc(String line) {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", Layout.crc(bytes, 0, bytes.limit()));
    }

    /** Under another name first, on the disk before it has its own. */
    static void replace(Path folder, String name, ByteBuffer bytes) throws IOException {
        Path unfinished = folder.resolve(name + ".unfinished");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer left = bytes.duplicate().position(0);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
        Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            // Some systems do not open folders; the rename is then as durable as they make it.
            return;
        }
    }
}

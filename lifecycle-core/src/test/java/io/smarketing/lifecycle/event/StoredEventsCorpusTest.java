package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.event.StoredEvents.Variant;
import io.smarketing.lifecycle.lead.Recorded;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The corpus holds what every release has stored: a folder for each revision of a type; in it events in their stored form,
 * beside each what it is read as, and the fields of that revision. Approved files: none is ever changed.
 */
class StoredEventsCorpusTest {

    private static final Path CORPUS = Path.of("src/test/resources/corpus");
    private static final String EVENT = ".json";
    private static final String READ = ".read.txt";
    private static final String FIELDS = "fields.txt";
    private static final String CHANGED = """
            The form of '%s' in revision %d has changed, and stores are full of the old one. Add a revision (.v%d), an \
            upcaster from %d and files of the new revision to the corpus, and leave the old files as they are: \
            CONTRIBUTING.md, "Changing an event's form".""";

    private final RecordedCodec codec = new RecordedCodec();

    /** On demand, writes what is missing; what is there is approved and stays. */
    @BeforeAll
    static void writeMissing() throws IOException, UnreadableRecord {
        if (Boolean.getBoolean("corpus.write")) {
            RecordedCodec codec = new RecordedCodec();
            for (Variant variant : StoredEvents.all()) {
                byte[] event = codec.write(variant.recorded());
                writeMissing(file(variant, EVENT), event);
                writeMissing(file(variant, READ), text(FieldLines.of(codec.read(event))));
            }
            for (EventType type : EventType.values()) {
                writeMissing(newest(type).resolve(FIELDS), text(fieldsWritten(codec, type)));
            }
        }
    }

    private static void writeMissing(Path file, byte[] content) throws IOException {
        if (Files.notExists(file)) {
            Files.createDirectories(file.subpath(0, file.getNameCount() - 1));
            Files.write(file, content);
        }
    }

    private static byte[] text(Iterable<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventEverStoredIsReadAsItAlwaysWas(Path event) throws IOException, UnreadableRecord {
        Recorded recorded = codec.read(Files.readAllBytes(event));
        assertThat(FieldLines.of(recorded)).isEqualTo(Files.readAllLines(read(event)));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventEverStoredIsReadFromTheTopicAsFromTheStore(Path event) throws IOException, UnreadableRecord {
        byte[] stored = Files.readAllBytes(event);
        assertThat(codec.read(codec.parts(stored))).isEqualTo(codec.read(stored));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatIsWrittenTodayIsTheNewestRevisionToTheByte(Variant variant) throws IOException {
        assertThat(file(variant, EVENT))
                .as("a file of the corpus; -Dcorpus.write=true writes it")
                .exists();
        assertThat(new String(codec.write(variant.recorded()), StandardCharsets.UTF_8))
                .as(changed(variant.type()))
                .isEqualTo(Files.readString(file(variant, EVENT)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatIsWrittenTodayIsReadAgain(Variant variant) throws UnreadableRecord {
        assertThat(codec.read(codec.write(variant.recorded()))).isEqualTo(variant.recorded());
    }

    /** A field that is added changes no file: only the list of fields can tell. */
    @ParameterizedTest
    @EnumSource(EventType.class)
    void noFieldComesWithoutANewRevision(EventType type) throws IOException {
        assertThat(fieldsWritten(codec, type))
                .as(changed(type))
                .containsExactlyElementsOf(Files.readAllLines(newest(type).resolve(FIELDS)));
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void everyRevisionOfEveryTypeIsThere(EventType type) throws IOException {
        for (int revision = 1; revision <= type.revision(); revision++) {
            Path folder = CORPUS.resolve(type.word() + ".v" + revision);
            assertThat(events(folder)).as(folder.toString()).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void noFolderIsWithoutAReader() throws IOException {
        Set<String> read = new TreeSet<>();
        for (EventType type : EventType.values()) {
            IntStream.rangeClosed(1, type.revision()).forEach(revision -> read.add(type.word() + ".v" + revision));
        }
        assertThat(listed(CORPUS))
                .extracting(folder -> folder.getFileName().toString())
                .containsExactlyElementsOf(read);
    }

    @Test
    void everyEventLiesInTheFolderOfItsTypeAndRevision() throws IOException {
        for (Path event : events().toList()) {
            JsonNode stored = JsonMapper.shared().readTree(Files.readAllBytes(event));
            assertThat(stored.path("type").asString())
                    .as(event.toString())
                    .isEqualTo("io.smarketing.lead." + event.getName(event.getNameCount() - 2));
        }
    }

    @Test
    void nothingElseLiesInTheCorpus() throws IOException {
        Set<Path> expected = new TreeSet<>();
        events().forEach(event -> expected.addAll(List.of(event, read(event), event.resolveSibling(FIELDS))));
        Set<Path> found = new TreeSet<>();
        for (Path folder : listed(CORPUS)) {
            found.addAll(listed(folder));
        }
        assertThat(found).isEqualTo(expected);
    }

    /** Otherwise a part of the form would change unseen. */
    @Test
    void theEventsTogetherFillAndLeaveOutEveryField() {
        Set<String> wanted = new TreeSet<>();
        Set<String> seen = new TreeSet<>();
        StoredEvents.all().forEach(variant -> look(variant.recorded(), wanted, seen));
        assertThat(seen).containsAll(wanted);
        assertThat(StoredEvents.all()).extracting(Variant::type).contains(EventType.values());
    }

    private static void look(@Nullable Object value, Set<String> wanted, Set<String> seen) {
        if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                String field = record.getClass().getSimpleName() + "." + component.getName();
                wanted.add(field + " is there");
                if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    wanted.add(field + " is left out");
                }
                Object inner = FieldLines.value(record, component);
                boolean empty = inner == null || inner.equals(List.of()) || inner.equals(Map.of());
                seen.add(field + (empty ? " is left out" : " is there"));
                look(inner, wanted, seen);
            }
        } else if (value instanceof List<?> list) {
            list.forEach(item -> look(item, wanted, seen));
        }
    }

    static Stream<Path> events() throws IOException {
        List<Path> events = new ArrayList<>();
        for (Path folder : listed(CORPUS)) {
            events.addAll(events(folder));
        }
        return events.stream();
    }

    static Stream<Variant> variants() {
        return StoredEvents.all().stream();
    }

    private static List<Path> events(Path folder) throws IOException {
        return listed(folder).stream()
                .filter(file -> file.toString().endsWith(EVENT))
                .toList();
    }

    private static List<Path> listed(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Path newest(EventType type) {
        return CORPUS.resolve(type.word() + ".v" + type.revision());
    }

    private static Path file(Variant variant, String ending) {
        return newest(variant.type()).resolve(variant.name() + ending);
    }

    private static Path read(Path event) {
        String name = event.getFileName().toString();
        return event.resolveSibling(name.substring(0, name.length() - EVENT.length()) + READ);
    }

    private static String changed(EventType type) {
        int revision = type.revision();
        return CHANGED.formatted(type.word(), revision, revision + 1, revision);
    }

    /** Every field that is written, with the kind of its value, as {@code data.cost.amount NUMBER}. */
    private static Set<String> fieldsWritten(RecordedCodec codec, EventType type) {
        Set<String> fields = new TreeSet<>();
        StoredEvents.all().stream()
                .filter(variant -> variant.type() == type)
                .forEach(variant ->
                        addFields("", JsonMapper.shared().readTree(codec.write(variant.recorded())), fields));
        return fields;
    }

    private static void addFields(String prefix, JsonNode object, Set<String> fields) {
        object.forEachEntry((name, value) -> {
            String path = prefix + name;
            fields.add(path + " " + value.getNodeType());
            // What attributes are called and hold is the sender's.
            if (!path.equals("data.attributes")) {
                addFields(path + ".", value, fields);
                if (value.isArray()) {
                    value.forEach(item -> addFields(path + "[].", item, fields));
                }
            }
        });
    }
}

package io.smarketing.lifecycle.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML 1.2 document under reading. Every accessor that meets a mistake notes it as a {@link Problem} and goes on with a
 * harmless stand-in, so that one reading tells all mistakes; {@link Mapping#refuseIfBroken} ends the reading.
 */
public final class YamlDocument {

    private static final int LONGEST = 1_000_000;

    private final String name;
    private final ScalarPlaces places;
    private final List<Problem> problems = new ArrayList<>();

    private YamlDocument(String name, String text) {
        this.name = name;
        this.places = new ScalarPlaces(text);
    }

    /**
     * Opens a document for reading.
     *
     * @param name how messages call the document, usually its file name
     * @throws RefusedDocument when the text is no YAML or not a mapping at the top
     */
    public static Mapping open(String name, String text) throws RefusedDocument {
        YamlDocument document = new YamlDocument(name, text);
        if (text.length() > LONGEST) {
            document.error(1, 1, "the document is longer than %,d characters".formatted(LONGEST), "shorten it");
            throw document.refused();
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setAllowDuplicateKeys(true)
                .setMaxAliasesForCollections(20)
                .setCodePointLimit(LONGEST)
                .build();
        Optional<Node> root;
        try {
            root = new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            document.error(
                    mark.map(m -> m.getLine() + 1).orElse(1),
                    mark.map(m -> m.getColumn() + 1).orElse(1),
                    "not readable as YAML: " + e.getProblem(),
                    "check indentation, quotes and brackets at this place");
            throw document.refused();
        } catch (StackOverflowError e) {
            document.error(
                    1, 1, "not readable as YAML: nested too deeply", "no document of ours needs more than five levels");
            throw document.refused();
        } catch (YamlEngineException e) {
            document.error(1, 1, "not readable as YAML: " + e.getMessage(), "write one YAML document");
            throw document.refused();
        }
        if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
            document.error(1, 1, "the document is no mapping", "write `key: value` lines");
            throw document.refused();
        }
        return document.new Mapping(mapping, mapping.getValue(), "");
    }

    private RefusedDocument refused() {
        problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        return new RefusedDocument(name, problems);
    }

    private void error(int line, int column, String message, String mend) {
        problems.add(new Problem(Problem.Severity.ERROR, line, column, message, mend));
    }

    /** The nearest of the known words, for "did you mean", or empty when none is near. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> isNear(word, candidate))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    private static boolean isNear(String word, String candidate) {
        boolean oneBeginsTheOther = Math.min(word.length(), candidate.length()) >= 3
                && (word.startsWith(candidate) || candidate.startsWith(word));
        return oneBeginsTheOther || distance(word, candidate) <= Math.max(1, Math.min(3, word.length() / 3));
    }

    /** Levenshtein's edit distance, letters compared without case. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }
            previous = current;
        }
        return previous[b.length()];
    }

    /** What every place in the document can do: give its text, complain. */
    public abstract class Place {

        private final Node node;
        private final String path;

        private Place(Node node, String path) {
            this.node = node;
            this.path = path;
        }

        /** Where in the document, as {@code fit[2].points}. */
        public String path() {
            return path;
        }

        public void error(String message, String mend) {
            note(Problem.Severity.ERROR, start(), message, mend);
        }

        /**
         * An error at a place inside this scalar, whatever its quotes, escapes and line breaks.
         *
         * @param offset code points of the scalar's value before the place
         */
        public void errorAt(int offset, String message, String mend) {
            ScalarPlaces.Place place = node instanceof ScalarNode scalar ? places.of(scalar, start(), offset) : start();
            note(Problem.Severity.ERROR, place, message, mend);
        }

        public void warning(String message, String mend) {
            note(Problem.Severity.WARNING, start(), message, mend);
        }

        private ScalarPlaces.Place start() {
            Mark mark = node.getStartMark().orElseThrow();
            return new ScalarPlaces.Place(mark.getLine(), mark.getColumn());
        }

        private void note(Problem.Severity severity, ScalarPlaces.Place place, String message, String mend) {
            problems.add(new Problem(
                    severity,
                    place.line() + 1,
                    place.column() + 1,
                    path.isEmpty() ? message : path + ": " + message,
                    mend));
        }

        /** Where in the document's text. */
        public Span span() {
            return new Span(node.getStartMark().orElseThrow().getIndex(), end(node));
        }

        /** A mark of the library's for the end of a block lies behind blanks and comments. */
        private static int end(Node node) {
            int end = node.getStartMark().orElseThrow().getIndex();
            if (node instanceof CollectionNode<?> block && block.getFlowStyle() == FlowStyle.BLOCK) {
                for (Object part : block.getValue()) {
                    end = Math.max(end, part instanceof NodeTuple tuple ? end(tuple.getValueNode()) : end((Node) part));
                }
                return end;
            }
            return node.getEndMark().orElseThrow().getIndex();
        }

        Node node() {
            return node;
        }
    }

    /**
     * A stretch of the document's text, in code points.
     *
     * @param from how many stand before it
     * @param to how many stand before what follows it
     */
    public record Span(int from, int to) {}

    /** A scalar, a list or a mapping that has not been looked into. */
    public final class Value extends Place {

        private Value(Node node, String path) {
            super(node, path);
        }

        public boolean isScalar() {
            return node() instanceof ScalarNode;
        }

        public boolean isList() {
            return node() instanceof SequenceNode;
        }

        /** Whether it is a list of {@code - item} lines. */
        public boolean isBlockList() {
            return node() instanceof SequenceNode list && list.getFlowStyle() == FlowStyle.BLOCK;
        }

        /** Whether exactly this stands here, without quotes. */
        public boolean isWritten(String plain) {
            return node() instanceof ScalarNode scalar
                    && scalar.isPlain()
                    && scalar.getValue().equals(plain);
        }

        private @Nullable ScalarNode scalar(String wanted) {
            if (node() instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
                return scalar;
            }
            error("should be " + wanted, "write " + wanted + " here");
            return null;
        }

        /** A non-blank text; numbers and the like are taken as they are written. */
        public String text() {
            ScalarNode scalar = scalar("a text");
            if (scalar != null && scalar.getValue().isBlank()) {
                error("is empty", "write a text or leave the line out");
            }
            return scalar == null ? "" : scalar.getValue();
        }

        /** A whole number within the bounds, both included. */
        public long wholeNumber(long least, long most) {
            ScalarNode scalar = scalar("a whole number");
            if (scalar == null) {
                return least;
            }
            try {
                if (scalar.getTag().equals(Tag.INT)) {
                    long number = Long.decode(scalar.getValue());
                    if (number >= least && number <= most) {
                        return number;
                    }
                    error("%d is out of bounds".formatted(number), "between %d and %d".formatted(least, most));
                    return least;
                }
            } catch (NumberFormatException e) {
                error("%s is out of bounds".formatted(scalar.getValue()), "between %d and %d".formatted(least, most));
                return least;
            }
            error("'%s' is no whole number".formatted(scalar.getValue()), "write digits only, no quotes or decimals");
            return least;
        }

        /** One of the given words. */
        public String oneOf(Collection<String> words) {
            ScalarNode scalar = scalar("one of " + String.join(", ", words));
            if (scalar == null) {
                return words.iterator().next();
            }
            if (!words.contains(scalar.getValue())) {
                error(
                        "'%s' is unknown".formatted(scalar.getValue()),
                        nearest(scalar.getValue(), words)
                                .map("did you mean %s?"::formatted)
                                .orElse("one of " + String.join(", ", words)));
                return words.iterator().next();
            }
            return scalar.getValue();
        }

        public List<Value> items() {
            if (!(node() instanceof SequenceNode sequence)) {
                error("should be a list", "write `- item` lines or [a, b]");
                return List.of();
            }
            List<Value> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(new Value(item, path() + "[" + items.size() + "]"));
            }
            return items;
        }

        public Mapping mapping() {
            if (node() instanceof MappingNode mapping) {
                return new Mapping(mapping, mapping.getValue(), path());
            }
            error("should be a mapping", "write `key: value` lines or {key: value}");
            return new Mapping(node(), List.of(), path());
        }
    }

    /** Keys with values; a key twice is an error, and so is a key nobody asked for (see {@link Mapping#onlyKeys}). */
    public final class Mapping extends Place {

        private final Map<String, Value> values = new LinkedHashMap<>();
        private final Map<String, Value> keys = new LinkedHashMap<>();
        private final Set<String> missing = new LinkedHashSet<>();

        /** Stands in for something else, which was told: it is not blamed for what it lacks. */
        private final boolean standIn;

        private Mapping(Node node, List<NodeTuple> tuples, String path) {
            super(node, path);
            this.standIn = !(node instanceof MappingNode);
            for (NodeTuple tuple : tuples) {
                Value key = new Value(tuple.getKeyNode(), path);
                String word = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                Value value = new Value(tuple.getValueNode(), path.isEmpty() ? word : path + "." + word);
                if (word.isEmpty()) {
                    key.error("a key should be a word", "write `key: value`");
                } else if (values.containsKey(word)) {
                    key.error("'%s' stands here twice".formatted(word), "keep one of them");
                } else {
                    values.put(word, value);
                    keys.put(word, key);
                }
            }
        }

        public Set<String> keys() {
            return values.keySet();
        }

        /** Whether it is a mapping with nothing in it. */
        public boolean isEmpty() {
            return !standIn && values.isEmpty();
        }

        public @Nullable Value optional(String key) {
            return values.get(key);
        }

        /** The place of a key that is there, to complain about. */
        public Value keyOf(String key) {
            Value value = keys.get(key);
            if (value == null) {
                throw new IllegalArgumentException(key);
            }
            return value;
        }

        public @Nullable Value required(String key, String mend) {
            Value value = values.get(key);
            if (value == null && !standIn && missing.add(key)) {
                error("'%s' is missing".formatted(key), mend);
            }
            return value;
        }

        /** Complains about every other key; one that is merely misspelt is not missed beside that. */
        public void onlyKeys(Collection<String> known) {
            for (String key : values.keySet()) {
                if (!known.contains(key)) {
                    nearest(key, known).ifPresent(missing::add);
                    keyOf(key)
                            .error(
                                    "'%s' is not known here".formatted(key),
                                    nearest(key, known)
                                            .map("did you mean %s?"::formatted)
                                            .orElse("known are " + String.join(", ", known)));
                }
            }
        }

        /** All problems noted so far in the document, in order of appearance. */
        public List<Problem> problems() {
            return problems.stream()
                    .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                    .toList();
        }

        /** How many errors were noted so far in the document. */
        public long errors() {
            return problems.stream()
                    .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                    .count();
        }

        public boolean isBroken() {
            return errors() > 0;
        }

        /**
         * Ends the reading.
         *
         * @throws RefusedDocument when any error was noted in the document
         */
        public void refuseIfBroken() throws RefusedDocument {
            if (isBroken()) {
                throw refused();
            }
        }
    }
}

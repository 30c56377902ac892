package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The numbers in a policy's document that say how much its rules count: the threshold, and the points of each rule that gives some. The same document can be had with
 * others in their place, all else as it is written. Immutable.
 */
public final class PolicyPoints {

    private static final List<String> LISTS = List.of("fit", "engagement");

    private final String text;
    private final YamlDocument.Span thresholdSpan;
    private final long threshold;
    private final Map<String, Written> written;

    /**
     * A rule that gives points.
     *
     * @param list {@code fit} or {@code engagement}
     */
    public record Rule(String id, String list, long points) {}

    /**
     * Where a rule is written.
     *
     * @param last whether it is the last of its list
     */
    private record Written(Rule rule, YamlDocument.Span item, YamlDocument.Span points, boolean last) {}

    /**
     * What is written in place of a stretch of the document.
     *
     * @param from in code points
     */
    private record Edit(int from, int to, String written) {}

    private PolicyPoints(String text, YamlDocument.Span thresholdSpan, long threshold, Map<String, Written> written) {
        this.text = text;
        this.thresholdSpan = thresholdSpan;
        this.threshold = threshold;
        this.written = written;
    }

    /**
     * Reads the numbers of a document that {@link PolicyReader} has read.
     *
     * @throws RefusedDocument when it was never a policy of ours
     */
    public static PolicyPoints of(String source, String text) throws RefusedDocument {
        YamlDocument.Mapping document = YamlDocument.open(source, text);
        YamlDocument.@Nullable Value threshold = document.required("threshold", "write the score that qualifies");
        Map<String, Written> written = new LinkedHashMap<>();
        for (String list : LISTS) {
            YamlDocument.@Nullable Value place = document.optional(list);
            List<YamlDocument.Value> items = place == null ? List.of() : place.items();
            for (int i = 0; i < items.size(); i++) {
                YamlDocument.Mapping rule = items.get(i).mapping();
                YamlDocument.@Nullable Value id = rule.required("id", "give the rule a short id of its own");
                YamlDocument.@Nullable Value points = rule.required("points", "write how many points");
                if (id != null && points != null) {
                    Rule one = new Rule(id.text(), list, points.wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE));
                    written.put(one.id(), new Written(one, items.get(i).span(), points.span(), i == items.size() - 1));
                }
            }
        }
        document.refuseIfBroken();
        if (threshold == null) {
            throw new IllegalStateException("a document without a threshold was not refused");
        }
        long reached = threshold.wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE);
        document.refuseIfBroken();
        return new PolicyPoints(text, threshold.span(), reached, written);
    }

    public long threshold() {
        return threshold;
    }

    /** Those that give points, in the order of the document. */
    public List<Rule> rules() {
        return written.values().stream().map(Written::rule).toList();
    }

    /**
     * The document with other numbers; empty where it is written in a way that they cannot be put in, as where rules share one number by an alias.
     *
     * @param points by the id of a rule; with 0 points the rule is left out
     */
    public Optional<String> with(Map<String, Long> points, long otherThreshold) {
        List<Edit> edits = new ArrayList<>();
        if (otherThreshold != threshold) {
            edits.add(new Edit(thresholdSpan.from(), thresholdSpan.to(), String.valueOf(otherThreshold)));
        }
        Map<String, Long> expected = new LinkedHashMap<>();
        for (Written rule : written.values()) {
            String id = rule.rule().id();
            long asked = points.getOrDefault(id, rule.rule().points());
            if (asked == 0) {
                edits.add(withoutItem(rule));
                continue;
            }
            expected.put(id, asked);
            if (asked != rule.rule().points()) {
                edits.add(new Edit(rule.points().from(), rule.points().to(), String.valueOf(asked)));
            }
        }
        String edited = edited(edits);
        try {
            PolicyPoints read = of("edited", edited);
            Map<String, Long> found = new LinkedHashMap<>();
            read.rules().forEach(rule -> found.put(rule.id(), rule.points()));
            return found.equals(expected) && read.threshold == otherThreshold ? Optional.of(edited) : Optional.empty();
        } catch (RefusedDocument e) {
            return Optional.empty();
        }
    }

    /** Of a list in block style, the item with its dash; of one in brackets, with its comma. */
    private Edit withoutItem(Written rule) {
        int[] all = text.codePoints().toArray();
        int from = rule.item().from();
        int to = rule.item().to();
        while (to > from && Character.isWhitespace(all[to - 1])) {
            to--;
        }
        int before = from - 1;
        while (before >= 0 && Character.isWhitespace(all[before])) {
            before--;
        }
        if (before >= 0 && all[before] == '-') {
            return new Edit(before, to, "");
        }
        int behind = to;
        while (behind < all.length && Character.isWhitespace(all[behind])) {
            behind++;
        }
        if (!rule.last() && behind < all.length && all[behind] == ',') {
            return new Edit(from, behind + 1, "");
        }
        return new Edit(before >= 0 && all[before] == ',' ? before : from, to, "");
    }

    private String edited(List<Edit> edits) {
        StringBuilder edited = new StringBuilder(text);
        edits.stream().sorted(Comparator.comparingInt(Edit::from).reversed()).forEach(edit -> {
            int from = text.offsetByCodePoints(0, edit.from());
            int to = text.offsetByCodePoints(0, edit.to());
            edited.replace(from, to, edit.written());
        });
        return edited.toString();
    }
}

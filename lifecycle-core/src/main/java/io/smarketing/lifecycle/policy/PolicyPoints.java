package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.RefusedDocument;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Comparator;
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
    private final List<WrittenList> lists;

    /**
     * A rule that gives points.
     *
     * @param list {@code fit} or {@code engagement}
     */
    public record Rule(String id, String list, long points) {}

    /** Where a rule is written. */
    private record Written(Rule rule, YamlDocument.Span item, YamlDocument.Span points) {}

    /**
     * Where rules are written.
     *
     * @param block whether each stands behind a dash
     */
    private record WrittenList(YamlDocument.Span span, boolean block, List<Written> rules) {}

    /**
     * What is written in place of a stretch of the document.
     *
     * @param from in code points
     */
    private record Edit(int from, int to, String written) {}

    private PolicyPoints(String text, YamlDocument.Span thresholdSpan, long threshold, List<WrittenList> lists) {
        this.text = text;
        this.thresholdSpan = thresholdSpan;
        this.threshold = threshold;
        this.lists = lists;
    }

    /**
     * Reads the numbers of a document that {@link PolicyReader} has read.
     *
     * @throws RefusedDocument when it was never a policy of ours
     */
    public static PolicyPoints of(String source, String text) throws RefusedDocument {
        YamlDocument.Mapping document = YamlDocument.open(source, text);
        YamlDocument.@Nullable Value threshold = document.required("threshold", "write the score that qualifies");
        List<WrittenList> lists = new ArrayList<>();
        for (String list : LISTS) {
            YamlDocument.@Nullable Value place = document.optional(list);
            if (place == null) {
                continue;
            }
            List<Written> rules = new ArrayList<>();
            for (YamlDocument.Value item : place.items()) {
                YamlDocument.Mapping rule = item.mapping();
                YamlDocument.@Nullable Value id = rule.required("id", "give the rule a short id of its own");
                YamlDocument.@Nullable Value points = rule.required("points", "write how many points");
                if (id != null && points != null) {
                    Rule one = new Rule(id.text(), list, points.wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE));
                    rules.add(new Written(one, item.span(), points.span()));
                }
            }
            lists.add(new WrittenList(place.span(), place.isBlockList(), rules));
        }
        document.refuseIfBroken();
        if (threshold == null) {
            throw new IllegalStateException("a document without a threshold was not refused");
        }
        long reached = threshold.wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE);
        document.refuseIfBroken();
        return new PolicyPoints(text, threshold.span(), reached, lists);
    }

    public long threshold() {
        return threshold;
    }

    /** Those that give points, in the order of the document. */
    public List<Rule> rules() {
        return lists.stream()
                .flatMap(list -> list.rules().stream())
                .map(Written::rule)
                .toList();
    }

    /**
     * The document with other numbers; empty where it is written in a way that they cannot be put in alone, as where rules share one number by an alias.
     *
     * @param points by the id of a rule; with 0 points the rule is left out
     */
    public Optional<String> with(Map<String, Long> points, long otherThreshold) {
        List<Edit> edits = new ArrayList<>();
        if (otherThreshold != threshold) {
            edits.add(new Edit(thresholdSpan.from(), thresholdSpan.to(), String.valueOf(otherThreshold)));
        }
        for (WrittenList list : lists) {
            List<Edit> ofList = new ArrayList<>();
            int out = 0;
            for (Written rule : list.rules()) {
                long asked = points.getOrDefault(rule.rule().id(), rule.rule().points());
                if (asked == 0) {
                    ofList.add(withoutItem(rule.item(), list.block()));
                    out++;
                } else if (asked != rule.rule().points()) {
                    ofList.add(new Edit(rule.points().from(), rule.points().to(), String.valueOf(asked)));
                }
            }
            if (out > 0 && out == list.rules().size()) {
                // A list of dashes may stand as far left as its key, where brackets may not.
                ofList = List.of(new Edit(list.span().from(), list.span().to(), "  []"));
            }
            edits.addAll(ofList);
        }
        String edited = edited(edits);
        return saysNothingElse(edited, points, otherThreshold) ? Optional.of(edited) : Optional.empty();
    }

    /** Whether an edited text has the numbers that were asked for, and all else as it was. */
    private boolean saysNothingElse(String edited, Map<String, Long> points, long otherThreshold) {
        PolicyPoints read;
        try {
            read = of("edited", edited);
        } catch (RefusedDocument e) {
            return false;
        }
        List<Rule> expected = rules().stream()
                .map(rule -> new Rule(rule.id(), rule.list(), points.getOrDefault(rule.id(), rule.points())))
                .filter(rule -> rule.points() != 0)
                .toList();
        if (!read.rules().equals(expected) || read.threshold != otherThreshold) {
            return false;
        }
        Policy after;
        try {
            after = PolicyReader.read("edited", edited).policy();
        } catch (RefusedDocument e) {
            // What is wrong with these numbers is told to whoever has it read.
            return true;
        }
        try {
            Policy before = PolicyReader.readSaved(after.reference(), text);
            return PolicyDiff.of(before, after).changes().stream().allMatch(change -> isAsked(change, points));
        } catch (RefusedDocument e) {
            return false;
        }
    }

    private boolean isAsked(PolicyDiff.Change change, Map<String, Long> points) {
        return change.path().equals("threshold")
                || rules().stream()
                        .filter(rule -> points.containsKey(rule.id()))
                        .anyMatch(rule -> {
                            String path = rule.list() + "." + rule.id();
                            return change.path().equals(path + ".points")
                                    || (change.kind() == PolicyDiff.Kind.REMOVED
                                            && points.getOrDefault(rule.id(), 1L) == 0
                                            && change.path().equals(path));
                        });
    }

    /** Of a list in block style, the item with its dash; of one in brackets, with the comma behind it. */
    private Edit withoutItem(YamlDocument.Span item, boolean block) {
        int[] all = text.codePoints().toArray();
        int from = item.from();
        int to = item.to();
        if (block) {
            do {
                from--;
            } while (from > 0 && Character.isWhitespace(all[from]));
            return new Edit(Math.max(0, from), to, "");
        }
        int behind = to;
        while (behind < all.length && Character.isWhitespace(all[behind])) {
            behind++;
        }
        return new Edit(from, behind < all.length && all[behind] == ',' ? behind + 1 : to, "");
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

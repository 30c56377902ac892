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

    private final Policy policy;
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

    /**
     * The same policy with other numbers.
     *
     * @param document its text
     * @param reading what it says, with warnings of what is new
     */
    public record Changed(String document, PolicyReader.Reading reading) {}

    private PolicyPoints(
            Policy policy, String text, YamlDocument.Span thresholdSpan, long threshold, List<WrittenList> lists) {
        this.policy = policy;
        this.text = text;
        this.thresholdSpan = thresholdSpan;
        this.threshold = threshold;
        this.lists = lists;
    }

    /**
     * Reads the numbers of a document.
     *
     * @param policy what {@link PolicyReader} has read of it
     * @throws RefusedDocument when it was never a policy of ours
     */
    public static PolicyPoints of(Policy policy, String text) throws RefusedDocument {
        YamlDocument.Mapping document = YamlDocument.open(policy.reference().toString(), text);
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
        return new PolicyPoints(policy, text, threshold.span(), reached, lists);
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
     * @throws RefusedDocument where no policy may have these numbers
     */
    public Optional<Changed> with(Map<String, Long> points, long otherThreshold) throws RefusedDocument {
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
        if (edits.isEmpty()) {
            return Optional.of(new Changed(text, new PolicyReader.Reading(policy, List.of())));
        }
        String edited = edited(edits);
        if (!says(edited, points, otherThreshold)) {
            return Optional.empty();
        }
        PolicyReader.Reading reading = PolicyReader.read("points", edited);
        boolean nothingElse =
                PolicyDiff.of(policy, reading.policy()).changes().stream().allMatch(change -> isAsked(change, points));
        return nothingElse ? Optional.of(new Changed(edited, reading)) : Optional.empty();
    }

    /** Whether an edited text has the numbers that were asked for. */
    private boolean says(String edited, Map<String, Long> points, long otherThreshold) {
        PolicyPoints read;
        try {
            read = of(policy, edited);
        } catch (RefusedDocument e) {
            return false;
        }
        List<Rule> expected = rules().stream()
                .map(rule -> new Rule(rule.id(), rule.list(), points.getOrDefault(rule.id(), rule.points())))
                .filter(rule -> rule.points() != 0)
                .toList();
        return read.rules().equals(expected) && read.threshold == otherThreshold;
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

package io.smarketing.lifecycle.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What changes from one policy to another, in meaning: comments, spacing and the order of what is added up make no
 * difference. Rules are matched by their ids.
 *
 * @param changes in the order of a policy's keys, rules in the order of the document
 */
public record PolicyDiff(List<Change> changes) {

    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    /**
     * One difference.
     *
     * @param path as {@code fit.size.points}
     * @param before null when it is new
     * @param after null when it is gone
     * @param text in plain words
     */
    public record Change(
            String path,
            Kind kind,
            @Nullable String before,
            @Nullable String after,
            String text) {}

    public PolicyDiff {
        changes = List.copyOf(changes);
    }

    public static PolicyDiff of(Policy before, Policy after) {
        return new Comparison().compare(before, after);
    }

    public ArrayNode toJson() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Change change : changes) {
            list.addObject()
                    .put("path", change.path())
                    .put("kind", Goal.word(change.kind()))
                    .put("before", change.before())
                    .put("after", change.after())
                    .put("text", change.text());
        }
        return list;
    }

    private static final class Comparison {

        private final List<Change> changes = new ArrayList<>();

        private PolicyDiff compare(Policy before, Policy after) {
            value(
                    "name",
                    before.reference().name(),
                    after.reference().name(),
                    (was, is) -> "the name is %s instead of %s".formatted(is, was));
            threshold(before.threshold(), after.threshold());
            attributes(before.attributeTypes(), after.attributeTypes());
            rules("fit", before.fitRules(), after.fitRules(), FitRule::id, Comparison::told, this::fitRule);
            rules(
                    "engagement",
                    before.engagementRules(),
                    after.engagementRules(),
                    EngagementRule::id,
                    Comparison::told,
                    this::engagementRule);
            disqualifiers(before.disqualifiers(), after.disqualifiers());
            stages(before.stageTimes(), after.stageTimes());
            sla(before.sla(), after.sla());
            cooldown(before.cooldown(), after.cooldown());
            words("activities", "the activity", before.activities(), after.activities());
            words("dimensions", "the dimension", before.dimensions(), after.dimensions());
            value(
                    "externalMarks",
                    marks(before),
                    marks(after),
                    (was, is) -> "external marks are %s instead of %s".formatted(is, was));
            words("rejectionReasons", "the rejection reason", before.rejectionReasons(), after.rejectionReasons());
            goals(before.goals(), after.goals());
            return new PolicyDiff(changes);
        }

        private static String marks(Policy policy) {
            return policy.trustsExternalMarks() ? "trusted" : "ignored";
        }

        private void note(String path, @Nullable String before, @Nullable String after, String text) {
            Kind kind = before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
            changes.add(new Change(path, kind, before, after, text));
        }

        private void value(String path, String before, String after, BinaryOperator<String> text) {
            if (!before.equals(after)) {
                note(path, before, after, text.apply(before, after));
            }
        }

        private void threshold(long before, long after) {
            value(
                    "threshold",
                    Long.toString(before),
                    Long.toString(after),
                    (was, is) ->
                            "the threshold %s from %s to %s".formatted(after < before ? "falls" : "rises", was, is));
        }

        private void attributes(Map<String, AttributeType> before, Map<String, AttributeType> after) {
            for (String name : merged(before.keySet(), after.keySet())) {
                AttributeType was = before.get(name);
                AttributeType is = after.get(name);
                String path = "attributes." + name;
                if (was == null && is != null) {
                    note(path, null, is.word(), "the attribute %s (%s) is new".formatted(name, is.word()));
                } else if (was != null && is == null) {
                    note(path, was.word(), null, "the attribute %s is gone".formatted(name));
                } else if (was != null && is != null) {
                    value(
                            path,
                            was.word(),
                            is.word(),
                            (old, current) -> "the attribute %s is %s instead of %s".formatted(name, current, old));
                }
            }
        }

        private interface SameRule<R> {
            void compare(R before, R after);
        }

        private <R> void rules(
                String section,
                List<R> before,
                List<R> after,
                Function<R, String> id,
                Function<R, String> told,
                SameRule<R> same) {
            Map<String, R> was = byId(before, id);
            Map<String, R> is = byId(after, id);
            for (String key : merged(was.keySet(), is.keySet())) {
                R old = was.get(key);
                R current = is.get(key);
                String path = section + "." + key;
                if (old == null && current != null) {
                    note(path, null, told.apply(current), "rule %s is new: %s".formatted(key, told.apply(current)));
                } else if (old != null && current == null) {
                    note(path, told.apply(old), null, "rule %s is gone".formatted(key));
                } else if (old != null && current != null) {
                    same.compare(old, current);
                }
            }
        }

        private static <R> Map<String, R> byId(List<R> rules, Function<R, String> id) {
            Map<String, R> byId = new LinkedHashMap<>();
            rules.forEach(rule -> byId.put(id.apply(rule), rule));
            return byId;
        }

        private static String told(FitRule rule) {
            return "%s if %s".formatted(points(rule.points()), rule.when().text());
        }

        private static String told(EngagementRule rule) {
            StringBuilder text =
                    new StringBuilder(points(rule.points())).append(" per ").append(rule.activity());
            rule.cap().ifPresent(cap -> text.append(", at most ").append(cap));
            if (rule.within() != null) {
                text.append(", within ").append(Period.written(rule.within()));
            }
            if (rule.halfLife() != null) {
                text.append(", halved every ").append(Period.written(rule.halfLife()));
            }
            return text.toString();
        }

        private static String told(Disqualifier rule) {
            return "%s if %s".formatted(rule.reason(), rule.when().text());
        }

        private static String points(long points) {
            return points + (Math.abs(points) == 1 ? " point" : " points");
        }

        private void fitRule(FitRule before, FitRule after) {
            String path = "fit." + after.id();
            when(path, after.id(), before.when(), after.when());
            points(path, after.id(), before.points(), after.points());
        }

        private void when(String path, String id, Condition before, Condition after) {
            if (!before.canonicalText().equals(after.canonicalText())) {
                value(
                        path + ".when",
                        before.text(),
                        after.text(),
                        (was, is) -> "rule %s asks for %s instead of %s".formatted(id, is, was));
            }
        }

        private void points(String path, String id, long before, long after) {
            value(
                    path + ".points",
                    Long.toString(before),
                    Long.toString(after),
                    (was, is) -> "rule %s gives %s instead of %s".formatted(id, points(after), was));
        }

        private void engagementRule(EngagementRule before, EngagementRule after) {
            String path = "engagement." + after.id();
            String rule = "rule " + after.id();
            value(
                    path + ".activity",
                    before.activity(),
                    after.activity(),
                    (was, is) -> "%s counts %s instead of %s".formatted(rule, is, was));
            points(path, after.id(), before.points(), after.points());
            optional(
                    path + ".cap",
                    rule + " gives at most",
                    before.cap().isPresent() ? Long.toString(before.cap().getAsLong()) : null,
                    after.cap().isPresent() ? Long.toString(after.cap().getAsLong()) : null,
                    rule + " has no cap any more");
            period(
                    path + ".within",
                    rule + " counts within",
                    before.within(),
                    after.within(),
                    rule + " counts the whole cycle");
            period(
                    path + ".halfLife",
                    rule + " halves every",
                    before.halfLife(),
                    after.halfLife(),
                    rule + " does not fade any more");
        }

        private void period(
                String path, String words, @Nullable Duration before, @Nullable Duration after, String gone) {
            optional(
                    path,
                    words,
                    before == null ? null : Period.written(before),
                    after == null ? null : Period.written(after),
                    gone);
        }

        private void optional(String path, String words, @Nullable String before, @Nullable String after, String gone) {
            if (!Objects.equals(before, after)) {
                String text = after == null
                        ? "%s, which was %s".formatted(gone, before)
                        : before == null
                                ? "%s %s, which is new".formatted(words, after)
                                : "%s %s instead of %s".formatted(words, after, before);
                note(path, before, after, text);
            }
        }

        /** Their order decides which reason is given. */
        private void disqualifiers(List<Disqualifier> before, List<Disqualifier> after) {
            List<String> was = before.stream().map(Disqualifier::id).collect(Collectors.toCollection(ArrayList::new));
            List<String> is = after.stream().map(Disqualifier::id).collect(Collectors.toCollection(ArrayList::new));
            List<String> first = List.copyOf(was);
            was.retainAll(is);
            is.retainAll(first);
            if (!was.equals(is)) {
                String order = String.join(", ", was);
                String current = String.join(", ", is);
                note(
                        "disqualify",
                        order,
                        current,
                        "disqualifiers are asked in the order %s instead of %s; the first that holds gives the reason"
                                .formatted(current, order));
            }
            rules("disqualify", before, after, Disqualifier::id, Comparison::told, (old, current) -> {
                String path = "disqualify." + current.id();
                when(path, current.id(), old.when(), current.when());
                value(
                        path + ".reason",
                        old.reason(),
                        current.reason(),
                        (reason, now) ->
                                "rule %s gives the reason %s instead of %s".formatted(current.id(), now, reason));
            });
        }

        private void stages(StageTimes before, StageTimes after) {
            stage("captured", before.captured(), after.captured());
            stage("mql", before.mql(), after.mql());
            stage("accepted", before.accepted(), after.accepted());
            stage("contacted", before.contacted(), after.contacted());
        }

        private void stage(String stage, @Nullable Duration before, @Nullable Duration after) {
            String lead = "a lead in stage " + stage;
            period("stages." + stage, lead + " may stay", before, after, lead + " may stay for ever");
        }

        private void sla(Sla before, Sla after) {
            promise("acceptWithin", "sales accepts within", before.acceptWithin(), after.acceptWithin());
            promise("contactWithin", "sales contacts within", before.contactWithin(), after.contactWithin());
            optional(
                    "sla.minAttempts",
                    "the least number of attempts is",
                    before.minAttempts().isPresent() ? "" + before.minAttempts().getAsInt() : null,
                    after.minAttempts().isPresent() ? "" + after.minAttempts().getAsInt() : null,
                    "no number of attempts is asked for");
            promise("giveUpAfter", "sales gives up after", before.giveUpAfter(), after.giveUpAfter());
            optional(
                    "sla.calendar",
                    "the calendar is",
                    calendar(before.calendar()),
                    calendar(after.calendar()),
                    "there is no calendar");
        }

        private void promise(String key, String words, @Nullable Duration before, @Nullable Duration after) {
            period("sla." + key, words, before, after, "the promise " + key + " is gone");
        }

        private static @Nullable String calendar(@Nullable BusinessCalendar calendar) {
            return calendar == null ? null : calendar.written();
        }

        private void cooldown(Duration before, Duration after) {
            value(
                    "recycle.cooldown",
                    Period.written(before),
                    Period.written(after),
                    (was, is) -> "the cooldown is %s instead of %s".formatted(is, was));
        }

        private void words(String key, String what, List<String> before, List<String> after) {
            for (String word : merged(new LinkedHashSet<>(before), new LinkedHashSet<>(after))) {
                if (!before.contains(word)) {
                    note(key + "." + word, null, word, "%s %s is new".formatted(what, word));
                } else if (!after.contains(word)) {
                    note(key + "." + word, word, null, "%s %s is gone".formatted(what, word));
                }
            }
        }

        private void goals(List<Goal> before, List<Goal> after) {
            Map<String, Goal> was = byId(before, Comparison::key);
            Map<String, Goal> is = byId(after, Comparison::key);
            for (String key : merged(was.keySet(), is.keySet())) {
                Goal old = was.get(key);
                Goal current = is.get(key);
                optional(
                        "goals." + key,
                        "the goal %s is".formatted(key),
                        old == null ? null : Long.toString(old.target()),
                        current == null ? null : Long.toString(current.target()),
                        "the goal %s is gone".formatted(key));
            }
        }

        private static String key(Goal goal) {
            return "%s per %s%s"
                    .formatted(
                            Goal.word(goal.metric()),
                            Goal.word(goal.per()),
                            goal.persona() == null ? "" : " of " + goal.persona());
        }

        /** All words in the second order; what only the first has stands behind its neighbour there. */
        private static List<String> merged(Set<String> before, Set<String> after) {
            List<String> merged = new ArrayList<>(after);
            int next = 0;
            for (String word : before) {
                int at = merged.indexOf(word);
                if (at < 0) {
                    merged.add(next, word);
                    at = next;
                }
                next = at + 1;
            }
            return merged;
        }
    }
}

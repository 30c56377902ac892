package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.Problem;
import io.smarketing.lifecycle.yaml.RefusedDocument;
import io.smarketing.lifecycle.yaml.YamlDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a policy document; a policy that comes out of here can be evaluated without surprises. */
public final class PolicyReader {

    private static final List<String> KEYS = List.of(
            "$schema",
            "name",
            "threshold",
            "attributes",
            "fit",
            "engagement",
            "disqualify",
            "stages",
            "sla",
            "recycle",
            "activities",
            "dimensions",
            "externalMarks",
            "rejectionReasons",
            "goals");
    private static final Set<String> RESERVED = Set.of(
            "as",
            "break",
            "const",
            "continue",
            "else",
            "false",
            "for",
            "function",
            "if",
            "import",
            "in",
            "let",
            "loop",
            "namespace",
            "null",
            "package",
            "return",
            "true",
            "var",
            "void",
            "while");
    private static final long MOST_POINTS = 1_000_000;
    private static final int MOST_RULES = 200;
    private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** A policy and what should be said about it though it is accepted. */
    public record Reading(Policy policy, List<Problem> warnings) {}

    private final YamlDocument.Mapping document;
    private final String text;
    private final boolean saved;
    private final AgreementReader agreement;
    private final Set<String> ids = new HashSet<>();
    private final List<String> declaredActivities;
    private int rules;

    private PolicyReader(YamlDocument.Mapping document, String text, boolean saved) {
        this.document = document;
        this.text = text;
        this.saved = saved;
        this.agreement = new AgreementReader(document);
        this.declaredActivities = agreement.activities();
    }

    /**
     * Reads and checks.
     *
     * @param source how messages call the document, usually its file name
     * @throws RefusedDocument with every mistake, each with line, column and mend
     */
    public static Reading read(String source, String text) throws RefusedDocument {
        return new PolicyReader(YamlDocument.open(source, text), text, false).read();
    }

    /**
     * Reads what was accepted once and never changes: it stays readable when checks become stricter. What makes no sense is let be; what
     * cannot be understood is refused still.
     *
     * @throws RefusedDocument when the document was never a policy of ours
     */
    public static Policy readSaved(PolicyRef reference, String text) throws RefusedDocument {
        return new PolicyReader(YamlDocument.open(reference.toString(), text), text, true)
                .read()
                .policy();
    }

    private Reading read() throws RefusedDocument {
        document.onlyKeys(KEYS);
        String name = name();
        Map<String, AttributeType> attributes = attributes();
        long errorsBefore = document.errors();
        YamlDocument.@Nullable Value thresholdPlace =
                document.required("threshold", "write the score that qualifies, as threshold: 60");
        long threshold = thresholdPlace == null ? 0 : thresholdPlace.wholeNumber(-MOST_POINTS, MOST_POINTS);
        Condition.Compiler compiler = new Condition.Compiler(attributes, !saved);
        List<FitRule> fit = fit(compiler);
        List<EngagementRule> engagement = engagement();
        boolean scoresAreSound = document.errors() == errorsBefore;
        List<Disqualifier> disqualifiers = disqualifiers(compiler);
        if (fit.isEmpty() && engagement.isEmpty() && !document.isBroken()) {
            document.error("has no rule that gives points", "add rules under fit or engagement");
        }
        Duration cooldown = cooldown();
        YamlDocument.@Nullable Value marks = document.optional("externalMarks");
        boolean trusted =
                marks != null && marks.oneOf(List.of("ignored", "trusted")).equals("trusted");
        List<String> dimensions = dimensions(attributes);
        Agreement terms = agreement.read();
        if (!saved && thresholdPlace != null && scoresAreSound && !(fit.isEmpty() && engagement.isEmpty())) {
            reachable(thresholdPlace, threshold, fit, engagement);
        }
        document.refuseIfBroken();
        Policy policy = new Policy(
                name,
                text,
                threshold,
                attributes,
                fit,
                engagement,
                disqualifiers,
                cooldown,
                trusted,
                dimensions,
                declaredActivities,
                terms);
        return new Reading(policy, document.problems());
    }

    private static void reachable(
            YamlDocument.Value place, long threshold, List<FitRule> fit, List<EngagementRule> engagement) {
        if (threshold <= 0) {
            place.warning(
                    "a lead of whom nothing is known has %d already".formatted(threshold), "write a score above 0");
            return;
        }
        boolean unbounded = engagement.stream()
                .anyMatch(rule -> rule.points() > 0 && rule.cap().isEmpty());
        long most = fit.stream().mapToLong(rule -> Math.max(0, rule.points())).sum()
                + engagement.stream()
                        .filter(rule -> rule.points() > 0)
                        .mapToLong(rule -> rule.cap().orElse(0))
                        .sum();
        if (!unbounded && threshold > most) {
            place.error(
                    "no lead reaches %d: all rules together give at most %d".formatted(threshold, most),
                    "lower the threshold, or raise points or caps");
        }
    }

    private String name() {
        YamlDocument.@Nullable Value place = document.required("name", "give the policy a name, as name: b2b-default");
        if (place == null) {
            return "";
        }
        String name = place.text();
        if (!name.isBlank() && !NAME.matcher(name).matches()) {
            place.error("'%s' is no name".formatted(name), "use letters, digits, '.', '_' and '-', at most 100");
        }
        return name;
    }

    private Map<String, AttributeType> attributes() {
        Map<String, AttributeType> attributes = new LinkedHashMap<>();
        YamlDocument.@Nullable Value place = document.optional("attributes");
        if (place == null) {
            return attributes;
        }
        YamlDocument.Mapping mapping = place.mapping();
        for (String name : mapping.keys()) {
            if (!ATTRIBUTE.matcher(name).matches()) {
                mapping.keyOf(name)
                        .error(
                                "'%s' is no attribute name".formatted(name),
                                "use letters, digits and '_', a letter first");
            } else if (RESERVED.contains(name)) {
                mapping.keyOf(name).error("'%s' is a word of CEL".formatted(name), "choose another name");
            } else if (LeadAttributes.BUILT_IN.containsKey(name)) {
                mapping.keyOf(name)
                        .error(
                                "'%s' is built in".formatted(name),
                                "leave it out; lead.%s can be read as it is".formatted(name));
            } else {
                attributes.put(name, AttributeType.of(value(mapping, name).oneOf(AttributeType.words())));
            }
        }
        return attributes;
    }

    private static YamlDocument.Value value(YamlDocument.Mapping mapping, String key) {
        YamlDocument.@Nullable Value value = mapping.optional(key);
        if (value == null) {
            throw new IllegalArgumentException(key);
        }
        return value;
    }

    private <R> List<R> rules(String key, List<String> known, Function<YamlDocument.Mapping, Optional<R>> reading) {
        List<R> read = new ArrayList<>();
        YamlDocument.@Nullable Value place = document.optional(key);
        if (place != null) {
            for (YamlDocument.Value item : place.items()) {
                if (++rules > MOST_RULES) {
                    item.error(
                            "there are more than %d rules".formatted(MOST_RULES),
                            "keep the rules that matter; %d are read".formatted(MOST_RULES));
                    return read;
                }
                YamlDocument.Mapping rule = item.mapping();
                rule.onlyKeys(known);
                reading.apply(rule).ifPresent(read::add);
            }
        }
        return read;
    }

    private String id(YamlDocument.Mapping rule) {
        YamlDocument.@Nullable Value place = rule.required("id", "give the rule a short id of its own");
        if (place == null) {
            return "";
        }
        String id = place.text();
        if (!id.isBlank() && !ids.add(id)) {
            place.error("the id '%s' is taken".formatted(id), "give every rule an id of its own");
        }
        return id;
    }

    private static long points(YamlDocument.Mapping rule) {
        YamlDocument.@Nullable Value place = rule.required("points", "write how many points, as points: 10");
        if (place == null) {
            return 0;
        }
        long points = place.wholeNumber(-MOST_POINTS, MOST_POINTS);
        if (points == 0) {
            place.error("gives no points", "write a number other than 0 or leave the rule out");
        }
        return points;
    }

    private static Optional<Condition> when(YamlDocument.Mapping rule, Condition.Compiler compiler) {
        YamlDocument.@Nullable Value place =
                rule.required("when", "write a condition, as when: \"lead.employees >= 10\"");
        return place == null ? Optional.empty() : compiler.compile(place);
    }

    private List<FitRule> fit(Condition.Compiler compiler) {
        return rules("fit", List.of("id", "when", "points"), rule -> {
            String id = id(rule);
            long points = points(rule);
            return when(rule, compiler).map(condition -> new FitRule(id, condition, points));
        });
    }

    private List<Disqualifier> disqualifiers(Condition.Compiler compiler) {
        return rules("disqualify", List.of("id", "when", "reason"), rule -> {
            String id = id(rule);
            YamlDocument.@Nullable Value place = rule.optional("reason");
            String reason = place == null ? id : place.text();
            return when(rule, compiler).map(condition -> new Disqualifier(id, condition, reason));
        });
    }

    private List<EngagementRule> engagement() {
        return rules("engagement", List.of("id", "activity", "points", "cap", "within", "halfLife"), rule -> {
            String id = id(rule);
            long points = points(rule);
            OptionalLong cap = cap(rule, points);
            Duration within = Period.read(rule, "within", false).orElse(null);
            Duration halfLife = Period.read(rule, "halfLife", false).orElse(null);
            if (within != null && halfLife != null) {
                rule.keyOf("halfLife")
                        .warning(
                                "within and halfLife stand together",
                                "both hold: what is outside the window counts nothing, the rest decays");
            }
            YamlDocument.@Nullable Value place =
                    rule.required("activity", "name the activity that counts, as activity: demo_request");
            if (place == null) {
                return Optional.empty();
            }
            String activity = place.text();
            if (!declaredActivities.isEmpty() && !declaredActivities.contains(activity)) {
                place.error(
                        "the activity '%s' is not declared".formatted(activity),
                        YamlDocument.nearest(activity, declaredActivities)
                                .map("did you mean %s?"::formatted)
                                .orElse("add it to activities"));
            }
            return Optional.of(new EngagementRule(id, activity, points, cap, within, halfLife));
        });
    }

    private OptionalLong cap(YamlDocument.Mapping rule, long points) {
        YamlDocument.@Nullable Value place = rule.optional("cap");
        if (place == null) {
            return OptionalLong.empty();
        }
        if (place.isWritten("0")) {
            if (saved) {
                return OptionalLong.of(0);
            }
            place.error("a cap of 0 lets the rule give nothing", "raise the cap or leave the rule out");
            return OptionalLong.empty();
        }
        long errorsBefore = rule.errors();
        long cap = place.wholeNumber(1, MOST_POINTS);
        if (rule.errors() == errorsBefore && cap < Math.abs(points)) {
            place.warning(
                    "the cap %d is below one occurrence's %d points".formatted(cap, points),
                    "raise the cap or lower the points");
        }
        return OptionalLong.of(cap);
    }

    private Duration cooldown() {
        YamlDocument.@Nullable Value place = document.optional("recycle");
        if (place == null) {
            return Duration.ZERO;
        }
        YamlDocument.Mapping recycle = place.mapping();
        recycle.onlyKeys(List.of("cooldown"));
        return Period.read(recycle, "cooldown", true).orElse(Duration.ZERO);
    }

    private List<String> dimensions(Map<String, AttributeType> attributes) {
        List<String> dimensions = new ArrayList<>();
        YamlDocument.@Nullable Value place = document.optional("dimensions");
        if (place != null) {
            for (YamlDocument.Value item : place.items()) {
                String name = item.text();
                if (!attributes.containsKey(name)) {
                    item.error(
                            "the dimension '%s' is no declared attribute".formatted(name),
                            YamlDocument.nearest(name, attributes.keySet())
                                    .map("did you mean %s?"::formatted)
                                    .orElse("declare it under attributes"));
                } else if (dimensions.contains(name)) {
                    item.error("'%s' stands here twice".formatted(name), "keep one of them");
                } else {
                    dimensions.add(name);
                }
            }
        }
        return dimensions;
    }
}

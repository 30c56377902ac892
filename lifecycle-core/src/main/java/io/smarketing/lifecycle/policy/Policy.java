package io.smarketing.lifecycle.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One immutable version of the agreement on what "qualified" means. Thread-safe; made by {@link PolicyReader}. */
public final class Policy {

    /** Some hundred bytes to a kilobyte each. */
    private static final int MOST_REMEMBERED = 8_192;

    private final PolicyRef reference;
    private final long threshold;
    private final Map<String, AttributeType> attributes;
    private final List<FitRule> fit;
    private final List<EngagementRule> engagement;
    private final List<Disqualifier> disqualifiers;
    private final Duration cooldown;
    private final boolean trustsExternalMarks;
    private final List<String> dimensions;
    private final List<Map.Entry<String, AttributeType>> reads;
    private final Map<List<@Nullable Object>, FitResult> remembered = new ConcurrentHashMap<>();
    private final List<String> activities;
    private final Agreement agreement;

    Policy(
            String name,
            String text,
            long threshold,
            Map<String, AttributeType> attributes,
            List<FitRule> fit,
            List<EngagementRule> engagement,
            List<Disqualifier> disqualifiers,
            Duration cooldown,
            boolean trustsExternalMarks,
            List<String> dimensions,
            List<String> activities,
            Agreement agreement) {
        this.reference = new PolicyRef(name, version(text));
        this.threshold = threshold;
        this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        this.fit = List.copyOf(fit);
        this.engagement = List.copyOf(engagement);
        this.disqualifiers = List.copyOf(disqualifiers);
        this.cooldown = cooldown;
        this.trustsExternalMarks = trustsExternalMarks;
        this.dimensions = List.copyOf(dimensions);
        Map<String, AttributeType> fields = new TreeMap<>();
        this.fit.forEach(rule -> fields.putAll(rule.when().fields()));
        this.disqualifiers.forEach(rule -> fields.putAll(rule.when().fields()));
        this.reads = List.copyOf(fields.entrySet());
        this.activities = List.copyOf(activities);
        this.agreement = agreement;
    }

    private Policy(Policy other, long threshold) {
        this.reference = other.reference;
        this.threshold = threshold;
        this.attributes = other.attributes;
        this.fit = other.fit;
        this.engagement = other.engagement;
        this.disqualifiers = other.disqualifiers;
        this.cooldown = other.cooldown;
        this.trustsExternalMarks = other.trustsExternalMarks;
        this.dimensions = other.dimensions;
        this.reads = other.reads;
        this.activities = other.activities;
        this.agreement = other.agreement;
    }

    /** A version's name is made from its text, so the same document has the same version everywhere. */
    private static String version(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public PolicyRef reference() {
        return reference;
    }

    /** A lead is marked at or above it. */
    public long threshold() {
        return threshold;
    }

    /** The same rules under another threshold. It keeps the name of this version, so it is for asking only, and for no verdict. */
    public Policy withThreshold(long other) {
        return new Policy(this, other);
    }

    /** How long after a rejection or loss no mark is made; zero when the policy is silent. */
    public Duration cooldown() {
        return cooldown;
    }

    public boolean trustsExternalMarks() {
        return trustsExternalMarks;
    }

    /** Attributes offered as dimensions beside source, campaign, persona and owner. */
    public List<String> dimensions() {
        return dimensions;
    }

    public Set<String> attributes() {
        return attributes.keySet();
    }

    public int rules() {
        return fit.size() + engagement.size() + disqualifiers.size();
    }

    /** All activities there are; empty when the policy does not say. */
    public List<String> activities() {
        return activities;
    }

    /** How long a lead may reasonably stay in each stage. */
    public StageTimes stageTimes() {
        return agreement.stages();
    }

    /** What sales promised for every marked lead. */
    public Sla sla() {
        return agreement.sla();
    }

    /** The reasons sales may give, in the policy's order; empty when the policy does not say. */
    public List<String> rejectionReasons() {
        return List.copyOf(agreement.rejectionReasons());
    }

    public List<Goal> goals() {
        return List.copyOf(agreement.goals());
    }

    Map<String, AttributeType> attributeTypes() {
        return attributes;
    }

    List<FitRule> fitRules() {
        return fit;
    }

    List<Disqualifier> disqualifiers() {
        return disqualifiers;
    }

    List<EngagementRule> engagementRules() {
        return engagement;
    }

    /**
     * Judges attributes alone: fit points, disqualification, unknowns. Leads whose attributes are alike to the rules get the same
     * answer; it is remembered.
     */
    public FitResult fit(LeadAttributes lead) {
        List<@Nullable Object> alike = new ArrayList<>(reads.size());
        for (Map.Entry<String, AttributeType> field : reads) {
            alike.add(field.getValue().judged(lead.value(field.getKey())));
        }
        FitResult known = remembered.get(alike);
        if (known == null) {
            known = fitAsking(condition -> condition.evaluate(lead));
            if (Condition.isRemembered(alike)) {
                if (remembered.size() >= MOST_REMEMBERED) {
                    remembered.clear();
                }
                remembered.put(alike, known);
            }
        }
        return known;
    }

    /** Of how many kinds of attributes the answer is remembered. */
    int remembered() {
        return remembered.size();
    }

    /**
     * The fit rules and disqualifiers by the attributes that they read. What the parts find of a lead adds up to what {@link #fit}
     * finds: points to points, and it is disqualified when any part disqualifies.
     */
    public List<FitPart> fitParts() {
        Map<List<String>, FitPart> parts = new LinkedHashMap<>();
        fit.forEach(
                rule -> parts.computeIfAbsent(List.copyOf(rule.when().fields().keySet()), FitPart::new)
                        .add(rule));
        disqualifiers.forEach(
                rule -> parts.computeIfAbsent(List.copyOf(rule.when().fields().keySet()), FitPart::new)
                        .add(rule));
        return List.copyOf(parts.values());
    }

    /** What activities give points, in the order of the document. */
    public List<Engagement> engagement() {
        return engagement.stream()
                .map(rule -> new Engagement(
                        rule.activity(),
                        rule.points(),
                        rule.cap().orElse(Long.MAX_VALUE),
                        rule.withinMicros(),
                        rule.halfLifeMicros()))
                .toList();
    }

    /** By whatever way a condition is asked. */
    FitResult fitAsking(Function<Condition, Answer> asked) {
        return judged(fit, disqualifiers, asked);
    }

    static FitResult judged(List<FitRule> fit, List<Disqualifier> disqualifiers, Function<Condition, Answer> asked) {
        long points = 0;
        List<Contribution> contributions = new ArrayList<>();
        Map<String, Set<String>> unknowns = new LinkedHashMap<>();
        for (FitRule rule : fit) {
            Answer answer = asked.apply(rule.when());
            switch (answer.truth()) {
                case TRUE -> {
                    points += rule.points();
                    contributions.add(new Contribution(rule.id(), rule.points()));
                }
                case UNKNOWN -> unknowns.put(rule.id(), answer.unknownFields());
                case FALSE -> {}
            }
        }
        FitResult.@Nullable Disqualification disqualifier = null;
        for (Disqualifier rule : disqualifiers) {
            Answer answer = asked.apply(rule.when());
            switch (answer.truth()) {
                case TRUE -> {
                    if (disqualifier == null) {
                        disqualifier = new FitResult.Disqualification(rule.id(), rule.reason());
                    }
                }
                case UNKNOWN -> unknowns.put(rule.id(), answer.unknownFields());
                case FALSE -> {}
            }
        }
        return new FitResult(points, contributions, disqualifier, unknowns);
    }

    /**
     * Tells of every rule how it stands, in the order of the document. The points add up to what {@link EngagementTally#evaluate}
     * gives.
     *
     * @param origin the fact that an attribute's value comes from
     * @param done the activities of the running cycle
     * @param at than which no activity is later
     */
    public <F> List<RuleExplanation<F>> explain(
            LeadAttributes lead, Function<String, Optional<F>> origin, List<RuleExplanation.Done<F>> done, Instant at) {
        List<RuleExplanation<F>> rules = new ArrayList<>();
        for (FitRule rule : fit) {
            rules.add(explain(rule.id(), RuleExplanation.Kind.FIT, rule.when(), rule.points(), null, lead, origin));
        }
        for (EngagementRule rule : engagement) {
            rules.add(EngagementTally.explain(rule, done, at));
        }
        for (Disqualifier rule : disqualifiers) {
            rules.add(explain(rule.id(), RuleExplanation.Kind.DISQUALIFY, rule.when(), 0, rule.reason(), lead, origin));
        }
        return rules;
    }

    private static <F> RuleExplanation<F> explain(
            String id,
            RuleExplanation.Kind kind,
            Condition when,
            long offers,
            @Nullable String reason,
            LeadAttributes lead,
            Function<String, Optional<F>> origin) {
        Answer answer = when.evaluate(lead);
        Map<String, @Nullable Object> reads = when.reads(lead);
        List<RuleExplanation.Share<F>> shares = reads.keySet().stream()
                .map(origin)
                .flatMap(Optional::stream)
                .distinct()
                .map(fact -> new RuleExplanation.Share<>(fact, null))
                .toList();
        long points = answer.truth() == Answer.Truth.TRUE ? offers : 0;
        String word = answer.truth().name().toLowerCase(Locale.ROOT);
        return new RuleExplanation<>(
                id,
                kind,
                when.text(),
                offers,
                word,
                points,
                null,
                points,
                reads,
                answer.unknownFields(),
                shares,
                reason);
    }
}

package io.smarketing.lifecycle.lead;

import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.RuleExplanation;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a lead is, or is not, qualified under a policy.
 *
 * @param history what was known
 * @param order in which it was judged
 * @param judgements all of them, in the order of judging
 */
public record Explanation(
        LeadHistory history, Policy policy, Judge.Order order, Standing standing, List<Judgement> judgements) {

    /** Of a lead with very many activities the last ones are listed, and all are counted. */
    private static final int MOST_FACTS = 100;

    public Explanation {
        judgements = List.copyOf(judgements);
    }

    /**
     * How a lead stands at an instant.
     *
     * @param at the instant asked for, or the lead's clock where that is later
     * @param cycle from 1 on
     * @param since the end of the cycle before; null in the first
     * @param cooledDown from when on a mark is possible again; null in the first cycle
     * @param obstacles what keeps the lead from being marked at that instant; a lead without any is marked at its next fact
     */
    public record Standing(
            Instant at,
            long cycle,
            @Nullable Instant since,
            @Nullable Instant cooledDown,
            Evaluation evaluation,
            List<Obstacle> obstacles,
            List<RuleExplanation<Entry>> rules) {

        public Standing {
            obstacles = List.copyOf(obstacles);
            rules = List.copyOf(rules);
        }
    }

    /** What keeps a lead from a mark. */
    public enum Obstacle {
        BELOW_THRESHOLD,
        DISQUALIFIED,
        MARKED_IN_THIS_CYCLE,
        WON,
        COOLDOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Points that are missing to the threshold; 0 when it is reached. */
    public long missing() {
        return Math.max(0, policy.threshold() - standing.evaluation().score());
    }

    /** The judgements that marked, or would have. */
    public List<Judgement> marks() {
        return judgements.stream().filter(Judgement::marked).toList();
    }

    /** Marks that the history holds, whoever made them. */
    public List<Entry> recordedMarks() {
        return history.effective().stream()
                .filter(entry -> entry.event() instanceof LeadEvent.MarkedMql)
                .toList();
    }

    public ObjectNode toJson() {
        Evaluation evaluation = standing.evaluation();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("leadId", history.leadId());
        json.put("policy", policy.reference().toString());
        json.put("order", order.name().toLowerCase(Locale.ROOT));
        json.put("at", standing.at().toString());
        json.put("score", evaluation.score());
        json.put("fit", evaluation.fitResult().points());
        json.put("engagement", evaluation.engagement());
        json.put("threshold", policy.threshold());
        json.put("missing", missing());
        json.put("disqualified", evaluation.disqualified());
        ArrayNode obstacles = json.putArray("obstacles");
        standing.obstacles().forEach(obstacle -> obstacles.add(obstacle.word()));
        json.putObject("cycle")
                .put("number", standing.cycle())
                .put("since", text(standing.since()))
                .put("markPossibleFrom", text(standing.cooledDown()));
        ArrayNode marks = json.putArray("marks");
        for (Judgement mark : marks()) {
            ObjectNode made = marks.addObject();
            made.put("at", mark.at().toString()).put("score", mark.evaluation().score());
            made.set("because", fact(mark.cause()));
        }
        ArrayNode recorded = json.putArray("recordedMarks");
        for (Entry entry : recordedMarks()) {
            LeadEvent.MarkedMql mark = (LeadEvent.MarkedMql) entry.event();
            recorded.addObject()
                    .put("at", entry.occurredAt().toString())
                    .put("score", mark.score())
                    .put("by", mark.policy() == null ? entry.eventId().source() : String.valueOf(mark.policy()));
        }
        ArrayNode rules = json.putArray("rules");
        standing.rules().forEach(rule -> rules.add(json(rule)));
        return json;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static ObjectNode json(RuleExplanation<Entry> rule) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", rule.id());
        json.put("kind", rule.kind().name().toLowerCase(Locale.ROOT));
        boolean engagement = rule.kind() == RuleExplanation.Kind.ENGAGEMENT;
        json.put(engagement ? "activity" : "when", rule.asks());
        if (rule.kind() == RuleExplanation.Kind.DISQUALIFY) {
            json.put("reason", rule.reason());
        } else {
            json.put("offers", rule.offers());
            json.put("points", rule.points());
        }
        if (engagement) {
            json.put("cap", rule.cap()).put("uncapped", rule.uncapped());
        } else {
            json.put("answer", rule.answer());
            ObjectNode reads = json.putObject("reads");
            rule.reads().forEach((name, value) -> putValue(reads, name, value));
            ArrayNode unknown = json.putArray("unknown");
            rule.undecidedBy().forEach(unknown::add);
        }
        List<RuleExplanation.Share<Entry>> shares = rule.shares();
        json.put("factCount", shares.size());
        ArrayNode facts = json.putArray("facts");
        for (RuleExplanation.Share<Entry> share : lastOf(shares)) {
            ObjectNode fact = fact(share.fact());
            BigDecimal points = share.points();
            if (points != null) {
                BigDecimal stripped = points.stripTrailingZeros();
                fact.put("points", stripped.setScale(Math.max(0, stripped.scale())));
            }
            facts.add(fact);
        }
        return json;
    }

    private static <T> List<T> lastOf(List<T> list) {
        return new ArrayList<>(list.subList(Math.max(0, list.size() - MOST_FACTS), list.size()));
    }

    private static void putValue(ObjectNode json, String name, @Nullable Object value) {
        if (value instanceof Long number) {
            json.put(name, number);
        } else if (value instanceof Double number) {
            json.put(name, number);
        } else if (value instanceof Boolean truth) {
            json.put(name, truth);
        } else {
            json.put(name, value == null ? null : value.toString());
        }
    }

    private static ObjectNode fact(Entry entry) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sequence", entry.sequence())
                .put("source", entry.eventId().source())
                .put("id", entry.eventId().id())
                .put("occurredAt", entry.occurredAt().toString());
        if (entry.event() instanceof LeadEvent.Activity activity && activity.count() > 1) {
            json.put("count", activity.count());
        }
        return json;
    }
}

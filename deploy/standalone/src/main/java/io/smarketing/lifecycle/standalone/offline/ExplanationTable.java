package io.smarketing.lifecycle.standalone.offline;

import io.smarketing.lifecycle.lead.Entry;
import io.smarketing.lifecycle.lead.Explanation;
import io.smarketing.lifecycle.lead.Judgement;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.RuleExplanation;
import io.smarketing.lifecycle.standalone.terminal.Table;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An explanation for people to read. */
final class ExplanationTable {

    private static final int MOST_FACTS = 5;

    private ExplanationTable() {}

    static String render(Explanation explanation) {
        Explanation.Standing standing = explanation.standing();
        Evaluation evaluation = standing.evaluation();
        StringBuilder text = new StringBuilder();
        text.append("Lead %s under %s, judged in order of %s, as of %s\n"
                .formatted(
                        explanation.history().leadId(),
                        explanation.policy().reference(),
                        explanation.order().name().toLowerCase(Locale.ROOT),
                        standing.at()));
        text.append("score %d of %d: fit %d, engagement %d%s\n"
                .formatted(
                        evaluation.score(),
                        explanation.policy().threshold(),
                        evaluation.fitResult().points(),
                        evaluation.engagement(),
                        explanation.missing() == 0 ? "" : "; %d missing".formatted(explanation.missing())));
        text.append(marks(explanation)).append('\n');
        Table table = new Table().texts(2, 3, 4).row("rule", "points", "asks", "answer", "because of");
        for (RuleExplanation<Entry> rule : standing.rules()) {
            table.row(rule.id(), points(rule), asks(rule), answer(rule), facts(rule));
        }
        return text.append(table.render()).toString();
    }

    private static String marks(Explanation explanation) {
        StringBuilder text = new StringBuilder();
        for (Judgement mark : explanation.marks()) {
            text.append("marked at %s with %d points, by %s\n"
                    .formatted(mark.at(), mark.evaluation().score(), fact(mark.cause())));
        }
        if (explanation.marks().isEmpty()) {
            text.append("not marked by this policy\n");
        }
        for (Entry entry : explanation.recordedMarks()) {
            LeadEvent.MarkedMql mark = (LeadEvent.MarkedMql) entry.event();
            text.append("the history holds a mark at %s by %s\n"
                    .formatted(
                            entry.occurredAt(),
                            mark.policy() == null ? entry.eventId().source() : String.valueOf(mark.policy())));
        }
        Explanation.Standing standing = explanation.standing();
        text.append(
                standing.obstacles().isEmpty()
                        ? "nothing keeps it from a mark at its next fact\n"
                        : "what keeps it from a mark now: "
                                + standing.obstacles().stream()
                                        .map(obstacle -> word(obstacle, explanation))
                                        .collect(Collectors.joining(", "))
                                + "\n");
        if (standing.cycle() > 1) {
            text.append("cycle %d, since %s\n".formatted(standing.cycle(), standing.since()));
        }
        return text.toString();
    }

    private static String word(Explanation.Obstacle obstacle, Explanation explanation) {
        Explanation.Standing standing = explanation.standing();
        return switch (obstacle) {
            case BELOW_THRESHOLD -> "%d points are missing".formatted(explanation.missing());
            case DISQUALIFIED -> "disqualified: " + standing.evaluation().disqualified();
            case MARKED_IN_THIS_CYCLE -> "it is marked in this cycle";
            case WON -> "it is won";
            case COOLDOWN -> "the cooldown until " + standing.cooledDown();
        };
    }

    private static String points(RuleExplanation<Entry> rule) {
        if (rule.kind() == RuleExplanation.Kind.DISQUALIFY) {
            return "–";
        }
        return rule.points() == rule.uncapped()
                ? String.valueOf(rule.points())
                : "%d (of %d)".formatted(rule.points(), rule.uncapped());
    }

    private static String asks(RuleExplanation<Entry> rule) {
        return switch (rule.kind()) {
            case FIT -> "%s → %d".formatted(rule.asks(), rule.offers());
            case ENGAGEMENT ->
                "%s → %d%s".formatted(rule.asks(), rule.offers(), rule.cap() == null ? "" : ", cap " + rule.cap());
            case DISQUALIFY -> "%s → %s".formatted(rule.asks(), rule.reason());
        };
    }

    private static String answer(RuleExplanation<Entry> rule) {
        String answer = rule.answer();
        if (answer == null) {
            return rule.shares().isEmpty()
                    ? "–"
                    : "%d counted".formatted(rule.shares().size());
        }
        return rule.undecidedBy().isEmpty() ? answer : "unknown: " + String.join(", ", rule.undecidedBy());
    }

    private static String facts(RuleExplanation<Entry> rule) {
        List<RuleExplanation.Share<Entry>> shares = rule.shares();
        String more = shares.size() > MOST_FACTS ? "… " : "";
        return more
                + shares.subList(Math.max(0, shares.size() - MOST_FACTS), shares.size()).stream()
                        .map(share -> fact(share.fact()))
                        .collect(Collectors.joining(", "));
    }

    private static String fact(Entry entry) {
        return "%s %s".formatted(entry.eventId().id(), entry.occurredAt());
    }
}

package io.smarketing.lifecycle.lead;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A command that the aggregate does not take; nothing was stored. */
public final class RefusedCommand extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final @Nullable Stage stage;
    private final transient Set<Move> legal;

    private RefusedCommand(String code, String message, @Nullable Stage stage, Set<Move> legal) {
        super(message);
        this.code = code;
        this.stage = stage;
        this.legal = Set.copyOf(legal);
    }

    /** It has no history. */
    public static RefusedCommand unknownLead(String leadId) {
        return new RefusedCommand("unknown-lead", "the lead '%s' is not captured".formatted(leadId), null, Set.of());
    }

    static RefusedCommand conflictingDuplicate(EventId eventId) {
        return new RefusedCommand(
                "conflicting-duplicate",
                "source '%s' has sent an event with the id '%s' and other content before"
                        .formatted(eventId.source(), eventId.id()),
                null,
                Set.of());
    }

    static RefusedCommand illegalTransition(Stage stage, Move move) {
        Set<Move> legal = Transition.legalDecisions(stage);
        String allowed = legal.isEmpty()
                ? "no decision is open"
                : "open are " + legal.stream().map(Move::name).sorted().collect(Collectors.joining(", "));
        return new RefusedCommand(
                "illegal-transition",
                "%s is not open to a lead in %s; %s".formatted(move, stage, allowed),
                stage,
                legal);
    }

    static RefusedCommand notOpen(Stage stage) {
        return new RefusedCommand("not-open", "the lead is in %s".formatted(stage), stage, Set.of());
    }

    static RefusedCommand noPolicy() {
        return new RefusedCommand("no-policy", "no policy is active", null, Set.of());
    }

    /** Stable and short. */
    public String code() {
        return code;
    }

    /** Where the lead stands; null when that is not the reason. */
    public @Nullable Stage stage() {
        return stage;
    }

    /** The decisions that would be taken. */
    public Set<Move> legal() {
        return legal;
    }
}

package io.smarketing.lifecycle.lead;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

import io.smarketing.lifecycle.policy.Evaluation;
import io.smarketing.lifecycle.policy.Policy;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/**
 * One lead, event-sourced. Facts are recorded as they come and judged at once by the active policy, in order of arrival;
 * decisions of people are held to the table of transitions.
 */
@AggregateRoot
public class Lead {

    /** The emitter of the engine's own events; their id is lead and sequence. */
    static final String ENGINE = "urn:io.smarketing:lifecycle";

    /** Null until the first event: Axon takes any other value for the identifier. */
    @AggregateIdentifier
    private @Nullable String leadId;

    private final List<Entry> entries = new ArrayList<>();
    private final Map<EventId, Entry> known = new HashMap<>();
    private transient @Nullable Judging judging;
    private transient @Nullable PolicyRef judgingBy;

    /** For Axon. */
    protected Lead() {}

    /**
     * Takes an event of another system.
     *
     * @return whether it was stored now; false when it was stored before
     * @throws RefusedCommand unknown-lead, conflicting-duplicate
     */
    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    public boolean handle(RecordEvent command, ActivePolicy activePolicy) {
        if (entries.isEmpty() && !(command.event() instanceof LeadEvent.Captured)) {
            throw RefusedCommand.unknownLead(command.leadId());
        }
        Entry first = known.get(command.eventId());
        if (first != null) {
            if (first.event().equals(command.event()) && first.occurredAt().equals(command.occurredAt())) {
                return false;
            }
            throw RefusedCommand.conflictingDuplicate(command.eventId());
        }
        record(
                command.leadId(),
                command.eventId(),
                command.occurredAt(),
                command.recordedAt(),
                command.event(),
                activePolicy.current());
        return true;
    }

    /**
     * Takes a person's decision.
     *
     * @return whether it was stored now; false when it was stored before
     * @throws RefusedCommand illegal-transition, conflicting-duplicate
     */
    @CommandHandler
    public boolean handle(Decide command, ActivePolicy activePolicy) {
        Entry first = known.get(command.eventId());
        if (first != null) {
            if (first.event().equals(command.decision())) {
                return false;
            }
            throw RefusedCommand.conflictingDuplicate(command.eventId());
        }
        Move move = Move.of(command.decision())
                .filter(candidate -> candidate != Move.CAPTURED)
                .orElseThrow(() -> new IllegalArgumentException("no decision: " + command.decision()));
        Optional<Stage> stage = stage(activePolicy.current());
        if (stage.isEmpty()) {
            throw RefusedCommand.unknownLead(command.leadId());
        }
        if (!Transition.legalDecisions(stage.get()).contains(move)) {
            throw RefusedCommand.illegalTransition(stage.get(), move);
        }
        record(
                command.leadId(),
                command.eventId(),
                command.at(),
                command.at(),
                command.decision(),
                activePolicy.current());
        return true;
    }

    /** Where the live fold puts the lead; empty when all its captures are voided. */
    private Optional<Stage> stage(Optional<Policy> policy) {
        boolean externalMarksCount = policy.map(Policy::trustsExternalMarks).orElse(true);
        Marks marks = new Marks(externalMarksCount, true, List.of());
        return LeadFold.of(history(), marks).map(LeadFold::stage);
    }

    /** All that is stored of the lead. */
    LeadHistory history() {
        return new LeadHistory(Objects.requireNonNull(leadId), entries);
    }

    private void record(
            String lead,
            EventId eventId,
            Instant occurredAt,
            Instant recordedAt,
            LeadEvent event,
            Optional<Policy> policy) {
        if (policy.isEmpty()) {
            judging = null;
            judgingBy = null;
            apply(new Recorded(lead, eventId, occurredAt, recordedAt, event, null));
            return;
        }
        Judging current = judgingBy(policy.get());
        Entry entry = new Entry(entries.size(), eventId, occurredAt, recordedAt, event);
        Optional<Judgement> judgement =
                event instanceof LeadEvent.Rescored ? current.rescore(entry) : current.arrive(entry);
        PolicyRef judgedBy = isEvaluated(event) ? policy.get().reference() : null;
        apply(new Recorded(lead, eventId, occurredAt, recordedAt, event, judgedBy));
        judgement.ifPresent(verdict -> applyVerdicts(lead, recordedAt, verdict, policy.get()));
    }

    private static boolean isEvaluated(LeadEvent event) {
        return event instanceof LeadEvent.Captured
                || event instanceof LeadEvent.Enriched
                || event instanceof LeadEvent.Activity
                || event instanceof LeadEvent.Rescored;
    }

    private void applyVerdicts(String lead, Instant recordedAt, Judgement judgement, Policy policy) {
        Evaluation evaluation = judgement.evaluation();
        if (judgement.scored()) {
            LeadEvent.Scored scored = new LeadEvent.Scored(
                    BigDecimal.valueOf(evaluation.score()),
                    BigDecimal.valueOf(evaluation.fitResult().points()),
                    BigDecimal.valueOf(evaluation.engagement()),
                    evaluation.disqualified(),
                    BigDecimal.valueOf(judgement.previous()),
                    policy.reference(),
                    evaluation.allContributions());
            applyVerdict(lead, recordedAt, judgement.at(), scored, policy);
        }
        if (judgement.marked()) {
            applyVerdict(lead, recordedAt, judgement.at(), Judge.mark(policy, evaluation), policy);
        }
    }

    private void applyVerdict(String lead, Instant recordedAt, Instant at, LeadEvent.Verdict verdict, Policy policy) {
        EventId eventId = new EventId(ENGINE, lead + "/" + entries.size());
        apply(new Recorded(lead, eventId, at, recordedAt, verdict, policy.reference()));
    }

    private Judging judgingBy(Policy policy) {
        Judging current = judging;
        if (current == null || !policy.reference().equals(judgingBy)) {
            current = Judging.resume(policy, entries);
            judging = current;
            judgingBy = policy.reference();
        }
        return current;
    }

    @EventSourcingHandler
    void on(Recorded recorded) {
        leadId = recorded.leadId();
        Entry entry = new Entry(
                entries.size(),
                recorded.eventId(),
                recorded.occurredAt(),
                recorded.recordedAt(),
                recorded.event(),
                recorded.judgedBy());
        entries.add(entry);
        known.put(entry.eventId(), entry);
    }
}

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
    public static final String ENGINE = "urn:io.smarketing:lifecycle";

    /** Null until the first event: Axon takes any other value for the identifier. */
    @AggregateIdentifier
    private @Nullable String leadId;

    private final List<Entry> entries = new ArrayList<>();
    private final Map<EventId, Known> known = new HashMap<>();
    private transient @Nullable Judging judging;
    private transient @Nullable PolicyRef judgingBy;

    private record Known(long sequence, @Nullable Fingerprint fingerprint) {}

    /** For Axon. */
    protected Lead() {}

    /**
     * Takes an event of another system.
     *
     * @throws RefusedCommand unknown-lead, conflicting-duplicate
     */
    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    public Receipt handle(RecordEvent command, ActivePolicy activePolicy) {
        if (entries.isEmpty() && !(command.event() instanceof LeadEvent.Captured)) {
            throw RefusedCommand.unknownLead(command.leadId());
        }
        Known first = known.get(command.eventId());
        if (first != null) {
            return repeated(command.eventId(), first, command.fingerprint());
        }
        return record(
                command.leadId(),
                command.eventId(),
                command.occurredAt(),
                command.recordedAt(),
                command.event(),
                command.fingerprint(),
                activePolicy.current());
    }

    /**
     * Takes a person's decision.
     *
     * @throws RefusedCommand illegal-transition, conflicting-duplicate
     */
    @CommandHandler
    public Receipt handle(Decide command, ActivePolicy activePolicy) {
        Known first = known.get(command.eventId());
        if (first != null) {
            return repeated(command.eventId(), first, command.fingerprint());
        }
        Move move = Move.of(command.decision())
                .filter(candidate -> candidate != Move.CAPTURED)
                .orElseThrow(() -> new IllegalArgumentException("no decision: " + command.decision()));
        Optional<Stage> stage = LeadFold.of(history(), Marks.live()).map(LeadFold::stage);
        if (stage.isEmpty()) {
            throw RefusedCommand.unknownLead(command.leadId());
        }
        if (!Transition.legalDecisions(stage.get()).contains(move)) {
            throw RefusedCommand.illegalTransition(stage.get(), move);
        }
        return record(
                command.leadId(),
                command.eventId(),
                command.at(),
                command.at(),
                command.decision(),
                command.fingerprint(),
                activePolicy.current());
    }

    /**
     * Evaluates an open lead again, and leaves a marker that it was.
     *
     * @throws RefusedCommand no-policy, unknown-lead, not-open
     */
    @CommandHandler
    public Receipt handle(Rescore command, ActivePolicy activePolicy) {
        Known first = known.get(command.eventId());
        if (first != null) {
            return new Receipt(first.sequence(), true);
        }
        Policy policy = activePolicy.current().orElseThrow(RefusedCommand::noPolicy);
        Stage stage = LeadFold.of(history(), Marks.live())
                .map(LeadFold::stage)
                .orElseThrow(() -> RefusedCommand.unknownLead(command.leadId()));
        if (!stage.isOpen()) {
            throw RefusedCommand.notOpen(stage);
        }
        return record(
                command.leadId(),
                command.eventId(),
                command.at(),
                command.at(),
                new LeadEvent.Rescored(policy.reference()),
                null,
                Optional.of(policy));
    }

    /** The first event under a name stands: the same again gets its answer, another is refused. */
    private static Receipt repeated(EventId eventId, Known first, Fingerprint fingerprint) {
        if (fingerprint.equals(first.fingerprint())) {
            return new Receipt(first.sequence(), true);
        }
        throw RefusedCommand.conflictingDuplicate(eventId);
    }

    /** All that is stored of the lead. */
    LeadHistory history() {
        return new LeadHistory(Objects.requireNonNull(leadId), entries);
    }

    private Receipt record(
            String lead,
            EventId eventId,
            Instant occurredAt,
            Instant recordedAt,
            LeadEvent event,
            @Nullable Fingerprint fingerprint,
            Optional<Policy> policy) {
        Receipt receipt = new Receipt(entries.size(), false);
        if (policy.isEmpty()) {
            judging = null;
            judgingBy = null;
            apply(new Recorded(lead, eventId, occurredAt, recordedAt, event, null, fingerprint));
            return receipt;
        }
        Judging current = judgingBy(policy.get());
        PolicyRef judgedBy = isJudged(event, policy.get()) ? policy.get().reference() : null;
        Entry entry = new Entry(entries.size(), eventId, occurredAt, recordedAt, event, judgedBy);
        Optional<Judgement> judgement =
                event instanceof LeadEvent.Rescored ? current.rescore(entry) : current.arrive(entry);
        apply(new Recorded(lead, eventId, occurredAt, recordedAt, event, judgedBy, fingerprint));
        judgement.ifPresent(made -> verdicts(made, policy.get())
                .forEach(verdict -> applyVerdict(lead, recordedAt, made.at(), verdict, policy.get())));
        return receipt;
    }

    /** What is evaluated, and another system's mark that the policy sets aside. */
    static boolean isJudged(LeadEvent event, Policy policy) {
        return event instanceof LeadEvent.Captured
                || event instanceof LeadEvent.Enriched
                || event instanceof LeadEvent.Activity
                || event instanceof LeadEvent.Rescored
                || (event instanceof LeadEvent.MarkedMql && !Judge.isFolded(event, policy));
    }

    /** Whether this engine says so: other systems send verdicts, too, and name policies of their own in them. */
    static boolean isVerdict(Entry entry) {
        return entry.event() instanceof LeadEvent.Verdict
                && entry.eventId().source().equals(ENGINE);
    }

    /** What is recorded of a judgement: the score if it changed, then the mark if one was made. */
    static List<LeadEvent.Verdict> verdicts(Judgement judgement, Policy policy) {
        Evaluation evaluation = judgement.evaluation();
        List<LeadEvent.Verdict> verdicts = new ArrayList<>(2);
        if (judgement.scored()) {
            verdicts.add(new LeadEvent.Scored(
                    BigDecimal.valueOf(evaluation.score()),
                    BigDecimal.valueOf(evaluation.fitResult().points()),
                    BigDecimal.valueOf(evaluation.engagement()),
                    evaluation.disqualified(),
                    BigDecimal.valueOf(judgement.previous()),
                    policy.reference(),
                    evaluation.allContributions()));
        }
        if (judgement.marked()) {
            verdicts.add(Judge.mark(policy, evaluation));
        }
        return verdicts;
    }

    private void applyVerdict(String lead, Instant recordedAt, Instant at, LeadEvent.Verdict verdict, Policy policy) {
        apply(new Recorded(lead, verdictId(lead, entries.size()), at, recordedAt, verdict, policy.reference(), null));
    }

    static EventId verdictId(String lead, long sequence) {
        return new EventId(ENGINE, lead + "/" + sequence);
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
        Entry entry = recorded.entry(entries.size());
        entries.add(entry);
        known.put(entry.eventId(), new Known(entry.sequence(), recorded.fingerprint()));
    }
}

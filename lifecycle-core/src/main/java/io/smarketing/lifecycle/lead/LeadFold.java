package io.smarketing.lifecycle.lead;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One lead's history folded in fold order: its visits, cycles, deviations and what it is counted by. Immutable. */
public final class LeadFold {

    private final String leadId;
    private final Entry opening;
    private final AttributeFold attributes;
    private final List<Visit> visits = new ArrayList<>();
    private final int[] visitsOf = new int[Stage.values().length];
    private final List<Cycle> cycles = new ArrayList<>();
    private final Set<Stage> ever = EnumSet.noneOf(Stage.class);
    private final Map<Stage, Map<Deviation, Integer>> deviations = new EnumMap<>(Stage.class);
    private @Nullable String acceptedBy;
    private @Nullable String contactedBy;
    private int attempts;
    private int reachedAttempts;

    private LeadFold(String leadId, Entry opening) {
        this.leadId = leadId;
        this.opening = opening;
        this.attributes = new AttributeFold(opening);
    }

    /** Folds a history with the marks that count; empty when no capture stands, for such a lead is in no row. */
    public static Optional<LeadFold> of(LeadHistory history, Marks marks) {
        List<Entry> sorted = FoldOrder.sorted(marks.applyTo(history.effective()));
        if (sorted.isEmpty()) {
            return Optional.empty();
        }
        LeadFold fold = new LeadFold(history.leadId(), sorted.get(0));
        fold.foldAll(sorted);
        return Optional.of(fold);
    }

    private void foldAll(List<Entry> sorted) {
        ever.add(Stage.CAPTURED);
        attributes.fold(opening);
        visits.add(new Visit(Stage.CAPTURED, ++visitsOf[Stage.CAPTURED.ordinal()], capturedAt(), null, null, true));
        CycleFold cycle = new CycleFold(false);
        for (Entry entry : sorted.subList(1, sorted.size())) {
            attributes.fold(entry);
            Optional<Move> move = Move.of(entry.event());
            if (move.isPresent()) {
                boolean visits = fold(entry, move.get());
                if (cycle.fold(entry, move.get(), visits)) {
                    cycles.add(cycle.ended());
                    cycle = new CycleFold(stage() == Stage.WON);
                }
            }
        }
        cycles.add(cycle.ended());
    }

    /** Folds a move; tells whether it opens a visit. */
    private boolean fold(Entry entry, Move move) {
        boolean beforeCapture = entry.occurredAt().isBefore(capturedAt());
        Instant at = reading(entry);
        ever.add(move.stage());
        if (beforeCapture) {
            count(move.stage(), Deviation.BEFORE_CAPTURE);
        }
        if (entry.event() instanceof LeadEvent.Accepted accepted && acceptedBy == null) {
            acceptedBy = accepted.by();
        }
        if (entry.event() instanceof LeadEvent.Contacted contacted) {
            attempts++;
            if (LeadEvent.Contacted.REACHED.equals(contacted.outcome())) {
                reachedAttempts++;
            }
            if (contactedBy == null) {
                contactedBy = contacted.by();
            }
        }
        Transition transition = Transition.of(stage(), move);
        if (transition.deviation() != null) {
            count(move.stage(), transition.deviation());
        }
        Stage to = transition.to();
        if (to != null) {
            Visit left = visits.get(visits.size() - 1);
            visits.set(
                    visits.size() - 1,
                    new Visit(
                            left.stage(),
                            left.number(),
                            left.entered(),
                            at,
                            transition.exit(),
                            left.timed() && !beforeCapture));
            visits.add(new Visit(to, ++visitsOf[to.ordinal()], at, null, null, !beforeCapture));
        }
        return to != null;
    }

    /** The lead's clock at an entry in fold order: never before the capture. */
    private Instant reading(Entry entry) {
        return entry.occurredAt().isBefore(capturedAt()) ? capturedAt() : entry.occurredAt();
    }

    /** An engine's mark carries the clock's reading when it was made, whatever was voided since. */
    private Instant instantOf(Entry mark) {
        boolean engine = mark.event() instanceof LeadEvent.MarkedMql marked && !marked.isExternal();
        return engine ? mark.occurredAt() : reading(mark);
    }

    private void count(Stage stage, Deviation deviation) {
        deviations
                .computeIfAbsent(stage, absent -> new EnumMap<>(Deviation.class))
                .merge(deviation, 1, Integer::sum);
    }

    /** A cycle while it runs. */
    private final class CycleFold {

        /** In a cycle before: then nobody waits for a call. */
        private final boolean wonBefore;

        private @Nullable Entry mark;
        private boolean markVisits;
        private boolean markedWhenWon;
        private @Nullable Entry answeredMark;
        private @Nullable Entry contact;
        /** The first contact of a lead that was not won by then. */
        private @Nullable Entry attempt;

        private @Nullable Entry win;
        private boolean worked;
        private Cycle.@Nullable Answer answer;
        private @Nullable Entry acceptance;
        private @Nullable Entry end;

        CycleFold(boolean wonBefore) {
            this.wonBefore = wonBefore;
        }

        private boolean isWon() {
            return wonBefore || win != null;
        }

        /** Folds a move; tells whether it ends the cycle. */
        boolean fold(Entry entry, Move move, boolean visits) {
            if (answer == null && (move == Move.ACCEPTED || move == Move.REJECTED)) {
                answer = new Cycle.Answer(entry, mark != null);
            }
            if (answeredMark == null && mark != null && move != Move.CAPTURED && move != Move.MARKED_MQL) {
                answeredMark = entry;
            }
            switch (move) {
                case CAPTURED -> {}
                case MARKED_MQL -> {
                    if (mark == null) {
                        mark = entry;
                        markVisits = visits;
                        markedWhenWon = isWon();
                    }
                }
                case WON -> win = win == null ? entry : win;
                case CONTACTED -> {
                    contact = contact == null ? entry : contact;
                    attempt = attempt == null && !isWon() ? entry : attempt;
                    worked = true;
                }
                case ACCEPTED -> {
                    acceptance = acceptance == null && !isWon() ? entry : acceptance;
                    worked = true;
                }
                case REJECTED, LOST -> end = entry;
            }
            return end != null;
        }

        private Cycle.Response response() {
            if (mark == null || mark.occurredAt().isBefore(capturedAt())) {
                return Cycle.Response.NONE;
            }
            Instant from = mark.occurredAt();
            return new Cycle.Response(
                    markVisits ? since(from, answeredMark) : OptionalLong.empty(),
                    since(from, contact),
                    since(from, win));
        }

        private Cycle.@Nullable Wait wait(@Nullable Entry start, @Nullable Instant startedAt) {
            if (start == null || startedAt == null) {
                return null;
            }
            Entry over = win == null ? end : win;
            return new Cycle.Wait(
                    startedAt,
                    !start.occurredAt().isBefore(capturedAt()),
                    since(startedAt, attempt),
                    attempt == null ? since(startedAt, over) : OptionalLong.empty());
        }

        private OptionalLong since(Instant from, @Nullable Entry until) {
            return until == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(0, Visit.micros(from, reading(until))));
        }

        Cycle ended() {
            Instant markedAt = mark == null ? null : instantOf(mark);
            Cycle.Outcome outcome = Cycle.Outcome.LOST;
            String reason = null;
            if (win != null) {
                outcome = Cycle.Outcome.WON;
            } else if (end == null) {
                outcome = worked ? Cycle.Outcome.OPEN : Cycle.Outcome.NEVER_WORKED;
            } else if (end.event() instanceof LeadEvent.Rejected rejected) {
                outcome = Cycle.Outcome.REJECTED;
                reason = rejected.reason();
            }
            return new Cycle(
                    outcome,
                    reason,
                    mark,
                    markedAt,
                    answer,
                    response(),
                    markedWhenWon ? null : wait(mark, markedAt),
                    wait(acceptance, acceptance == null ? null : reading(acceptance)));
        }
    }

    public String leadId() {
        return leadId;
    }

    public Instant capturedAt() {
        return opening.occurredAt();
    }

    /** Where the lead stands. */
    public Stage stage() {
        return visits.get(visits.size() - 1).stage();
    }

    /** In order of time; all but the last are ended. */
    public List<Visit> visits() {
        return List.copyOf(visits);
    }

    /** In order of time; at least one, and the last is running. */
    public List<Cycle> cycles() {
        return List.copyOf(cycles);
    }

    /** Stages of which any event stands in the history, whether it opened a visit or not. */
    public Set<Stage> ever() {
        return Set.copyOf(ever);
    }

    /** Whether the lead was at the stage or beyond it. */
    public boolean reached(Stage stage) {
        return visits.stream().anyMatch(visit -> visit.stage().isAtOrBeyond(stage));
    }

    /** How often each kind occurred; kinds that did not are absent. */
    public Map<Deviation, Integer> deviations() {
        Map<Deviation, Integer> sums = new EnumMap<>(Deviation.class);
        deviations.values().forEach(kinds -> kinds.forEach((kind, count) -> sums.merge(kind, count, Integer::sum)));
        return Map.copyOf(sums);
    }

    /** How often each kind occurred to events of a stage, whatever stage the lead was in. */
    public Map<Deviation, Integer> deviations(Stage stage) {
        return Map.copyOf(deviations.getOrDefault(stage, Map.of()));
    }

    /** Contact attempts, and those of them that got through. */
    public int attempts() {
        return attempts;
    }

    public int reachedAttempts() {
        return reachedAttempts;
    }

    /** Who accepted first, else who contacted first; null when nobody is named. */
    public @Nullable String owner() {
        return acceptedBy != null ? acceptedBy : contactedBy;
    }

    /** An attribute as last known; source, campaign and persona are those of the capture. */
    public @Nullable Object attribute(String name) {
        return attributes.value(name);
    }

    /** The visit to WON; a lead is won once. */
    public Optional<Visit> wonVisit() {
        return visits.stream().filter(visit -> visit.stage() == Stage.WON).findFirst();
    }
}

package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.lead.Cycle;
import io.smarketing.lifecycle.lead.Deviation;
import io.smarketing.lifecycle.lead.ExitKind;
import io.smarketing.lifecycle.lead.Stage;
import io.smarketing.lifecycle.lead.Transition;
import java.util.Arrays;

/**
 * Folds a lead's moves and one side's marks into visits and cycles, by integers alone: what {@code LeadFold} does, without objects. All
 * times are microseconds since the capture. The moves' table is made from {@link Transition}. Not thread-safe.
 */
final class VisitKernel {

    /** No mark in the cycle. */
    static final long NONE = Long.MIN_VALUE;

    private static final int CAPTURED = Stage.CAPTURED.ordinal();
    private static final int WON = Stage.WON.ordinal();
    private static final int CODES = FactCode.FIRST_ACTIVITY;
    private static final int NOTHING = 15;
    private static final int EXIT_SHIFT = 4;
    private static final int DEVIATION_SHIFT = 8;
    private static final int FIELD = 15;
    private static final int INITIAL = 16;

    /** By stage and code: stage that is entered, exit of the one that is left, deviation, in four bits each. */
    private static final int[] TABLE = table();

    private static final int[] STAGE_BIT = stageBits();

    private static int[] table() {
        int[] table = new int[RowTally.STAGES * CODES];
        for (Stage stage : Stage.values()) {
            for (int code = FactCode.CAPTURED; code <= FactCode.WON; code++) {
                Transition transition = Transition.of(stage, FactCode.move(code));
                Stage to = transition.to();
                ExitKind exit = transition.exit();
                Deviation deviation = transition.deviation();
                table[stage.ordinal() * CODES + code] = (to == null ? NOTHING : to.ordinal())
                        | (exit == null ? NOTHING : exit.ordinal()) << EXIT_SHIFT
                        | (deviation == null ? NOTHING : deviation.ordinal()) << DEVIATION_SHIFT;
            }
        }
        return table;
    }

    private static int[] stageBits() {
        int[] bits = new int[CODES];
        for (int code = FactCode.CAPTURED; code <= FactCode.WON; code++) {
            bits[code] = 1 << FactCode.move(code).stage().ordinal();
        }
        return bits;
    }

    private int cycles;
    private long[] markedAt = new long[INITIAL];
    private int[] outcome = new int[INITIAL];
    private int[] reason = new int[INITIAL];

    private int stage;
    private long entered;
    private boolean timed;
    private int events;
    private int visited;
    private long mark;
    private boolean worked;
    private boolean won;

    /** Cycles of the lead that was folded last. */
    int cycles() {
        return cycles;
    }

    /** The instant of a cycle's mark, or {@link #NONE}. */
    long markedAt(int cycle) {
        return markedAt[cycle];
    }

    /** By the ordinal of {@link Cycle.Outcome}. */
    int outcome(int cycle) {
        return outcome[cycle];
    }

    /** The word's code; 0 for none. */
    int reason(int cycle) {
        return reason[cycle];
    }

    /** Where the lead stands, by the stage's ordinal. */
    int stage() {
        return stage;
    }

    /** The stages of which it has an event: bit = ordinal. */
    int ever() {
        return events;
    }

    /** The stages that it visited: bit = ordinal. */
    int entered() {
        return visited;
    }

    /** Folds a lead with these marks and adds it to a row. */
    void fold(Moves moves, MarkList marks, RowTally row) {
        if (moves.count() == 0 && marks.count() == 0) {
            row.open[CAPTURED]++;
            row.ever[1 << CAPTURED]++;
            row.entered[1 << CAPTURED]++;
            markedAt[0] = NONE;
            outcome[0] = Cycle.Outcome.NEVER_WORKED.ordinal();
            reason[0] = 0;
            cycles = 1;
            stage = CAPTURED;
            events = 1 << CAPTURED;
            visited = events;
            return;
        }
        stage = CAPTURED;
        entered = 0;
        timed = true;
        events = 1 << CAPTURED;
        visited = events;
        cycles = 0;
        beginCycle();
        int next = 0;
        for (int i = 0; i < moves.count(); i++) {
            int code = moves.code[i];
            if (FactCode.isMark(code)) {
                continue;
            }
            long at = moves.at[i];
            // Kinds at the same instant: captured, marked, what sales does.
            while (next < marks.count()
                    && (marks.at(next) < at || (marks.at(next) == at && code > FactCode.ENGINE_MARK))) {
                foldMark(marks, next++, row);
            }
            move(code, at, row);
            if (code == FactCode.REJECTED || code == FactCode.LOST) {
                endCycle(code == FactCode.REJECTED ? Cycle.Outcome.REJECTED : Cycle.Outcome.LOST, moves.detail[i]);
            } else if (code == FactCode.WON) {
                won = true;
            } else if (code != FactCode.CAPTURED) {
                worked = true;
            }
        }
        while (next < marks.count()) {
            foldMark(marks, next++, row);
        }
        endCycle(worked ? Cycle.Outcome.OPEN : Cycle.Outcome.NEVER_WORKED, 0);
        row.open[stage]++;
        row.ever[events]++;
        row.entered[visited]++;
    }

    /** The instant of the first cycle's mark, or {@link #NONE}. */
    static long firstMark(Moves moves, MarkList marks) {
        if (marks.count() == 0) {
            return NONE;
        }
        for (int i = 0; i < moves.count(); i++) {
            int code = moves.code[i];
            if (code == FactCode.REJECTED || code == FactCode.LOST) {
                return marks.at(0) <= moves.at[i] ? marks.instant(0) : NONE;
            }
        }
        return marks.instant(0);
    }

    private void foldMark(MarkList marks, int number, RowTally row) {
        mark = mark == NONE ? marks.instant(number) : mark;
        move(FactCode.ENGINE_MARK, marks.at(number), row);
    }

    private void move(int code, long at, RowTally row) {
        events |= STAGE_BIT[code];
        boolean before = at < 0;
        if (before) {
            row.deviations[Deviation.BEFORE_CAPTURE.ordinal()]++;
        }
        int transition = TABLE[stage * CODES + code];
        int deviation = transition >> DEVIATION_SHIFT;
        if (deviation != NOTHING) {
            row.deviations[deviation]++;
        }
        int to = transition & FIELD;
        if (to != NOTHING) {
            long reading = before ? 0 : at;
            row.exits[stage * RowTally.EXITS + ((transition >> EXIT_SHIFT) & FIELD)]++;
            if (timed && !before) {
                row.durations[stage].add(reading - entered);
            }
            if (to == WON && !before) {
                row.durations[RowTally.CAPTURED_TO_WON].add(reading);
            }
            stage = to;
            entered = reading;
            timed = !before;
            visited |= 1 << to;
        }
    }

    private void beginCycle() {
        mark = NONE;
        worked = false;
        won = false;
    }

    private void endCycle(Cycle.Outcome ending, int word) {
        if (cycles == outcome.length) {
            markedAt = Arrays.copyOf(markedAt, 2 * cycles);
            outcome = Arrays.copyOf(outcome, 2 * cycles);
            reason = Arrays.copyOf(reason, 2 * cycles);
        }
        markedAt[cycles] = mark;
        outcome[cycles] = (won ? Cycle.Outcome.WON : ending).ordinal();
        reason[cycles] = won || ending != Cycle.Outcome.REJECTED ? 0 : word;
        cycles++;
        beginCycle();
    }
}

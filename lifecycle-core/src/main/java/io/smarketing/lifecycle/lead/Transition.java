package io.smarketing.lifecycle.lead;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a move does to a lead, by the stage it is in: the one table of the product.
 *
 * @param to the stage that is entered, or null when no visit is opened
 * @param exit how the visit that is left ends, or null when none is left
 * @param deviation what is counted, or null when the move is a regular one
 */
public record Transition(
        @Nullable Stage to,
        @Nullable ExitKind exit,
        @Nullable Deviation deviation) {

    private static final Transition ATTEMPT = new Transition(null, null, null);

    public static Transition of(Stage stage, Move move) {
        return switch (move) {
            case CAPTURED -> deviates(Deviation.CAPTURED_AGAIN);
            case MARKED_MQL ->
                switch (stage) {
                    case CAPTURED -> enters(Stage.MQL, ExitKind.FORWARD);
                    case MQL -> deviates(Deviation.REPEATED);
                    case ACCEPTED, CONTACTED -> deviates(Deviation.LATE_MARK);
                    case REJECTED, LOST -> enters(Stage.MQL, ExitKind.RECYCLED);
                    case WON -> deviates(Deviation.AFTER_FINAL);
                };
            case ACCEPTED ->
                switch (stage) {
                    case CAPTURED, MQL -> enters(Stage.ACCEPTED, ExitKind.FORWARD);
                    case ACCEPTED -> deviates(Deviation.REPEATED);
                    case CONTACTED -> new Transition(Stage.ACCEPTED, ExitKind.BACK, Deviation.BACKWARD);
                    case REJECTED, LOST -> enters(Stage.ACCEPTED, ExitKind.REOPENED);
                    case WON -> deviates(Deviation.AFTER_FINAL);
                };
            case CONTACTED ->
                switch (stage) {
                    case CAPTURED, MQL, ACCEPTED -> enters(Stage.CONTACTED, ExitKind.FORWARD);
                    case CONTACTED -> ATTEMPT;
                    case REJECTED, LOST -> deviates(Deviation.AFTER_EXIT);
                    case WON -> deviates(Deviation.AFTER_FINAL);
                };
            case REJECTED ->
                switch (stage) {
                    case CAPTURED, MQL, ACCEPTED, CONTACTED -> enters(Stage.REJECTED, ExitKind.REJECTED);
                    case REJECTED -> deviates(Deviation.REPEATED);
                    case LOST -> deviates(Deviation.AFTER_EXIT);
                    case WON -> deviates(Deviation.AFTER_FINAL);
                };
            case LOST ->
                switch (stage) {
                    case CAPTURED, MQL, ACCEPTED, CONTACTED -> enters(Stage.LOST, ExitKind.LOST);
                    case REJECTED -> deviates(Deviation.AFTER_EXIT);
                    case LOST -> deviates(Deviation.REPEATED);
                    case WON -> deviates(Deviation.AFTER_FINAL);
                };
            case WON ->
                switch (stage) {
                    case CAPTURED, MQL, ACCEPTED, CONTACTED -> enters(Stage.WON, ExitKind.WON);
                    case REJECTED, LOST -> enters(Stage.WON, ExitKind.REOPENED);
                    case WON -> deviates(Deviation.REPEATED);
                };
        };
    }

    /** The decisions people may take on a lead that stands in this stage. */
    public static Set<Move> legalDecisions(Stage stage) {
        EnumSet<Move> legal = EnumSet.of(Move.ACCEPTED, Move.REJECTED, Move.CONTACTED, Move.WON, Move.LOST);
        legal.removeIf(move -> of(stage, move).deviation() != null);
        return legal;
    }

    private static Transition enters(Stage stage, ExitKind exit) {
        return new Transition(stage, exit, null);
    }

    private static Transition deviates(Deviation deviation) {
        return new Transition(null, null, deviation);
    }
}

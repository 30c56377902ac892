package io.smarketing.lifecycle.funnel.metric;

import io.smarketing.lifecycle.lead.Stage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The stages that a conversion asks for, one after the other.
 *
 * @param steps the first is the base, whose first entry puts a lead into its cohort
 */
public record ConversionPath(List<Stage> steps) {

    static final int MOST_STEPS = Stage.values().length;

    /** How a lead may come by the steps. */
    public enum Mode {
        /** Each step is a visit after the step before it. */
        ORDERED,
        /** Each step was reached, by whatever way: a stage that was skipped is reached with the later one. */
        ANY;

        /** As JSON and options name it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks the steps. */
    public ConversionPath {
        steps = List.copyOf(steps);
        if (steps.size() < 2 || EnumSet.copyOf(steps).size() < steps.size()) {
            throw new IllegalArgumentException(
                    "a conversion goes through two or more different stages (write CAPTURED,MQL,WON)");
        }
    }

    /** Each open stage with all that follow it up to WON. */
    static List<ConversionPath> ladders() {
        List<Stage> ladder = List.of(Stage.CAPTURED, Stage.MQL, Stage.ACCEPTED, Stage.CONTACTED, Stage.WON);
        List<ConversionPath> paths = new ArrayList<>();
        for (int base = 0; base + 1 < ladder.size(); base++) {
            paths.add(new ConversionPath(ladder.subList(base, ladder.size())));
        }
        return paths;
    }

    /**
     * Reads stages with commas between them.
     *
     * @throws IllegalArgumentException if they make no path
     */
    public static ConversionPath parse(String text) {
        List<Stage> steps = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            try {
                steps.add(Stage.valueOf(word.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "'%s' is no stage (there are %s)".formatted(word.strip(), List.of(Stage.values())), e);
            }
        }
        return new ConversionPath(steps);
    }

    public Stage base() {
        return steps.get(0);
    }

    @Override
    public String toString() {
        return steps.stream().map(Stage::name).collect(Collectors.joining(","));
    }
}

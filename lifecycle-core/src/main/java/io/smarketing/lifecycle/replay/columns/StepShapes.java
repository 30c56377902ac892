package io.smarketing.lifecycle.replay.columns;

import io.smarketing.lifecycle.funnel.PackedOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.IntArrayList;

/** Gathers which steps leads have, and numbers what is most frequent. Not thread-safe. */
final class StepShapes {

    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> shapes = new ArrayList<>();
    private final IntArrayList leads = new IntArrayList();
    private final IntArrayList shapeOf = new IntArrayList();
    private final IntArrayList stepsOf = new IntArrayList();

    private static final int NONE = -1;

    StepShapes() {
        place("");
    }

    private int place(String steps) {
        return places.computeIfAbsent(steps, absent -> {
            shapes.add(absent);
            leads.addInt(0);
            return shapes.size() - 1;
        });
    }

    /**
     * Adds the next lead.
     *
     * @param steps their codes
     * @param early whether a move occurred before the capture
     */
    void add(CharSequence steps, boolean early) {
        stepsOf.addInt(steps.length());
        if (early || steps.length() > Layout.MOST_STEPS) {
            shapeOf.addInt(NONE);
            return;
        }
        int place = place(steps.toString());
        leads.setInt(place, leads.getInt(place) + 1);
        shapeOf.addInt(place);
    }

    /** How many steps a lead has, whether they are told or not. */
    int steps(int lead) {
        return stepsOf.getInt(lead);
    }

    /** The shapes that get a code, in the order of their codes. */
    private List<String> coded() {
        List<String> coded = new ArrayList<>(shapes.subList(1, shapes.size()));
        coded.sort(Comparator.<String>comparingInt(shape -> -leads.getInt(places.getOrDefault(shape, 0)))
                .thenComparing(Comparator.naturalOrder()));
        coded.add(Layout.NO_STEPS, "");
        return coded.subList(0, Math.min(coded.size(), Layout.OTHER_SHAPE));
    }

    /** By lead, the shape's code. */
    int[] codes() {
        int[] codeOf = new int[shapes.size()];
        Arrays.fill(codeOf, Layout.OTHER_SHAPE);
        List<String> coded = coded();
        for (int code = 0; code < coded.size(); code++) {
            codeOf[places.getOrDefault(coded.get(code), 0)] = code;
        }
        return shapeOf.stream()
                .mapToInt(place -> place == NONE ? Layout.OTHER_SHAPE : codeOf[place])
                .toArray();
    }

    void write(PackedOutput output) {
        List<String> coded = coded();
        output.unsigned(coded.size());
        for (String shape : coded) {
            output.unsigned(shape.length());
            shape.chars().forEach(output::unsigned);
        }
    }
}

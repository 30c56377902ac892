package io.smarketing.lifecycle.standalone.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Values to draw from, each with its weight. */
final class Choice<T> {

    private final List<T> values = new ArrayList<>();
    private int[] upTo = {};
    private int total;

    private Choice() {}

    static <T> Choice<T> of(T value, int weight) {
        return new Choice<T>().or(value, weight);
    }

    @SafeVarargs
    static <T> Choice<T> evenly(T... values) {
        Choice<T> choice = new Choice<>();
        for (T value : values) {
            choice.or(value, 1);
        }
        return choice;
    }

    Choice<T> or(T value, int weight) {
        total += weight;
        values.add(value);
        upTo = Arrays.copyOf(upTo, values.size());
        upTo[values.size() - 1] = total;
        return this;
    }

    T pick(Dice dice) {
        int drawn = dice.below(total);
        int index = 0;
        while (upTo[index] <= drawn) {
            index++;
        }
        return values.get(index);
    }
}

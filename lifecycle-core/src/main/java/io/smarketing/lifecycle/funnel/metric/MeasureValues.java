package io.smarketing.lifecycle.funnel.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is kept by what is measured, in its order. Not thread-safe.
 *
 * @param <V> what is kept of each
 */
final class MeasureValues<V> {

    private static final int FIRST_LENGTH = 4;
    private static final int[] NO_MEASURES = {};

    private int[] measures = NO_MEASURES;
    private final List<V> values = new ArrayList<>(0);

    int size() {
        return values.size();
    }

    int measure(int place) {
        return measures[place];
    }

    V value(int place) {
        return values.get(place);
    }

    private int find(int measure) {
        return Arrays.binarySearch(measures, 0, size(), measure);
    }

    @Nullable V get(int measure) {
        int place = find(measure);
        return place < 0 ? null : values.get(place);
    }

    V computeIfAbsent(int measure, Supplier<V> absent) {
        int place = find(measure);
        if (place >= 0) {
            return values.get(place);
        }
        V value = absent.get();
        insert(-place - 1, measure, value);
        return value;
    }

    private void insert(int place, int measure, V value) {
        int size = size();
        if (size == measures.length) {
            measures = Arrays.copyOf(measures, Math.max(FIRST_LENGTH, 2 * size));
        }
        System.arraycopy(measures, place, measures, place + 1, size - place);
        measures[place] = measure;
        values.add(place, value);
    }

    void remove(int measure) {
        int place = find(measure);
        if (place >= 0) {
            values.remove(place);
            System.arraycopy(measures, place + 1, measures, place, size() - place);
        }
    }

    boolean holdsTheSame(MeasureValues<V> that) {
        return Arrays.equals(measures, 0, size(), that.measures, 0, that.size()) && values.equals(that.values);
    }
}

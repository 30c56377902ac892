package io.smarketing.lifecycle.funnel.metric;

import java.util.Arrays;

/** Numbers by what is counted, in its order; what is zero is absent. Not thread-safe. */
final class MeasureCounts {

    private static final int FIRST_LENGTH = 8;
    private static final int[] NO_MEASURES = {};
    private static final long[] NO_NUMBERS = {};

    private int[] measures = NO_MEASURES;
    private long[] numbers = NO_NUMBERS;
    private int size;

    int size() {
        return size;
    }

    int measure(int place) {
        return measures[place];
    }

    long number(int place) {
        return numbers[place];
    }

    long get(int measure) {
        int place = Arrays.binarySearch(measures, 0, size, measure);
        return place < 0 ? 0 : numbers[place];
    }

    void add(int measure, long number) {
        addFrom(0, measure, number);
    }

    /** @param sign 1, or -1 to take them out */
    void merge(MeasureCounts other, int sign) {
        int from = 0;
        for (int i = 0; i < other.size; i++) {
            from = addFrom(from, other.measures[i], sign * other.numbers[i]);
        }
    }

    /** Returns the place before which only lesser measures are. */
    private int addFrom(int from, int measure, long number) {
        int place = size == from || measure > measures[size - 1]
                ? -size - 1
                : Arrays.binarySearch(measures, from, size, measure);
        if (place < 0) {
            place = -place - 1;
            if (number != 0) {
                insert(place, measure, number);
            }
        } else {
            numbers[place] += number;
            if (numbers[place] == 0) {
                size--;
                System.arraycopy(measures, place + 1, measures, place, size - place);
                System.arraycopy(numbers, place + 1, numbers, place, size - place);
            }
        }
        return place;
    }

    private void insert(int place, int measure, long number) {
        if (size == measures.length) {
            int length = Math.max(FIRST_LENGTH, 2 * size);
            measures = Arrays.copyOf(measures, length);
            numbers = Arrays.copyOf(numbers, length);
        }
        System.arraycopy(measures, place, measures, place + 1, size - place);
        System.arraycopy(numbers, place, numbers, place + 1, size - place);
        measures[place] = measure;
        numbers[place] = number;
        size++;
    }

    boolean holdsAsMany(MeasureCounts that) {
        return Arrays.equals(measures, 0, size, that.measures, 0, that.size)
                && Arrays.equals(numbers, 0, size, that.numbers, 0, that.size);
    }
}

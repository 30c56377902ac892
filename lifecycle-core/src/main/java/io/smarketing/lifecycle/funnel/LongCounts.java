package io.smarketing.lifecycle.funnel;

import java.util.Arrays;
import org.agrona.collections.Long2LongCounterMap;
import org.jspecify.annotations.Nullable;

/**
 * How often each of some numbers occurs; a count may be below zero, a number whose count is zero is not in it. Most hold few numbers: these
 * lie in order in arrays, of which there are none as long as nothing is in it; many are hashed. Not thread-safe.
 */
public final class LongCounts {

    private static final int MOST_IN_ORDER = 512;
    private static final int FIRST_LENGTH = 4;
    private static final long[] NONE = {};

    private long[] numbers = NONE;
    private long[] counts = NONE;
    private int size;
    /** All of them, once they were too many for the arrays. */
    private @Nullable Long2LongCounterMap hashed;

    /** What is done with a number and its count. */
    public interface Visitor {
        void visit(long number, long count);
    }

    /** Numbers whose count is not zero. */
    public int size() {
        return hashed == null ? size : hashed.size();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** Zero for a number that is not in it. */
    public long get(long number) {
        if (hashed != null) {
            return hashed.get(number);
        }
        int place = find(number);
        return place < 0 ? 0 : counts[place];
    }

    /** As a binary search tells it; what is read in order comes behind all that are there. */
    private int find(long number) {
        return size == 0 || number > numbers[size - 1] ? -size - 1 : Arrays.binarySearch(numbers, 0, size, number);
    }

    /** Counts a number so many times more; below zero, less. */
    public void add(long number, long times) {
        if (hashed != null) {
            hashed.addAndGet(number, times);
            return;
        }
        int place = find(number);
        if (place < 0) {
            insert(-place - 1, number, times);
        } else {
            counts[place] += times;
            if (counts[place] == 0) {
                remove(place);
            }
        }
    }

    private void insert(int place, long number, long times) {
        if (times == 0) {
            return;
        }
        if (size == MOST_IN_ORDER) {
            hash().addAndGet(number, times);
            return;
        }
        if (size == numbers.length) {
            int length = Math.max(FIRST_LENGTH, 2 * size);
            numbers = Arrays.copyOf(numbers, length);
            counts = Arrays.copyOf(counts, length);
        }
        System.arraycopy(numbers, place, numbers, place + 1, size - place);
        System.arraycopy(counts, place, counts, place + 1, size - place);
        numbers[place] = number;
        counts[place] = times;
        size++;
    }

    private void remove(int place) {
        size--;
        System.arraycopy(numbers, place + 1, numbers, place, size - place);
        System.arraycopy(counts, place + 1, counts, place, size - place);
    }

    private Long2LongCounterMap hash() {
        Long2LongCounterMap all = new Long2LongCounterMap(0);
        forEach(all::put);
        hashed = all;
        numbers = NONE;
        counts = NONE;
        size = 0;
        return all;
    }

    /** In any order. */
    public void forEach(Visitor visitor) {
        if (hashed != null) {
            hashed.forEach(visitor::visit);
            return;
        }
        for (int i = 0; i < size; i++) {
            visitor.visit(numbers[i], counts[i]);
        }
    }

    /** The numbers, ascending. */
    public long[] sorted() {
        if (hashed == null) {
            return Arrays.copyOf(numbers, size);
        }
        long[] all = new long[hashed.size()];
        int[] next = {0};
        hashed.forEach((number, count) -> all[next[0]++] = number);
        Arrays.sort(all);
        return all;
    }

    /** The counts of the numbers, in the order that {@link #sorted} gives. */
    public long[] counts(long[] sorted) {
        if (hashed == null) {
            return Arrays.copyOf(counts, size);
        }
        long[] all = new long[sorted.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = hashed.get(sorted[i]);
        }
        return all;
    }

    /** Whether both hold the same numbers as often. */
    public boolean holdsAsMany(LongCounts other) {
        long[] all = sorted();
        long[] others = other.sorted();
        return Arrays.equals(all, others) && Arrays.equals(counts(all), other.counts(others));
    }
}

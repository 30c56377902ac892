package io.smarketing.lifecycle.projections.replay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits, of several analysts: one analyst's turn comes after the other's, however much each has waiting, and each gets on in the order in
 * which he came. Not thread-safe.
 */
final class RoundRobin<T> {

    /** Analysts that have something waiting, the next one first. */
    private final Map<String, Deque<T>> waiting = new LinkedHashMap<>();

    private int size;

    void add(String analyst, T item) {
        waiting.computeIfAbsent(analyst, name -> new ArrayDeque<>()).addLast(item);
        size++;
    }

    /** Takes out what is next, passing over analysts that may not go on now and keep their place; null when there is nothing. */
    @Nullable T next(Predicate<String> mayGoOn) {
        String whose = waiting.keySet().stream().filter(mayGoOn).findFirst().orElse(null);
        Deque<T> items = whose == null ? null : waiting.remove(whose);
        if (whose == null || items == null) {
            return null;
        }
        T next = items.removeFirst();
        if (!items.isEmpty()) {
            waiting.put(whose, items);
        }
        size--;
        return next;
    }

    /** False when it does not wait. */
    boolean remove(String analyst, T item) {
        Deque<T> items = waiting.get(analyst);
        if (items == null || !items.remove(item)) {
            return false;
        }
        if (items.isEmpty()) {
            waiting.remove(analyst);
        }
        size--;
        return true;
    }

    int size() {
        return size;
    }

    int size(String analyst) {
        Deque<T> items = waiting.get(analyst);
        return items == null ? 0 : items.size();
    }

    void clear() {
        waiting.clear();
        size = 0;
    }
}

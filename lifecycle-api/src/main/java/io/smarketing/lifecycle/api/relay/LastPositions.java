package io.smarketing.lifecycle.api.relay;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The position of the last event in each partition of a topic. Kept with the position, so that a partition that has lost its end is noticed
 * also where another one reaches further. Offsets would not do: what is aborted takes some too, and may fill the place of what was lost.
 */
final class LastPositions {

    private static final String SEPARATOR = ",";
    private static final String IS = ":";

    private final SortedMap<Integer, Long> byPartition;

    /** Partitions without an event are left out. */
    LastPositions(Map<Integer, Long> byPartition) {
        this.byPartition = new TreeMap<>(byPartition);
    }

    /** As it was kept; none where nothing was. */
    static LastPositions read(String kept) {
        return new LastPositions(Stream.of(kept.split(SEPARATOR))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.split(IS))
                .collect(Collectors.toMap(parts -> Integer.valueOf(parts[0]), parts -> Long.valueOf(parts[1]))));
    }

    /** After events that came behind all others. */
    void append(Map<Integer, Long> lastOfThem) {
        byPartition.putAll(lastOfThem);
    }

    /** Whether no partition ends before where it ended then. */
    boolean reach(LastPositions earlier) {
        return earlier.byPartition.entrySet().stream()
                .allMatch(entry -> byPartition.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
    }

    /** As it is to be kept. */
    @Override
    public String toString() {
        return byPartition.entrySet().stream()
                .map(entry -> entry.getKey() + IS + entry.getValue())
                .collect(Collectors.joining(SEPARATOR));
    }
}

package io.smarketing.lifecycle.api.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far the partitions of a topic can have grown: their ends at the last look, and all that was sent since to each of them. Kept with the
 * position, so that a topic that is made anew can be begun beyond all that anybody can have read of the old one.
 */
final class Growth {

    private static final String SEPARATOR = ",";

    /** Batches that were begun and aborted after the last commit, by whoever died of it. */
    private static final long ROOM = 10L * StoredRows.AT_ONCE;

    private List<Long> ends;
    private long sent;

    Growth(List<Long> ends) {
        this.ends = ends;
    }

    void look(List<Long> endsNow) {
        ends = endsNow;
        sent = 0;
    }

    /** With one more transaction: its records and its end. */
    String with(int records) {
        sent += records + 1;
        return ends.stream().map(end -> String.valueOf(end + sent)).collect(Collectors.joining(SEPARATOR));
    }

    /** How much is missing in each partition, so that it ends where it can never have ended before. */
    static List<Long> missing(String grown, List<Long> ends) {
        List<Long> bounds = grown.isEmpty()
                ? List.of()
                : Stream.of(grown.split(SEPARATOR)).map(Long::valueOf).toList();
        List<Long> missing = new ArrayList<>();
        for (int partition = 0; partition < ends.size() && partition < bounds.size(); partition++) {
            missing.add(Math.max(0, bounds.get(partition) + ROOM - ends.get(partition)));
        }
        return missing;
    }
}

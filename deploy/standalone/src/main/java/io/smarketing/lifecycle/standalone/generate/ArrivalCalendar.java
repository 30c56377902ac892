package io.smarketing.lifecycle.standalone.generate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Facts that wait for their arrival, kept by the hour they arrive in: an hour is sorted when it is over, so that the
 * cost per fact does not grow with the number that waits.
 */
final class ArrivalCalendar {

    private static final long HOUR = Rhythm.HOUR;

    private final long firstInstant;
    private final List<List<Fact>> hours;
    private int released;

    /** For arrivals in [from, to). */
    ArrivalCalendar(long from, long to) {
        firstInstant = from;
        int count = (int) ((to - from + HOUR - 1) / HOUR);
        hours = new ArrayList<>(Collections.nCopies(count, List.of()));
    }

    /** The fact must not arrive in an hour already released. Facts of one instant keep the order they are added in. */
    void add(Fact fact) {
        int hour = (int) ((fact.recorded() - firstInstant) / HOUR);
        if (hour < released) {
            throw new IllegalStateException("The calendar has passed the arrival of " + fact);
        }
        List<Fact> waiting = hours.get(hour);
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>();
            hours.set(hour, waiting);
        }
        waiting.add(fact);
    }

    /** Hands over, in order of arrival, the facts of all hours that are over by then. */
    void releaseBefore(long instant, Consumer<Fact> receiver) {
        while (released < hours.size() && firstInstant + (released + 1) * HOUR <= instant) {
            List<Fact> due = hours.set(released++, List.of());
            if (!due.isEmpty()) {
                due.sort(Comparator.comparingLong(Fact::recorded));
                due.forEach(receiver);
            }
        }
    }

    void releaseAll(Consumer<Fact> receiver) {
        releaseBefore(Long.MAX_VALUE, receiver);
    }
}

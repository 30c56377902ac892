package io.smarketing.lifecycle.replay.columns;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The marks of a segment's leads by the policies that were asked last, and those that history holds. They depend on nothing but the segment's
 * bytes and the policy, so what was found once holds as long as there is the segment. Thread-safe.
 */
final class MarkMemory {

    /** Stands for what is not remembered: leads that no replay was asked for, that have several marks, or that integers alone do not judge. */
    static final long UNKNOWN = Long.MAX_VALUE;

    /** Two questions' two sides. */
    static final int MOST_POLICIES = 4;

    private final Deque<Marks> latest = new ArrayDeque<>();

    /**
     * What became of the leads in columns.
     *
     * @param policy null for the marks that history holds
     * @param marks by lead, the one mark in microseconds since the capture, {@link VisitKernel#NONE}, or {@link #UNKNOWN}. May still be
     *     added to, always the same
     */
    record Marks(@Nullable LoweredPolicy policy, long[] marks) {}

    /** The latest first. */
    synchronized List<Marks> latest() {
        return List.copyOf(latest);
    }

    /** Those of the same policy give way to them, or else those that were asked for longest ago. */
    synchronized void keep(Marks marks) {
        latest.removeIf(known -> known.marks() == marks.marks());
        latest.addFirst(marks);
        if (latest.size() > MOST_POLICIES) {
            latest.removeLast();
        }
    }
}

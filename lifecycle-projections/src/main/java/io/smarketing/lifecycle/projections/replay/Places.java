package io.smarketing.lifecycle.projections.replay;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Which of the replays that were asked for may begin: so many of a kind at a time, so many of an analyst, and of those that wait one analyst's
 * after the other's. No place is free while something waits that may have it. Thread-safe.
 */
final class Places<T extends Places.Asked> {

    /** More do not wait, of all analysts together. */
    static final int MOST_WAITING = 20;

    private static final int RETRY_SECONDS = 30;

    /** What is asked for. */
    enum Kind {
        /** Over columns, side by side. */
        REPLAY(10),
        /** They read the store itself. */
        AUDIT(1);

        private final int places;

        Kind(int places) {
            this.places = places;
        }

        int places() {
            return places;
        }
    }

    /** What takes a place. */
    interface Asked {

        Kind kind();

        String analyst();
    }

    /**
     * Of one analyst, replays and audits together.
     *
     * @param running at the most
     * @param waiting at the most
     */
    record Limits(int running, int waiting) {

        private static final String RUNNING = "lifecycle.replays.most-running-per-analyst";
        private static final String WAITING = "lifecycle.replays.most-waiting-per-analyst";

        Limits {
            atLeastOne(RUNNING, running);
            atLeastOne(WAITING, waiting);
        }

        private static void atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException("%s is %d: give at least 1".formatted(setting, value));
            }
        }
    }

    /** The places of a kind. */
    private static final class Lane<T> {

        private final Kind kind;
        private final RoundRobin<T> waiting = new RoundRobin<>();
        private int running;

        Lane(Kind kind) {
            this.kind = kind;
        }

        boolean hasRoom() {
            return running < kind.places();
        }
    }

    private final Limits limits;
    private final Consumer<T> begin;
    private final List<Lane<T>> lanes =
            Arrays.stream(Kind.values()).map(Lane<T>::new).toList();
    private final Map<String, Integer> runningOf = new HashMap<>();
    private boolean closed;

    /**
     * All are free.
     *
     * @param begin is told what begins, in that order, and must not take long
     */
    Places(Limits limits, Consumer<T> begin) {
        this.limits = limits;
        this.begin = begin;
    }

    private Lane<T> lane(Kind kind) {
        return lanes.get(kind.ordinal());
    }

    private int running(String analyst) {
        return runningOf.getOrDefault(analyst, 0);
    }

    private boolean mayBegin(String analyst) {
        return running(analyst) < limits.running();
    }

    /**
     * Does nothing where one more may begin or wait.
     *
     * @throws RefusedReplay 429, where it may not
     */
    synchronized void check(Kind kind, String analyst) {
        if (lane(kind).hasRoom() && mayBegin(analyst)) {
            return;
        }
        int own = lanes.stream().mapToInt(lane -> lane.waiting.size(analyst)).sum();
        if (own >= limits.waiting()) {
            throw RefusedReplay.later(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "too-many-replays-of-analyst",
                    Analyst.HEADER,
                    "%d replays of the analyst '%s' wait already, and no more may of one analyst (%s); %d run, of %d that may"
                            .formatted(own, analyst, Limits.WAITING, running(analyst), limits.running()),
                    mend(analyst),
                    RETRY_SECONDS);
        }
        if (lanes.stream().mapToInt(lane -> lane.waiting.size()).sum() >= MOST_WAITING) {
            throw RefusedReplay.later(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "too-many-replays",
                    "%d replays wait already".formatted(MOST_WAITING),
                    RETRY_SECONDS);
        }
    }

    private static String mend(String analyst) {
        String mend = "ask again in %d s, or cancel one that waits".formatted(RETRY_SECONDS);
        return analyst.equals(Analyst.ANONYMOUS)
                ? "%s; all who send no header %s share these places: name yourself in it"
                        .formatted(mend, Analyst.HEADER)
                : mend;
    }

    /** Begins it, or lets it wait. That it may was {@link #check checked} before. */
    synchronized void add(T asked) {
        if (!closed) {
            lane(asked.kind()).waiting.add(asked.analyst(), asked);
            fill();
        }
    }

    private void fill() {
        for (Lane<T> lane : lanes) {
            while (lane.hasRoom()) {
                @Nullable T next = lane.waiting.next(this::mayBegin);
                if (next == null) {
                    break;
                }
                lane.running++;
                runningOf.merge(next.analyst(), 1, Integer::sum);
                begin.accept(next);
            }
        }
    }

    /** Takes out what waits; false when it does not. */
    synchronized boolean remove(T asked) {
        return lane(asked.kind()).waiting.remove(asked.analyst(), asked);
    }

    /** Gives on the place of what had begun. */
    synchronized void ended(T begun) {
        lane(begun.kind()).running--;
        runningOf.computeIfPresent(begun.analyst(), (name, count) -> count == 1 ? null : count - 1);
        fill();
    }

    /** Nothing begins any more. */
    synchronized void close() {
        closed = true;
        lanes.forEach(lane -> lane.waiting.clear());
    }
}

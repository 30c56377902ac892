package io.smarketing.lifecycle.replay.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which segments are to be written anew as one, so that a history that is gone on with stays in few of them: eight of about the same
 * size, or any whose superseded leads are a third of it. Each lead is so written again a few times at most, whatever comes.
 */
public final class Merging {

    private static final int SEGMENTS_OF_A_SIZE = 8;
    /** Each size is so many times the next smaller one; smaller ones than the smallest are of a size. */
    private static final int STEP = 4;

    private static final int SMALLEST = 1_024;
    private static final int PARTS = 3;

    private Merging() {}

    /**
     * Places of segments in the history; none when all is well.
     *
     * @param mostLeads segments that have about so many are not made larger
     * @param mostEvents nor are those that have about so many events
     */
    public static List<Integer> due(HistoryColumns history, int mostLeads, long mostEvents) {
        List<HistoryColumns.Share> shares = history.shares();
        List<Integer> worn = new ArrayList<>();
        Map<Integer, List<Integer>> bySize = new TreeMap<>();
        for (int i = 0; i < shares.size(); i++) {
            HistoryColumns.Share share = shares.get(i);
            if (share.superseded() * PARTS > share.standing() + share.superseded()) {
                worn.add(i);
            }
            if (share.standing() < mostLeads / 2 && share.standingEvents() < mostEvents / 2) {
                bySize.computeIfAbsent(size(share.standing()), none -> new ArrayList<>())
                        .add(i);
            }
        }
        for (List<Integer> same : bySize.values()) {
            if (same.size() >= SEGMENTS_OF_A_SIZE) {
                return same;
            }
        }
        // One at a time: whoever waits for the columns waits the less.
        return worn.isEmpty() ? worn : worn.subList(0, 1);
    }

    private static int size(int leads) {
        int size = 0;
        for (long bound = SMALLEST; bound < leads; bound *= STEP) {
            size++;
        }
        return size;
    }
}

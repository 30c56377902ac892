package io.smarketing.lifecycle.replay.columns;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** Reads the columns of facts once and adds them up: no replay that reads every fact can be faster. */
public final class ColumnScan {

    private static final int PART = 1 << 20;

    private ColumnScan() {}

    /** The sum of all facts' codes and times, on all cores. */
    public static long sum(HistoryColumns history) {
        return history.segments().stream().mapToLong(ColumnScan::sum).sum();
    }

    private static long sum(Segment segment) {
        Codes codes = segment.column(Layout.CODES);
        ByteBuffer lows = segment.column(Layout.TIMES_LOW).bytes();
        Codes highs = segment.column(Layout.TIMES_HIGH);
        int facts = codes.size();
        return IntStream.range(0, (facts + PART - 1) / PART)
                .parallel()
                .mapToLong(part -> {
                    long sum = 0;
                    int end = Math.min(facts, (part + 1) * PART);
                    for (int i = part * PART; i < end; i++) {
                        sum += codes.get(i) + lows.getInt(i << 2) + highs.signed(i);
                    }
                    return sum;
                })
                .sum();
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Histograms of rows, read, added and asked for quantiles by nothing but what docs/topics.md says of them. */
final class AddedHistogram {

    private final TreeMap<Long, Long> buckets = new TreeMap<>();
    private long n;

    /** Adds the durations that the field of a row holds; null is none. */
    AddedHistogram add(JsonNode histogram) {
        if (histogram.isString()) {
            byte[] bytes = Base64.getDecoder().decode(histogram.stringValue());
            addPlaces(bytes, begun(bytes));
        }
        return this;
    }

    /** Adds the slots of time that the field of a row holds; null is none. */
    AddedHistogram addSlots(JsonNode histogram) {
        if (histogram.isString()) {
            byte[] bytes = Base64.getDecoder().decode(histogram.stringValue());
            int[] at = begun(bytes);
            assertThat(unsigned(bytes, at)).as("length of a slot").isEqualTo(3_600);
            addPlaces(bytes, at);
        }
        return this;
    }

    private static int[] begun(byte[] bytes) {
        assertThat(bytes[0]).as("version").isEqualTo((byte) 1);
        return new int[] {1};
    }

    private void addPlaces(byte[] bytes, int[] at) {
        long place = 0;
        while (at[0] < bytes.length) {
            place += unsigned(bytes, at);
            long count = unsigned(bytes, at);
            buckets.merge(place, count, Long::sum);
            n += count;
        }
    }

    private static long unsigned(byte[] bytes, int[] at) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[at[0]++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    Map<Long, Long> buckets() {
        return buckets;
    }

    long n() {
        return n;
    }

    /** In microseconds; above 256 the middle of the bucket. */
    private static long micros(long bucket) {
        if (bucket < 256) {
            return bucket;
        }
        long s = bucket / 128 - 1;
        return ((bucket % 128 + 128) << s) + (1L << (s - 1));
    }

    private BigDecimal atRank(long rank) {
        long upTo = 0;
        for (Map.Entry<Long, Long> bucket : buckets.entrySet()) {
            upTo += bucket.getValue();
            if (upTo >= rank) {
                return BigDecimal.valueOf(micros(bucket.getKey()));
            }
        }
        throw new AssertionError("no rank " + rank + " of " + n);
    }

    /** In seconds with six digits; null when there is none. */
    @Nullable BigDecimal median() {
        if (n == 0) {
            return null;
        }
        return atRank((n + 1) / 2)
                .add(atRank(n / 2 + 1))
                .divide(BigDecimal.valueOf(2_000_000), 6, RoundingMode.HALF_UP);
    }

    /** The ⌈n · percent ÷ 100⌉-th in order, in seconds with six digits; null when there is none. */
    @Nullable BigDecimal percentile(int percent) {
        return n == 0
                ? null
                : atRank((n * percent + 99) / 100).divide(BigDecimal.valueOf(1_000_000), 6, RoundingMode.HALF_UP);
    }
}

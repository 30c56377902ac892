package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Durations in microseconds that are ranked once, at the end: nothing is taken out again, so they are kept as they come. Figures
 * are those of {@link Durations} in its exact form. Not thread-safe.
 */
public final class DurationSamples {

    private static final long[] NONE = {};
    private static final int FIRST_CAPACITY = 8;
    private static final int SORTED_BELOW = 48;
    private static final long LOW_WORD = 0xFFFF_FFFFL;

    private long[] values = NONE;
    private int n;

    public void add(long micros) {
        if (n == values.length) {
            values = Arrays.copyOf(values, Math.max(FIRST_CAPACITY, n + (n >> 1)));
        }
        values[n++] = micros;
    }

    public void addAll(DurationSamples other) {
        if (other.n > 0) {
            if (n + other.n > values.length) {
                values = Arrays.copyOf(values, n + other.n);
            }
            System.arraycopy(other.values, 0, values, n, other.n);
            n += other.n;
        }
    }

    /** Forgets all. */
    public void clear() {
        n = 0;
    }

    public int n() {
        return n;
    }

    /** All that were added. */
    public void forEach(LongConsumer each) {
        Arrays.stream(values, 0, n).forEach(each);
    }

    /** The figures; brings the values into another order. */
    public FunnelRow.Times times(boolean withP75) {
        if (n == 0) {
            return new FunnelRow.Times(0, null, null, null, null);
        }
        // Ranks rise, so that each is looked for behind the one before.
        long lower = select(0, (n + 1L) / 2);
        long upper = select((int) ((n + 1L) / 2) - 1, n / 2 + 1L);
        BigDecimal median = BigDecimal.valueOf(lower)
                .add(BigDecimal.valueOf(upper))
                .divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(2)), Micros.DECIMALS, RoundingMode.HALF_UP);
        int from = n / 2;
        @Nullable BigDecimal p75 = null;
        if (withP75) {
            long rank = rank(75);
            p75 = seconds(select(from, rank));
            from = (int) rank - 1;
        }
        BigDecimal p90 = seconds(select(Math.min(from, (int) rank(90) - 1), rank(90)));
        return new FunnelRow.Times(n, mean(), median, p75, p90);
    }

    private long rank(int percent) {
        return ((long) n * percent + 99) / 100;
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(Micros.PER_SECOND, Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    private BigDecimal mean() {
        long high = 0;
        long low = 0;
        for (int i = 0; i < n; i++) {
            high += values[i] >> 32;
            low += values[i] & LOW_WORD;
        }
        BigInteger sum = BigInteger.valueOf(high).shiftLeft(32).add(BigInteger.valueOf(low));
        return new BigDecimal(sum)
                .divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(n)), Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    /** The value of a rank, from 1 on, knowing that no value from {@code from} on is less than any before. */
    private long select(int from, long rank) {
        int wanted = (int) rank - 1;
        int low = from;
        int high = n - 1;
        // Each round halves what is left, unless values are set against it: then sorting ends it.
        int rounds = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(n));
        while (high - low > SORTED_BELOW && rounds-- > 0) {
            long pivot = median(values[low], values[(low + high) >>> 1], values[high]);
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (wanted <= j) {
                high = j;
            } else if (wanted >= i) {
                low = i;
            } else {
                return values[wanted];
            }
        }
        Arrays.sort(values, low, high + 1);
        return values[wanted];
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}

package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Durations in microseconds that are ranked once, at the end: nothing is taken out again, so they are kept as they come, in blocks that
 * others may share. Figures are those of {@link Durations} in its exact form. Not thread-safe.
 */
public final class DurationSamples {

    private static final long[] NONE = {};
    private static final int FIRST_BLOCK = 8;
    private static final int LARGEST_BLOCK = 1 << 14;
    private static final int FEW_BLOCKS = 4;
    private static final int SORTED_BELOW = 48;
    private static final long LOW_WORD = 0xFFFF_FFFFL;

    /** Of these nothing is written any more, but for what others add to theirs behind the length. */
    private long[][] blocks = {};

    private int[] lengths = {};
    private int blockCount;
    /** What is added to. */
    private long[] open = NONE;

    private int inOpen;
    private int n;

    public void add(long micros) {
        if (inOpen == open.length) {
            keep(open, inOpen);
            open = new long[Math.max(FIRST_BLOCK, Math.min(LARGEST_BLOCK, 2 * inOpen))];
            inOpen = 0;
        }
        open[inOpen++] = micros;
        n++;
    }

    private void keep(long[] block, int length) {
        if (length == 0) {
            return;
        }
        if (blockCount == blocks.length) {
            int more = Math.max(FEW_BLOCKS, 2 * blockCount);
            blocks = Arrays.copyOf(blocks, more);
            lengths = Arrays.copyOf(lengths, more);
        }
        blocks[blockCount] = block;
        lengths[blockCount++] = length;
    }

    /** Adds those that another has now; it may go on, but not be cleared. */
    public void addAll(DurationSamples other) {
        for (int i = 0; i < other.blockCount; i++) {
            keep(other.blocks[i], other.lengths[i]);
        }
        keep(other.open, other.inOpen);
        n += other.n;
    }

    /** Forgets all; only where nobody has added them to others. */
    public void clear() {
        blockCount = 0;
        inOpen = 0;
        n = 0;
    }

    public int n() {
        return n;
    }

    /** All that were added. */
    public void forEach(LongConsumer each) {
        Arrays.stream(all()).forEach(each);
    }

    private long[] all() {
        long[] all = new long[n];
        int at = 0;
        for (int i = 0; i < blockCount; i++) {
            System.arraycopy(blocks[i], 0, all, at, lengths[i]);
            at += lengths[i];
        }
        System.arraycopy(open, 0, all, at, inOpen);
        return all;
    }

    /** The figures. */
    public FunnelRow.Times times(boolean withP75) {
        if (n == 0) {
            return new FunnelRow.Times(0, null, null, null, null);
        }
        long[] values = all();
        // Ranks rise, so that each is looked for behind the one before.
        long lower = select(values, 0, (n + 1L) / 2);
        long upper = select(values, (int) ((n + 1L) / 2) - 1, n / 2 + 1L);
        BigDecimal median = BigDecimal.valueOf(lower)
                .add(BigDecimal.valueOf(upper))
                .divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(2)), Micros.DECIMALS, RoundingMode.HALF_UP);
        int from = n / 2;
        @Nullable BigDecimal p75 = null;
        if (withP75) {
            long rank = rank(75);
            p75 = seconds(select(values, from, rank));
            from = (int) rank - 1;
        }
        BigDecimal p90 = seconds(select(values, Math.min(from, (int) rank(90) - 1), rank(90)));
        return new FunnelRow.Times(n, mean(values), median, p75, p90);
    }

    private long rank(int percent) {
        return ((long) n * percent + 99) / 100;
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(Micros.PER_SECOND, Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    private static BigDecimal mean(long[] values) {
        long high = 0;
        long low = 0;
        for (long value : values) {
            high += value >> 32;
            low += value & LOW_WORD;
        }
        BigInteger sum = BigInteger.valueOf(high).shiftLeft(32).add(BigInteger.valueOf(low));
        return new BigDecimal(sum)
                .divide(
                        Micros.PER_SECOND.multiply(BigDecimal.valueOf(values.length)),
                        Micros.DECIMALS,
                        RoundingMode.HALF_UP);
    }

    /** The value of a rank, from 1 on, knowing that no value from {@code from} on is less than any before. */
    private static long select(long[] values, int from, long rank) {
        int wanted = (int) rank - 1;
        int low = from;
        int high = values.length - 1;
        // Each round halves what is left, unless values are set against it: then sorting ends it.
        int rounds = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(values.length));
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

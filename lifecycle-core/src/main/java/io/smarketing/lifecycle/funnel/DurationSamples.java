package io.smarketing.lifecycle.funnel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Durations in microseconds that are ranked once, at the end. They are kept as they come, in blocks that others may share, beside some that
 * were sorted before, and those that are taken out again. Figures are those of {@link Durations} in its exact form. Not thread-safe.
 */
public final class DurationSamples {

    private static final long LOW_WORD = 0xFFFF_FFFFL;

    private final Blocks added = new Blocks();
    private @Nullable Blocks removed;
    private @Nullable List<Sorted> sorted;

    /** Values as they come. */
    private static final class Blocks {

        private static final long[] NONE = {};
        private static final int FIRST_BLOCK = 8;
        private static final int LARGEST_BLOCK = 1 << 12;
        private static final int FEW_BLOCKS = 4;

        /** Of these nothing is written any more, but for what others add to theirs behind the length. */
        private long[][] blocks = {};

        private int[] lengths = {};
        private int blockCount;
        /** What is added to. */
        private long[] open = NONE;

        private int inOpen;
        private int n;

        void add(long micros) {
            if (inOpen == open.length) {
                makeRoom();
            }
            open[inOpen++] = micros;
            n++;
        }

        void addAll(long[] values, int count) {
            int from = 0;
            while (from < count) {
                if (inOpen == open.length) {
                    makeRoom();
                }
                int length = Math.min(count - from, open.length - inOpen);
                System.arraycopy(values, from, open, inOpen, length);
                inOpen += length;
                from += length;
            }
            n += count;
        }

        private void makeRoom() {
            keep(open, inOpen);
            open = new long[Math.max(FIRST_BLOCK, Math.min(LARGEST_BLOCK, 2 * inOpen))];
            inOpen = 0;
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

        void addAll(Blocks other) {
            for (int i = 0; i < other.blockCount; i++) {
                keep(other.blocks[i], other.lengths[i]);
            }
            keep(other.open, other.inOpen);
            n += other.n;
        }

        void clear() {
            blockCount = 0;
            inOpen = 0;
            n = 0;
        }

        long[] all() {
            long[] all = new long[n];
            int at = 0;
            for (int i = 0; i < blockCount; i++) {
                System.arraycopy(blocks[i], 0, all, at, lengths[i]);
                at += lengths[i];
            }
            System.arraycopy(open, 0, all, at, inOpen);
            return all;
        }
    }

    /** Durations in order, to be added to many samples as they are. Immutable and thread-safe. */
    public static final class Sorted {

        private final long[] values;
        private final BigInteger sum;

        private Sorted(long[] values) {
            Arrays.sort(values);
            this.values = values;
            this.sum = sum(values);
        }

        public int n() {
            return values.length;
        }
    }

    public void add(long micros) {
        added.add(micros);
    }

    /** Adds the first of some values. */
    public void addAll(long[] micros, int count) {
        added.addAll(micros, count);
    }

    /** Takes out the first of some values, as {@link #remove} does. */
    public void removeAll(long[] micros, int count) {
        removed().addAll(micros, count);
    }

    /** Takes one out of those that are added, here or where this is merged into: before figures are asked for, it has to be there. */
    public void remove(long micros) {
        removed().add(micros);
    }

    private Blocks removed() {
        if (removed == null) {
            removed = new Blocks();
        }
        return removed;
    }

    /** Adds those that another has now; it may go on, but not be cleared. */
    public void addAll(DurationSamples other) {
        added.addAll(other.added);
        if (other.removed != null) {
            removed().addAll(other.removed);
        }
        if (other.sorted != null) {
            other.sorted.forEach(this::addAll);
        }
    }

    /** Adds what was sorted before. */
    public void addAll(Sorted others) {
        if (others.n() > 0) {
            if (sorted == null) {
                sorted = new ArrayList<>();
            }
            sorted.add(others);
        }
    }

    /** Those that were added, in order; for samples of which none was taken out. */
    public Sorted sorted() {
        if (removed != null || sorted != null) {
            throw new IllegalStateException("only what was added can be sorted");
        }
        return new Sorted(added.all());
    }

    /** Forgets all; only where nobody has added them to others. */
    public void clear() {
        added.clear();
        removed = null;
        sorted = null;
    }

    public int n() {
        int n = added.n - (removed == null ? 0 : removed.n);
        if (sorted != null) {
            for (Sorted run : sorted) {
                n += run.n();
            }
        }
        return n;
    }

    /** How many have to be looked through for figures. */
    public int unsorted() {
        return added.n + (removed == null ? 0 : removed.n);
    }

    /** All that were added one by one. */
    public void forEach(LongConsumer each) {
        Arrays.stream(added.all()).forEach(each);
    }

    /** The figures. */
    public FunnelRow.Times times(boolean withP75) {
        int n = n();
        if (n == 0) {
            return new FunnelRow.Times(0, null, null, null, null);
        }
        long[] in = added.all();
        long[] out = removed == null ? new long[0] : removed.all();
        long[][] runs = sorted == null
                ? new long[0][]
                : sorted.stream().map(run -> run.values).toArray(long[][]::new);
        BigInteger sum = sum(in).subtract(sum(out));
        if (sorted != null) {
            for (Sorted run : sorted) {
                sum = sum.add(run.sum);
            }
        }
        RankSelection ranks = new RankSelection(in, out, runs);
        BigDecimal median = BigDecimal.valueOf(ranks.value((n + 1L) / 2))
                .add(BigDecimal.valueOf(ranks.value(n / 2 + 1L)))
                .divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(2)), Micros.DECIMALS, RoundingMode.HALF_UP);
        @Nullable BigDecimal p75 = withP75 ? seconds(ranks.value(rank(n, 75))) : null;
        BigDecimal p90 = seconds(ranks.value(rank(n, 90)));
        BigDecimal mean = new BigDecimal(sum)
                .divide(Micros.PER_SECOND.multiply(BigDecimal.valueOf(n)), Micros.DECIMALS, RoundingMode.HALF_UP);
        return new FunnelRow.Times(n, mean, median, p75, p90);
    }

    private static long rank(int n, int percent) {
        return ((long) n * percent + 99) / 100;
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(Micros.PER_SECOND, Micros.DECIMALS, RoundingMode.HALF_UP);
    }

    private static BigInteger sum(long[] values) {
        long high = 0;
        long low = 0;
        for (long value : values) {
            high += value >> 32;
            low += value & LOW_WORD;
        }
        return BigInteger.valueOf(high).shiftLeft(32).add(BigInteger.valueOf(low));
    }
}

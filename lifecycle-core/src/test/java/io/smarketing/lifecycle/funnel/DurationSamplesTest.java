package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationSamplesTest {

    private static final int SEEDS = 200;

    /** Over the ends of blocks, in parts that were added to others before they went on. */
    @Test
    void figuresAreThoseOfTheExactMultiset() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            Durations expected = Durations.exact();
            DurationSamples all = new DurationSamples();
            List<DurationSamples> parts = new ArrayList<>();
            for (int part = random.nextInt(4); part >= 0; part--) {
                DurationSamples some = new DurationSamples();
                add(some, expected, random, random.nextInt(seed % 10 == 0 ? 70_000 : 60));
                all.addAll(some);
                parts.add(some);
            }
            add(all, expected, random, random.nextInt(40));
            Durations unseen = Durations.exact();
            parts.forEach(some -> add(some, unseen, random, 20));
            assertEqual(all, expected, seed);
            long[] count = new long[1];
            all.forEach(micros -> count[0]++);
            assertThat(count[0]).isEqualTo(expected.n());
        }
    }

    /** Some in order, some as they come, some taken out of either; many are equal. */
    @Test
    void whatIsTakenOutIsAsIfItHadNeverBeenAdded() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            int most = seed % 10 == 0 ? 20_000 : 300;
            long bound = random.nextInt(4) == 0 ? 3 : 1L << (1 + random.nextInt(50));
            Durations expected = Durations.exact();
            DurationSamples all = new DurationSamples();
            DurationSamples changes = new DurationSamples();
            for (int run = random.nextInt(4); run >= 0; run--) {
                DurationSamples some = new DurationSamples();
                for (int left = random.nextInt(most); left > 0; left--) {
                    long micros = (long) (random.nextDouble() * bound);
                    some.add(micros);
                    if (random.nextInt(3) == 0) {
                        DurationSamples from = random.nextBoolean() ? all : changes;
                        if (random.nextBoolean()) {
                            from.remove(micros);
                        } else {
                            from.removeAll(new long[] {micros, bound}, 1);
                        }
                    } else {
                        expected.add(micros);
                    }
                }
                if (random.nextBoolean()) {
                    all.addAll(some.sorted());
                } else {
                    all.addAll(some);
                }
            }
            add(changes, expected, random, random.nextInt(most));
            all.addAll(changes);
            if (expected.n() > 0) {
                assertEqual(all, expected, seed);
            }
        }
    }

    private static void add(DurationSamples samples, Durations expected, Random random, int number) {
        long bound = 1L << (1 + random.nextInt(40));
        long[] noted = new long[100];
        int n = 0;
        for (int i = 0; i < number; i++) {
            long micros = (long) (random.nextDouble() * bound);
            expected.add(micros);
            if (random.nextInt(9) == 0) {
                samples.add(micros);
                continue;
            }
            noted[n++] = micros;
            if (n == noted.length || random.nextInt(60) == 0) {
                samples.addAll(noted, n);
                n = 0;
            }
        }
        samples.addAll(noted, n);
    }

    private static void assertEqual(DurationSamples samples, Durations expected, long seed) {
        for (int again = 0; again < 2; again++) {
            FunnelRow.Times times = samples.times(true);
            Ranked ranked = expected.ranked();
            assertThat(times.n()).as("seed %d", seed).isEqualTo(expected.n());
            assertThat(times.mean()).as("seed %d", seed).isEqualTo(expected.mean());
            assertThat(times.p50()).as("seed %d", seed).isEqualTo(ranked.median());
            assertThat(times.p75()).as("seed %d", seed).isEqualTo(ranked.percentile(75));
            assertThat(times.p90()).as("seed %d", seed).isEqualTo(ranked.percentile(90));
        }
    }

    @Test
    void whatIsClearedBeginsAnew() {
        DurationSamples samples = new DurationSamples();
        for (int micros = 0; micros < 100; micros++) {
            samples.add(micros);
        }
        samples.clear();
        assertThat(samples.n()).isZero();
        samples.add(7);
        assertThat(samples.times(false).mean()).isEqualByComparingTo("0.000007");
    }
}

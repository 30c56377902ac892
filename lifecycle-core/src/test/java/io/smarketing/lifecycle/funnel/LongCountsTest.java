package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongCountsTest {

    private static final int STEPS = 20_000;

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 40", "3, 511", "4, 512", "5, 513", "6, 3000"})
    void countsAsAMapDoes(long seed, int different) {
        Random random = new Random(seed);
        LongCounts counts = new LongCounts();
        TreeMap<Long, Long> expected = new TreeMap<>();
        for (int step = 0; step < STEPS; step++) {
            long number = random.nextInt(different) - different / 2L;
            long times = random.nextInt(5) - 2L;
            counts.add(number, times);
            expected.merge(number, times, Long::sum);
            expected.remove(number, 0L);
            assertThat(counts.get(number)).isEqualTo(expected.getOrDefault(number, 0L));
            assertThat(counts.size()).isEqualTo(expected.size());
        }

        assertThat(counts.sorted())
                .containsExactly(
                        expected.keySet().stream().mapToLong(Long::longValue).toArray());
        assertThat(counts.counts(counts.sorted()))
                .containsExactly(
                        expected.values().stream().mapToLong(Long::longValue).toArray());
        TreeMap<Long, Long> visited = new TreeMap<>();
        counts.forEach(visited::put);
        assertThat(visited).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10", "600"})
    void holdsNothingOnceAllIsTakenOut(int different) {
        LongCounts counts = new LongCounts();
        for (int number = 0; number < different; number++) {
            counts.add(number, 2);
        }
        for (int number = 0; number < different; number++) {
            counts.add(number, -2);
        }

        assertThat(counts.isEmpty()).isTrue();
        assertThat(counts.sorted()).isEmpty();
    }
}

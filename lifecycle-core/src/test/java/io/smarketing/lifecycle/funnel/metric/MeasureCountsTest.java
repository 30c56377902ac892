package io.smarketing.lifecycle.funnel.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureCountsTest {

    private static final int TALLIES = 300;
    private static final int DIFFERENT = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void mergesAsAMapDoes(long seed) {
        Random random = new Random(seed);
        MeasureCounts sum = new MeasureCounts();
        TreeMap<Integer, Long> expected = new TreeMap<>();
        for (int i = 0; i < TALLIES; i++) {
            MeasureCounts added = new MeasureCounts();
            int sign = random.nextBoolean() ? 1 : -1;
            for (int counted = random.nextInt(DIFFERENT); counted > 0; counted--) {
                int measure = random.nextInt(DIFFERENT) << 16;
                long number = random.nextInt(5) - 2L;
                added.add(measure, number);
                expected.merge(measure, sign * number, Long::sum);
                expected.remove(measure, 0L);
            }
            sum.merge(added, sign);
        }

        TreeMap<Integer, Long> held = new TreeMap<>();
        for (int i = 0; i < sum.size(); i++) {
            held.put(sum.measure(i), sum.number(i));
            assertThat(sum.get(sum.measure(i))).isEqualTo(sum.number(i));
            assertThat(i == 0 || sum.measure(i - 1) < sum.measure(i)).isTrue();
        }
        assertThat(held).isEqualTo(expected);
        assertThat(sum.get(-1)).isZero();
    }
}

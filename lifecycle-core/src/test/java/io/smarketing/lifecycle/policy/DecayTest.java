package io.smarketing.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class DecayTest {

    private static final long DAY = 86_400_000_000L;

    @Test
    void everyStepIsTheFloorOfThePowerExactly() {
        for (int k = 0; k < 256; k++) {
            BigInteger weight = BigInteger.valueOf(Decay.weight(k, 256));
            BigInteger power = BigInteger.TWO.pow(256 * 32 - k);
            assertThat(weight.pow(256)).as("k = %d, not above", k).isLessThanOrEqualTo(power);
            assertThat(weight.add(BigInteger.ONE).pow(256))
                    .as("k = %d, not below", k)
                    .isGreaterThan(power);
        }
    }

    @Test
    void aWholeHalfLifeHalvesExactly() {
        assertThat(Decay.weight(0, DAY)).isEqualTo(1L << 32);
        assertThat(Decay.weight(DAY, DAY)).isEqualTo(1L << 31);
        assertThat(Decay.weight(32 * DAY, DAY)).isEqualTo(1);
        assertThat(Decay.weight(33 * DAY, DAY)).isZero();
        assertThat(Decay.weight(36_500 * DAY, 1)).isZero();
    }

    @Test
    void neverRisesWithAge() {
        long previous = Long.MAX_VALUE;
        for (long age = 0; age < 40 * DAY; age += DAY / 97) {
            long weight = Decay.weight(age, DAY);
            assertThat(weight).isLessThanOrEqualTo(previous);
            previous = weight;
        }
    }
}

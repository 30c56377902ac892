package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class InstantsTest {

    private static final Instant NOW = Instant.parse("2026-06-08T09:00:00Z");

    private static void add(Instants instants, long... secondsBefore) {
        for (long seconds : secondsBefore) {
            instants.add(Instants.micros(NOW.minusSeconds(seconds)));
        }
    }

    @Test
    void whatIsStillToComeHasNoAgeInTheMeanEither() {
        Instants instants = Instants.exact();
        add(instants, 1_000, -300, -300, 0);
        assertThat(instants.ages(NOW).median()).isEqualByComparingTo("0");
        assertThat(instants.ages(NOW).percentile(90)).isEqualByComparingTo("1000");
        assertThat(instants.meanAge(NOW)).isEqualByComparingTo("250");
        assertThat(instants.meanAge(NOW.plusSeconds(300))).isEqualByComparingTo("400");
    }

    @Test
    void theBoundedFormKeepsHoursOrMinutes() {
        Instants hours = Instants.bounded();
        Instants minutes = Instants.boundedByMinutes();
        add(hours, 610);
        add(minutes, 610);
        assertThat(hours.ages(NOW).median()).isEqualByComparingTo("1800");
        assertThat(minutes.ages(NOW).median()).isEqualByComparingTo("630");
    }

    @Test
    void theBoundedMeanIsExactWhereNothingIsStillToComeAndNeverBelowZero() {
        Instants instants = Instants.bounded();
        add(instants, 1_000, 2_000, 7_001);
        assertThat(instants.meanAge(NOW)).isEqualByComparingTo("3333.666667");
        add(instants, -20_000);
        assertThat(instants.meanAge(NOW)).isEqualByComparingTo("0");
    }
}

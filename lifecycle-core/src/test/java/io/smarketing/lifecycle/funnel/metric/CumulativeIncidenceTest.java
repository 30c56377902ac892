package io.smarketing.lifecycle.funnel.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.smarketing.lifecycle.funnel.Durations;
import io.smarketing.lifecycle.funnel.Ranked;
import io.smarketing.lifecycle.lead.ExitKind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Times are in days. */
class CumulativeIncidenceTest {

    private static final long DAY = 86_400_000_000L;

    private final Map<ExitKind, Durations> ended = new EnumMap<>(ExitKind.class);
    private final Durations open = Durations.exact();

    private void ended(ExitKind kind, long day, int times) {
        for (int i = 0; i < times; i++) {
            ended.computeIfAbsent(kind, absent -> Durations.exact()).add(day * DAY);
        }
    }

    private void open(long day, int times) {
        for (int i = 0; i < times; i++) {
            open.add(day * DAY);
        }
    }

    private CumulativeIncidence<ExitKind> incidence() {
        Map<ExitKind, Ranked> ranked = new EnumMap<>(ExitKind.class);
        ended.forEach((kind, durations) -> ranked.put(kind, durations.ranked()));
        return new CumulativeIncidence<>(ExitKind.values(), ranked, open.ranked());
    }

    private static String digits(double value, int digits) {
        return new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_UP))
                .toPlainString();
    }

    /**
     * A worked example with R's cmprsk: 473 start-ups of eight yearly cohorts, active, failed or acquired by 2014, in Gwern Branwen,
     * "Darknet Market Mortality Risks", gwern.net/dnm-survival, section "Example competing-risks model using startup data". The
     * page prints the cohorts (2007–2014) and, for the ages of 1 to 6 years, cuminc's estimates and variances to nine to twelve
     * digits; all of them are here. By hand for the age of 1: acquired 1/473 + (472/473)·(4/352) = 0.0134537767.
     */
    @Test
    void aPublishedExampleIsMetToItsPrintedDigits() {
        int[] active = {120, 121, 68, 36, 15, 7, 2, 2};
        int[] failed = {0, 5, 10, 9, 11, 5, 4, 3};
        int[] acquired = {1, 4, 15, 14, 5, 7, 4, 5};
        for (int age = 0; age < active.length; age++) {
            open(age, active[age]);
            ended(ExitKind.LOST, age, failed[age]);
            ended(ExitKind.WON, age, acquired[age]);
        }
        CumulativeIncidence<ExitKind> incidence = incidence();
        assertThat(incidence.n()).isEqualTo(473);
        CumulativeIncidence<ExitKind>.Curve won = incidence.curve(Set.of(ExitKind.WON));
        CumulativeIncidence<ExitKind>.Curve lost = incidence.curve(Set.of(ExitKind.LOST));
        String[] wonEstimates = {
            "0.0134537767", "0.0791545678", "0.172799416", "0.223444079", "0.321616811", "0.397350061"
        };
        String[] lostEstimates = {
            "0.0141745147", "0.0579750421", "0.118175302", "0.229593560", "0.299716940", "0.375450190"
        };
        String[] wonVariances = {
            "0.0000362406271", "0.000301240943", "0.000805565675", "0.00118663857", "0.00205862260", "0.00275961348"
        };
        String[] lostVariances = {
            "0.0000397263451", "0.000220342717", "0.000570181024", "0.00140171794", "0.00200661959", "0.00272841167"
        };
        for (int year = 1; year <= 6; year++) {
            assertThat(digits(won.incidence(year * DAY), 9)).isEqualTo(wonEstimates[year - 1]);
            assertThat(digits(lost.incidence(year * DAY), 9)).isEqualTo(lostEstimates[year - 1]);
            assertThat(digits(won.variance(year * DAY), 9)).isEqualTo(wonVariances[year - 1]);
            assertThat(digits(lost.variance(year * DAY), 9)).isEqualTo(lostVariances[year - 1]);
        }
    }

    /**
     * Satagopan et al., "A note on competing risks in survival data analysis", British Journal of Cancer 91 (2004), 1229–1235, Table 2:
     * the first nine of 305 patients, in months; the others were watched for longer. The overall survival and the rises of the incidence
     * are printed in percent with one digit. Its cumulative column (0.3, 0.6, 0.9, 1.2) adds the rounded rises; ours adds the rises.
     */
    @Test
    void aTableWorkedByHandInAJournalIsMet() {
        ended(ExitKind.LOST, 10, 1);
        ended(ExitKind.LOST, 16, 1);
        ended(ExitKind.LOST, 23, 1);
        ended(ExitKind.LOST, 27, 1);
        ended(ExitKind.WON, 18, 1);
        ended(ExitKind.WON, 26, 1);
        open(7, 1);
        open(14, 1);
        open(24, 1);
        open(60, 296);
        CumulativeIncidence<ExitKind> incidence = incidence();
        CumulativeIncidence<ExitKind>.Curve any = incidence.curve(EnumSet.allOf(ExitKind.class));
        long[] months = {10, 16, 18, 23, 26, 27};
        long[] atRisk = {304, 302, 301, 300, 298, 297};
        double[] survival = {99.7, 99.3, 99.0, 98.7, 98.3, 98.0};
        for (int i = 0; i < months.length; i++) {
            assertThat(incidence.atRisk(months[i] * DAY)).isEqualTo(atRisk[i]);
            assertThat(Math.round(1000 * (1 - any.incidence(months[i] * DAY))) / 10.0)
                    .isEqualTo(survival[i]);
        }
        CumulativeIncidence<ExitKind>.Curve lost = incidence.curve(Set.of(ExitKind.LOST));
        double before = 0;
        for (long month : new long[] {10, 16, 23, 27}) {
            double rise = lost.incidence(month * DAY) - before;
            before += rise;
            assertThat(Math.round(1000 * rise) / 10.0).isEqualTo(0.3);
        }
    }

    @Test
    void withNothingOpenItIsThePlainShare() {
        ended(ExitKind.WON, 1, 2);
        ended(ExitKind.LOST, 2, 3);
        ended(ExitKind.WON, 3, 5);
        CumulativeIncidence<ExitKind>.Curve won = incidence().curve(Set.of(ExitKind.WON));
        assertThat(won.incidence(2 * DAY)).isCloseTo(0.2, within(1e-12));
        assertThat(won.plateau()).isCloseTo(0.7, within(1e-12));
        assertThat(won.medianMicros()).isEqualTo(3 * DAY);
        assertThat(won.isKnown(100 * DAY)).isTrue();
        // At the first time the variance is that of a share, p(1 − p)/(n − 1).
        assertThat(won.variance(DAY)).isCloseTo(0.2 * 0.8 / 9, within(1e-12));
    }

    @Test
    void aCurveThatStaysBelowAHalfHasNoMedianHoweverManyEndedThatWay() {
        ended(ExitKind.WON, 1, 4);
        ended(ExitKind.LOST, 1, 5);
        open(5, 1);
        CumulativeIncidence<ExitKind>.Curve won = incidence().curve(Set.of(ExitKind.WON));
        assertThat(won.medianMicros()).isEqualTo(-1);
        assertThat(won.plateau()).isCloseTo(0.4, within(1e-12));
        assertThat(won.isKnown(5 * DAY)).isTrue();
        assertThat(won.isKnown(5 * DAY + 1)).isFalse();
    }

    @Test
    void anEndingComesBeforeACensoringAtTheSameTime() {
        ended(ExitKind.WON, 1, 1);
        open(1, 1);
        assertThat(incidence().curve(Set.of(ExitKind.WON)).plateau()).isEqualTo(0.5);
    }

    @Test
    void aHalfThatOnlyArithmeticMissesIsAHalf() {
        for (int n = 2; n <= 200; n += 2) {
            ended.clear();
            for (int day = 1; day <= n; day++) {
                ended(day % 2 == 0 ? ExitKind.WON : ExitKind.LOST, day, 1);
            }
            assertThat(incidence().curve(Set.of(ExitKind.WON)).medianMicros())
                    .as("n = %d", n)
                    .isEqualTo(n * DAY);
        }
    }

    @Test
    void limitsLieAroundTheCurveAndWithinZeroAndOne() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            ended.clear();
            for (int i = 0; i < 30; i++) {
                ended(random.nextBoolean() ? ExitKind.WON : ExitKind.LOST, random.nextInt(20), 1);
            }
            open(random.nextInt(20), 3);
            CumulativeIncidence<ExitKind>.Curve won = incidence().curve(Set.of(ExitKind.WON));
            double before = 0;
            for (int i = 0; i < won.size(); i++) {
                long at = won.micros(i);
                assertThat(won.incidence(at)).as("seed %d", seed).isGreaterThanOrEqualTo(before);
                before = won.incidence(at);
                if (won.hasLimits(at)) {
                    assertThat(won.lower(at)).as("seed %d", seed).isBetween(0.0, before);
                    assertThat(won.upper(at)).as("seed %d", seed).isBetween(before, 1.0);
                }
            }
        }
    }
}

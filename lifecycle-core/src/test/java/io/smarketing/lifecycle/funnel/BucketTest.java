package io.smarketing.lifecycle.funnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Bucket bucket(Grain grain, String day) {
        return grain.bucket(LocalDate.parse(day));
    }

    @Test
    void labelsAreStableAndReadBack() {
        assertThat(bucket(Grain.DAY, "2026-05-01").label()).isEqualTo("2026-05-01");
        assertThat(bucket(Grain.WEEK, "2026-05-01").label()).isEqualTo("2026-W18");
        assertThat(bucket(Grain.MONTH, "2026-05-01").label()).isEqualTo("2026-05");
        assertThat(bucket(Grain.ALL, "2026-05-01").label()).isEqualTo("all");
        // The last days of December may belong to the first week of the next year, and the other way round.
        assertThat(bucket(Grain.WEEK, "2025-12-29").label()).isEqualTo("2026-W01");
        assertThat(bucket(Grain.WEEK, "2027-01-03").label()).isEqualTo("2026-W53");
        for (LocalDate day = LocalDate.parse("2019-12-20"); day.getYear() < 2028; day = day.plusDays(1)) {
            for (Grain grain : Grain.values()) {
                assertThat(Bucket.parse(grain.bucket(day).label())).isEqualTo(grain.bucket(day));
            }
        }
    }

    /** Intake takes instants from the beginning of the year 0 to the end of 9999. */
    @Test
    void theFirstAndTheLastInstantHaveLabelsInEveryZone() {
        Instant first = Instant.parse("0000-01-01T00:00:00Z");
        Instant last = Instant.parse("9999-12-31T23:59:59.999999Z");
        for (String zone : List.of("UTC", "-18:00", "+18:00")) {
            for (Grain grain : Grain.values()) {
                Bucket earliest = grain.bucket(Bucket.dayOf(first, ZoneId.of(zone)));
                Bucket latest = grain.bucket(Bucket.dayOf(last, ZoneId.of(zone)));
                assertThat(Bucket.parse(earliest.label())).as(zone).isEqualTo(earliest);
                assertThat(Bucket.parse(latest.label())).as(zone).isEqualTo(latest);
                assertThat(earliest.compareTo(latest) < 0).isEqualTo(grain != Grain.ALL);
            }
        }
        assertThat(bucket(Grain.WEEK, "0000-01-01").label()).isEqualTo("-0001-W52");
        assertThat(bucket(Grain.MONTH, "0000-01-01").label()).isEqualTo("0000-01");
        assertThat(bucket(Grain.DAY, "-0001-12-31").label()).isEqualTo("-0001-12-31");
        assertThat(bucket(Grain.MONTH, "-0001-12-31").label()).isEqualTo("-0001-12");
        assertThat(bucket(Grain.DAY, "+10000-01-01").label()).isEqualTo("+10000-01-01");
        assertThat(bucket(Grain.WEEK, "+10000-01-03").label()).isEqualTo("+10000-W01");
        assertThat(bucket(Grain.MONTH, "+10000-01-01").label()).isEqualTo("+10000-01");
    }

    @Test
    void whatIsNoLabelIsToldWithOnesThatAre() {
        for (String wrong : List.of(
                "", "2026", "2026-13", "2026-W54", "2027-W53", "2026-02-30", "-2026-W60", "+2026-05", "May", "ALL")) {
            assertThatThrownBy(() -> Bucket.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'%s' is no bucket (write 2026-05-01, 2026-W18, 2026-05 or all)", wrong);
        }
    }

    @Test
    void aDayIsAsLongAsTheClocksMakeIt() {
        Bucket forward = bucket(Grain.DAY, "2026-03-29");
        Bucket back = bucket(Grain.DAY, "2026-10-25");
        assertThat(Duration.between(forward.start(BERLIN), forward.end(BERLIN))).isEqualTo(Duration.ofHours(23));
        assertThat(Duration.between(back.start(BERLIN), back.end(BERLIN))).isEqualTo(Duration.ofHours(25));
        assertThat(bucket(Grain.WEEK, "2026-03-29").end(BERLIN)).isEqualTo(forward.end(BERLIN));
        assertThat(bucket(Grain.MONTH, "2026-10-25").start(BERLIN)).isEqualTo(Instant.parse("2026-09-30T22:00:00Z"));
    }

    @Test
    void whereTheClocksSkipMidnightTheDayBeginsWhenTheyDo() {
        // On 2026-04-24 Cairo went from 00:00 straight to 01:00.
        ZoneId cairo = ZoneId.of("Africa/Cairo");
        Instant skip = Instant.parse("2026-04-23T22:00:00Z");
        assertThat(bucket(Grain.DAY, "2026-04-24").start(cairo)).isEqualTo(skip);
        assertThat(Bucket.dayOf(skip, cairo)).isEqualTo(LocalDate.parse("2026-04-24"));
        assertThat(Bucket.dayOf(skip.minusNanos(1), cairo)).isEqualTo(LocalDate.parse("2026-04-23"));
    }

    @Test
    void everyInstantLiesInTheBucketOfItsDay() {
        for (String zone : List.of(
                "UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Kathmandu")) {
            ZoneId zoneId = ZoneId.of(zone);
            Instant instant = Instant.parse("2011-12-01T00:00:00Z");
            while (instant.isBefore(Instant.parse("2013-01-01T00:00:00Z"))) {
                for (Grain grain : Grain.values()) {
                    Bucket bucket = grain.bucket(Bucket.dayOf(instant, zoneId));
                    assertThat(bucket.start(zoneId)).as("%s %s", zone, instant).isBeforeOrEqualTo(instant);
                    assertThat(bucket.end(zoneId)).as("%s %s", zone, instant).isAfter(instant);
                }
                instant = instant.plus(Duration.ofMinutes(97));
            }
        }
    }
}

package io.smarketing.lifecycle.standalone.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeFormatTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Optional<Instant> read(String pattern, String text, ZoneId zone) {
        return TimeFormat.ofPattern(pattern).parse(text, zone);
    }

    @ParameterizedTest
    @CsvSource({
        "yyyy-MM-dd, 2026-03-01, 2026-02-28T23:00:00Z",
        "yyyy-MM-dd HH:mm:ss, 2026-07-01 09:30:00, 2026-07-01T07:30:00Z",
        "dd/MM/yyyy, 01/03/2026, 2026-02-28T23:00:00Z",
        "d.M.yy H:mm, 1.3.26 9:05, 2026-03-01T08:05:00Z",
        "'MMM d, yyyy h:mm a', 'mar 1, 2026 12:05 pm', 2026-03-01T11:05:00Z",
        "yyyy-MM-dd'T'HH:mm:ssXXX, 2026-03-01T09:30:00-05:00, 2026-03-01T14:30:00Z",
        "yyyy-MM-dd HH:mm VV, 2026-03-01 09:30 Asia/Tokyo, 2026-03-01T00:30:00Z",
    })
    void aPatternReadsTimesInTheZoneUnlessTheySayTheirOwn(String pattern, String text, String instant) {
        assertThat(read(pattern, text, BERLIN)).contains(Instant.parse(instant));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-02-30", "2026-2-3", "2026-02-03 10:00", "03.02.2026", "0000-00-00", "today"})
    void whatIsNotExactlyOfTheFormIsNoTime(String text) {
        assertThat(read("yyyy-MM-dd", text, ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void aDayWithoutMidnightBeginsWhenItBegins() {
        assertThat(read("yyyy-MM-dd", "2018-11-04", ZoneId.of("America/Sao_Paulo")))
                .contains(Instant.parse("2018-11-04T03:00:00Z"));
    }

    @Test
    void aTimeThatTheClocksSkipMovesAheadAndOneThatOccursTwiceIsTheFirst() {
        assertThat(read("yyyy-MM-dd HH:mm", "2026-03-29 02:30", BERLIN))
                .contains(Instant.parse("2026-03-29T01:30:00Z"));
        assertThat(read("yyyy-MM-dd HH:mm", "2026-10-25 02:30", BERLIN))
                .contains(Instant.parse("2026-10-25T00:30:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "YYYY-MM-dd, it names no whole date",
        "YYYY-MM-DD, it names no whole date",
        "yyyy-mm-dd, it names no whole date",
        "HH:mm, it names no whole date",
        "yyyy-MM-dd hh:mm, its time of day is not whole",
        "yyyy-MM-dd mm:ss, its time of day is not whole",
        "yyyy-MM-dd'T, Pattern ends with an incomplete string literal: yyyy-MM-dd'T",
        "yyyy-MM-dd T, Unknown pattern letter: T",
    })
    void aPatternThatGivesNoWholeInstantIsRefused(String pattern, String why) {
        assertThatThrownBy(() -> TimeFormat.ofPattern(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }
}

package io.smarketing.lifecycle.projections.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Dimension;
import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.funnel.metric.Reading;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.projections.RefusedRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

class MetricRequestTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Parameters as {@code name=value}. */
    static MetricRequest read(String metric, String... parameters) {
        MultiValueMap<String, String> map = new LinkedMultiValueMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            map.add(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return MetricRequest.read(metric, map, BERLIN);
    }

    @Test
    void withoutParametersTheMonthsOfAllLeadsInTheOfficialSeriesAreMeant() {
        MetricRequest request = read("flow");
        assertThat(request.metric()).isEqualTo(Metric.FLOW);
        assertThat(request.grain()).isEqualTo(Grain.MONTH);
        assertThat(request.dimension()).isEqualTo(Dimension.ALL);
        assertThat(request.policy()).isEqualTo("active");
        assertThat(request.values()).isEmpty();
        assertThat(request.horizons()).isEqualTo(Reading.HORIZONS);
        assertThat(request.limit()).isEqualTo(10_000);
        assertThat(request.isOfAllThatIsKnown(BERLIN)).isTrue();
    }

    @Test
    void valuesAreGivenOneByOneSoThatTheyMayHoldCommasAndTheMissingOneIsNoWord() {
        MetricRequest request = read("flow", "dimension=source", "value=a,b", "value=", "missing=true");
        assertThat(request.values()).containsExactlyInAnyOrder("a,b", "", null);
        assertThat(read("flow", "value=null").values()).containsExactly("null");
    }

    @Test
    void aDateIsMeantInTheZoneAndTheEndOfWhatIsKnownIsTheEndOfTheDay() {
        MetricRequest request = read("flow", "from=2026-03-01", "to=2026-03-30T10:00:00+02:00", "asKnownAt=2026-03-31");
        assertThat(request.captured().from()).isEqualTo(Instant.parse("2026-02-28T23:00:00Z"));
        assertThat(request.captured().to()).isEqualTo(Instant.parse("2026-03-30T08:00:00Z"));
        assertThat(request.asKnownAt()).isEqualTo(Instant.parse("2026-03-31T21:59:59.999999Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=2026-03-01",
                "to=2026-03-01",
                "asKnownAt=2026-03-01",
                "zone=UTC",
                "steps=CAPTURED,WON",
                "within=P6D",
                "within=PT1H"
            })
    void whatTheDaysDoNotHoldIsNotOfAllThatIsKnown(String parameter) {
        assertThat(read("conversion", parameter).isOfAllThatIsKnown(BERLIN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "asOf=2026-03-01",
                "zone=Europe/Berlin",
                "steps=CAPTURED,MQL",
                "steps=MQL,ACCEPTED,CONTACTED",
                "within=P7D",
                "within=P90D",
                "grain=all"
            })
    void whatTheDaysHoldIsOfAllThatIsKnown(String parameter) {
        assertThat(read("conversion", parameter).isOfAllThatIsKnown(BERLIN)).isTrue();
    }

    @Test
    void twoWaysFromOneBaseAreNotPickedOutOfTheOneThatIsCounted() {
        assertThat(read("conversion", "steps=CAPTURED,MQL", "steps=CAPTURED,MQL,ACCEPTED")
                        .isOfAllThatIsKnown(BERLIN))
                .isFalse();
    }

    @Test
    void incidenceIsToldAtTimesOrAtEveryStep() {
        assertThat(read("incidence", "at=P3D", "at=PT5M").horizons())
                .containsExactly(Duration.ofDays(3), Duration.ofMinutes(5));
        assertThat(read("incidence", "curve=true").horizons()).isEmpty();
        assertThat(read("incidence", "curve=false").horizons()).isEqualTo(Reading.HORIZONS);
        assertThat(read("response", "curve=true").horizons()).isEmpty();
        assertThat(read("response", "curve=false").horizons()).isEqualTo(Reading.RESPONSE_HORIZONS);
    }

    @Test
    void aVersionOfAPolicyMayBeJudgedInEitherOrder() {
        MetricRequest request = read("flow", "policy=b2b@1a2b", "order=occurrence");
        assertThat(request.version()).isEqualTo(new PolicyRef("b2b", "1a2b"));
        assertThat(request.order()).isEqualTo(Judge.Order.OCCURRENCE);
        assertThat(read("flow", "policy=recorded").version()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flow       | grain=year                        | unknown-grain        | day, week, month, all
            flow       | dimension=                        | unknown-dimension    | all, source, campaign, persona, owner
            flow       | dimensoin=source                  | unknown-parameter    | dimension, value
            flow       | steps=CAPTURED,WON                | unknown-parameter    | dimension, value
            ages       | at=P1D                            | unknown-parameter    | leave it out
            conversion | at=P1D                            | unknown-parameter    | steps, within
            conversion | steps=CAPTURED                    | bad-steps            | steps=CAPTURED,MQL,WON
            conversion | steps=CAPTURED,SQL                | bad-steps            | steps=CAPTURED,MQL,WON
            conversion | within=P1M                        | bad-period           | P30D
            conversion | within=P0D                        | bad-period           | P30D
            incidence  | curve=yes                         | wrong-type           | curve=true
            incidence  | curve=true&at=P1D                 | at-with-curve        | leave
            flow       | zone=Berlin                       | bad-zone             | Europe/Berlin
            flow       | from=yesterday                    | bad-time             | 2026-03-01
            flow       | from=2026-03-02&to=2026-03-02     | empty-range          | before
            flow       | asKnownAt=2026-03-02&asOf=2026-03-01 | too-early         | asKnownAt
            flow       | policy=b2b                        | unknown-policy       | name@version
            flow       | order=arrival                     | order-without-policy | name@version
            flow       | policy=b2b@1&order=random         | unknown-order        | occurrence, arrival
            flow       | format=xml                        | unknown-format       | json, csv
            flow       | limit=0                           | bad-limit            | limit=10000
            flow       | limit=100001                      | bad-limit            | limit=10000
            flow       | offset=-1                         | bad-offset           | offset=0
            flow       | grain=day&grain=week              | given-twice          | once
            speed      |                                   | unknown-metric       | flow, conversion, velocity, incidence, ages, acceptance, quality, response
            FLOW       |                                   | unknown-metric       | flow
            """)
    void whatIsWrongIsToldWithItsMend(String metric, String parameters, String code, String mend) {
        String[] each = parameters == null ? new String[0] : parameters.split("&");
        assertThatThrownBy(() -> read(metric, each)).isInstanceOfSatisfying(RefusedRequest.class, refused -> {
            assertThat(refused.getStatusCode().value()).isEqualTo(400);
            assertThat(refused.getBody().getProperties())
                    .as(Arrays.toString(each))
                    .containsEntry("code", code)
                    .hasEntrySatisfying(
                            "mend", told -> assertThat(String.valueOf(told)).contains(mend));
        });
    }
}

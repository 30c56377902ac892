package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.funnel.Grain;
import io.smarketing.lifecycle.funnel.metric.Metric;
import io.smarketing.lifecycle.lead.Judge;
import io.smarketing.lifecycle.policy.PolicyRef;
import io.smarketing.lifecycle.projections.RefusedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ReplayRequestTest {

    private static final String DOCUMENT =
            "name: sixty\\nthreshold: 60\\nengagement:\\n" + "  - {id: demo, activity: demo, points: 30}\\nsla: {}\\n";

    private final SavedPolicies policies = new SavedPolicies();
    private final PolicyRef fifty = policies.save("""
            name: fifty
            threshold: 50
            engagement:
              - {id: demo, activity: demo, points: 30}
            """);

    private ReplayRequest read(String body) {
        return ReplayRequest.read(body.replace('`', '"').getBytes(StandardCharsets.UTF_8), policies);
    }

    private ReplayRequest.Comparison comparison(String body) {
        return Objects.requireNonNull(read(body).comparison());
    }

    @Test
    void theBaselineIsTheActivePolicyAndTheOrderThatOfOccurrence() {
        policies.activate(fifty);
        ReplayRequest.Comparison comparison = comparison("{`candidate`: {`document`: `" + DOCUMENT + "`}}");
        assertThat(comparison.candidate().reference().name()).isEqualTo("sixty");
        assertThat(Objects.requireNonNull(comparison.baseline()).reference()).isEqualTo(fifty);
        assertThat(comparison.order()).isEqualTo(Judge.Order.OCCURRENCE);
        assertThat(comparison.dimension()).isEqualTo("all");
    }

    @Test
    void withoutAnActivePolicyTheBaselineIsWhatIsRecordedInOrderOfArrival() {
        ReplayRequest request = read("{`candidate`: `" + fifty + "`, `baseline`: null}");
        assertThat(request.shown().path("baseline").stringValue()).isEqualTo("recorded");
        assertThat(request.shown().path("order").stringValue()).isEqualTo("arrival");
        assertThat(comparison("{`candidate`: `" + fifty + "`}").baseline()).isNull();
    }

    @Test
    void datesBeginInTheirZoneAndAsKnownAtEndsWithItsDate() {
        ReplayRequest.Comparison comparison =
                comparison("{`candidate`: `" + fifty + "`, `from`: `2026-03-01`, `to`: `2026-04-01T10:00:00+02:00`,"
                        + " `asKnownAt`: `2026-03-28`, `zone`: `Europe/Berlin`}");
        assertThat(comparison.from()).isEqualTo(Instant.parse("2026-02-28T23:00:00Z"));
        assertThat(comparison.to()).isEqualTo(Instant.parse("2026-04-01T08:00:00Z"));
        assertThat(comparison.asKnownAt()).isEqualTo(Instant.parse("2026-03-28T22:59:59.999999Z"));
    }

    @Test
    void aDocumentThatCameAlongIsShownWithTheRequestAndItsWarningsAreKept() {
        ReplayRequest request = read("{`candidate`: {`document`: `" + DOCUMENT + "`}}");
        JsonNode documents = request.shown().path("documents");
        assertThat(documents
                        .path(request.shown().path("candidate").stringValue())
                        .stringValue())
                .startsWith("name: sixty\nthreshold");
        assertThat(request.warnings()).isNotEmpty();
    }

    @Test
    void whatWasShownCanBeAskedAgainThoughAnotherPolicyIsActiveNow() {
        policies.activate(fifty);
        ReplayRequest request = read("{`candidate`: {`document`: `" + DOCUMENT + "`}, `order`: `arrival`, `dimension`:"
                + " `source`, `from`: `2026-03-01`, `asKnownAt`: `2026-03-28`, `zone`: `Europe/Berlin`}");
        policies.activate(
                policies.save("name: other\nthreshold: 1\nengagement:\n  - {id: demo, activity: demo, points: 1}\n"));

        ReplayRequest again = ReplayRequest.again(request.shown().toString(), policies);

        assertThat(again.shown()).isEqualTo(request.shown());
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(again.comparison()).baseline())
                        .reference())
                .isEqualTo(fifty);
        ReplayRequest recorded = read("{`candidate`: `" + fifty + "`, `baseline`: `recorded`}");
        assertThat(ReplayRequest.again(recorded.shown().toString(), policies).shown())
                .isEqualTo(recorded.shown());
    }

    @Test
    void theWorkloadIsToldWhenItIsAskedForAndThenIsAskedForAgain() {
        assertThat(comparison("{`candidate`: `" + fifty + "`}").workload()).isFalse();
        assertThat(read("{`candidate`: `" + fifty + "`}")
                        .shown()
                        .get("workload")
                        .booleanValue())
                .isFalse();
        ReplayRequest asked = read("{`candidate`: `" + fifty + "`, `workload`: true}");
        assertThat(Objects.requireNonNull(asked.comparison()).workload()).isTrue();
        ReplayRequest again = ReplayRequest.again(asked.shown().toString(), policies);
        assertThat(Objects.requireNonNull(again.comparison()).workload()).isTrue();
        asked.shown().remove("workload");
        ReplayRequest older = ReplayRequest.again(asked.shown().toString(), policies);
        assertThat(Objects.requireNonNull(older.comparison()).workload()).isFalse();
    }

    @Test
    void metricsAreToldWhenTheyAreAskedForInTheirOrderAndThenAreAskedForAgain() {
        for (String none : List.of("", ", `metrics`: false", ", `metrics`: []", ", `metrics`: null, `grain`: null")) {
            ReplayRequest request = read("{`candidate`: `" + fifty + "`" + none + "}");
            assertThat(Objects.requireNonNull(request.comparison()).metrics())
                    .as(none)
                    .isNull();
            assertThat(request.shown().get("metrics")).isEmpty();
            assertThat(request.shown().get("grain").isNull()).isTrue();
            assertThat(ReplayRequest.again(request.shown().toString(), policies).shown())
                    .isEqualTo(request.shown());
        }
        ReplayRequest all = read("{`candidate`: `" + fifty + "`, `metrics`: true, `zone`: `Europe/Berlin`}");
        assertThat(Objects.requireNonNull(all.comparison()).metrics())
                .isEqualTo(new AskedMetrics(List.of(Metric.values()), Grain.ALL, ZoneId.of("Europe/Berlin")));
        ReplayRequest some = read("{`candidate`: `" + fifty
                + "`, `metrics`: [`quality`, `conversion`, `quality`], `grain`: `week`, `asKnownAt`: null}");
        assertThat(some.shown().get("metrics").toString()).isEqualTo("[\"conversion\",\"quality\"]");
        assertThat(some.shown().get("grain").stringValue()).isEqualTo("week");
        assertThat(Objects.requireNonNull(ReplayRequest.again(some.shown().toString(), policies)
                                .comparison())
                        .metrics())
                .isEqualTo(new AskedMetrics(List.of(Metric.CONVERSION, Metric.QUALITY), Grain.WEEK, ZoneId.of("UTC")));
        some.shown().remove(List.of("metrics", "grain"));
        assertThat(Objects.requireNonNull(ReplayRequest.again(some.shown().toString(), policies)
                                .comparison())
                        .metrics())
                .isNull();
    }

    @Test
    void anUnknownMetricIsToldWithThoseThatThereAre() {
        assertThatThrownBy(() -> read("{`candidate`: `" + fifty + "`, `metrics`: [`quality`, `qualitty`]}"))
                .isInstanceOfSatisfying(RefusedRequest.class, refusal -> {
                    assertThat(refusal.getStatusCode().value()).isEqualTo(400);
                    assertThat(refusal.getBody().getDetail()).isEqualTo("there is no metric 'qualitty'");
                    assertThat(refusal.getBody().getProperties())
                            .containsEntry(
                                    "mend",
                                    "use one of flow, conversion, velocity, incidence, ages, acceptance, quality, response");
                });
    }

    @Test
    void anAuditComparesNothing() {
        assertThat(read("{`audit`: true}").comparison()).isNull();
        assertThat(read("{`audit`: true, `candidate`: null}").comparison()).isNull();
        assertThat(read("{`audit`: false, `candidate`: `" + fifty + "`}").comparison())
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{                                              | unreadable-json         | ",
                "{`audit`: true} x                              | unreadable-json         | ",
                "{`audit`: true, `audit`: true}                 | unreadable-json         | ",
                "{`dimension`: `\\ud800`}                       | unreadable-json         | ",
                "[]                                             | wrong-type              | ",
                "7                                              | wrong-type              | ",
                "{}                                             | missing-candidate       | candidate",
                "{`candidate`: 7}                               | wrong-type              | candidate",
                "{`candidate`: [`FIFTY`]}                       | wrong-type              | candidate",
                "{`candidate`: `fifty`}                         | bad-policy-name         | candidate",
                "{`candidate`: ``}                              | bad-policy-name         | candidate",
                "{`candidate`: `a\\u0000@b`}                    | bad-policy-name         | candidate",
                "{`candidate`: `fifty@0`}                       | unknown-policy          | candidate",
                "{`candidate`: `active`}                        | no-active-policy        | candidate",
                "{`candidate`: {}}                              | missing-document        | candidate.document",
                "{`candidate`: {`document`: 7}}                 | wrong-type              | candidate.document",
                "{`candidate`: {`document`: `name: x`}}         | policy-refused          | candidate.document",
                "{`candidate`: {`text`: `name: x`}}             | unknown-field           | candidate.text",
                "{`candidate`: `FIFTY`, `baselin`: `recorded`}  | unknown-field           | baselin",
                "{`candidate`: `FIFTY`, `baseline`: true}       | wrong-type              | baseline",
                "{`candidate`: `FIFTY`, `baseline`: `none@1`}   | unknown-policy          | baseline",
                "{`candidate`: `FIFTY`, `order`: `random`}      | bad-order               | order",
                "{`candidate`: `FIFTY`, `order`: `occurrence`}  | order-not-with-recorded | order",
                "{`candidate`: `FIFTY`, `dimension`: 7}         | wrong-type              | dimension",
                "{`candidate`: `FIFTY`, `dimension`: ``}        | bad-dimension           | dimension",
                "{`candidate`: `FIFTY`, `dimension`: `\\u0000`} | bad-dimension           | dimension",
                "{`candidate`: `FIFTY`, `from`: `2026-02-30`}   | bad-time                | from",
                "{`candidate`: `FIFTY`, `to`: `tomorrow`}       | bad-time                | to",
                "{`candidate`: `FIFTY`, `asKnownAt`: 7}         | wrong-type              | asKnownAt",
                "{`candidate`: `FIFTY`, `zone`: `Mars/Base`}    | bad-zone                | zone",
                "{`candidate`: `FIFTY`, `from`: `2026-02-02`, `to`: `2026-02-02`} | empty-range | from",
                "{`candidate`: `FIFTY`, `workload`: `yes`}      | wrong-type              | workload",
                "{`audit`: true, `workload`: true}              | not-with-audit          | workload",
                "{`candidate`: `FIFTY`, `metrics`: `all`}       | wrong-type              | metrics",
                "{`candidate`: `FIFTY`, `metrics`: [7]}         | wrong-type              | metrics",
                "{`candidate`: `FIFTY`, `metrics`: [`Flow`]}    | unknown-metric          | metrics",
                "{`candidate`: `FIFTY`, `grain`: `day`}         | grain-without-metrics   | grain",
                "{`candidate`: `FIFTY`, `metrics`: [], `grain`: `all`} | grain-without-metrics | grain",
                "{`candidate`: `FIFTY`, `metrics`: true, `grain`: `year`} | unknown-grain | grain",
                "{`candidate`: `FIFTY`, `metrics`: true, `grain`: 7} | wrong-type         | grain",
                "{`audit`: true, `metrics`: true}               | not-with-audit          | metrics",
                "{`audit`: `true`}                              | wrong-type              | audit",
                "{`audit`: true, `candidate`: `FIFTY`}          | not-with-audit          | candidate",
            })
    void whatIsWrongIsToldWithCodeFieldAndMend(String body, String code, String field) {
        assertThatThrownBy(() -> read(body.replace("FIFTY", fifty.toString())))
                .isInstanceOfSatisfying(RefusedRequest.class, refusal -> {
                    assertThat(refusal.getStatusCode().is4xxClientError()).isTrue();
                    Map<String, Object> properties =
                            Objects.requireNonNull(refusal.getBody().getProperties());
                    assertThat(properties).containsEntry("code", code).containsKey("mend");
                    assertThat(properties.get("field")).isEqualTo(field);
                });
    }

    @Test
    void mistakesOfAPolicyAreListedWithTheirPlaces() {
        assertThatThrownBy(() -> read("{`candidate`: {`document`: `name: x\\nthreshold: sixty\\n`}}"))
                .isInstanceOfSatisfying(RefusedReplay.class, refusal -> {
                    assertThat(refusal.getStatusCode().value()).isEqualTo(422);
                    JsonNode problem = (JsonNode) Objects.requireNonNull(
                            Objects.requireNonNull(refusal.getBody().getProperties())
                                    .get("problems"));
                    assertThat(problem.get(0).path("line").intValue()).isEqualTo(2);
                    assertThat(problem.get(0).path("column").intValue()).isEqualTo(12);
                    assertThat(problem.get(0).path("mend").stringValue()).isNotEmpty();
                });
    }
}

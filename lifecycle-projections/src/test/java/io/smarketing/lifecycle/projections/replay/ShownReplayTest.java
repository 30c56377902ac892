package io.smarketing.lifecycle.projections.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.event.Topic;
import io.smarketing.lifecycle.event.TopicSchemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShownReplayTest {

    private static final Instant TIME = Instant.parse("2026-04-02T08:00:00Z");
    private static final String REQUEST = """
            {"candidate":"a@1","baseline":"recorded","order":"arrival","dimension":"all","from":null,"to":null,"zone":"UTC",\
            "asKnownAt":null,"documents":{"a@1":"%s"}}""";
    private static final String AUDITED = """
            { "leads":1, "verdicts":1,"mismatched":1,"mismatches":[{"leadId":"L-1","sequence":0,"explanation":"%s"}]}""";

    private static ReplayArchive.Kept kept(
            ReplayArchive.Status status, String document, @Nullable String result, @Nullable String failure) {
        return kept(status, REQUEST.formatted(document), result, null, failure);
    }

    private static ReplayArchive.Kept kept(
            ReplayArchive.Status status,
            String request,
            @Nullable String result,
            @Nullable String workload,
            @Nullable String failure) {
        return kept(status, null, request, result, workload, failure);
    }

    private static ReplayArchive.Kept kept(
            ReplayArchive.Status status,
            @Nullable String analyst,
            String request,
            @Nullable String result,
            @Nullable String workload,
            @Nullable String failure) {
        return new ReplayArchive.Kept(
                UUID.fromString("5e2b1f6a-9d0c-4a51-8b6e-0c1d2e3f4a5b"),
                status,
                analyst,
                request,
                7L,
                1L,
                result,
                workload,
                null,
                failure,
                ReplayArchive.Listed.NONE,
                TIME,
                TIME,
                TIME);
    }

    private static ReplayArchive.Kept done(String document, @Nullable String result) {
        return kept(ReplayArchive.Status.DONE, document, result, null);
    }

    private static List<String> violations(byte[] value) {
        return new TopicSchemas()
                .violations(
                        Topic.REPLAY_RESULTS,
                        "5e2b1f6a-9d0c-4a51-8b6e-0c1d2e3f4a5b".getBytes(StandardCharsets.UTF_8),
                        Map.of(),
                        value);
    }

    private static void assertWithoutResult(byte[] value) {
        assertThat(violations(value)).isEmpty();
        JsonNode told = JsonMapper.shared().readTree(value);
        assertThat(told.get("result").isNull()).isTrue();
        assertThat(told.get("resultTooLarge").booleanValue()).isTrue();
        assertThat(told.get("address").stringValue()).isEqualTo("/v1/replays/5e2b1f6a-9d0c-4a51-8b6e-0c1d2e3f4a5b");
        assertThat(told.get("request").has("documents")).isFalse();
    }

    @Test
    void aResultKeepsItsVeryCharacters() {
        String result = AUDITED.formatted("x");
        byte[] value = ShownReplay.value(done("name: a", result));
        assertThat(new String(value, StandardCharsets.UTF_8)).endsWith("\"result\":" + result + "}");
        assertThat(violations(value)).isEmpty();
    }

    @Test
    void aValueOfTheMostBytesIsWholeAndOfOneMoreIsWithoutItsResult() {
        int rest = ShownReplay.value(done("name: a", AUDITED.formatted(""))).length;
        String fits = "x".repeat(ShownReplay.MOST_BYTES - rest);
        byte[] value = ShownReplay.value(done("name: a", AUDITED.formatted(fits)));
        assertThat(value).hasSize(ShownReplay.MOST_BYTES);
        assertThat(violations(value)).isEmpty();
        assertWithoutResult(ShownReplay.value(done("name: a", AUDITED.formatted(fits + "x"))));
        assertWithoutResult(ShownReplay.value(done("name: ab", AUDITED.formatted(fits))));
        // Two bytes each.
        assertWithoutResult(ShownReplay.value(done("name: a", AUDITED.formatted("é".repeat(fits.length() / 2 + 1)))));
    }

    private static ReplayArchive.Kept worked(@Nullable String result, @Nullable String workload) {
        String request = REQUEST.formatted("name: a").replace("\"documents\"", "\"workload\":true,\"documents\"");
        return kept(ReplayArchive.Status.DONE, request, result, workload, null);
    }

    @Test
    void aWorkloadKeepsItsVeryCharactersAndGoesWithItsResult() {
        String workload = """
                {"dropped":{"leads":1,"contacts":0,"contactsReached":0,"won":1,"wonWithoutAmount":0,\
                "revenue":[{"currency":"EUR","amount":100.50}]},\
                "earlier":{"n":0,"meanSeconds":null,"p50Seconds":null,"p75Seconds":null,"p90Seconds":null},\
                "later":{"n":0,"meanSeconds":null,"p50Seconds":null,"p75Seconds":null,"p90Seconds":null}}""";
        String audited = AUDITED.formatted("x");
        byte[] value = ShownReplay.value(worked(audited, workload));
        assertThat(new String(value, StandardCharsets.UTF_8))
                .endsWith("\"workload\":" + workload + ",\"result\":" + audited + "}");
        assertThat(violations(value)).isEmpty();
        assertThat(violations(ShownReplay.value(worked(audited, null))))
                .as("asked for, and not told")
                .isNotEmpty();
        assertThat(violations(ShownReplay.value(worked(audited, workload.replace("100.50", "\"100.50\"")))))
                .isNotEmpty();
        assertThat(violations(ShownReplay.value(
                        kept(ReplayArchive.Status.DONE, REQUEST.formatted("name: a"), audited, workload, null))))
                .as("told, and not asked for")
                .isNotEmpty();
        byte[] large = ShownReplay.value(worked(null, workload));
        assertWithoutResult(large);
        assertThat(JsonMapper.shared().readTree(large).has("workload")).isFalse();
        assertThat(ShownReplay.json(worked(audited, workload), null, false).has("workload"))
                .as("in the list")
                .isFalse();
    }

    @Test
    void whoAskedIsToldWhereItIsKnown() {
        String request = REQUEST.formatted("name: a");
        byte[] older = ShownReplay.value(kept(ReplayArchive.Status.FAILED, null, request, null, null, "x"));
        assertThat(JsonMapper.shared().readTree(older).has("analyst")).isFalse();
        assertThat(violations(older)).isEmpty();
        for (String name : List.of("a", "Jane Doe <jane@example.com>", "x".repeat(64))) {
            byte[] value = ShownReplay.value(kept(ReplayArchive.Status.FAILED, name, request, null, null, "x"));
            assertThat(JsonMapper.shared().readTree(value).get("analyst").stringValue())
                    .isEqualTo(name);
            assertThat(violations(value)).isEmpty();
        }
    }

    @Test
    void metricsStandBeforeTheResultOverHttpWithTheirDigitsAndNotOnTheTopic() {
        String request = REQUEST.formatted("name: a")
                .replace("\"asKnownAt\":null", "\"asKnownAt\":null,\"metrics\":[\"flow\"],\"grain\":\"all\"");
        String result = AUDITED.formatted("x");
        ReplayArchive.Kept kept = kept(ReplayArchive.Status.DONE, request, result, null, null);
        String metrics = "{\"grain\":\"all\", \"metrics\":{\"flow\":[{\"rate\":0.500000}]}}";
        assertThat(ShownReplay.withMetrics(ShownReplay.json(kept, null, true), metrics)
                        .toString())
                .endsWith("\"metrics\":" + metrics + ",\"result\":" + result + "}");
        byte[] value = ShownReplay.value(kept);
        assertThat(violations(value)).isEmpty();
        assertThat(JsonMapper.shared().readTree(value).has("metrics")).isFalse();
        assertThat(JsonMapper.shared().readTree(value).at("/request/metrics/0").stringValue())
                .isEqualTo("flow");
        assertThat(ShownReplay.json(kept, null, true).has("metrics")).isFalse();
    }

    @Test
    void aResultThatWasLeftInTheTableIsSaidToBeTooLarge() {
        assertWithoutResult(ShownReplay.value(done("name: a", null)));
    }

    @Test
    void whatFailedHasNoResultWhetherItIsLargeOrNot() {
        for (String document : List.of("name: a", "x".repeat(ShownReplay.MOST_BYTES))) {
            byte[] value = ShownReplay.value(kept(ReplayArchive.Status.FAILED, document, null, "no such dimension"));
            assertThat(value.length).isLessThan(ShownReplay.MOST_BYTES);
            assertThat(violations(value)).isEmpty();
            assertThat(JsonMapper.shared().readTree(value).has("result")).isFalse();
        }
    }
}

package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Fingerprint;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.policy.Contribution;
import io.smarketing.lifecycle.policy.PolicyRef;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CloudEventCodecTest {

    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final String TIME = "2026-03-01T09:30:00Z";

    private final CloudEventCodec codec = new CloudEventCodec();

    @Nested
    class WhatIsRefused {

        @Test
        void bytesThatAreNoJson() {
            assertRefused("hello", "unreadable-json", "");
            assertRefused("{\"specversion\":\"1.0\"", "unreadable-json", "");
            assertRefused("{} {}", "unreadable-json", "");
        }

        @Test
        void aKeyWrittenTwice() {
            Refusal refusal = assertRefused("{\"id\":\"1\",\"id\":\"2\"}", "unreadable-json", "");
            assertThat(refusal.message()).contains("id");
        }

        @Test
        void bytesThatAreNoUtf8EvenWhereJacksonPassesOverThem() {
            byte[] event = codec.bytes(event("lost", "{\"reason\":\"????\"}"));
            int at = new String(event, StandardCharsets.US_ASCII).indexOf("????");
            // NUL written in two bytes, and a code point beyond U+10FFFF.
            for (int[] bad : new int[][] {{0xC0, 0x80, 'a', 'a'}, {0xF4, 0x90, 0x80, 0x80}}) {
                for (int i = 0; i < bad.length; i++) {
                    event[at + i] = (byte) bad[i];
                }
                assertRefused(event, "unreadable-json", "");
            }
        }

        @Test
        void anythingButAnObject() {
            for (String json : List.of("[]", "null", "1", "\"event\"", "", "  ")) {
                assertRefused(json, "not-an-event", "");
            }
        }

        @Test
        void moreBytesThanTheLimit() {
            byte[] event = codec.bytes(event("captured", "{}"));
            byte[] padded = Arrays.copyOf(event, CloudEventCodec.MOST_BYTES + 1);
            Arrays.fill(padded, event.length, padded.length, (byte) ' ');
            assertRefused(padded, "too-large", "");
            assertThat(decoded(Arrays.copyOf(padded, CloudEventCodec.MOST_BYTES))
                            .leadId())
                    .isEqualTo("L-1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"specversion", "id", "source", "type", "subject", "time"})
        void aMissingNullOrBlankEnvelopeField(String field) {
            ObjectNode event = event("captured", "{}");
            event.remove(field);
            assertRefused(event, "missing-" + field, field);
            event.putNull(field);
            assertRefused(event, "missing-" + field, field);
            event.put(field, " ");
            assertRefused(event, "missing-" + field, field);
        }

        @ParameterizedTest
        @ValueSource(strings = {"specversion", "id", "source", "type", "subject", "time"})
        void anEnvelopeFieldThatIsNoStringOrTooLongOrHasControlCharacters(String field) {
            ObjectNode event = event("captured", "{}");
            assertRefused(event.put(field, 1), "invalid-field", field);
            assertRefused(event.put(field, "x".repeat(1_025)), "invalid-field", field);
            assertRefused(event.put(field, "a\nb"), "invalid-field", field);
        }

        @Test
        void anotherVersionOfCloudEvents() {
            assertRefused(event("captured", "{}").put("specversion", "0.3"), "unsupported-specversion", "specversion");
        }

        @Test
        void anUnknownTypeNamingTheNearestOne() {
            Refusal near = assertRefused(
                    event("captured", "{}").put("type", "io.smarketing.lead.marked-mgl.v1"), "unknown-type", "type");
            assertThat(near.mend()).contains("did you mean io.smarketing.lead.marked-mql.v1?");
            Refusal far =
                    assertRefused(event("captured", "{}").put("type", "com.example.other"), "unknown-type", "type");
            assertThat(far.mend()).contains(EventType.wireNames());
        }

        @Test
        void anEmailAddressAsLeadId() {
            Refusal refusal = assertRefused(
                    event("captured", "{}").put("subject", "jane@example.com"), "personal-lead-id", "subject");
            assertThat(refusal.message()).as("does not repeat the address").doesNotContain("jane");
            assertThat(refusal.mend()).contains("data.contact.email");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "yesterday",
                    "2026-03-01",
                    "2026-03-01T09:30:00",
                    "2026-03-01T09:30Z",
                    "2026-02-30T00:00:00Z",
                    "2026-03-01T24:00:00Z",
                    "2026-03-01T09:30:00+0100",
                    "2026-03-01T09:30:00Z+01:00",
                    "2026-03-01T09:30:00Zulu",
                    "2026-03-01T09:30:00Z ",
                    "2026-03-01T09:30:00+99:00",
                    "0000-01-01T00:00:00+01:00",
                    "9999-12-31T23:59:59-18:00"
                })
        void aTimeThatIsNone(String time) {
            Refusal refusal = assertRefused(event("captured", "{}").put("time", time), "invalid-time", "time");
            assertThat(refusal.message()).contains(time);
            assertThat(refusal.mend()).contains("2026-03-01T09:30:00Z");
            assertRefused(event("captured", "{}").put("recordedtime", time), "invalid-time", "recordedtime");
        }

        @ParameterizedTest
        @ValueSource(strings = {"2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30", "2016-12-31T23:59:60.5z"})
        void aLeapSecondByItsName(String time) {
            Refusal refusal = assertRefused(event("captured", "{}").put("time", time), "invalid-time", "time");
            assertThat(refusal.message()).contains("leap second");
            assertThat(refusal.mend()).contains("second before");
        }

        @Test
        void aTimeMoreThanFiveMinutesAhead() {
            assertThat(decoded(event("captured", "{}").put("time", "2026-06-01T00:05:00Z"))
                            .occurredAt())
                    .isEqualTo("2026-06-01T00:05:00Z");
            assertRefused(event("captured", "{}").put("time", "2026-06-01T00:05:00.000001Z"), "clock-ahead", "time");
        }

        @Test
        void dataThatIsNoObject() {
            for (String data : List.of("[]", "1.5", "\"text\"", "true")) {
                assertRefused(event("captured", data), "invalid-data", "data");
            }
        }

        @Test
        void base64ThatIsNoneOrHoldsNoObjectOrStandsBesideData() {
            ObjectNode event = event("captured", "null");
            for (String encoded : List.of("\"e30*\"", "123", "true", "{}", "\"\"", "\"W10=\"")) {
                event.set("data_base64", JSON.readTree(encoded));
                assertRefused(event, "invalid-data", "data_base64");
            }
            assertRefused(event.put("data_base64", "eyAi"), "unreadable-json", "data_base64");
            assertRefused(event("captured", "{}").put("data_base64", "e30="), "invalid-data", "data_base64");
        }

        @Test
        void contentThatIsNoJson() {
            Refusal refusal = assertRefused(
                    event("captured", "{}").put("datacontenttype", "text/xml"),
                    "unsupported-content-type",
                    "datacontenttype");
            assertThat(refusal.mend()).contains("application/json");
            assertRefused(event("captured", "{}").put("datacontenttype", 1), "invalid-field", "datacontenttype");
        }

        @Test
        void dataOfAnotherLead() {
            assertRefused(event("captured", "{\"leadId\":\"L-2\"}"), "subject-mismatch", "data.leadId");
            ObjectNode number = event("captured", "{\"leadId\":1}").put("subject", "1");
            assertRefused(number, "subject-mismatch", "data.leadId");
        }

        @Test
        void anActivityWithoutAName() {
            for (String data : List.of("{}", "null", "{\"activity\":null}", "{\"activity\":\" \"}")) {
                assertRefused(event("activity", data), "missing-activity", "data.activity");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "-1", "1.5", "2147483648", "1e999999999", "\"1\"", "true", "[1]"})
        void aCountThatIsNoWholeNumberFromOne(String count) {
            assertRefused(
                    event("activity", "{\"activity\":\"a\",\"count\":%s}".formatted(count)),
                    "invalid-data",
                    "data.count");
        }

        @Test
        void aVoidThatDoesNotNameItsEvent() {
            assertRefused(event("voided", "{}"), "missing-event", "data.event");
            assertRefused(event("voided", "{\"event\":{\"id\":\"1\"}}"), "missing-event", "data.event.source");
            assertRefused(event("voided", "{\"event\":{\"source\":\"s\"}}"), "missing-event", "data.event.id");
        }

        @Test
        void aFieldOfTheWrongTypeByItsPath() {
            assertRefused(event("captured", "{\"contact\":{\"email\":1}}"), "invalid-data", "data.contact.email");
            assertRefused(event("captured", "{\"cost\":{\"amount\":\"12\"}}"), "invalid-data", "data.cost.amount");
            assertRefused(event("won", "{\"amount\":\"12\"}"), "invalid-data", "data.amount");
            assertRefused(event("enriched", "{\"attributes\":[]}"), "invalid-data", "data.attributes");
            assertRefused(
                    event("rescored", "{\"policy\":{\"name\":\"p\",\"version\":\" \"}}"),
                    "invalid-data",
                    "data.policy.version");
            assertRefused(
                    event("scored", "{\"contributions\":[{\"rule\":\"r\",\"points\":1.5}]}"),
                    "invalid-data",
                    "data.contributions");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"1e100000000", "-1e999999999", "1e-999999999", "9223372036854775808", "0.1234567890123456789"
                })
        void anAmountThatCouldNotBeAddedUp(String number) {
            assertRefused(event("won", "{\"amount\":%s}".formatted(number)), "invalid-data", "data.amount");
            assertRefused(
                    event("captured", "{\"cost\":{\"amount\":%s}}".formatted(number)),
                    "invalid-data",
                    "data.cost.amount");
            assertRefused(event("scored", "{\"score\":%s}".formatted(number)), "invalid-data", "data.score");
            assertRefused(event("marked-mql", "{\"score\":%s}".formatted(number)), "invalid-data", "data.score");
        }

        @Test
        void whatCouldNotBeWrittenAgain() {
            assertRefused(text("captured", "{\"attributes\":{\"a\":\"\\ud800\"}}"), "invalid-data", "data.attributes");
            assertRefused(text("lost", "{\"reason\":\"\\udc00\\ud800\"}"), "invalid-data", "data.reason");
            assertRefused(text("won", "{\"amount\":1e-2000000000}"), "invalid-data", "data.amount");
            assertRefused(
                    text("captured", "{\"attributes\":{\"a\":100e2147483647}}"), "invalid-data", "data.attributes");
            assertRefused(text("captured", "{\"attributes\":{\"a\":1e99999999999}}"), "unreadable-json", "");
        }
    }

    @Nested
    class WhatIsTaken {

        @Test
        void theEnvelope() {
            Arrival arrival = decoded(event("erased", "{}")
                    .put("recordedtime", "2026-03-01T10:30:01.5+01:00")
                    .put("traceparent", "passed over"));
            assertThat(arrival.leadId()).isEqualTo("L-1");
            assertThat(arrival.eventId()).isEqualTo(new EventId("urn:test", "1"));
            assertThat(arrival.occurredAt()).isEqualTo(TIME);
            assertThat(arrival.recordedTime()).isEqualTo("2026-03-01T09:30:01.500Z");
            assertThat(arrival.event()).isEqualTo(new LeadEvent.Erased());
        }

        @ParameterizedTest
        @CsvSource({
            "2026-03-01T09:30:00Z, 2026-03-01T09:30:00Z",
            "2026-03-01t09:30:00z, 2026-03-01T09:30:00Z",
            "2026-03-01 09:30:00Z, 2026-03-01T09:30:00Z",
            "2026-03-01T10:30:00+01:00, 2026-03-01T09:30:00Z",
            "2026-02-28T23:30:00-10:00, 2026-03-01T09:30:00Z",
            "2026-03-01T15:15:00+05:45, 2026-03-01T09:30:00Z",
            "2026-03-01T09:30:00-00:00, 2026-03-01T09:30:00Z",
            "2026-03-01T09:30:00.5Z, 2026-03-01T09:30:00.500Z",
            "2026-03-01T09:30:00.123456789Z, 2026-03-01T09:30:00.123456Z",
            "2026-03-01T10:30:00.999999999+01:00, 2026-03-01T09:30:00.999999Z",
            "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999Z",
            "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z"
        })
        void aTimeWithAnyOffsetCutToMicroseconds(String time, Instant instant) {
            assertThat(decoded(event("captured", "{}").put("time", time)).occurredAt())
                    .isEqualTo(instant);
            assertThat(decoded(event("captured", "{}").put("recordedtime", time))
                            .recordedTime())
                    .isEqualTo(instant);
        }

        @Test
        void dataInBase64() {
            String data = "{\"activity\":\"demo_request\",\"count\":2}";
            ObjectNode event = event("activity", "null")
                    .put("data_base64", Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8)));
            assertThat(decoded(event).event()).isEqualTo(new LeadEvent.Activity("demo_request", null, 2));
            assertThat(decoded(event).fingerprint())
                    .isEqualTo(decoded(event("activity", data)).fingerprint());
        }

        @Test
        void noDataWhereNoneIsNeeded() {
            ObjectNode event = event("accepted", "null");
            assertThat(decoded(event).event()).isEqualTo(new LeadEvent.Accepted(null));
            event.remove("data");
            assertThat(decoded(event).event()).isEqualTo(new LeadEvent.Accepted(null));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "application/json",
                    "Application/JSON",
                    "application/json; charset=utf-8",
                    "application/cloudevents+json",
                    "application/vnd.crm.v2+json"
                })
        void anyContentTypeOfJson(String contentType) {
            assertThat(decoded(event("captured", "{}").put("datacontenttype", contentType))
                            .leadId())
                    .isEqualTo("L-1");
        }

        @Test
        void aByteOrderMarkAndSpaceAroundTheEvent() {
            String event = "\ufeff \n" + event("captured", "{}") + "\r\n ";
            assertThat(decoded(event.getBytes(StandardCharsets.UTF_8)).leadId()).isEqualTo("L-1");
        }

        @Test
        void aPartOfABuffer() throws Refusal {
            byte[] event = codec.bytes(event("lost", "{\"reason\":\"Größe\"}"));
            byte[] buffer = new byte[event.length + 20];
            Arrays.fill(buffer, (byte) 0xFF);
            System.arraycopy(event, 0, buffer, 7, event.length);
            assertThat(codec.decode(buffer, 7, event.length, NOW).event()).isEqualTo(new LeadEvent.Lost(null, "Größe"));
        }

        @ParameterizedTest
        @CsvSource({"3, 3", "3.0, 3", "3e0, 3", "1.10, 1.1", "\"3\", 3", "\"1.10\", 1.10", "\"v 2\", v 2"})
        void aPolicyVersionAsTextOrNumber(String version, String text) {
            assertThat(decoded(event("rescored", "{\"policy\":{\"name\":\"p\",\"version\":%s}}".formatted(version)))
                            .event())
                    .isEqualTo(new LeadEvent.Rescored(new PolicyRef("p", text)));
        }

        @Test
        void aDisqualificationWithoutAReason() {
            LeadEvent event = decoded(event("scored", "{\"disqualified\":{}}")).event();
            assertThat(event).isEqualTo(new LeadEvent.Scored(null, null, null, "", null, null, List.of()));
        }

        @Test
        void aMarkWithoutAPolicyAsExternal() {
            assertThat(decoded(event("marked-mql", "{\"score\":71.5,\"policy\":null}"))
                            .event())
                    .isInstanceOfSatisfying(
                            LeadEvent.MarkedMql.class,
                            mark -> assertThat(mark.isExternal()).isTrue());
        }
    }

    @Nested
    class Attributes {

        static Stream<Map.Entry<String, Object>> values() {
            return Stream.of(
                    Map.entry("5", 5L),
                    Map.entry("5.0", 5L),
                    Map.entry("5e0", 5L),
                    Map.entry("50e-1", 5L),
                    Map.entry("-0.0", 0L),
                    Map.entry("0e999999999", 0L),
                    Map.entry("9223372036854775807", Long.MAX_VALUE),
                    Map.entry("-9223372036854775808", Long.MIN_VALUE),
                    Map.entry("9223372036854775808", new BigDecimal("9223372036854775808")),
                    Map.entry("5.5", new BigDecimal("5.5")),
                    Map.entry("5.50", new BigDecimal("5.50")),
                    Map.entry("0.1", new BigDecimal("0.1")),
                    Map.entry("1e19", new BigDecimal("1e19")),
                    Map.entry("1e999999999", new BigDecimal("1e999999999")),
                    Map.entry("1e-999999999", new BigDecimal("1e-999999999")),
                    Map.entry("true", true),
                    Map.entry("\"5\"", "5"),
                    Map.entry("\"\"", ""),
                    Map.entry("[]", new LeadEvent.Composite("[]")),
                    Map.entry("[1.50,null]", new LeadEvent.Composite("[1.50,null]")),
                    Map.entry("{\"b\":{\"a\":1}}", new LeadEvent.Composite("{\"b\":{\"a\":1}}")));
        }

        @ParameterizedTest
        @MethodSource("values")
        void keepTheirValueAndWhetherItIsWhole(Map.Entry<String, Object> value) {
            String data = "{\"attributes\":{\"a\":%s}}".formatted(value.getKey());
            assertThat(attributes(text("captured", data))).isEqualTo(Map.of("a", value.getValue()));
            assertThat(attributes(text("enriched", data))).isEqualTo(Map.of("a", value.getValue()));
        }

        @Test
        void thatAreNullAreKeptForTheyErase() {
            Map<String, @Nullable Object> erasing = new HashMap<>();
            erasing.put("a", null);
            assertThat(attributes(text("enriched", "{\"attributes\":{\"a\":null}}")))
                    .isEqualTo(erasing);
        }

        @Test
        void ofAbsurdSizeDoNotHang() {
            String numbers = String.join(",", Collections.nCopies(5_000, "1e999999999,1e-999999999"));
            String objects = "{\"a\":".repeat(400) + "1" + "}".repeat(400);
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                decoded(text("captured", "{\"attributes\":{\"a\":[%s]}}".formatted(numbers)));
                decoded(text("captured", "{\"attributes\":{\"a\":%s}}".formatted(objects)));
            });
        }

        @ParameterizedTest
        @CsvSource({
            "jane@example.com, example.com",
            "Jane.Doe@Mail.EXAMPLE.Co.UK, mail.example.co.uk",
            "'\"a@b\"@example.com', example.com",
            "'jane@example.com ', example.com",
            "jane@INSTITUT.example, institut.example"
        })
        void haveTheDomainOfTheEmailAddress(String email, String domain) {
            ObjectNode event = event("captured", "{\"contact\":{},\"attributes\":{\"emailDomain\":\"given\",\"a\":1}}");
            ((ObjectNode) event.path("data").path("contact")).put("email", email);
            assertThat(attributes(codec.bytes(event))).isEqualTo(Map.of("emailDomain", domain, "a", 1L));
        }

        @ParameterizedTest
        @ValueSource(strings = {"jane", "jane@", "jane@  ", ""})
        void haveNoDomainWhereTheAddressHasNone(String email) {
            assertThat(attributes(text("captured", "{\"contact\":{\"email\":\"%s\"}}".formatted(email))))
                    .isEmpty();
        }

        @Test
        void keepADomainThatIsGivenWithoutAnAddress() {
            assertThat(attributes(text("captured", "{\"attributes\":{\"emailDomain\":\"example.com\"}}")))
                    .isEqualTo(Map.of("emailDomain", "example.com"));
        }

        private Map<String, @Nullable Object> attributes(byte[] event) {
            LeadEvent decoded = decoded(event).event();
            if (decoded instanceof LeadEvent.Captured captured) {
                return captured.attributes();
            } else if (decoded instanceof LeadEvent.Enriched enriched) {
                return enriched.attributes();
            }
            throw new AssertionError(decoded);
        }
    }

    @Nested
    class RoundTrip {

        static List<LeadEvent> complete() {
            Map<String, @Nullable Object> attributes = new HashMap<>();
            attributes.put("text", "Größe 😀 \" \\ \n");
            attributes.put("whole", 5L);
            attributes.put("fraction", new BigDecimal("5.50"));
            attributes.put("huge", new BigDecimal("1E+999999999"));
            attributes.put("flag", true);
            attributes.put("nothing", null);
            attributes.put("list", new LeadEvent.Composite("[1.50,null,{\"a\":\"b\"}]"));
            attributes.put("emailDomain", "example.com");
            LeadEvent.Contact contact =
                    new LeadEvent.Contact.Open("jane@Example.com", "Jane Doe", "+49 30", "Example GmbH");
            PolicyRef policy = new PolicyRef("b2b-default", "3");
            BigDecimal score = new BigDecimal("64");
            return List.of(
                    new LeadEvent.Captured(
                            "paid-search",
                            "spring",
                            "ops",
                            attributes,
                            contact,
                            new LeadEvent.Money(new BigDecimal("12.50"), "EUR")),
                    new LeadEvent.Enriched(attributes, contact),
                    new LeadEvent.Activity("demo_request", "whitepaper-12", Integer.MAX_VALUE),
                    new LeadEvent.Accepted("sales-07"),
                    new LeadEvent.Rejected("sales-07", "too-small"),
                    new LeadEvent.Contacted("sales-07", "call", LeadEvent.Contacted.REACHED),
                    new LeadEvent.Won(new BigDecimal("1250.50"), "EUR"),
                    new LeadEvent.Lost("sales-07", "no-budget"),
                    new LeadEvent.Voided(new EventId("urn:crm", "4711"), "sales-07", "wrong amount"),
                    new LeadEvent.Scored(
                            score,
                            new BigDecimal("25"),
                            new BigDecimal("38.5"),
                            "not-a-buyer",
                            new BigDecimal("-3"),
                            policy,
                            List.of(new Contribution("demo", 30), new Contribution("spam", Long.MIN_VALUE))),
                    new LeadEvent.MarkedMql(score, policy),
                    new LeadEvent.Rescored(policy),
                    new LeadEvent.Erased());
        }

        @Test
        void knowsACompleteEventOfEveryType() {
            assertThat(complete().stream().map(EventType::of)).containsExactly(EventType.values());
        }

        @ParameterizedTest
        @MethodSource("complete")
        void keepsEveryFieldOfEveryType(LeadEvent event) throws Refusal {
            assertKept(event);
        }

        @ParameterizedTest
        @EnumSource(EventType.class)
        void keepsWhateverIsThereAndWhateverIsMissing(EventType type) throws Refusal {
            Random random = new Random(3);
            for (int i = 0; i < 300; i++) {
                assertKept(decoded(ValidData.event(type, random)).event());
            }
        }

        private void assertKept(LeadEvent event) throws Refusal {
            EventId eventId = new EventId("urn:test", "é 1");
            Instant occurredAt = Instant.parse("2026-03-01T09:30:00.000001Z");
            Instant recordedTime = Instant.parse("2026-03-01T09:31:00Z");
            ObjectNode encoded = codec.encode("L-1", eventId, occurredAt, recordedTime, event);
            Arrival fromBytes = codec.decode(codec.bytes(encoded), NOW);

            assertThat(fromBytes.event()).isEqualTo(event);
            assertThat(fromBytes.leadId()).isEqualTo("L-1");
            assertThat(fromBytes.eventId()).isEqualTo(eventId);
            assertThat(fromBytes.occurredAt()).isEqualTo(occurredAt);
            assertThat(fromBytes.recordedTime()).isEqualTo(recordedTime);
            assertThat(encoded.path("type").stringValue())
                    .isEqualTo(EventType.of(event).wireName());
            assertThat(new String(codec.bytes(encoded), StandardCharsets.UTF_8)).doesNotContain("\n");

            assertThat(codec.decode(encoded, NOW)).as("without bytes between").isEqualTo(fromBytes);
            assertThat(codec.decode(codec.encode("L-1", eventId, occurredAt, null, fromBytes.event()), NOW)
                            .fingerprint())
                    .isEqualTo(fromBytes.fingerprint());
        }

        @Test
        void keepsTheDeepestDataThatIsTaken() throws Refusal {
            for (boolean base64 : List.of(true, false)) {
                int taken = 0;
                for (int depth = 490; depth <= 500; depth++) {
                    String data = "{\"attributes\":{\"a\":%s%s}}".formatted("[".repeat(depth), "]".repeat(depth));
                    String encoded = Base64.getEncoder().encodeToString(data.getBytes(StandardCharsets.UTF_8));
                    String event = new String(text("captured", data), StandardCharsets.UTF_8);
                    if (base64) {
                        event = event.replace("\"data\":" + data, "\"data_base64\":\"" + encoded + "\"");
                    }
                    Refusal refusal = refusal(event.getBytes(StandardCharsets.UTF_8));
                    if (refusal == null) {
                        taken = depth;
                        assertKept(
                                decoded(event.getBytes(StandardCharsets.UTF_8)).event());
                    } else {
                        assertThat(refusal.code()).isEqualTo("unreadable-json");
                    }
                }
                assertThat(taken).isEqualTo(497);
            }
        }

        @Test
        void writesAnExternalMarkAsSuch() {
            ObjectNode encoded = codec.encode(
                    "L-1", new EventId("s", "1"), NOW, null, new LeadEvent.MarkedMql(BigDecimal.TEN, null));
            assertThat(encoded.path("data").path("decidedBy").stringValue()).isEqualTo("external");
            assertThat(encoded.has("recordedtime")).isFalse();
        }
    }

    @Nested
    class Fingerprints {

        private static final String CAPTURED = """
                {"source":"ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""";

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // order of keys
                    """
                    {"cost":{"currency":"EUR","amount":12.5},"contact":{"email":"é@example.com"},\
                    "attributes":{"list":[1,{"b":2,"a":1}],"nothing":null,"employees":5},"source":"ads"}""",
                    // numbers
                    """
                    {"source":"ads","attributes":{"employees":5.0,"nothing":null,"list":[1e0,{"a":10e-1,"b":0.2e1}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.50,"currency":"EUR"}}""",
                    // null or absent, but for attributes
                    """
                    {"source":"ads","campaign":null,"attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com","phone":null},"cost":{"amount":12.5,"currency":"EUR"}}""",
                    // escapes and space
                    """
                    { "s\\u006furce" : "\\u0061ds", "attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"\\u00e9@example.com"},"cost":{"amount":12.5,"currency":"\\u0045UR"}}""",
                    // the lead once more
                    """
                    {"leadId":"L-1","source":"ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}"""
                })
        void areEqualForTheSameDataInAnotherNotation(String data) {
            assertThat(fingerprint("captured", data)).isEqualTo(fingerprint("captured", CAPTURED));
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "null", "{\"source\":\"ads\"}", """
                    {"source":"Ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":"5","nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":5,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":5,"nothing":null,"list":[{"a":1,"b":2},1]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"e@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.51,"currency":"EUR"}}""", """
                    {"source":"ads","campaign":"","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"email":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}""", """
                    {"source":"ads","attributes":{"employees":5,"nothing":null,"list":[1,{"a":1,"b":2}]},\
                    "contact":{"name":"é@example.com"},"cost":{"amount":12.5,"currency":"EUR"}}"""})
        void differForReallyOtherData(String data) {
            assertThat(fingerprint("captured", data)).isNotEqualTo(fingerprint("captured", CAPTURED));
        }

        @Test
        void differForAnotherTypeLeadOrInstantButNotForAnotherIdOrRecordedTime() {
            Fingerprint fingerprint = fingerprint("accepted", "{}");
            assertThat(fingerprint("erased", "{}")).isNotEqualTo(fingerprint);
            assertThat(decoded(event("accepted", "{}").put("subject", "L-2")).fingerprint())
                    .isNotEqualTo(fingerprint);
            assertThat(decoded(event("accepted", "{}").put("time", "2026-03-01T09:30:00.000001Z"))
                            .fingerprint())
                    .isNotEqualTo(fingerprint);
            ObjectNode same = event("accepted", "{}")
                    .put("id", "2")
                    .put("source", "urn:other")
                    .put("recordedtime", TIME)
                    .put("traceparent", "x")
                    .put("time", "2026-03-01t10:30:00.000000999+01:00");
            assertThat(decoded(same).fingerprint()).isEqualTo(fingerprint);
        }

        @Test
        void takeACountOfOneForNoCount() {
            Fingerprint none = fingerprint("activity", "{\"activity\":\"a\"}");
            for (String one : List.of("1", "1.0", "1e0", "10e-1", "null")) {
                assertThat(fingerprint("activity", "{\"activity\":\"a\",\"count\":%s}".formatted(one)))
                        .isEqualTo(none);
            }
            assertThat(fingerprint("activity", "{\"activity\":\"a\",\"count\":2}"))
                    .isNotEqualTo(none)
                    .isEqualTo(fingerprint("activity", "{\"activity\":\"a\",\"count\":2.0}"));
        }

        @Test
        void takeNoAttributesForAnEmptyObject() {
            assertThat(fingerprint("captured", "{\"attributes\":{}}")).isEqualTo(fingerprint("captured", "{}"));
        }

        /** So the first one stored says all that the second one says. */
        @Test
        void thatAreEqualMeanEqualEvents() throws Refusal {
            Random random = new Random(1);
            Map<Fingerprint, Fingerprint> meanings = new HashMap<>();
            int repeated = 0;
            for (int i = 0; i < 20_000; i++) {
                EventType type = ValidData.anyType(random);
                ObjectNode data = ValidData.of(type, random);
                Arrival arrival = decoded(event(type.word(), data.toString()));
                // What was understood, without fields that are passed over.
                Fingerprint meaning = codec.decode(
                                codec.encode("L-1", arrival.eventId(), NOW, null, arrival.event()), NOW)
                        .fingerprint();
                Fingerprint first = meanings.putIfAbsent(arrival.fingerprint(), meaning);
                if (first != null) {
                    repeated++;
                    assertThat(meaning).as("%s %s", type, data).isEqualTo(first);
                }
            }
            assertThat(repeated).isGreaterThan(1_000);
        }

        @Test
        void doNotDependOnTheNotationOfAnyData() {
            Random random = new Random(2);
            for (int i = 0; i < 3_000; i++) {
                EventType type = ValidData.anyType(random);
                ObjectNode data = ValidData.of(type, random);
                StringBuilder other = new StringBuilder();
                writeOtherwise(data, other, random);
                Arrival first = decoded(text(type.word(), data.toString()));
                Arrival second = decoded(text(type.word(), other.toString()));
                assertThat(second.fingerprint()).as("%s and %s", data, other).isEqualTo(first.fingerprint());
            }
        }

        /** The same JSON with keys, numbers, escapes and space in another form. */
        private static void writeOtherwise(JsonNode value, StringBuilder json, Random random) {
            json.append(" \t".repeat(random.nextInt(2)));
            if (value.isObject()) {
                List<String> names = new ArrayList<>(value.propertyNames());
                Collections.shuffle(names, random);
                String separator = "{";
                for (String name : names) {
                    json.append(separator);
                    writeOtherwise(JSON.valueToTree(name), json, random);
                    json.append(':');
                    writeOtherwise(value.path(name), json, random);
                    separator = ",";
                }
                json.append(names.isEmpty() ? "{}" : "}");
            } else if (value.isArray()) {
                String separator = "[";
                for (JsonNode item : value) {
                    json.append(separator);
                    writeOtherwise(item, json, random);
                    separator = ",";
                }
                json.append(value.isEmpty() ? "[]" : "]");
            } else if (value.isString()) {
                json.append('"');
                value.stringValue().chars().forEach(c -> {
                    if (c < ' ' || c == '"' || c == '\\' || c > '~' || random.nextInt(3) == 0) {
                        json.append("\\u%04X".formatted(c));
                    } else {
                        json.append((char) c);
                    }
                });
                json.append('"');
            } else if (value.isNumber() && value.decimalValue().scale() > -100) {
                BigDecimal number = value.decimalValue();
                switch (random.nextInt(3)) {
                    case 0 -> json.append(number.setScale(Math.max(number.scale(), 0) + 2));
                    case 1 -> json.append(number.unscaledValue()).append("e").append(-number.scale());
                    default -> json.append(number);
                }
            } else {
                json.append(value);
            }
        }

        private Fingerprint fingerprint(String word, String data) {
            return decoded(text(word, data)).fingerprint();
        }
    }

    @Nested
    class ExamplesOfTheCloudEventsSpecification {

        @Test
        void areRefusedForTheirType() throws IOException {
            for (JsonNode example : examples()) {
                String code = example.isArray() ? "not-an-event" : "unknown-type";
                String field = example.isArray() ? "" : "type";
                assertRefused(JSON.writeValueAsBytes(example), code, field);
                if (example.isArray()) {
                    example.forEach(item -> assertRefused(JSON.writeValueAsBytes(item), "unknown-type", "type"));
                }
            }
        }

        @Test
        void areTakenOrRefusedForTheirDataOnceTheyTellOfALead() throws IOException {
            List<String> answers = new ArrayList<>();
            for (JsonNode example : examples()) {
                if (example instanceof ObjectNode event) {
                    event.put("type", EventType.CAPTURED.wireName()).put("subject", "L-1");
                    Refusal refusal = refusal(JSON.writeValueAsBytes(event));
                    answers.add(refusal == null ? "taken" : refusal.code());
                }
            }
            assertThat(answers)
                    .containsExactly(
                            "unsupported-content-type",
                            "unsupported-content-type",
                            "taken",
                            "invalid-data",
                            "invalid-data",
                            "missing-time");
        }

        private JsonNode examples() throws IOException {
            Path file = sharedData().resolve("payloads/cloudevents/json_format_examples.json");
            assumeTrue(
                    Files.isRegularFile(file),
                    "skipped: no payloads/cloudevents/json_format_examples.json in shared/data of a folder above, "
                            + "nor where -Dshared.data points");
            JsonNode examples = JSON.readTree(Files.readString(file));
            assertThat(examples.size()).isGreaterThanOrEqualTo(8);
            return examples;
        }

        private Path sharedData() {
            Path given = Path.of(System.getProperty("shared.data", "shared/data"));
            if (Files.isDirectory(given)) {
                return given;
            }
            for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
                Path shared = folder.resolve("shared").resolve("data");
                if (Files.isDirectory(shared)) {
                    return shared;
                }
            }
            return given;
        }
    }

    private static ObjectNode event(String word, String data) {
        ObjectNode event = JSON.createObjectNode();
        event.put("specversion", "1.0").put("id", "1").put("source", "urn:test");
        event.put("type", "io.smarketing.lead." + word + ".v1")
                .put("subject", "L-1")
                .put("time", TIME);
        event.set("data", JSON.readTree(data));
        return event;
    }

    /** As {@link #event}, with the data as it stands. */
    private static byte[] text(String word, String data) {
        return """
                {"specversion":"1.0","id":"1","source":"urn:test","type":"io.smarketing.lead.%s.v1",\
                "subject":"L-1","time":"%s","data":%s}""".formatted(word, TIME, data).getBytes(StandardCharsets.UTF_8);
    }

    private Arrival decoded(ObjectNode event) {
        return decoded(JSON.writeValueAsBytes(event));
    }

    private Arrival decoded(byte[] event) {
        try {
            return codec.decode(event, NOW);
        } catch (Refusal refusal) {
            throw new AssertionError(refusal.code() + ": " + refusal.message(), refusal);
        }
    }

    private @Nullable Refusal refusal(byte[] event) {
        return catchThrowableOfType(Refusal.class, () -> codec.decode(event, NOW));
    }

    private Refusal assertRefused(ObjectNode event, String code, String field) {
        return assertRefused(event.toString(), code, field);
    }

    private Refusal assertRefused(String event, String code, String field) {
        return assertRefused(event.getBytes(StandardCharsets.UTF_8), code, field);
    }

    private Refusal assertRefused(byte[] event, String code, String field) {
        Refusal refusal = refusal(event);
        String told = new String(event, StandardCharsets.UTF_8);
        if (refusal == null) {
            throw new AssertionError("taken: " + told);
        }
        assertThat(refusal.code()).as(told).isEqualTo(code);
        assertThat(refusal.field()).as(told).isEqualTo(field);
        assertThat(refusal.message()).as(told).isNotBlank();
        assertThat(refusal.mend()).as(told).isNotBlank();
        return refusal;
    }
}

package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.RecordedCodec.Parts;
import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What travels on the topic is what is stored, taken apart without being read: the same bytes as by reading and writing it. */
class RecordedPartsTest {

    private static final JsonMapper MAPPER = CloudEventCodec.mapper();

    private final RecordedCodec codec = new RecordedCodec();

    private void assertSameAsReadAndWritten(byte[] stored) throws UnreadableRecord {
        Map<String, String> attributes = new LinkedHashMap<>();
        JsonNode tree = MAPPER.readTree(stored);
        tree.properties()
                .forEach(
                        field -> attributes.put(field.getKey(), field.getValue().asString("")));
        attributes.remove("data");
        Parts parts = codec.parts(stored);
        assertThat(parts.attributes()).containsExactlyEntriesOf(attributes);
        assertThat(new String(parts.data(), StandardCharsets.UTF_8))
                .isEqualTo(new String(MAPPER.writeValueAsBytes(tree.path("data")), StandardCharsets.UTF_8));
    }

    @Test
    void everyFormOfEventTravelsAsItIsStored() throws UnreadableRecord {
        for (StoredEvents.Variant variant : StoredEvents.all()) {
            assertSameAsReadAndWritten(codec.write(variant.recorded()));
        }
    }

    @Test
    void randomEventsTravelAsTheyAreStored() throws UnreadableRecord, Refusal {
        CloudEventCodec intake = new CloudEventCodec();
        Instant now = Instant.parse("2026-03-01T09:30:00Z");
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Arrival arrival =
                    intake.decode(MAPPER.writeValueAsBytes(ValidData.event(ValidData.anyType(random), random)), now);
            Recorded recorded = new Recorded(
                    arrival.leadId(),
                    new EventId("urn:\"quoted\"/😀", "seed\t" + seed),
                    arrival.occurredAt(),
                    now,
                    arrival.event(),
                    null,
                    arrival.fingerprint());
            assertSameAsReadAndWritten(codec.write(recorded));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"data\":{}}",
                "{\"id\":\"a\",\"data\":[1]}",
                "{\"id\":\"a\"}",
                "{\"data\":{\"a\":[{\"b\":1.50}]},\"id\":null}"
            })
    void whatTheEngineWouldNotWriteTravelsAsItIsRead(String stored) throws UnreadableRecord {
        assertSameAsReadAndWritten(stored.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"data\":{}",
                "{\"data\":{}} {}",
                "{\"data\":{\"a\":}}",
                "{\"a\":\"1\",\"a\":\"2\",\"data\":{}}",
                "{\"a\":1,\"data\":{\"amount\":1e99999999999}}"
            })
    void whatIsNoJsonObjectIsToldSo(String stored) {
        assertThatThrownBy(() -> codec.parts(stored.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableRecord.class);
    }

    @Test
    void aNumberBeyondAllNumbersIsToldSo() {
        String data = "{\"amount\":1e99999999999}";
        byte[] stored = "{\"type\":\"io.smarketing.lead.won.v1\",\"data\":%s}"
                .formatted(data)
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> codec.read(stored))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessage("a number in it is too large or too small");
        assertThatThrownBy(() -> codec.read(
                        new Parts(Map.of("type", "io.smarketing.lead.won.v1"), data.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessage("a number in it is too large or too small");
    }
}

package io.smarketing.lifecycle.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smarketing.lifecycle.event.RecordedCodec.UnreadableRecord;
import io.smarketing.lifecycle.lead.EventId;
import io.smarketing.lifecycle.lead.LeadEvent;
import io.smarketing.lifecycle.lead.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * A history that never was: an activity is {@code deed} in revision 1, {@code did} in revision 2, and in revision 3 parted
 * into {@code activity} and {@code asset}, as it is written today.
 */
class UpcastersTest {

    private static final String FIRST = "{'leadId':'L-1','deed':'download of whitepaper-7','count':3}";
    private static final String SECOND = "{'leadId':'L-1','did':'download of whitepaper-7','count':3}";
    private static final String THIRD = "{'leadId':'L-1','activity':'download','asset':'whitepaper-7','count':3}";
    private static final LeadEvent DOWNLOAD = new LeadEvent.Activity("download", "whitepaper-7", 3);

    private final RecordedCodec codec = new RecordedCodec(
            new Upcasters(Map.of(EventType.ACTIVITY, List.of(UpcastersTest::renamed, UpcastersTest::parted))));

    private static ObjectNode renamed(ObjectNode data, UnaryOperator<String> attributes) {
        data.set("did", data.required("deed"));
        data.remove("deed");
        return data;
    }

    private static ObjectNode parted(ObjectNode data, UnaryOperator<String> attributes) {
        String[] parts = data.required("did").stringValue().split(" of ", 2);
        data.remove("did");
        return data.put("activity", parts[0]).put("asset", parts[1]);
    }

    @Test
    void dataOfEveryRevisionIsReadAsTheSameEvent() throws UnreadableRecord {
        assertThat(read("activity.v1", FIRST)).isEqualTo(DOWNLOAD);
        assertThat(read("activity.v2", SECOND)).isEqualTo(DOWNLOAD);
        assertThat(read("activity.v3", THIRD)).isEqualTo(DOWNLOAD);
    }

    @Test
    void theEnvelopeStaysAsItWasStored() throws UnreadableRecord {
        assertThat(codec.read(structured("activity.v1", FIRST)))
                .isEqualTo(new Recorded(
                        "L-1",
                        new EventId("urn:web", "e-1"),
                        Instant.parse("2026-03-01T09:30:00Z"),
                        Instant.parse("2026-03-01T09:30:01Z"),
                        DOWNLOAD,
                        null,
                        null));
    }

    @Test
    void anOldEventIsReadFromTheTopicAsFromTheStore() throws UnreadableRecord {
        RecordedCodec.Parts parts = codec.parts(structured("activity.v1", FIRST));
        assertThat(parts.attributes()).containsEntry("type", "io.smarketing.lead.activity.v1");
        assertThat(codec.read(parts)).isEqualTo(codec.read(structured("activity.v1", FIRST)));
    }

    @Test
    void aStepSeesTheEnvelope() throws UnreadableRecord {
        RecordedCodec bySource = new RecordedCodec(new Upcasters(Map.of(
                EventType.LOST,
                List.of((data, attributes) -> data.put("by", attributes.apply("source") + attributes.apply("none"))))));
        LeadEvent lost = new LeadEvent.Lost("urn:web", null);
        byte[] structured = structured("lost.v1", "{}");
        assertThat(bySource.read(structured).event()).isEqualTo(lost);
        assertThat(bySource.read(bySource.parts(structured)).event()).isEqualTo(lost);
    }

    @Test
    void otherTypesHaveTheirOwnRevisions() throws UnreadableRecord {
        assertThat(read("accepted.v1", "{'by':'kim'}")).isEqualTo(new LeadEvent.Accepted("kim"));
        assertThatThrownBy(() -> read("accepted.v2", "{'by':'kim'}")).isInstanceOf(UnreadableRecord.class);
    }

    @Test
    void aRevisionOfALaterProgramIsToldWithWhatToDo() {
        String message = "the event 'activity' is of revision 4, and this program knows revisions up to 3:"
                + " update the program";
        byte[] structured = structured("activity.v4", THIRD);
        assertThatThrownBy(() -> codec.read(structured))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessage(message);
        assertThatThrownBy(() -> codec.read(codec.parts(structured)))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessage(message);
        assertThat(EventType.ofStoredName("io.smarketing.lead.activity.v4")).hasValue(EventType.ACTIVITY);
        assertThat(EventType.ofWireName("io.smarketing.lead.activity.v4")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.smarketing.lead.activity",
                "io.smarketing.lead.activity.v",
                "io.smarketing.lead.activity.v0",
                "io.smarketing.lead.activity.v01",
                "io.smarketing.lead.activity.v+1",
                "io.smarketing.lead.activity.v1 ",
                "io.smarketing.lead.activity.v1.1",
                "io.smarketing.lead.activity.v১",
                "io.smarketing.lead.activity.v4294967297",
                "io.smarketing.lead.Activity.v1",
                "io.smarketing.lead.deed.v1",
                "io.smarketing.lead.v1",
                "io.smarketing.lead..v1",
                "com.example.lead.activity.v1",
                ".v1",
                ""
            })
    void aNameThatWasNeverWrittenIsUnknown(String name) {
        assertThat(EventType.ofStoredName(name)).isEmpty();
        assertThat(EventType.ofWireName(name)).isEmpty();
        byte[] structured = named(name, FIRST);
        assertThatThrownBy(() -> codec.read(structured))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessage("the type '%s' is unknown", name);
    }

    /** A failure that is no UnreadableRecord would stop every reader behind it. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{'deed':null}", "{'deed':4}", "{'deed':'download'}", "{'did':'a of b'}", "[]", "null", "4"
            })
    void aDamagedOldEventIsUnreadableAndNothingElse(String data) {
        byte[] structured = structured("activity.v1", data);
        assertThatThrownBy(() -> codec.read(structured)).isInstanceOf(UnreadableRecord.class);
        assertThatThrownBy(() -> codec.read(codec.parts(structured))).isInstanceOf(UnreadableRecord.class);
    }

    @Test
    void theStepThatFailsIsTold() {
        assertThatThrownBy(() -> read("activity.v1", "{'did':'a of b'}"))
                .hasMessageStartingWith("the event 'activity' of revision 1 cannot be brought to revision 3: ");
    }

    private LeadEvent read(String name, String data) throws UnreadableRecord {
        return codec.read(structured(name, data)).event();
    }

    private static byte[] structured(String name, String data) {
        return named("io.smarketing.lead." + name, data);
    }

    /** As it is stored; quotes are written single. */
    private static byte[] named(String type, String data) {
        return """
                {'specversion':'1.0','id':'e-1','source':'urn:web','type':'%s','subject':'L-1',\
                'time':'2026-03-01T09:30:00Z','recordedtime':'2026-03-01T09:30:01Z','data':%s}""".formatted(type, data).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}

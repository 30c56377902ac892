package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What stays in memory between batches, what is packed, and what is turned away. */
class LongLeadsAndLimitsIT {

    private static final String CAPTURED = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"%s","time":"2026-03-01T09:00:00Z","data":{"source":"web","attributes":{"employees":50}}}""";
    private static final String ACTIVITY = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.activity.v1","subject":"%s","time":"2026-03-02T09:%02d:%02dZ","data":{"activity":"page_view","asset":"%s"}}""";

    private static final String ENRICHED = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.enriched.v1","subject":"%s","time":"2026-03-02T09:%02d:%02dZ","data":{"attributes":{"note":"%s"}}}""";
    private static final int HALF_BYTES_OF_NOTE = 2_500;
    /** In every partition some. */
    private static final int LEADS_AFTER = 12;

    private static final String LOCKED = "SELECT id FROM lifecycle.parked_fact WHERE lead_id = ? FOR UPDATE";

    private static final String LEADS_CHANGELOG = "lifecycle-stages-leads-changelog";

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @SuppressWarnings("NullAway.Init")
    private static JdbcClient jdbc;

    @BeforeAll
    static void start() {
        engine = Engine.start(
                folder.resolve("data"),
                "lifecycle.parking.most=20",
                "lifecycle.parking.most-of-lead=8",
                "lifecycle.parking.interval=PT3S");
        look();
    }

    private static void look() {
        client = new Client(engine.uri());
        jdbc = JdbcClient.create(engine.dataSource());
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static String activity(String leadId, int number) {
        return ACTIVITY.formatted(leadId + "-" + number, leadId, number / 60 % 60, number % 60, "a" + number % 7);
    }

    private static JsonNode events(List<String> events) {
        return client.events(events);
    }

    @Test
    void aVeryLongLeadIsPackedAndReadAgainAsItWas() {
        List<String> all = new ArrayList<>(List.of(CAPTURED.formatted("long-0", "long")));
        IntStream.rangeClosed(1, 1_300).forEach(number -> all.add(activity("long", number)));
        assertThat(events(all).get("stored").intValue()).isEqualTo(all.size());
        List<Integer> packs = jdbc.sql("SELECT number FROM lifecycle.lead_pack WHERE lead_id = 'long' ORDER BY number")
                .query(Integer.class)
                .list();
        assertThat(packs).containsExactly(0, 1);

        engine.restart();
        look();

        assertThat(events(List.of(activity("long", 700), activity("long", 1_301)))
                        .get("items")
                        .valueStream()
                        .map(item -> item.get("status").stringValue())
                        .toList())
                .as("one that stands in a pack, and a new one")
                .containsExactly("duplicate", "stored");
        assertSequences("long", 1_302);
    }

    @Test
    void aPackThatIsDamagedOrOfAnotherVersionIsPassedOver() {
        List<String> all = new ArrayList<>(List.of(CAPTURED.formatted("hurt-0", "hurt")));
        IntStream.rangeClosed(1, 1_100).forEach(number -> all.add(activity("hurt", number)));
        events(all);
        jdbc.sql("UPDATE lifecycle.lead_pack SET events = '\\x00' WHERE lead_id = 'hurt' AND number = 0")
                .update();
        jdbc.sql(
                        "UPDATE lifecycle.lead_pack SET events = substring(events FOR 700) WHERE lead_id = 'hurt' AND number = 1")
                .update();

        engine.restart();
        look();

        assertThat(events(List.of(activity("hurt", 1), activity("hurt", 1_101)))
                        .get("items")
                        .valueStream()
                        .map(item -> item.get("status").stringValue())
                        .toList())
                .containsExactly("duplicate", "stored");
        assertSequences("hurt", 1_102);
    }

    @Test
    void whatAnotherProcessHasWrittenToALeadInMemoryIsSeen() {
        events(List.of(CAPTURED.formatted("both-0", "both"), activity("both", 1)));
        jdbc.sql("""
                        INSERT INTO lifecycle.lead_event (lead_id, sequence, source, event_id, fingerprint, payload_type,
                            payload_revision, payload, meta_data, aggregate_type, event_identifier, time_stamp)
                        SELECT lead_id, 2, source, 'elsewhere', fingerprint, payload_type, payload_revision,
                            jsonb_set(payload::jsonb, '{id}', '"elsewhere"')::text, meta_data, aggregate_type, 'elsewhere', time_stamp
                        FROM lifecycle.lead_event WHERE lead_id = 'both' AND sequence = 1""").update();

        JsonNode answer = events(List.of(activity("both", 3), activity("both", 4)));

        assertThat(answer.get("items")
                        .valueStream()
                        .map(item -> item.get("sequence").intValue())
                        .toList())
                .containsExactly(3, 4);
        assertSequences("both", 5);
    }

    @Test
    void aNameThatAnotherLeadsEventHasIsRefusedAlsoWhereNobodyLooksItUp() {
        events(List.of(CAPTURED.formatted("mine-0", "mine"), CAPTURED.formatted("yours-0", "yours")));
        List<String> mixed = new ArrayList<>();
        IntStream.rangeClosed(1, 50).forEach(number -> mixed.add(activity("mine", number)));
        mixed.add(activity("yours", 1).replace("\"id\":\"yours-1\"", "\"id\":\"mine-0\""));
        mixed.add(activity("yours", 2));

        JsonNode answer = events(mixed);

        assertThat(answer.get("stored").intValue()).isEqualTo(51);
        assertThat(answer.get("refused").intValue()).isEqualTo(1);
        assertThat(answer.get("items").get(50).get("code").stringValue()).isEqualTo("conflicting-duplicate");
        assertSequences("mine", 51);
        assertSequences("yours", 2);
    }

    @Test
    void factsWithoutACaptureAreTurnedAwayWhereTooManyWait() {
        List<String> early = new ArrayList<>();
        IntStream.rangeClosed(1, 10).forEach(number -> early.add(activity("early", number)));
        JsonNode answer = events(early);
        assertThat(answer.get("parked").intValue()).as("most of one lead").isEqualTo(8);
        assertThat(answer.get("items").get(9).get("code").stringValue()).isEqualTo("parking-full");

        for (int lead = 0; lead < 12; lead++) {
            events(List.of(activity("other" + lead, 1)));
        }
        Client.Answer full = client.post(
                "/v1/events",
                "application/cloudevents+json",
                activity("one-too-many", 1).getBytes(StandardCharsets.UTF_8));
        assertThat(full.status()).as(full.body()).isEqualTo(503);
        assertThat(full.body()).contains("parking-full", "send the lead's capture");

        JsonNode released = events(List.of(CAPTURED.formatted("early-0", "early")));
        assertThat(released.get("stored").intValue()).isEqualTo(1);
        assertSequences("early", 9);
        assertThat(events(List.of(activity("one-too-many", 1))).get("parked").intValue())
                .as("there is room again")
                .isEqualTo(1);
        JsonNode http = client.json("/v1/intake").at("/doors/0");
        assertThat(http.get("sent").intValue())
                .isEqualTo(http.get("stored").intValue()
                        + http.get("duplicates").intValue()
                        + http.get("parked").intValue()
                        + http.get("refused").intValue());
    }

    @Test
    void aNameThatAStoredEventHasIsNotParkedForAnotherLead() {
        events(List.of(CAPTURED.formatted("first-0", "first"), activity("first", 1)));

        JsonNode answer = events(List.of(activity("unheard", 1).replace("\"id\":\"unheard-1\"", "\"id\":\"first-1\"")));

        assertThat(answer.at("/items/0/code").asString(""))
                .as(answer.toString())
                .isEqualTo("conflicting-duplicate");
        assertThat(events(List.of(activity("first", 1))).at("/items/0/status").stringValue())
                .isEqualTo("duplicate");
    }

    /** Two facts are parked, and their lead is captured while these are locked elsewhere. */
    private static void capturedMeanwhile(String leadId, String lockedBy) throws SQLException {
        long before = parked();
        assertThat(events(List.of(activity(leadId, 1), activity(leadId, 2)))
                        .get("parked")
                        .intValue())
                .isEqualTo(2);
        try (Connection elsewhere = engine.dataSource().getConnection()) {
            elsewhere.setAutoCommit(false);
            try (PreparedStatement lock = elsewhere.prepareStatement(lockedBy)) {
                lock.setString(1, leadId);
                lock.execute();
            }
            assertThat(events(List.of(CAPTURED.formatted(leadId + "-0", leadId)))
                            .get("stored")
                            .intValue())
                    .isEqualTo(1);
            assertSequences(leadId, 1);
            assertThat(parked() - before).isEqualTo(2);
            elsewhere.commit();
            elsewhere.setAutoCommit(true);
        }
    }

    private static void assertReleased(String leadId, long before) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(parked()).isEqualTo(before));
        assertSequences(leadId, 3);
        assertThat(events(List.of(activity(leadId, 2))).get("duplicates").intValue())
                .isEqualTo(1);
    }

    /** As when another process stores a capture in the moment in which this one parks a fact of the lead: neither sees the other. */
    @Test
    void whatACapturePassedOverIsReleasedWithoutAnother() throws SQLException {
        long before = parked();
        capturedMeanwhile("late", LOCKED);
        assertReleased("late", before);
    }

    @Test
    void whatWaitedTooLongForACaptureThatHasComeIsReleasedAndNoDeadLetter() throws SQLException {
        long before = parked();
        capturedMeanwhile(
                "old", "UPDATE lifecycle.parked_fact SET parked_at = now() - interval '2 days' WHERE lead_id = ?");
        assertReleased("old", before);
    }

    @Test
    void whatIsJustExpiringIsNeitherWaitedForNorReleasedNorCounted() throws SQLException {
        long before = parked();
        capturedMeanwhile("later", LOCKED);
        assertThat(events(List.of(CAPTURED.formatted("later-0", "later")))
                        .get("duplicates")
                        .intValue())
                .isEqualTo(1);
        assertSequences("later", 3);
        assertThat(parked()).isEqualTo(before);
    }

    private static long parked() {
        return client.json("/v1/intake").at("/doors/0/parked").longValue();
    }

    /** Two megabytes of a lead that do not compress to one. Topics that an earlier program made take no such records. */
    @Test
    void aLargeLeadIsCountedAndSoAreThoseAfterIt() {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> setLargest(LEADS_CHANGELOG, 1 << 20));
        engine.restart();
        look();
        Random random = new Random(7);
        List<String> large = new ArrayList<>(List.of(CAPTURED.formatted("large-0", "large")));
        IntStream.rangeClosed(1, 450).forEach(number -> large.add(enriched("large", number, random)));
        assertThat(events(large).get("stored").intValue()).isEqualTo(large.size());

        events(IntStream.range(0, LEADS_AFTER)
                .mapToObj(lead -> CAPTURED.formatted("after-" + lead, "after-" + lead)
                        .replace("\"web\"", "\"after-a-large-one\""))
                .toList());

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.json("/v1/funnel?dimension=source")
                                .get("rows")
                                .valueStream()
                                .filter(row -> row.get("value").asString("").equals("after-a-large-one"))
                                .map(row -> row.at("/stages/0/ever").intValue())
                                .toList())
                        .containsExactly(LEADS_AFTER));
    }

    @Test
    void aTopologyThatFailsAgainAndAgainIsToldAndEventsAreTakenAllTheSame() {
        try (Engine failing = Engine.start(
                folder.resolve("failing"), "spring.kafka.streams.properties[producer.max.request.size]=20000")) {
            Client asked = new Client(failing.uri());
            assertThat(statusOfTopologies(asked)).isEqualTo("UP");
            Random random = new Random(8);
            List<String> large = new ArrayList<>(List.of(CAPTURED.formatted("large-0", "large")));
            IntStream.rangeClosed(1, 10).forEach(number -> large.add(enriched("large", number, random)));
            asked.events(large);

            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofMinutes(4))
                    .untilAsserted(() -> assertThat(statusOfTopologies(asked)).isEqualTo("OUT_OF_SERVICE"));
            assertThat(asked.get("/actuator/health/readiness").status()).isEqualTo(200);
            assertThat(asked.get("/actuator/prometheus").body())
                    .containsPattern("lifecycle_topology_failing [12]\\.0")
                    .doesNotContain("lifecycle_topology_failures_total 0.0");
        }
    }

    private static String statusOfTopologies(Client asked) {
        return asked.get("/actuator/health")
                .json()
                .at("/components/topologies/status")
                .asString();
    }

    private static String enriched(String leadId, int number, Random random) {
        byte[] note = new byte[HALF_BYTES_OF_NOTE];
        random.nextBytes(note);
        return ENRICHED.formatted(
                leadId + "-" + number,
                leadId,
                number / 60 % 60,
                number % 60,
                HexFormat.of().formatHex(note));
    }

    private static void setLargest(String topic, int bytes) throws ExecutionException, InterruptedException {
        AlterConfigOp op = new AlterConfigOp(
                new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(bytes)), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(op)))
                    .all()
                    .get();
        }
    }

    private static void assertSequences(String leadId, int length) {
        List<Integer> sequences = jdbc.sql(
                        "SELECT sequence::int FROM lifecycle.lead_event WHERE lead_id = ? ORDER BY sequence")
                .param(leadId)
                .query(Integer.class)
                .list();
        assertThat(sequences).isEqualTo(IntStream.range(0, length).boxed().toList());
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.CommandRun;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What the promises rest on is really there: transactions, disks, names, keys, the gap-proof relay. */
class RealServersIT {

    private static final String CAPTURED = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"%s","time":"2026-03-01T09:00:00Z","data":{"source":"web","contact":{"email":"ann.secret@example.com","name":"Ann Secret"}}}""";
    private static final String FACT = """
            {"specversion":"1.0","id":"%s","source":"urn:test","type":"io.smarketing.lead.%s.v1","subject":"%s","time":"2026-03-02T09:00:00Z","data":{}}""";

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
                folder.resolve("data"), "lifecycle.parking.patience=PT2S", "lifecycle.parking.interval=PT1S");
        client = new Client(engine.uri());
        jdbc = JdbcClient.create(engine.dataSource());
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void transactionsAreTheDatabasesAndItsDisksAreWaitedFor() {
        assertThat(engine.context().getBean(TransactionManager.class)).isInstanceOf(SpringTransactionManager.class);
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            assertThat(jdbc.sql("SHOW " + setting).query(String.class).single())
                    .as(setting)
                    .isEqualTo("on");
        }
    }

    @Test
    void whoWatchesSeesWhatCameInAndThatAllIsWell() {
        client.events(List.of(CAPTURED.formatted("seen-1", "seen"), CAPTURED.formatted("seen-1", "seen")));
        assertThat(client.json("/actuator/health/readiness").get("status").stringValue())
                .isEqualTo("UP");
        assertThat(client.json("/actuator/health")
                        .at("/components/kafka/status")
                        .stringValue())
                .isEqualTo("UP");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String meters = client.get("/actuator/prometheus").body();
            JsonNode http = client.json("/v1/intake").at("/doors/0");
            for (String outcome : List.of("sent", "stored")) {
                assertThat(meters)
                        .containsPattern("lifecycle_intake_events_total\\{door=\"http\",outcome=\"%s\"\\} %d\\.0"
                                .formatted(outcome, http.get(outcome).longValue()));
            }
            assertThat(meters)
                    .containsPattern("lifecycle_relay_lag 0\\.0")
                    .contains(
                            "lifecycle_relay_gaps_total",
                            "lifecycle_intake_parked{door=\"http\"}",
                            "lifecycle_intake_kafka_lag 0.0",
                            "lifecycle_intake_batches_seconds_count",
                            "jvm_memory_used_bytes");
        });
    }

    @Test
    void theStoreNamesEventsByTheirStableNamesAndNoClassOfOurs() {
        client.events(List.of(CAPTURED.formatted("names-1", "names"), FACT.formatted("names-2", "accepted", "names")));
        Set<String> types = new HashSet<>(jdbc.sql("SELECT DISTINCT payload_type FROM lifecycle.lead_event")
                .query(String.class)
                .list());
        assertThat(types).isNotEmpty().allMatch(type -> type.matches("io\\.smarketing\\.lead\\.[a-z-]+\\.v\\d+"));
        int classes = jdbc.sql("SELECT count(*) FROM lifecycle.lead_event WHERE payload LIKE '%lifecycle.lead.%'"
                        + " OR meta_data <> '{}'")
                .query(Integer.class)
                .single();
        assertThat(classes).isZero();
    }

    @Test
    void personalDataIsSealedInTheStoreAndOnTheTopicAndOpensForTheLead() {
        client.events(List.of(FACT.formatted("sealed-0", "lost", "sealed"), CAPTURED.formatted("sealed-1", "sealed")));
        for (String table : List.of("lead_event", "parked_fact")) {
            assertThat(jdbc.sql("SELECT count(*) FROM lifecycle." + table + " t WHERE t::text LIKE '%Secret%'"
                                    + " OR t::text LIKE '%ann.secret%'")
                            .query(Integer.class)
                            .single())
                    .as(table)
                    .isZero();
        }
        assertThat(client.json("/v1/leads/sealed").at("/contact/name").stringValue())
                .isEqualTo("Ann Secret");
        assertThat(client.json("/v1/leads/sealed/events").toString())
                .contains("ann.secret@example.com")
                .contains("\"emailDomain\":\"example.com\"");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(topic("lead.events").stream()
                                .filter(event -> key(event).equals("sealed"))
                                .count())
                        .isEqualTo(2));
        assertThat(topic("lead.events"))
                .noneMatch(event -> new String(event.value(), StandardCharsets.UTF_8).contains("Secret"));
        jdbc.sql("DELETE FROM lifecycle.lead_key WHERE lead_id = 'sealed'").update();
        assertThat(client.json("/v1/leads/sealed").has("contact"))
                .as("without its key")
                .isFalse();
    }

    private static String key(ConsumerRecord<byte[], byte[]> event) {
        return new String(event.key(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> topic(String topic) {
        return new Topics(engine).records(topic);
    }

    @Test
    void aDecisionIsHeldToTheTableAndARetryGetsTheFirstAnswer() {
        client.events(List.of(CAPTURED.formatted("decided-1", "decided")));
        Client.Answer first =
                client.postJson("/v1/leads/decided/accept", "{\"by\":\"ann\"}", "Idempotency-Key", "key-1");
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.json().get("stage").stringValue()).isEqualTo("ACCEPTED");
        assertThat(client.postJson(
                                "/v1/leads/decided/win",
                                "{\"amount\":10.5,\"currency\":\"EUR\"}",
                                "Idempotency-Key",
                                "key-2")
                        .json()
                        .get("stage")
                        .stringValue())
                .isEqualTo("WON");
        Client.Answer retry =
                client.postJson("/v1/leads/decided/accept", "{\"by\":\"ann\"}", "Idempotency-Key", "key-1");
        assertThat(retry.body()).as("though the lead is won").isEqualTo(first.body());
        Client.Answer illegal = client.postJson("/v1/leads/decided/reject", "{}", "Idempotency-Key", "key-3");
        assertThat(illegal.status()).isEqualTo(409);
        assertThat(illegal.json().get("code").stringValue()).isEqualTo("illegal-transition");
        assertThat(illegal.json().get("legal").isArray()).isTrue();
        Client.Answer other =
                client.postJson("/v1/leads/decided/contact", "{\"by\":\"bob\"}", "Idempotency-Key", "key-1");
        assertThat(other.status()).as("the key was used for something else").isEqualTo(409);
        assertThat(other.json().get("code").stringValue()).isEqualTo("conflicting-duplicate");
        assertThat(client.json("/v1/leads/decided/events").get("total").intValue())
                .isEqualTo(3);
    }

    @Test
    void whatWaitsIsReleasedByTheCaptureAndElseEndsAmongTheDeadLetters() {
        JsonNode parked = client.events(List.of(
                FACT.formatted("late-1", "accepted", "late"), FACT.formatted("orphan-1", "accepted", "orphan")));
        assertThat(parked.get("parked").intValue()).isEqualTo(2);
        client.events(List.of(CAPTURED.formatted("late-0", "late")));
        assertThat(client.json("/v1/leads/late").get("stage").stringValue()).isEqualTo("ACCEPTED");
        assertThat(client.json("/v1/events?source=urn:test&id=late-1")
                        .get("status")
                        .stringValue())
                .isEqualTo("stored");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.json("/v1/events?source=urn:test&id=orphan-1")
                                .get("status")
                                .stringValue())
                        .isEqualTo("dead-letter"));
        ConsumerRecord<byte[], byte[]> letter = topic("lead.intake.dead-letters").stream()
                .filter(dead -> new String(dead.value(), StandardCharsets.UTF_8).contains("orphan-1"))
                .findFirst()
                .orElseThrow();
        assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                .isEqualTo(FACT.formatted("orphan-1", "accepted", "orphan"));
        assertThat(new String(letter.headers().lastHeader("dl_code").value(), StandardCharsets.UTF_8))
                .isEqualTo("unknown-lead");
        JsonNode http = client.json("/v1/intake").at("/doors/0");
        assertThat(http.get("deadLetters").intValue()).isEqualTo(1);
        assertThat(http.get("sent").intValue())
                .isEqualTo(http.get("stored").intValue()
                        + http.get("duplicates").intValue()
                        + http.get("parked").intValue()
                        + http.get("deadLetters").intValue()
                        + http.get("refused").intValue());
        whatIsDrivenAgainComesInAsWhatItIs();
    }

    private static void whatIsDrivenAgainComesInAsWhatItIs() {
        String url = engine.uri().toString();
        JsonNode first = onlyLetter("dead-letters", "list", "--url", url, "--code", "unknown-lead", "--json");
        assertThat(first.get("attempts").intValue()).isEqualTo(1);
        assertThat(CommandRun.json("dead-letters", "show", place(first), "--url", url)
                        .get("value")
                        .stringValue())
                .isEqualTo(FACT.formatted("orphan-1", "accepted", "orphan"));
        assertThat(CommandRun.json("dead-letters", "redrive", "--url", url, "--code", "unknown-lead", "--json")
                        .get("redriven")
                        .intValue())
                .isEqualTo(1);
        // Its lead is not captured yet: it waits once more, and in vain.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(onlyLetter("dead-letters", "list", "--url", url, "--pending", "--json")
                                .get("attempts")
                                .intValue())
                        .isEqualTo(2));
        JsonNode second = onlyLetter("dead-letters", "list", "--url", url, "--pending", "--json");
        client.events(List.of(CAPTURED.formatted("orphan-0", "orphan")));
        assertThat(redriven(url, place(second))).isEqualTo(1);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.json("/v1/events?source=urn:test&id=orphan-1")
                                .get("status")
                                .stringValue())
                        .isEqualTo("stored"));
        assertThat(redriven(url, place(second)))
                .as("what was sent again is not sent a third time")
                .isZero();
        JsonNode kafka = client.json("/v1/intake").at("/doors/1");
        assertThat(List.of(
                        kafka.get("sent").intValue(),
                        kafka.get("stored").intValue(),
                        kafka.get("deadLetters").intValue()))
                .containsExactly(2, 1, 1);
        assertThat(client.get("/v1/dead-letters/99/0").status()).isEqualTo(404);
        assertThat(client.postJson("/v1/dead-letters/redrive", "{}").status()).isEqualTo(422);
    }

    private static JsonNode onlyLetter(Object... command) {
        JsonNode letters = CommandRun.json(command).get("letters");
        assertThat(letters.size()).as(letters.toString()).isEqualTo(1);
        return letters.get(0);
    }

    private static String place(JsonNode letter) {
        return letter.get("partition").asString() + "/" + letter.get("offset").asString();
    }

    private static int redriven(String url, String place) {
        return CommandRun.json("dead-letters", "redrive", place, "--url", url, "--json")
                .get("redriven")
                .intValue();
    }

    /** A transaction that has taken numbers of the store and is slow, beside others that pass it by. */
    @Test
    void theRelayPassesNoSlowTransactionBy() {
        TransactionTemplate transaction =
                new TransactionTemplate(engine.context().getBean(PlatformTransactionManager.class));
        transaction.executeWithoutResult(status -> {
            jdbc.sql("INSERT INTO lifecycle.lead_event (lead_id, sequence, source, event_id, fingerprint, payload_type,"
                            + " payload_revision, payload, meta_data, aggregate_type, event_identifier, time_stamp)"
                            + " VALUES ('slow', 0, 'urn:slow', '1', gen_random_uuid(), 'io.smarketing.lead.captured.v1', '1',"
                            + " ?, '{}', 'Lead', 'slow', '2026-03-01T09:00:00Z')")
                    .param("""
                            {"specversion":"1.0","id":"1","source":"urn:slow","type":"io.smarketing.lead.captured.v1","subject":"slow","time":"2026-03-01T09:00:00Z","recordedtime":"2026-03-01T09:00:00Z","data":{"leadId":"slow"}}""")
                    .update();
            Thread others = new Thread(() -> {
                for (int i = 0; i < 20; i++) {
                    client.events(List.of(CAPTURED.formatted("quick-" + i, "quick-" + i)));
                }
            });
            others.start();
            try {
                others.join(1_500);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        jdbc.sql(
                        "SELECT nextval(pg_get_serial_sequence('lifecycle.lead_event', 'global_index')) FROM generate_series(1, 50)")
                .query(Long.class)
                .list();
        client.events(List.of(CAPTURED.formatted("behind-the-gap", "behind-the-gap")));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            List<String> leads =
                    topic("lead.events").stream().map(RealServersIT::key).toList();
            assertThat(leads).contains("slow", "behind-the-gap", "quick-0", "quick-19");
        });
        List<Long> positions = topic("lead.events").stream()
                .map(event -> Long.parseLong(
                        new String(event.headers().lastHeader("ce_position").value(), StandardCharsets.UTF_8)))
                .toList();
        assertThat(positions)
                .as("every stored event, once")
                .containsExactlyInAnyOrderElementsOf(jdbc.sql("SELECT global_index FROM lifecycle.lead_event")
                        .query(Long.class)
                        .list());
    }

    @Test
    void theApiIsDescribed() {
        JsonNode api = client.json("/v3/api-docs");
        assertThat(api.get("paths").propertyNames())
                .contains("/v1/events", "/v1/leads/{leadId}/accept", "/v1/funnel", "/v1/replays", "/v1/policies");
        assertThat(client.get("/swagger-ui.html").status()).isIn(200, 302);
        assertThat(client.get("/").body()).contains("<html");
    }
}

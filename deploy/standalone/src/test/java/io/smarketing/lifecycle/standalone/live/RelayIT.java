package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Everything that is done to the relay ends with the same question: does the topic hold what the store holds, each event once and in order? */
class RelayIT {

    private static final String EVENTS = "lead.events";
    private static final String POSITION = "lifecycle.relay-position";
    private static final String TRANSACTIONAL_ID = "lifecycle-relay";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String INSERT = """
            INSERT INTO lifecycle.lead_event (lead_id, sequence, source, event_id, fingerprint, payload_type, payload_revision,
                payload, meta_data, aggregate_type, event_identifier, time_stamp)
            SELECT lead, ?, 'urn:relay', lead || '/' || ?, gen_random_uuid(), 'io.smarketing.lead.captured.v1', '1',
                '{"specversion":"1.0","id":"' || lead || '/' || ? || '","source":"urn:relay","type":"io.smarketing.lead.captured.v1","subject":"'
                || lead || '","time":"2026-03-01T09:00:00Z","recordedtime":"2026-03-01T09:00:00Z","data":{"leadId":"' || lead || '"}}',
                '{}', 'Lead', lead, '2026-03-01T09:00:00Z'
            FROM (SELECT ? || '-' || n AS lead FROM generate_series(1, ?) AS n) AS leads""";

    @TempDir
    private static Path folder = Path.of("");

    private static Engine engine;
    private static JdbcClient jdbc;
    private static SmartLifecycle relay;

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
        jdbc = JdbcClient.create(engine.dataSource());
        relay = engine.context().getBean("relay", SmartLifecycle.class);
        // They would read along, and are none of the relay's business.
        List.of("funnelStreams", "tableWriter")
                .forEach(reader ->
                        engine.context().getBean(reader, SmartLifecycle.class).stop());
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @AfterEach
    void theTopicHoldsWhatTheStoreHolds() {
        if (!relay.isRunning()) {
            relay.start();
        }
        insert("last", 1);
        awaitSame();
    }

    /** Leads with one event each, in one transaction. */
    private static void insert(String prefix, int leads) {
        try (Connection connection = engine.dataSource().getConnection()) {
            insert(connection, prefix + "-" + System.nanoTime(), 0, leads);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void insert(Connection connection, String prefix, int sequence, int leads) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, sequence);
            statement.setString(2, String.valueOf(sequence));
            statement.setString(3, String.valueOf(sequence));
            statement.setString(4, prefix);
            statement.setInt(5, leads);
            statement.executeUpdate();
        }
    }

    private static Connection transaction() throws SQLException {
        Connection connection = engine.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private record Event(long position, String leadId, long sequence) {}

    private static List<Event> store() {
        return jdbc.sql("SELECT global_index, lead_id, sequence FROM lifecycle.lead_event ORDER BY global_index")
                .query((row, number) -> new Event(row.getLong(1), row.getString(2), row.getLong(3)))
                .list();
    }

    private static List<Event> topic() {
        return new Topics(engine)
                .records(EVENTS).stream()
                        .map(event -> new Event(
                                Long.parseLong(header(event, "ce_position")),
                                new String(event.key(), StandardCharsets.UTF_8),
                                Long.parseLong(header(event, "ce_sequence"))))
                        .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> event, String name) {
        return new String(event.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static void awaitSame() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(RelayIT::assertSame);
    }

    private static void assertSame() {
        List<Event> topic = topic();
        List<Event> store = store();
        assertThat(topic.size()).as("each once").isEqualTo(store.size());
        assertThat(Set.copyOf(topic).equals(Set.copyOf(store))).as("no other").isTrue();
        Map<String, Long> last = new HashMap<>();
        for (Event event : topic) {
            assertThat(event.sequence())
                    .as("the order of lead " + event.leadId())
                    .isEqualTo(last.merge(event.leadId(), 0L, (before, zero) -> before + 1));
        }
    }

    private static KafkaProducer<byte[], byte[]> anotherRelaysProducer() {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", engine.bootstrapServers(), "transactional.id", TRANSACTIONAL_ID),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", engine.bootstrapServers()));
    }

    private static double meter(String name) {
        return engine.context()
                .getBean(io.micrometer.core.instrument.MeterRegistry.class)
                .get(name)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void numbersThatWereRolledBackOrBurntHoldNothingUp() throws SQLException {
        double waitedOn = meter("lifecycle.relay.gaps");
        for (int round = 0; round < 10; round++) {
            try (Connection rolledBack = transaction()) {
                insert(rolledBack, "never-" + round, 0, 7);
                insert("meanwhile-" + round, 5);
                rolledBack.rollback();
            }
            jdbc.sql("SELECT nextval(pg_get_serial_sequence('lifecycle.lead_event', 'global_index'))"
                            + " FROM generate_series(1, 40)")
                    .query()
                    .listOfRows();
            insert("behind-" + round, 3);
        }
        awaitSame();
        assertThat(topic()).noneMatch(event -> event.leadId().startsWith("never"));
        assertThat(meter("lifecycle.relay.gaps")).isGreaterThan(waitedOn);
        assertThat(meter("lifecycle.relay.gap.waiting")).isZero();
    }

    @Test
    void aTransactionHeldOpenHoldsUpNoWriterAndIsNotPassedBy() throws SQLException {
        try (Connection slow = transaction()) {
            insert(slow, "slow", 0, 1);
            long reached = store().size();
            for (int batch = 0; batch < 20; batch++) {
                try (Connection quick = transaction()) {
                    // A writer that stands behind the relay, as it waits for the slow one, would fail here.
                    quick.createStatement().execute("SET LOCAL lock_timeout = '2s'");
                    insert(quick, "quick-" + batch, 0, 1_000);
                    quick.commit();
                }
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(meter("lifecycle.relay.gap.waiting")).isGreaterThan(0.5));
            assertThat(store().size()).isEqualTo(reached + 20_000);
            assertThat(topic())
                    .as("nothing of what lies beyond the gap")
                    .noneMatch(event -> event.leadId().startsWith("quick"));
            insert(slow, "slow", 1, 1);
            slow.commit();
        }
        awaitSame();
        assertThat(topic()).contains(eventOf("slow-1", 0), eventOf("slow-1", 1), eventOf("quick-19-1000", 0));
        assertThat(meter("lifecycle.relay.gaps.seconds")).isGreaterThan(0.5);
    }

    private static Event eventOf(String leadId, int sequence) {
        return store().stream()
                .filter(event -> event.leadId().equals(leadId) && event.sequence() == sequence)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRelayThatCrashedBetweenSendAndCommitLosesAndRepeatsNothing() {
        relay.stop();
        insert("crash", 100);
        try (KafkaProducer<byte[], byte[]> crashed = anotherRelaysProducer()) {
            crashed.beginTransaction();
            for (Event event : store()) {
                var unused = crashed.send(new ProducerRecord<>(EVENTS, bytes(event.leadId()), bytes("half a batch")));
            }
            var unused = crashed.send(new ProducerRecord<>(POSITION, bytes(EVENTS), bytes("1000000000")));
            crashed.flush();
            relay.start();
            awaitSame();
            assertThat(new Topics(engine)
                            .records(EVENTS, "read_uncommitted").stream()
                                    .filter(event ->
                                            new String(event.value(), StandardCharsets.UTF_8).equals("half a batch"))
                                    .count())
                    .as("the crash was one")
                    .isGreaterThanOrEqualTo(100);
            assertThatThrownBy(crashed::commitTransaction)
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }
    }

    /** As after the coordinator's death, when a partition was not told of a commit: who reads committed records sees nothing behind it. */
    @Test
    void aRelayThatBeginsWhileCommittedEventsAreHiddenDoesNotCarryThemAgain() throws Exception {
        awaitSame();
        try (KafkaProducer<byte[], byte[]> open = new KafkaProducer<>(
                Map.of("bootstrap.servers", engine.bootstrapServers(), "transactional.id", "some-other"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            open.initTransactions();
            open.beginTransaction();
            for (TopicPartition partition : ends().keySet()) {
                var unused = open.send(new ProducerRecord<>(EVENTS, partition.partition(), null, bytes("never")));
            }
            var unused = open.send(new ProducerRecord<>(POSITION, bytes("some-other"), bytes("1")));
            open.flush();
            insert("hidden", 200);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(meter("lifecycle.relay.lag")).isZero());
            relay.stop();
            relay.start();
            Thread.sleep(2_000);
            assertThat(meter("lifecycle.relay.carries")).as("it waits").isZero();
            open.abortTransaction();
            awaitSame();
            assertThat(new Topics(engine)
                            .records(EVENTS, "read_uncommitted").stream()
                                    .filter(event -> event.key() != null
                                            && new String(event.key(), StandardCharsets.UTF_8).startsWith("hidden"))
                                    .count())
                    .isEqualTo(200);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aRelayThatIsFencedStandsByAndTakesUpItsWorkAgain() {
        try (KafkaProducer<byte[], byte[]> usurper = anotherRelaysProducer()) {
            insert("fenced", 50);
            awaitSame();
            usurper.beginTransaction();
            var sent = usurper.send(new ProducerRecord<>(EVENTS, bytes("usurped"), bytes("{}")));
            assertThatThrownBy(() -> {
                        usurper.commitTransaction();
                        sent.get();
                    })
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }
    }

    @Test
    void oneOfTwoRelaysCarriesAndTheOtherTakesOver() {
        AutowireCapableBeanFactory beans = engine.context().getAutowireCapableBeanFactory();
        SmartLifecycle second = (SmartLifecycle) beans.createBean(relay.getClass());
        try {
            second.start();
            insert("both", 50);
            awaitSame();
            assertThat(meter("lifecycle.relay.carries"))
                    .as("the first one goes on")
                    .isEqualTo(1);
            relay.stop();
            assertThat(meter("lifecycle.relay.carries")).isZero();
            insert("second", 50);
            awaitSame();
            relay.start();
            insert("both-again", 50);
            awaitSame();
            assertThat(meter("lifecycle.relay.carries"))
                    .as("it waits for its turn")
                    .isZero();
            loseTheTurn();
            insert("any", 50);
            awaitSame();
        } finally {
            second.stop();
        }
    }

    /** As when the machine that carries is gone. */
    private static void loseTheTurn() {
        assertThat(jdbc.sql(
                                "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted")
                        .query(Integer.class)
                        .single())
                .isPositive();
    }

    @Test
    void aPositionThatWasLostIsFoundAgainInTheEvents() throws Exception {
        insert("found", 500);
        awaitSame();
        relay.stop();
        Map<TopicPartition, Long> ends = ends();
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(POSITION)).all().get();
        }
        insert("went-on", 10);
        relay.start();
        awaitSame();
        ends().forEach((partition, end) ->
                assertThat(end).as("the topic was not filled again").isLessThan(ends.getOrDefault(partition, 0L) + 20));
    }

    private static Map<TopicPartition, Long> ends() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", engine.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.endOffsets(consumer.partitionsFor(EVENTS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
        }
    }

    /** A backup that lacks the last event, and whose next event takes its number. */
    @Test
    void nothingIsCarriedFromADatabaseThatIsOlderThanTheTopic() throws InterruptedException, ExecutionException {
        insert("lost-in-the-backup", 1);
        awaitSame();
        relay.stop();
        List<Event> before = topic();
        String forget = "UPDATE lifecycle.lead_event SET event_id = ? WHERE event_id = ?";
        String eventId = jdbc.sql("SELECT event_id FROM lifecycle.lead_event ORDER BY global_index DESC LIMIT 1")
                .query(String.class)
                .single();
        jdbc.sql(forget).params("another", eventId).update();
        relay.start();
        insert("new", 20);
        Thread.sleep(3_000);
        assertThat(topic()).isEqualTo(before);
        assertThat(meter("lifecycle.relay.carries")).isZero();
        assertThat(meter("lifecycle.relay.lag")).isNaN();
        jdbc.sql(forget).params(eventId, "another").update();
        awaitSame();
    }
}

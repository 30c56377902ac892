package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Records of {@code lead.intake} that cannot even be refused for a while hold up those behind them, and are not passed over. */
class FailedBatchIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BEHIND = 20;
    private static final Duration BETWEEN = Duration.ofMillis(150);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void recordsThatFailAreReadAgainThoughThoseBehindThemWereWritten() throws Exception {
        try (Engine engine = Engine.start(folder.resolve("data"));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, engine.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            Client client = new Client(engine.uri());
            JdbcClient jdbc = JdbcClient.create(engine.dataSource());
            refuseInDatabase(jdbc, "lead_event", "NEW.lead_id = 'bad'");
            refuseInDatabase(jdbc, "refusal", "NEW.event_id = 'bad'");

            producer.send(capture("bad")).get();
            for (int i = 0; i < BEHIND; i++) {
                producer.send(capture("behind-" + i)).get();
                Thread.sleep(BETWEEN.toMillis());
            }
            await("the refusal was tried, and failed too")
                    .atMost(PATIENCE)
                    .until(() -> jdbc.sql("SELECT is_called FROM lifecycle.refusal_tried")
                            .query(Boolean.class)
                            .single());
            jdbc.sql("DROP TRIGGER refused ON lifecycle.lead_event").update();
            jdbc.sql("DROP TRIGGER refused ON lifecycle.refusal").update();

            awaitLead(client, "bad");
            for (int i = 0; i < BEHIND; i++) {
                awaitLead(client, "behind-" + i);
            }
        }
    }

    private static void awaitLead(Client client, String lead) {
        await(lead)
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(client.get("/v1/leads/" + lead).status()).isEqualTo(200));
    }

    /** A sequence goes on though what drew from it was rolled back. */
    private static void refuseInDatabase(JdbcClient jdbc, String table, String rows) {
        jdbc.sql("CREATE SEQUENCE lifecycle.%s_tried".formatted(table)).update();
        jdbc.sql("""
                        CREATE FUNCTION lifecycle.refuse_%1$s() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                          PERFORM nextval('lifecycle.%1$s_tried'), pg_sleep(0.5);
                          RAISE EXCEPTION 'refused by the test';
                        END $$""".formatted(table)).update();
        jdbc.sql(
                        "CREATE TRIGGER refused BEFORE INSERT ON lifecycle.%1$s FOR EACH ROW WHEN (%2$s) EXECUTE FUNCTION lifecycle.refuse_%1$s()"
                                .formatted(table, rows))
                .update();
    }

    /** All in one partition, where the offset of a later one passes the earlier ones. */
    private static ProducerRecord<byte[], byte[]> capture(String lead) {
        String line = """
                {"specversion":"1.0","id":"%1$s","source":"urn:t","type":"io.smarketing.lead.captured.v1",\
                "subject":"%1$s","time":"2026-01-01T00:00:00Z","data":{"source":"web"}}""".formatted(lead);
        return new ProducerRecord<>(
                "lead.intake",
                0,
                lead.getBytes(StandardCharsets.UTF_8),
                line.getBytes(StandardCharsets.UTF_8),
                List.of(Letter.header("content-type", "application/cloudevents+json")));
    }
}

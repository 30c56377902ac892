package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Two processes on one database and one Kafka: neither ends the other's replays, both can cancel them. */
class SharedReplaysIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CAPTURED = """
            {"specversion":"1.0","id":"captured","source":"urn:test","type":"io.smarketing.lead.captured.v1","subject":"shared","time":"2026-03-01T09:00:00Z","data":{}}""";

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Engine first;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @BeforeAll
    static void start() {
        first = Engine.start(folder.resolve("first"), "lifecycle.instance=first");
        client = new Client(first.uri());
        client.events(List.of(CAPTURED));
    }

    @AfterAll
    static void stop() {
        first.close();
    }

    private static Engine second() {
        return Engine.on(
                folder.resolve("second"),
                List.of(
                        "spring.datasource.url=" + first.jdbcUrl(),
                        "spring.datasource.username=lifecycle",
                        "spring.kafka.bootstrap-servers=" + first.bootstrapServers(),
                        "lifecycle.privacy.master-key-file="
                                + folder.resolve("first").resolve("master-key.json"),
                        "lifecycle.instance=second",
                        "lifecycle.streams.instance=second",
                        "lifecycle.replays.gone-after=PT3S"));
    }

    private static String audit(Client asked) {
        Client.Answer answer = asked.postJson("/v1/replays", "{\"audit\":true}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return answer.json().get("id").stringValue();
    }

    private static String status(Client asked, String id) {
        return asked.json("/v1/replays/" + id).get("status").stringValue();
    }

    /** As long as it is open no audit can read the store. */
    private static Connection locked() throws SQLException {
        Connection connection = first.dataSource().getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE lifecycle.lead_event IN ACCESS EXCLUSIVE MODE");
        }
        return connection;
    }

    @Test
    void anotherProcessStartsCancelsAndEndsWithoutHarmToReplaysThatRun() throws SQLException {
        try (Engine second = second()) {
            Client other = new Client(second.uri());
            String running;
            String left;
            try (Connection lock = locked()) {
                running = audit(client);
                String waiting = audit(client);
                await().atMost(PATIENCE).until(() -> status(client, running).equals("running"));
                second.restart();
                other = new Client(second.uri());
                assertThat(status(other, running)).isEqualTo("running");
                assertThat(status(other, waiting)).isEqualTo("queued");

                assertThat(other.delete("/v1/replays/" + waiting).status()).isEqualTo(200);
                // Its place is free again only where it waited.
                await().atMost(PATIENCE)
                        .until(() -> client.json("/v1/replays/" + waiting)
                                .at("/progress/stage")
                                .stringValue()
                                .equals("cancelled"));
                left = UUID.randomUUID().toString();
                JdbcClient.create(first.dataSource())
                        .sql("INSERT INTO projections.replay (id, status, instance, request, created_at)"
                                + " VALUES (?::uuid, 'running', 'a machine that burnt', '{\"audit\":true}', now())")
                        .param(left)
                        .update();
                String gone = left;
                await().atMost(PATIENCE).until(() -> status(client, gone).equals("failed"));
                assertThat(status(client, running))
                        .as("its process says that it is there")
                        .isEqualTo("running");
                lock.rollback();
            }
            await().atMost(PATIENCE).until(() -> status(client, running).equals("done"));
            JsonNode failed = other.json("/v1/replays/" + left);
            assertThat(failed.get("failure").stringValue()).isEqualTo("the process that made it is gone; ask again");
        }
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Several analysts share the places of replays. */
class ReplayAnalystsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String REPLAY = "{\"candidate\":\"active\",\"baseline\":\"recorded\"}";
    private static final int RUNNING = 2;
    private static final int WAITING = 3;

    @TempDir
    private static Path folder = Path.of("");

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(
                folder.resolve("analysts"),
                "lifecycle.replays.most-running-per-analyst=" + RUNNING,
                "lifecycle.replays.most-waiting-per-analyst=" + WAITING);
        client().activate(SharedData.exampleText("b2b-default.yaml"));
        client().history(Histories.lines(Histories.generated(folder, 50, 29)));
        client().replay(REPLAY);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static Client client() {
        return new Client(engine.uri());
    }

    private static Client.Answer ask(String... headers) {
        return client().postJson("/v1/replays", REPLAY, headers);
    }

    private static String taken(String analyst) {
        Client.Answer answer = ask("X-Analyst", analyst);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        assertThat(answer.json().get("analyst").stringValue()).isEqualTo(analyst);
        return answer.json().get("id").stringValue();
    }

    private static JsonNode of(String analyst) {
        return client().json("/v1/replays?limit=100&analyst=" + Client.encoded(analyst))
                .get("replays");
    }

    private static long count(String analyst, String status) {
        long count = 0;
        for (JsonNode replay : of(analyst)) {
            assertThat(replay.get("analyst").stringValue()).isEqualTo(analyst);
            count += replay.get("status").stringValue().equals(status) ? 1 : 0;
        }
        return count;
    }

    private static void awaitRunning(String analyst, int count) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(count(analyst, "running")).as(analyst).isEqualTo(count));
    }

    /** While a writer is at the store, no replay knows where it ends: those that run go on running. */
    @Test
    void oneAnalystCannotTakeThePlacesOfTheOthers() throws SQLException {
        List<String> asked = new ArrayList<>();
        try (Connection writer = engine.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("LOCK TABLE lifecycle.lead_event IN ROW EXCLUSIVE MODE");
            for (int i = 0; i < RUNNING + WAITING; i++) {
                asked.add(taken("ann@example.com"));
            }
            awaitRunning("ann@example.com", RUNNING);
            assertThat(count("ann@example.com", "queued")).isEqualTo(WAITING);
            assertThat(JdbcClient.create(engine.dataSource())
                            .sql(
                                    "SELECT count(*) FROM pg_locks WHERE relation = 'lifecycle.lead_event'::regclass AND NOT granted")
                            .query(Long.class)
                            .single())
                    .as("what waits for a lock has all writers wait behind it")
                    .isZero();

            Client.Answer refused = ask("X-Analyst", " ann@example.com ");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.contentType()).startsWith("application/problem+json");
            assertThat(refused.retryAfter()).isEqualTo("30");
            assertThat(refused.json().get("code").stringValue()).isEqualTo("too-many-replays-of-analyst");
            assertThat(refused.json().get("field").stringValue()).isEqualTo("X-Analyst");
            assertThat(refused.json().get("detail").stringValue())
                    .contains("3 replays of the analyst 'ann@example.com' wait already", "most-waiting-per-analyst");
            assertThat(refused.json().get("mend").stringValue()).contains("ask again in 30 s", "cancel one");

            asked.add(taken("ben"));
            awaitRunning("ben", 1);
            Client.Answer unnamed = ask();
            assertThat(unnamed.status()).as(unnamed.body()).isEqualTo(202);
            assertThat(unnamed.json().get("analyst").stringValue()).isEqualTo("anonymous");
            asked.add(unnamed.json().get("id").stringValue());

            String waiting = asked.get(RUNNING + WAITING - 1);
            assertThat(client().delete("/v1/replays/" + waiting).status()).isEqualTo(200);
            asked.remove(waiting);
            asked.add(taken("ann@example.com"));
            assertThat(ask("X-Analyst", "ann@example.com").status()).isEqualTo(429);
            assertThat(count("ann@example.com", "running")).isEqualTo(RUNNING);
            writer.rollback();
        }
        for (String id : asked) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client().json("/v1/replays/" + id)
                                    .get("status")
                                    .stringValue())
                            .isEqualTo("done"));
        }
        assertThat(count("ann@example.com", "done")).isEqualTo(RUNNING + WAITING);
        assertThat(of("ben")).hasSize(1);
        assertThat(of("nobody")).isEmpty();
        taken("ann@example.com");
    }

    @Test
    void whatNamesNobodyIsRefused() {
        Client.Answer tooLong = ask("X-Analyst", "x".repeat(65));
        assertThat(tooLong.status()).isEqualTo(400);
        assertThat(tooLong.json().get("code").stringValue()).isEqualTo("bad-analyst");
        assertThat(tooLong.json().get("field").stringValue()).isEqualTo("X-Analyst");
        assertThat(client().get("/v1/replays?analyst=" + Client.encoded("J\u00f6rg"))
                        .json()
                        .get("code")
                        .stringValue())
                .isEqualTo("bad-analyst");
    }

    @Test
    void theDescriptionOfTheApiNamesHeaderAndParameter() {
        JsonNode path = client().json("/v3/api-docs").at("/paths/~1v1~1replays");
        assertThat(path.at("/post/parameters").toString()).contains("\"X-Analyst\"", "\"header\"");
        assertThat(path.at("/get/parameters").toString()).contains("\"analyst\"", "\"query\"");
    }
}

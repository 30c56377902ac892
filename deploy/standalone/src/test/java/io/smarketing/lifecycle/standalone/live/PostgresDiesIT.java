package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smarketing.lifecycle.standalone.engine.EngineProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's own PostgreSQL dies under it and is started again, without anybody's hands. */
class PostgresDiesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void itComesBackAtItsPortWhateverOfItWasKilled() {
        try (EngineProcess engine = EngineProcess.start(folder.resolve("data"))) {
            Client client = new Client(engine.uri());
            assertComesBack(engine, client, "all", EngineProcess::killPostgres);
            assertComesBack(engine, client, "first", EngineProcess::killPostmaster);
            assertComesBack(engine, client, "again", EngineProcess::killPostgres);
            assertThat(engine.errors().split("starting it again", -1)).hasSize(4);
            ProcessHandle last = engine.postgres().orElseThrow();
            engine.stop();
            assertThat(last.isAlive() && last.info().command().isPresent())
                    .as("it ends with the engine")
                    .isFalse();
        }
    }

    private static void assertComesBack(EngineProcess engine, Client client, String id, Consumer<EngineProcess> kill) {
        assertThat(capture(client, id + "-before").status()).isEqualTo(200);
        long killed = engine.postgres().orElseThrow().pid();
        kill.accept(engine);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            Client.Answer answer = capture(client, id + "-after");
            assertThat(answer.status()).as(answer.body()).isIn(200, 503);
            assertThat(answer.status() == 503).isEqualTo(!answer.retryAfter().isEmpty());
            // The first kill may not be noticed yet.
            return answer.status() == 200
                    && engine.postgres().filter(now -> now.pid() != killed).isPresent();
        });
        assertThat(Books.missing(
                        Books.database(engine.jdbcUrl()),
                        List.of("urn:probe " + id + "-before", "urn:probe " + id + "-after")))
                .isEmpty();
        await().atMost(PATIENCE)
                .until(() -> client.get("/actuator/health/readiness").status() == 200);
    }

    private static Client.Answer capture(Client client, String id) {
        return client.postJson("/v1/events", """
                {"specversion":"1.0","id":"%s","source":"urn:probe","type":"io.smarketing.lead.captured.v1","subject":"P-%s",\
                "time":"2026-03-01T09:00:00Z","data":{"source":"web"}}""".formatted(id, id));
    }
}

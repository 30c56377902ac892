package io.smarketing.lifecycle.standalone.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EngineTest {

    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void ask(Duration patience) throws GivenUp, InterruptedException {
        EngineUrl url = EngineUrl.parse(server.url());
        new Engine(url, patience, message -> {}).get(url.at("/v1/x"));
    }

    @Test
    void aRequestThatIsTriedAgainIsTheSameRequest() throws GivenUp, InterruptedException {
        server.then(503, "").then(503, "").then(200, "{}");

        ask(Duration.ofSeconds(30));

        assertThat(server.headers)
                .hasSize(3)
                .allSatisfy(headers -> assertThat(headers.get("Accept")).hasSize(1));
    }
}

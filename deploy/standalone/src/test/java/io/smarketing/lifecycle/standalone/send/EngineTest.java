package io.smarketing.lifecycle.standalone.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"7200", "HTTP-date"})
    void whoAsksForMoreTimeThanThereIsIsGivenUpAtOnce(String retryAfter) {
        ZonedDateTime then = ZonedDateTime.now(ZoneOffset.UTC).plusHours(2);
        String header = retryAfter.equals("HTTP-date") ? DateTimeFormatter.RFC_1123_DATE_TIME.format(then) : retryAfter;
        server.then(503, Map.of("Retry-After", header), "").then(200, "{}");

        assertThatThrownBy(() -> ask(Duration.ofSeconds(30)))
                .isInstanceOf(GivenUp.class)
                .hasMessageMatching(
                        "gave up: .* answers 503; it asks to be left alone for .*, and is waited for up to 30 s");
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void aRequestThatTookTooLongToComeIsSentAgain() throws GivenUp, InterruptedException {
        server.then(408, "").then(200, "{}");

        ask(Duration.ofSeconds(30));

        assertThat(server.asked).hasSize(2);
    }
}

package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.SharedData;
import io.smarketing.lifecycle.standalone.engine.Engine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Whatever id a lead was captured under, it can be asked for and decided on, and no other lead answers in its place. */
class LeadIdsInPathsIT {

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
        client = new Client(engine.uri());
        client.activate(SharedData.exampleText("product-led.yaml"));
        client.events(List.of(BrokenInputs.good("x", "x"), BrokenInputs.good("a", "a")));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b", "/a", "a/", "a//b", "a/../b", "../a", "a\\b", "a;b", ";a", "a%2Fb", "a%3Bb", "a b?c#d", "größe",
                "a+b&c=d", "active", ".", ".."
            })
    void aLeadIsFoundUnderTheIdThatItWasCapturedUnder(String lead) {
        String quoted = JsonMapper.shared().writeValueAsString(lead);
        client.events(List.of(
                BrokenInputs.good("captured-" + Client.encoded(lead), "#").replace("\"#\"", quoted)));
        String path = "/v1/leads/" + Client.encoded(lead);

        assertThat(client.json(path).get("leadId").stringValue()).isEqualTo(lead);
        assertThat(client.json(path + "/events").get("leadId").stringValue()).isEqualTo(lead);
        assertThat(client.json(path + "/explanation").get("leadId").stringValue())
                .isEqualTo(lead);
        Client.Answer accepted = client.postJson(path + "/accept", "{\"by\":\"ann\"}");
        assertThat(accepted.status()).as(accepted.body()).isEqualTo(200);
        assertThat(accepted.json().get("leadId").stringValue()).isEqualTo(lead);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/leads/x;anything",
                "/v1/leads/x;",
                "/v1/leads/x;y/events",
                "/v1/leads/x;y/explanation",
                "/v1/leads;y/x",
                "/v1/policies;x"
            })
    void aSemicolonThatIsNotEncodedIsRefused(String path) {
        assertSemicolonIsRefused(client.get(path));
    }

    @Test
    void nothingIsDecidedForALeadThatWasNotNamed() {
        assertSemicolonIsRefused(client.postJson("/v1/leads/x;y/accept", "{}"));
        assertSemicolonIsRefused(client.postJson("/v1/leads/x/accept;y", "{}"));
        assertThat(client.json("/v1/leads/x").get("events").intValue()).isEqualTo(1);
        assertThat(client.get("/v1/leads/x%3By").json().get("code").stringValue())
                .isEqualTo("unknown-lead");
        assertThat(client.get("/v1/leads/x%2Fevents").json().get("code").stringValue())
                .isEqualTo("unknown-lead");
    }

    private static void assertSemicolonIsRefused(Client.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.json().get("code").stringValue()).isEqualTo("semicolon-in-path");
        assertThat(answer.json().get("mend").stringValue()).contains("%3B");
    }

    @Test
    void thePagesAreThereAndNothingBesideThem() {
        for (String path : List.of("/", "/index.html", "/replays.html", "/page/main.js", "/swagger-ui/index.html")) {
            assertThat(client.get(path).status()).as(path).isEqualTo(200);
        }
        for (String beside : List.of("application.properties", "META-INF/MANIFEST.MF")) {
            for (String up :
                    List.of("..%2F", "..%5C", "%2E%2E%2F", "..%252F", "page%2F..%2F..%2F", "/page/..%2F..%2F")) {
                String path = (up.startsWith("/") ? up : "/" + up) + beside.replace("/", "%2F");
                Client.Answer answer = client.get(path);
                assertThat(answer.status()).as(path).isIn(400, 404);
                assertThat(answer.contentType()).as(path).isEqualTo("application/problem+json");
            }
        }
    }
}

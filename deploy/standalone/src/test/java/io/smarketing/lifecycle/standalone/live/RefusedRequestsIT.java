package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.smarketing.lifecycle.standalone.engine.Engine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be answered as they ask are refused before anything is done, and none of them is a fault of the server. */
class RefusedRequestsIT {

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        engine = Engine.start(folder.resolve("data"));
        client = new Client(engine.uri());
        client.events(List.of(BrokenInputs.good("1", "L-1"), BrokenInputs.good("2", "L-2")));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(engine.uri().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void assertRefused(Client.Answer answer, int status, String code, String field) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("code").asString("")).isEqualTo(code);
        assertThat(answer.json().path("field").asString("")).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/yaml", "application/xml", "application/cbor"})
    void whoTakesNoJsonIsToldSoBeforeAnythingIsStored(String accept) {
        String lead = "unheard-" + accept.replaceAll("\\W", "-");
        byte[] event = BrokenInputs.good(lead, lead).getBytes(StandardCharsets.UTF_8);
        assertThat(client.post("/v1/events", "application/json", event, "Accept", accept)
                        .status())
                .isEqualTo(406);
        assertThat(client.get("/v1/leads/" + lead).status()).isEqualTo(404);
        assertThat(client.postJson("/v1/leads/L-1/accept", "{}", "Accept", accept)
                        .status())
                .isEqualTo(406);
        assertThat(client.json("/v1/leads/L-1").get("stage").stringValue()).isEqualTo("CAPTURED");
    }

    @Test
    void aLeadIsToldAsJsonOrNotAtAll() throws Exception {
        assertThat(send("GET", "/v1/leads/L-1", "Accept", "application/yaml").statusCode())
                .isEqualTo(406);
        for (String accept : List.of("*/*", "application/json", "text/html, */*;q=0.1")) {
            HttpResponse<String> answer = send("GET", "/v1/leads/L-1", "Accept", accept);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        }
        HttpResponse<String> unknown = send("GET", "/v1/leads/nobody", "Accept", "application/json");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.headers().firstValue("content-type")).hasValue("application/problem+json");
    }

    @Test
    void aPolicyStaysADocumentInYaml() throws Exception {
        byte[] document = "name: p\nthreshold: 10\nengagement:\n  - {id: demo, activity: demo, points: 10}\n"
                .getBytes(StandardCharsets.UTF_8);
        Client.Answer saved = client.post("/v1/policies", "application/yaml", document);
        assertThat(saved.status()).as(saved.body()).isEqualTo(201);
        String path = "/v1/policies/p/" + saved.json().get("version").stringValue();
        for (String accept : List.of("application/yaml", "*/*")) {
            HttpResponse<String> answer = send("GET", path, "Accept", accept);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("name: p");
        }
    }

    @Test
    void lookingAtTheHeadOfTheStreamTakesNoPlace() throws Exception {
        for (int i = 0; i < 300; i++) {
            HttpResponse<String> head = send("HEAD", "/v1/stream");
            assertThat(head.statusCode()).as("after %d", i).isEqualTo(200);
            assertThat(head.headers().firstValue("content-type")).hasValue("text/event-stream");
        }
    }

    @Test
    void bytesOfAnotherCharsetAreNoUtf8() {
        String array = "[" + BrokenInputs.good("utf-16", "utf-16") + "]";
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
            Client.Answer answer = client.post("/v1/events", "application/json", array.getBytes(charset));
            assertRefused(answer, 400, "unreadable-json", "");
        }
        Client.Answer marked =
                client.post("/v1/events", "application/json", ("\ufeff \n" + array).getBytes(StandardCharsets.UTF_8));
        assertThat(marked.status()).as(marked.body()).isEqualTo(200);
        assertThat(marked.json().get("stored").intValue()).isEqualTo(1);
    }

    @Test
    void aFormWithPartsIsNoEvent() {
        Client.Answer answer = client.post("/v1/events", "multipart/form-data", "x".getBytes(StandardCharsets.UTF_8));
        assertRefused(answer, 415, "unsupported-content-type", "Content-Type");
    }

    @Test
    void aLetterHasAPlace() {
        assertRefused(
                client.postJson("/v1/dead-letters/redrive", "{\"letters\":[null]}"), 422, "invalid-field", "letters");
    }

    @Test
    void pagesBehindTheEndAreEmpty() {
        var page = client.json("/v1/leads/L-1/events?after=" + Long.MAX_VALUE);
        assertThat(page.get("events")).isEmpty();
        assertThat(page.get("next").isNull()).isTrue();
        assertThat(client.json("/v1/leads/L-1/events?after=-1").get("events")).hasSize(1);
        assertThat(client.json("/v1/leads/L-1/events?after=0").get("events")).isEmpty();
        assertRefused(client.get("/v1/leads/L-1/events?after=-2"), 400, "invalid-parameter", "after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e100000000", "-1e999999999", "1e-999999999"})
    void aWinOfAnAmountThatCannotBeAddedUpIsNotTaken(String amount) {
        assertRefused(
                client.postJson("/v1/leads/L-2/win", "{\"amount\":%s}".formatted(amount)),
                422,
                "invalid-data",
                "amount");
        assertThat(client.json("/v1/leads/L-2").get("stage").stringValue()).isEqualTo("CAPTURED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /v1/leads/L-2/accept                  | {"by":5}                   | wrong-type    | by
            /v1/leads/L-2/accept                  | {"bye":"ann"}              | unknown-field | bye
            /v1/leads/L-2/accept                  | []                         | wrong-type    | ``
            /v1/leads/L-2/accept                  | {"by":"a","by":"b"}        | unreadable-json | ``
            /v1/leads/L-2/accept                  | {"by":"\\ud83d"}            | wrong-type    | by
            /v1/leads/L-2/accept                  | {"\\ud83d":1}               | unreadable-json | ``
            /v1/leads/L-2/reject                  | {"reason":true}            | wrong-type    | reason
            /v1/leads/L-2/contact                 | {"chanel":"call"}          | unknown-field | chanel
            /v1/leads/L-2/win                     | {"amount":"12.5"}          | wrong-type    | amount
            /v1/leads/L-2/win                     | {"amount":12,"curency":"EUR"} | unknown-field | curency
            /v1/leads/L-2/lose                    | {"reasons":["price"]}      | unknown-field | reasons
            /v1/rescores                          | {"perSecond":1.5}          | wrong-type    | perSecond
            /v1/rescores                          | {"perSecond":"5"}          | wrong-type    | perSecond
            /v1/rescores                          | {"per_second":5}           | unknown-field | per_second
            /v1/policies/none/1/activation        | {"why":"Q2"}               | unknown-field | why
            /v1/dead-letters/redrive              | {"code":"x","again":"true"} | wrong-type   | again
            /v1/dead-letters/redrive              | {"letters":[{"partition":0}]} | wrong-type | letters[0].offset
            /v1/dead-letters/redrive              | {"letters":[{"partition":0,"offset":1,"at":2}]} | unknown-field | letters[0].at
            /v1/replays                           | {"audit":true,"by":"ann"}  | unknown-field | by
            /v1/replays                           | {"audit":"true"}           | wrong-type    | audit
            """)
    void aBodyIsReadAsItIsWrittenOrNotAtAll(String path, String body, String code, String field) {
        Client.Answer answer = client.postJson(path, body);
        assertRefused(answer, 400, code, field);
        assertThat(answer.json().path("mend").asString("")).isNotEmpty();
        assertThat(client.json("/v1/leads/L-2").get("events").intValue())
                .as("nothing was recorded")
                .isEqualTo(1);
    }

    @Test
    void anEventMayHaveAttributesThatTheEngineDoesNotKnow() {
        String extended =
                BrokenInputs.good("extended", "extended").replace("{\"spec", "{\"comexampletenant\":5,\"spec");
        assertThat(client.postJson("/v1/events", extended).json().get("stored").intValue())
                .isEqualTo(1);
    }

    @Test
    void aPolicyThatIsNoUtf8IsNotSavedAltered() throws Exception {
        String document =
                "name: umlauts\nthreshold: 10\n# Größe\nengagement:\n  - {id: demo, activity: demo, points: 10}\n";
        Client.Answer refused =
                client.post("/v1/policies", "application/yaml", document.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(refused, 400, "unreadable-text", "");
        assertThat(refused.json().get("detail").stringValue())
                .isEqualTo("the body is no UTF-8: line 3 has the byte 0xF6");
        assertThat(client.get("/v1/policies").body()).doesNotContain("umlauts");

        Client.Answer declared = client.post(
                "/v1/policies", "text/plain;charset=ISO-8859-1", document.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(declared.status()).as(declared.body()).isEqualTo(201);
        Client.Answer saved =
                client.post("/v1/policies", "application/yaml", document.getBytes(StandardCharsets.UTF_8));
        assertThat(saved.status()).as("the same text").isEqualTo(200);
        String version = saved.json().get("version").stringValue();
        assertThat(send("GET", "/v1/policies/umlauts/" + version).body()).isEqualTo(document);
    }

    @Test
    void aReplayOfADocumentThatIsNoUtf8IsNotMade() {
        byte[] body = "{\"candidate\":{\"document\":\"name: Größe\"}}".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(client.post("/v1/replays", "application/json", body), 400, "unreadable-json", "");
    }
}

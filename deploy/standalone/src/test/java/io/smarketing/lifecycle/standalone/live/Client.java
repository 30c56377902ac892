package io.smarketing.lifecycle.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to an engine over HTTP as any other program would. */
final class Client {

    private static final int LINES_AT_ONCE = 500;
    private static final int LANES = 4;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI engine;

    Client(URI engine) {
        this.engine = engine;
    }

    record Answer(int status, String body, String contentType, String retryAfter) {

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("content-type").orElse(""),
                    response.headers().firstValue("retry-after").orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(engine.resolve(path)).timeout(Duration.ofMinutes(2));
    }

    Answer get(String path, String... headers) {
        HttpRequest.Builder builder = request(path);
        return send((headers.length == 0 ? builder : builder.headers(headers)).build());
    }

    JsonNode json(String path) {
        Answer answer = get(path);
        assertThat(answer.status()).as(path + ": " + answer.body()).isEqualTo(200);
        return answer.json();
    }

    Answer post(String path, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder builder =
                request(path).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send((headers.length == 0 ? builder : builder.headers(headers)).build());
    }

    Answer postJson(String path, String body, String... headers) {
        return post(path, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer delete(String path) {
        return send(request(path).DELETE().build());
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Sends lines in one request; every line gets an answer. */
    JsonNode events(List<String> lines) {
        Answer answer = post(
                "/v1/events", "application/x-ndjson", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** Sends a history, the lines of a lead in order, several requests at a time. */
    void history(List<String> lines) {
        List<List<String>> lanes = lanes(lines);
        ExecutorService pool = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (List<String> lane : lanes) {
                running.add(pool.submit(() -> {
                    for (int from = 0; from < lane.size(); from += LINES_AT_ONCE) {
                        events(lane.subList(from, Math.min(from + LINES_AT_ONCE, lane.size())));
                    }
                }));
            }
            for (Future<?> lane : running) {
                lane.get();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<List<String>> lanes(List<String> lines) {
        List<List<String>> lanes = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            lanes.add(new ArrayList<>());
        }
        for (String line : lines) {
            String lead = JsonMapper.shared().readTree(line).path("subject").asString("");
            lanes.get(Math.floorMod(lead.hashCode(), LANES)).add(line);
        }
        return lanes;
    }

    /** Saves a policy and makes it the active one; its reference. */
    String activate(String document) {
        Answer saved = post("/v1/policies", "application/yaml", document.getBytes(StandardCharsets.UTF_8));
        assertThat(saved.status()).as(saved.body()).isIn(200, 201);
        String name = saved.json().get("name").stringValue();
        String version = saved.json().get("version").stringValue();
        Answer activated = postJson("/v1/policies/%s/%s/activation".formatted(name, version), "{\"by\":\"test\"}");
        assertThat(activated.status()).as(activated.body()).isEqualTo(200);
        return name + "@" + version;
    }

    /** Has a replay made and waits for its end. */
    JsonNode replay(String body) {
        Answer asked = postJson("/v1/replays", body);
        assertThat(asked.status()).as(asked.body()).isEqualTo(202);
        String id = asked.json().get("id").asString();
        for (int i = 0; i < 1_200; i++) {
            JsonNode replay = json("/v1/replays/" + id);
            String status = replay.get("status").stringValue();
            if (status.equals("done")) {
                return replay;
            }
            assertThat(status).as(replay.toString()).isIn("queued", "running");
            sleep();
        }
        throw new AssertionError("the replay does not end");
    }

    private static void sleep() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

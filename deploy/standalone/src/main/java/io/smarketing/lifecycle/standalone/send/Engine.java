package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An engine as its clients see it: it may be away for a while, and everything may be sent again. Thread-safe.
 */
final class Engine {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(60);
    private static final Duration SHORTEST_REQUEST = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final int LONGEST_QUOTE = 300;

    /** The request took too long to come, too many requests; bad gateway, unavailable, gateway timeout. */
    private static final Set<Integer> PASSING = Set.of(408, 429, 502, 503, 504);

    /** Of another 5xx, which waiting is not likely to mend. */
    private static final int MOST_FAULTS = 5;

    private final EngineUrl url;
    private final Duration patience;
    private final Consumer<String> tell;
    private final HttpClient client;
    private final AtomicBoolean away = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean everAnswered;

    /**
     * Knows an engine.
     *
     * @param patience how long a request may go on without being taken
     * @param tell hears when the engine goes and comes back
     */
    Engine(EngineUrl url, Duration patience, Consumer<String> tell) {
        this.url = url;
        this.patience = patience;
        this.tell = tell;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** Nothing is tried again from now on. */
    void stop() {
        stopped.countDown();
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    JsonNode get(URI address) throws GivenUp, InterruptedException {
        return answer(HttpRequest.newBuilder(address).GET());
    }

    JsonNode post(URI address, String contentType, byte[] body) throws GivenUp, InterruptedException {
        return answer(HttpRequest.newBuilder(address)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /**
     * Asks until there is an answer.
     *
     * @throws WrongInput when the answer is that the request is wrong, which no waiting mends
     */
    private JsonNode answer(HttpRequest.Builder request) throws GivenUp, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        int faults = 0;
        while (true) {
            long least = pause / 2 + ThreadLocalRandom.current().nextLong(pause);
            long askedMillis = 0;
            String what;
            try {
                HttpResponse<byte[]> response = client.send(
                        request.timeout(attempt(deadline))
                                .setHeader("Accept", "application/json, application/problem+json")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                int status = response.statusCode();
                if (status / 100 == 2) {
                    JsonNode answer = json(response);
                    isBack();
                    return answer;
                }
                what = told(response);
                if (status < 500 && !PASSING.contains(status)) {
                    throw new WrongInput(what);
                }
                if (!PASSING.contains(status) && ++faults == MOST_FAULTS) {
                    throw new GivenUp("gave up after %d attempts: %s".formatted(faults, what));
                }
                askedMillis = retryAfterMillis(response);
                least = Math.max(least, askedMillis);
            } catch (IOException e) {
                what = told(e);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new GivenUp("gave up after %s: %s".formatted(inWords(patience), what));
            }
            if (askedMillis > left) {
                throw new GivenUp("gave up: %s; it asks to be left alone for %s, and is waited for up to %s"
                        .formatted(what, inWords(Duration.ofSeconds((askedMillis + 999) / 1_000)), inWords(patience)));
            }
            isAway(what);
            if (stopped.await(Math.min(least, left), TimeUnit.MILLISECONDS)) {
                throw new GivenUp("stopped: " + what);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private static Duration attempt(long deadline) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        Duration most = left.compareTo(LONGEST_REQUEST) < 0 ? left : LONGEST_REQUEST;
        return most.compareTo(SHORTEST_REQUEST) < 0 ? SHORTEST_REQUEST : most;
    }

    private void isAway(String what) {
        if (away.compareAndSet(false, true)) {
            tell.accept("the engine is away (%s), waiting up to %s…".formatted(what, inWords(patience)));
        }
    }

    private void isBack() {
        everAnswered = true;
        if (away.compareAndSet(true, false)) {
            tell.accept("the engine is back");
        }
    }

    private JsonNode json(HttpResponse<byte[]> response) {
        try {
            JsonNode answer = JsonMapper.shared().readTree(response.body());
            if (answer.isObject()) {
                return answer;
            }
        } catch (JacksonException e) {
            // What it is instead does not matter: it is not an engine that speaks.
        }
        throw new WrongInput("%s answers %d, but not as a lifecycle engine does; check --url (the part before /v1)"
                .formatted(response.uri(), response.statusCode()));
    }

    /** What the engine says is wrong: the problem's own words, where it has some. */
    private static String told(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String who = "%s answers %d".formatted(response.uri(), status);
        if (status / 100 == 3) {
            return "%s: it has moved to %s; give --url that address, without /v1/events"
                    .formatted(who, response.headers().firstValue("Location").orElse("another address"));
        }
        String code = "";
        String detail = "";
        String mend = "";
        try {
            JsonNode problem = JsonMapper.shared().readTree(response.body());
            code = problem.path("code").asString("");
            detail = problem.path("detail").asString("");
            mend = problem.path("mend").asString("");
        } catch (JacksonException e) {
            // Not every server on the way speaks in problems.
        }
        if (detail.isEmpty() && status == 404) {
            return who + "; is that a lifecycle engine? Check --url (the part before /v1)";
        }
        if (detail.isEmpty()) {
            String body = new String(response.body(), StandardCharsets.UTF_8).strip();
            return body.isEmpty() ? who : who + ": " + body.substring(0, Math.min(body.length(), LONGEST_QUOTE));
        }
        return "%s%s: %s%s"
                .formatted(who, code.isEmpty() ? "" : " " + code, detail, mend.isEmpty() ? "" : " (" + mend + ")");
    }

    /**
     * Why there was no answer.
     *
     * @throws WrongInput when there has never been one and the address itself is at fault
     */
    private String told(IOException e) {
        if (!everAnswered
                && (isCausedBy(e, UnresolvedAddressException.class) || isCausedBy(e, UnknownHostException.class))) {
            throw new WrongInput("--url: there is no host %s; check the name"
                    .formatted(url.base().getHost()));
        }
        if (!everAnswered && isCausedBy(e, SSLException.class)) {
            throw new WrongInput("--url: %s does not speak https as this program trusts it (%s); is it http://?"
                    .formatted(url, e.getMessage()));
        }
        if (e instanceof HttpTimeoutException) {
            return url + " does not answer in time";
        }
        if (e instanceof ConnectException) {
            return "nothing listens at " + url;
        }
        @Nullable String message = e.getMessage();
        return "the connection to %s broke%s".formatted(url, message == null ? "" : ": " + message);
    }

    /** The client wraps it more than once. */
    private static boolean isCausedBy(IOException e, Class<? extends Exception> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Of seconds, or of a date by the clock of the server; what is neither is left to the pauses. */
    private static long retryAfterMillis(HttpResponse<byte[]> response) {
        String text = response.headers().firstValue("Retry-After").orElse("").strip();
        if (text.matches("\\d{1,9}")) {
            return 1_000L * Integer.parseInt(text);
        }
        Instant then = date(text);
        if (then == null) {
            return 0;
        }
        Instant now = date(response.headers().firstValue("Date").orElse(""));
        return Math.max(
                0, Duration.between(now == null ? Instant.now() : now, then).toMillis());
    }

    private static @Nullable Instant date(String text) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip()));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String inWords(Duration duration) {
        if (duration.toSeconds() % 60 == 0 && duration.toMinutes() > 0) {
            return duration.toMinutes() + " min";
        }
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}

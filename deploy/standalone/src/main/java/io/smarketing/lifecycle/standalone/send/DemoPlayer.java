package io.smarketing.lifecycle.standalone.send;

import io.smarketing.lifecycle.standalone.generate.GeneratedLeads;
import io.smarketing.lifecycle.standalone.terminal.WrongInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Plays generated leads to an engine without end, so that something is to be seen: a first part at once, then about
 * {@value #EVENTS_PER_SECOND} events a second in small bursts. Events keep their generated times, which lie in the months
 * before today; a history of many days passes in a few minutes, and then the next begins with other leads.
 */
public final class DemoPlayer implements AutoCloseable {

    private static final int EVENTS_PER_SECOND = 25;
    private static final int LEADS_OF_A_HISTORY = 400;
    private static final int EVENTS_AT_ONCE = 300;
    private static final Duration BURST_EVERY = Duration.ofMillis(200);

    /** Five on average, as uneven as life. */
    private static final int[] BURSTS = {3, 7, 4, 6, 2, 8, 5};

    private static final Duration PATIENCE = Duration.ofDays(365);
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);
    private static final String POLICY = "/examples/b2b-default.yaml";

    private final EngineUrl url;
    private final Engine engine;
    private final PrintWriter err;
    private final Clock clock;
    private final Thread thread;

    private final ByteArrayOutputStream burst = new ByteArrayOutputStream();
    private int held;
    private int wanted = EVENTS_AT_ONCE;
    private int bursts;
    private long nextBurst;
    private boolean isRefusalTold;

    private DemoPlayer(EngineUrl url, PrintWriter err, Clock clock) {
        this.url = url;
        this.engine = new Engine(url, PATIENCE, message -> {});
        this.err = err;
        this.clock = clock;
        this.thread = new Thread(this::run, "demo");
        this.thread.setDaemon(true);
    }

    /**
     * Begins to play, on a thread of its own; waits there for an engine that is not yet up.
     *
     * @param engine its address, as http://localhost:8080
     * @param err hears in one line what is played
     * @return ends it
     */
    public static AutoCloseable start(URI engine, PrintWriter err) {
        return start(engine, err, Clock.systemUTC());
    }

    static DemoPlayer start(URI engine, PrintWriter err, Clock clock) {
        DemoPlayer player = new DemoPlayer(EngineUrl.parse(engine.toString()), err, clock);
        player.thread.start();
        return player;
    }

    /** Returns when nothing more is sent. */
    @Override
    public void close() {
        engine.stop();
        thread.interrupt();
        boolean interrupted = false;
        try {
            thread.join(LONGEST_GOODBYE.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            boolean isJudged = judgeByTheExample();
            tell("plays generated leads, about %d events a second%s"
                    .formatted(EVENTS_PER_SECOND, isJudged ? ", judged by the policy b2b-default" : ""));
            nextBurst = System.nanoTime();
            // A seed that no earlier run has had: a restarted demo goes on with new leads.
            for (long seed = clock.instant().getEpochSecond();
                    !engine.isStopped();
                    seed = Math.max(seed + 1, clock.instant().getEpochSecond())) {
                GeneratedLeads.tell(LEADS_OF_A_HISTORY, seed, LocalDate.now(clock), this::hear);
            }
        } catch (InterruptedException | InterruptedIOException e) {
            // Closed.
        } catch (GivenUp | IOException | WrongInput e) {
            if (!engine.isStopped()) {
                tell("has stopped: " + e.getMessage());
            }
        }
    }

    private void tell(String what) {
        err.println("demo: " + what);
        err.flush();
    }

    /** Where nobody has ever saved a policy, so that the engine has something to judge by. */
    private boolean judgeByTheExample() throws GivenUp, InterruptedException {
        if (!engine.get(url.at("/v1/policies")).path("policies").isEmpty()) {
            return false;
        }
        JsonNode saved = engine.post(url.at("/v1/policies"), "application/yaml", example());
        String activation = "/v1/policies/%s/%s/activation"
                .formatted(saved.path("name").asString(), saved.path("version").asString());
        byte[] by = JsonNodeFactory.instance
                .objectNode()
                .put("by", "demo")
                .put("reason", "the example, to see it at work")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        engine.post(url.at(activation), "application/json", by);
        return true;
    }

    private static byte[] example() {
        try (InputStream in = DemoPlayer.class.getResourceAsStream(POLICY)) {
            if (in == null) {
                throw new IllegalStateException(POLICY + " is missing in this build");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear(byte[] event) throws IOException {
        burst.writeBytes(event);
        burst.write('\n');
        if (++held < wanted) {
            return;
        }
        try {
            Thread.sleep(Math.max(0, (nextBurst - System.nanoTime()) / 1_000_000));
            send();
        } catch (InterruptedException e) {
            throw stopped();
        } catch (GivenUp e) {
            throw new IOException(e.getMessage(), e);
        }
        // After a pause of the engine's the pace is kept, not caught up.
        nextBurst = Math.max(nextBurst + BURST_EVERY.toNanos(), System.nanoTime());
        wanted = BURSTS[bursts++ % BURSTS.length];
    }

    private static InterruptedIOException stopped() {
        return new InterruptedIOException("stopped");
    }

    private void send() throws GivenUp, InterruptedException {
        byte[] body = burst.toByteArray();
        burst.reset();
        held = 0;
        if (engine.isStopped()) {
            throw new InterruptedException();
        }
        JsonNode answer = engine.post(url.events(), HistorySender.NDJSON, body);
        if (answer.path("refused").asInt(0) > 0 && !isRefusalTold) {
            isRefusalTold = true;
            tell("some events are refused: " + answer.path("items"));
        }
    }
}

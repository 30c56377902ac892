package io.smarketing.lifecycle.standalone.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DemoPlayerTest {

    private final StringWriter told = new StringWriter();
    private FakeEngine engine;

    @BeforeEach
    void start() throws IOException {
        engine = FakeEngine.start();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private AutoCloseable play() {
        return DemoPlayer.start(URI.create(engine.url()), new PrintWriter(told, true));
    }

    /** Plays until the engine has had so many requests with events. */
    private void playUntil(int requests) throws Exception {
        AutoCloseable player = play();
        try {
            awaitRequests(requests);
        } finally {
            player.close();
        }
    }

    private void awaitRequests(int most) {
        await().atMost(Duration.ofSeconds(20)).until(() -> engine.bodies.size() >= most);
    }

    @Test
    void aFirstPartComesAtOnceAndThenSmallBurstsAtALivelyPace() throws Exception {
        long begun = System.nanoTime();
        playUntil(21);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(3_500));
        assertThat(engine.bodies.get(0).lines()).hasSize(300);
        assertThat(engine.bodies.stream().skip(1).map(body -> body.lines().count()))
                .allMatch(size -> size <= 8);
        assertThat(told.toString().lines())
                .containsExactly(
                        "demo: plays generated leads, about 25 events a second, judged by the policy b2b-default");
    }

    @Test
    void afterCloseNothingIsSent() throws Exception {
        playUntil(2);
        int sent = engine.bodies.size();
        Thread.sleep(500);
        assertThat(engine.bodies).hasSize(sent);
        assertThat(told.toString().lines()).hasSize(1);
    }

    @Test
    void anEngineWithoutPoliciesGetsTheExampleAndOneWithSomeKeepsItsOwn() throws Exception {
        playUntil(1);
        assertThat(engine.policies).singleElement().asString().contains("name: b2b-default", "threshold: 60");
        assertThat(JsonMapper.shared()
                        .readTree(engine.activations.get(0))
                        .path("by")
                        .asString())
                .isEqualTo("demo");
        playUntil(engine.bodies.size() + 1);
        assertThat(engine.policies).hasSize(1);
        assertThat(engine.activations).hasSize(1);
    }

    @Test
    void aRestartedDemoGoesOnWithOtherLeads() throws Exception {
        playUntil(1);
        int before = engine.size();
        Thread.sleep(1_100);
        playUntil(engine.bodies.size() + 1);
        assertThat(engine.size()).isGreaterThan(before + 250);
    }

    @Test
    void aBusyEngineAndOneThatIsRestartedAreWaitedFor() throws Exception {
        engine.away(3);
        AutoCloseable player = play();
        try {
            awaitRequests(2);
            int port = engine.port();
            engine.close();
            Thread.sleep(500);
            engine = FakeEngine.at(port);
            awaitRequests(3);
        } finally {
            player.close();
        }
        assertThat(told.toString()).doesNotContain("stopped");
    }
}
